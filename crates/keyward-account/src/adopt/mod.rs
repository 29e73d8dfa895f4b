//! An account as it is, as a blueprint whose plan is empty. Everything in it is `adopted`: it is
//! kept as described, never marked and never destroyed. What a blueprint cannot hold is left out
//! and listed with the reason, in the file itself.

mod toml;
mod unmanaged;
mod write;

use keyward_core::id::{PolicyArn, ProfileName};
use keyward_iam::model::{Account, Grants};

use crate::plan::PrincipalName;
use crate::revoke::{RevokedUser, is_attached_revocation, is_revocation};
use unmanaged::LeftOut;

/// The origin of the account's data, which decides what happens to entities that it lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The account itself: what is absent does not exist.
    Live,
    /// Saved authorization details, which hold neither password policy nor alias nor the length
    /// of sessions.
    Details,
}

/// The blueprint of an account as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    /// The blueprint, with comments.
    pub text: String,
    /// The entities that the blueprint leaves out, in the order in which the file lists it.
    pub unmanaged: Vec<Unmanaged>,
}

/// Something of the account that the blueprint does not manage.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unmanaged {
    /// The entity or setting, such as `role AWSServiceRoleForSupport`.
    pub what: String,
    /// The reason why the blueprint does not manage it.
    pub why: String,
}

/// Writes the blueprint of an account, which keyward reaches through `profile`.
#[must_use]
pub fn adopt(account: &Account, source: Source, profile: Option<&ProfileName>) -> Adoption {
    let lasting = without_revocations(account);
    let left_out = LeftOut::of(&lasting);
    let mut unmanaged = left_out.list(&lasting, source);
    if lasting != *account {
        unmanaged.push(Unmanaged {
            what: "revocations of users".to_owned(),
            why: "they last until `keyward account revoke USER --undo`".to_owned(),
        });
    }
    Adoption {
        text: write::blueprint(&lasting, profile, &left_out, &unmanaged),
        unmanaged,
    }
}

/// The account without the policies that deny revoked sessions. A plan keeps those of the account, and
/// would restore those of a blueprint after the undo.
fn without_revocations(account: &Account) -> Account {
    let policies = &account.policies;
    let mut account = account.clone();
    account
        .policies
        .retain(|arn, _| RevokedUser::of_managed(arn).is_none());
    let lasting = |on: PrincipalName, grants: &mut Grants| {
        let inline = &mut grants.inline;
        inline.retain(|name, document| !is_revocation(&on, name, document));
        let document = |arn: &PolicyArn| Some(&policies.get(arn)?.document);
        grants.attached.retain(|arn| {
            let document = document(arn);
            !document.is_some_and(|document| is_attached_revocation(&on, arn, document))
        });
    };
    for user in account.users.values_mut() {
        lasting(PrincipalName::User(user.name.clone()), &mut user.grants);
    }
    for role in account.roles.values_mut() {
        lasting(PrincipalName::Role(role.name.clone()), &mut role.grants);
    }
    account
}

#[cfg(test)]
mod tests;
