//! Every policy of an identity in an account, with its holder; properties of its statements.

use keyward_iam::model::{Account, Document, Grants};
use keyward_iam::{Context, Holder, Mfa, PolicySource, Selection, Statement, StatementRef, Truth};

use crate::audit::finding::Subject;

/// A policy and one of its holders.
pub(super) struct Held<'a> {
    pub(super) source: PolicySource,
    pub(super) holder: Holder,
    pub(super) document: &'a Document,
}

impl Held<'_> {
    /// The holder as the subject of a finding.
    pub(super) fn subject(&self) -> Subject {
        subject(&self.holder)
    }

    /// One of the statements.
    pub(super) fn cite(&self, index: usize, statement: &Statement) -> StatementRef {
        StatementRef {
            policy: self.source.clone(),
            sid: statement.sid().map(str::to_owned),
            index,
        }
    }
}

/// A holder as the subject of a finding.
pub(super) fn subject(holder: &Holder) -> Subject {
    match holder {
        Holder::User(name) => Subject::User(name.clone()),
        Holder::Group(name) => Subject::Group(name.clone()),
        Holder::Role(name) => Subject::Role(name.clone()),
    }
}

/// The policies of all users, groups and roles whose texts are known. Roles that AWS owns are left
/// out, because no identity of the account can change them.
pub(super) fn held(account: &Account) -> Vec<Held<'_>> {
    let users = account.users.values();
    let users = users.map(|user| (Holder::User(user.name.clone()), &user.grants));
    let groups = account.groups.values();
    let groups = groups.map(|group| (Holder::Group(group.name.clone()), &group.grants));
    let roles = account.roles.values().filter(|role| !role.is_aws_owned());
    let roles = roles.map(|role| (Holder::Role(role.name.clone()), &role.grants));
    let holders = users.chain(groups).chain(roles);
    holders
        .flat_map(|(holder, grants)| of_one(account, &holder, grants))
        .collect()
}

fn of_one<'a>(account: &'a Account, holder: &Holder, grants: &'a Grants) -> Vec<Held<'a>> {
    let inline = grants.inline.iter().map(|(name, document)| Held {
        source: PolicySource::Inline {
            holder: holder.clone(),
            name: name.clone(),
        },
        holder: holder.clone(),
        document,
    });
    let attached = grants.attached.iter().filter_map(|arn| {
        let policy = account.policies.get(arn)?;
        Some(Held {
            source: PolicySource::Attached {
                holder: holder.clone(),
                arn: arn.clone(),
            },
            holder: holder.clone(),
            document: &policy.document,
        })
    });
    inline.chain(attached).collect()
}

/// Whether the statement names exactly everything, as `*` does.
pub(super) fn is_on_everything(statement: &Statement) -> bool {
    match statement.resources() {
        Some(Selection::Only(listed)) => listed.iter().any(|pattern| pattern.as_str() == "*"),
        Some(Selection::Except(_)) | None => false,
    }
}

/// Whether the statement cannot apply without MFA.
pub(super) fn asks_for_mfa(statement: &Statement) -> bool {
    [Mfa::LongTermKey, Mfa::SessionWithout].iter().all(|mfa| {
        let mut context = Context::partial();
        mfa.set_keys(&mut context);
        statement
            .conditions()
            .iter()
            .any(|condition| condition.holds(&context) == Truth::No)
    })
}
