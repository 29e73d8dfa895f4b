//! The resource by which keyward finds a stack from any region: a customer-managed policy that is
//! attached to nothing. Policies are global, and every plan reads them, so a stack whose region
//! left the blueprint is found without a call to that region.
//!
//! The policy is a part of the stack: CloudFormation makes it before, and deletes it after,
//! everything else that goes.

use std::collections::BTreeSet;

use keyward_core::id::{EntityPath, Region};
use keyward_iam::model::Account;
use serde_json::json;

use super::template::{Resources, reference, substituted};

/// The logical id of the policy.
pub(super) const MARKER: &str = "Marker";

/// The beginning of the policy's path; the region follows.
const PATH: &str = "/keyward-stack/";

/// Adds the policy. Resources that depend on nothing else must depend on it.
pub(super) fn add(resources: &mut Resources) {
    resources.add(
        MARKER,
        "AWS::IAM::ManagedPolicy",
        json!({
            "Description": "Tells keyward that this stack exists. It is attached to nothing.",
            "Path": substituted(&format!("{PATH}${{AWS::Region}}/")),
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Effect": "Allow",
                    "Action": "cloudformation:DescribeStacks",
                    "Resource": reference("AWS::StackId"),
                }],
            },
        }),
    );
}

/// The region of the stack that a policy with this path belongs to; `None` for any other policy.
#[must_use]
pub fn marked_region(path: &EntityPath) -> Option<Region> {
    let rest = path.as_str().strip_prefix(PATH)?;
    rest.strip_suffix('/')?.parse().ok()
}

/// The regions in which the account has stacks of keyward, of any blueprint.
#[must_use]
pub fn marked_regions(account: &Account) -> BTreeSet<Region> {
    let policies = account.policies.values();
    policies
        .filter_map(|policy| marked_region(&policy.path))
        .collect()
}
