//! What a plan is made from: the account as AWS described it, its quotas, and who asks.

use std::collections::BTreeMap;

use keyward_core::Timestamp;
use keyward_core::id::PrincipalArn;
use keyward_iam::model::Account;

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
    /// The identity that asked, as `GetCallerIdentity` reports it.
    pub caller: PrincipalArn,
    /// When AWS answered.
    pub taken: Timestamp,
}
