//! The input of a plan: the account as AWS described it, its quotas, the caller, and the
//! credentials of the users whose initial secrets are open. It holds no secret.

use std::collections::BTreeMap;

use keyward_core::Timestamp;
use keyward_core::id::{AccessKeyId, PrincipalArn, Region, UserName};
use keyward_iam::model::Account;

use crate::stacks::{LiveStack, RegionLimits, StackPlace};

/// An account at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The account as AWS lists it. `policies` holds every customer-managed policy, and those of
    /// AWS that are attached somewhere.
    pub account: Account,
    /// The numbers of `GetAccountSummary`, by AWS's name, such as `GroupsPerUserQuota`.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>
    pub summary: BTreeMap<String, i64>,
    /// The console passwords and access keys of users, if they were read. A plan needs those
    /// of the users that [`crate::plan::credentials_needed`] names, and no others.
    pub credentials: BTreeMap<UserName, UserCredentials>,
    /// The stacks of keyward, in the regions that the blueprint names.
    pub stacks: BTreeMap<StackPlace, LiveStack>,
    /// The free quotas of those regions. A region that is absent is not checked.
    pub regions: BTreeMap<Region, RegionLimits>,
    /// The identity that asked, as `GetCallerIdentity` reports it.
    pub caller: PrincipalArn,
    /// The time of AWS's answer.
    pub taken: Timestamp,
}

/// The console password and the access keys of one user, without their secrets.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html>,
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html>
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserCredentials {
    /// The console password; `None` if the user has none.
    pub password: Option<LastUse>,
    /// The access keys, active or not.
    pub access_keys: BTreeMap<AccessKeyId, LastUse>,
}

/// The time of the last use of a password or key (`PasswordLastUsed` of `GetUser`,
/// `GetAccessKeyLastUsed`). One that was used was received.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastUse {
    /// It was never used, as far as AWS says.
    Never,
    /// It was last used then.
    At(Timestamp),
}
