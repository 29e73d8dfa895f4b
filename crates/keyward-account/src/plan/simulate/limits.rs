//! The quotas that decide about the order of writes: the account's own numbers, else AWS's
//! defaults.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
//! Source: <https://docs.aws.amazon.com/general/latest/gr/iam-service.html>

use std::collections::BTreeMap;

use keyward_iam::size::{INLINE_OF_A_GROUP, INLINE_OF_A_ROLE, INLINE_OF_A_USER};

use crate::plan::operation::PrincipalName;

/// The quotas of one entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Groups of a user.
    pub(crate) groups_per_user: usize,
    /// Managed policies on a user, group and role.
    attached: [usize; 3],
    /// Non-white-space characters of all inline policies of a user, group and role.
    inline: [usize; 3],
}

impl Limits {
    /// The limits by the numbers of `GetAccountSummary`.
    pub(crate) fn of(summary: &BTreeMap<String, i64>) -> Self {
        let number = |key: &str, default: usize| quota(summary, key, default);
        Self {
            groups_per_user: number("GroupsPerUserQuota", 10),
            attached: [
                number("AttachedPoliciesPerUserQuota", 10),
                number("AttachedPoliciesPerGroupQuota", 10),
                number("AttachedPoliciesPerRoleQuota", 10),
            ],
            inline: [
                number("UserPolicySizeQuota", INLINE_OF_A_USER),
                number("GroupPolicySizeQuota", INLINE_OF_A_GROUP),
                number("RolePolicySizeQuota", INLINE_OF_A_ROLE),
            ],
        }
    }

    /// Returns the number of managed policies that this one may have.
    pub(crate) fn attached(&self, principal: &PrincipalName) -> usize {
        self.attached[position(principal)]
    }

    /// Returns the total length that all its inline policies may have, in non-white-space
    /// characters.
    pub(crate) fn inline(&self, principal: &PrincipalName) -> usize {
        self.inline[position(principal)]
    }
}

/// A quota by its key in `GetAccountSummary`.
pub(crate) fn quota(summary: &BTreeMap<String, i64>, key: &str, default: usize) -> usize {
    let given = summary.get(key);
    let given = given.and_then(|&given| usize::try_from(given).ok());
    given.filter(|&given| given > 0).unwrap_or(default)
}

fn position(principal: &PrincipalName) -> usize {
    match principal {
        PrincipalName::User(_) => 0,
        PrincipalName::Group(_) => 1,
        PrincipalName::Role(_) => 2,
    }
}
