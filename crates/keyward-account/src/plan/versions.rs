//! The versions of customer-managed policies: a policy has at most five, and is deleted after them.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html>

use keyward_core::id::PolicyVersionId;
use keyward_iam::Policy;
use keyward_iam::model::ManagedPolicy;

use super::operation::Operation;

/// Versions that AWS keeps of a managed policy.
///
/// Source: <https://docs.aws.amazon.com/general/latest/gr/iam-service.html>
pub(crate) const POLICY_VERSIONS: usize = 5;

/// Deletes a policy that nothing holds, its other versions first.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html>
pub(crate) fn delete(live: &ManagedPolicy) -> Vec<Operation> {
    let others = live.versions.iter().filter(|version| !version.is_default);
    let mut operations: Vec<Operation> = others
        .map(|version| Operation::DeletePolicyVersion {
            arn: live.arn.clone(),
            version: version.id.clone(),
        })
        .collect();
    operations.push(Operation::DeletePolicy(live.arn.clone()));
    operations
}

/// Replaces the document of a policy. If it has the most versions already, the oldest is deleted.
pub(crate) fn new_version(live: &ManagedPolicy, document: Policy) -> Vec<Operation> {
    let version = Operation::CreatePolicyVersion {
        arn: live.arn.clone(),
        document,
    };
    oldest_version(live).into_iter().chain([version]).collect()
}

/// The deletion of the oldest version, if the policy has the most versions already.
fn oldest_version(live: &ManagedPolicy) -> Option<Operation> {
    if live.versions.len() < POLICY_VERSIONS {
        return None;
    }
    let others = live.versions.iter().filter(|version| !version.is_default);
    let oldest = others.min_by_key(|version| number(&version.id))?;
    Some(Operation::DeletePolicyVersion {
        arn: live.arn.clone(),
        version: oldest.id.clone(),
    })
}

/// The number in `v7`. An id whose number does not fit counts as the newest.
pub(crate) fn number(id: &PolicyVersionId) -> u64 {
    id.as_str()
        .trim_start_matches('v')
        .parse()
        .unwrap_or(u64::MAX - 1)
}
