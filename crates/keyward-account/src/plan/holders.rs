//! The holders of a managed policy. AWS deletes a policy only when nothing holds it.

use std::collections::BTreeMap;

use keyward_core::id::PolicyArn;
use keyward_iam::model::{Account, Grants};

use super::operation::PrincipalName;

/// The holders of one policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Holders {
    /// Those it is attached to.
    pub(crate) attached: Vec<PrincipalName>,
    /// Those it is the permissions boundary of.
    pub(crate) boundary: Vec<PrincipalName>,
}

/// The holders of one policy.
pub(crate) fn of_policy(account: &Account, arn: &PolicyArn) -> Holders {
    let mut holders = Holders::default();
    each(account, |principal, grants| {
        if grants.attached.contains(arn) {
            holders.attached.push(principal());
        }
        if grants.boundary.as_ref() == Some(arn) {
            holders.boundary.push(principal());
        }
    });
    holders
}

/// The holders of every customer-managed policy that is held.
pub(crate) fn of_all(account: &Account) -> BTreeMap<PolicyArn, Holders> {
    let mut all: BTreeMap<PolicyArn, Holders> = BTreeMap::new();
    each(account, |principal, grants| {
        for arn in grants.attached.iter().filter(|arn| !arn.is_aws_managed()) {
            all.entry(arn.clone())
                .or_default()
                .attached
                .push(principal());
        }
        if let Some(arn) = grants.boundary.as_ref().filter(|arn| !arn.is_aws_managed()) {
            all.entry(arn.clone())
                .or_default()
                .boundary
                .push(principal());
        }
    });
    all
}

fn each(account: &Account, mut visit: impl FnMut(&dyn Fn() -> PrincipalName, &Grants)) {
    for (name, user) in &account.users {
        visit(&|| PrincipalName::User(name.clone()), &user.grants);
    }
    for (name, group) in &account.groups {
        visit(&|| PrincipalName::Group(name.clone()), &group.grants);
    }
    for (name, role) in &account.roles {
        visit(&|| PrincipalName::Role(name.clone()), &role.grants);
    }
}
