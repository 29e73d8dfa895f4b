//! The ways to lift the guard of a user: the actions, and what each has to name. A way is offered
//! only if the thing that it lifts exists and limits the user. What cannot be read counts as a
//! limit.

use keyward_core::id::{GroupName, PolicyArn};
use keyward_iam::model::{Account, Document, Grants};
use keyward_iam::{ArnSet, Effect, Permissions, Policy, Statement};

use crate::prove::credentials::LIFTING;
use crate::prove::looks::{limits, looks_at, own};
use crate::prove::people::Person;

/// An action that lifts the guard of a user.
pub(super) struct LiftingAction {
    pub(super) action: &'static str,
    /// Its effect, in words.
    pub(super) how: &'static str,
    /// The targets on which it must be allowed, each by itself.
    pub(super) targets: Vec<ArnSet>,
}

/// The actions that lift the guard of a user: those of [`LIFTING`], and changes of what the
/// conditions of its guard look at.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html>
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html>
/// Source: <https://docs.aws.amazon.com/organizations/latest/APIReference/API_LeaveOrganization.html>
pub(super) fn ways(person: &Person<'_>) -> Vec<LiftingAction> {
    let mut ways = LIFTING.to_vec();
    if is_looked_at(person, "aws:principaltag/") {
        ways.extend([
            ("iam:TagUser", "changes the tags that its guard looks at"),
            ("iam:UntagUser", "removes the tags that its guard looks at"),
        ]);
    }
    if is_looked_at(person, "aws:principalarn") || is_looked_at(person, "aws:username") {
        let how = "changes the name or path that its guard looks at";
        ways.push(("iam:UpdateUser", how));
    }
    if is_guarded_from_above(person) {
        let how = "takes the account out of the organization, whose policies guard it";
        ways.push((LEAVE, how));
    }
    let ways = ways.into_iter().map(|(action, how)| LiftingAction {
        action,
        how,
        targets: targets(person, action),
    });
    ways.filter(|way| !way.targets.is_empty()).collect()
}

const LEAVE: &str = "organizations:LeaveOrganization";

/// Whether a service control policy denies something about MFA.
fn is_guarded_from_above(person: &Person<'_>) -> bool {
    let permissions = Permissions {
        boundary: None,
        ..person.gathered.permissions()
    };
    limits(&permissions).any(|statement| {
        statement.effect() == Effect::Deny && looks_at(statement, "aws:multifactorauth")
    })
}

/// Whether a statement that limits the user looks at keys with this beginning: one that denies, or one
/// of the boundary or of a service control policy.
fn is_looked_at(person: &Person<'_>, key: &str) -> bool {
    let permissions = person.gathered.permissions();
    let denies = own(&permissions).filter(|statement| statement.effect() == Effect::Deny);
    let mut limiting = denies.chain(limits(&permissions));
    limiting.any(|statement| looks_at(statement, key))
}

/// Returns what an action has to name to lift something that limits the user. `iam:PutUserPolicy`
/// replaces an embedded policy of the same name.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html>
fn targets(person: &Person<'_>, action: &str) -> Vec<ArnSet> {
    let account = person.account;
    let own = &person.user.grants;
    let limits = match action {
        "iam:DetachUserPolicy" => is_limited_by_attached(account, own),
        "iam:DeleteUserPolicy" | "iam:PutUserPolicy" => is_limited_by_inline(own),
        "iam:DeleteUserPermissionsBoundary" | "iam:PutUserPermissionsBoundary" => {
            own.boundary.is_some()
        }
        "iam:DetachGroupPolicy" => {
            return groups(person, |grants| is_limited_by_attached(account, grants));
        }
        "iam:DeleteGroupPolicy" | "iam:PutGroupPolicy" => {
            return groups(person, is_limited_by_inline);
        }
        "iam:RemoveUserFromGroup" => {
            return groups(person, |grants| {
                is_limited_by_attached(account, grants) || is_limited_by_inline(grants)
            });
        }
        "iam:CreatePolicyVersion" | "iam:SetDefaultPolicyVersion" => return policies(person),
        LEAVE => return vec![ArnSet::one("*")],
        _ => true,
    };
    let user = limits.then(|| ArnSet::one(person.arn.as_str()));
    user.into_iter().collect()
}

/// The groups of the user whose policies limit it in this way. The policies of a group that the account
/// lacks are not known.
fn groups(person: &Person<'_>, limits: impl Fn(&Grants) -> bool) -> Vec<ArnSet> {
    let account = person.account;
    let unknown = |name: &GroupName| {
        let prefix = format!("arn:{}:iam::{}:group/", account.partition, account.id);
        ["", "*/"].map(|path| ArnSet::matching(&format!("{prefix}{path}{name}")))
    };
    let names = person.user.groups.iter();
    names
        .flat_map(|name| match account.groups.get(name) {
            Some(group) if limits(&group.grants) => {
                vec![ArnSet::one(&account.group_arn(group))]
            }
            Some(_) => Vec::new(),
            None => unknown(name).into(),
        })
        .collect()
}

/// The managed policies that limit the user and can be rewritten. A boundary always limits.
fn policies(person: &Person<'_>) -> Vec<ArnSet> {
    let account = person.account;
    let own = &person.user.grants;
    let groups = person.user.groups.iter();
    let groups = groups.filter_map(|name| account.groups.get(name));
    let attached = own
        .attached
        .iter()
        .chain(groups.flat_map(|group| &group.grants.attached))
        .filter(|arn| is_limit(account, arn));
    let rewritable = attached
        .chain(&own.boundary)
        .filter(|arn| !arn.is_aws_managed());
    rewritable.map(|arn| ArnSet::one(arn.as_str())).collect()
}

fn is_limited_by_attached(account: &Account, grants: &Grants) -> bool {
    grants.attached.iter().any(|arn| is_limit(account, arn))
}

fn is_limited_by_inline(grants: &Grants) -> bool {
    grants.inline.values().any(denies)
}

/// Whether a managed policy denies something, or its text is not known.
fn is_limit(account: &Account, arn: &PolicyArn) -> bool {
    let managed = account.policies.get(arn);
    managed.is_none_or(|managed| denies(&managed.document))
}

/// Whether a policy denies something, or cannot be read.
fn denies(document: &Document) -> bool {
    let statements = document.policy().map(Policy::statements);
    let is_deny = |statement: &Statement| statement.effect() == Effect::Deny;
    statements.is_none_or(|statements| statements.iter().any(is_deny))
}
