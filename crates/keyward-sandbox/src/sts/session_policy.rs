//! Policies that are passed when a session is made.

use std::collections::BTreeMap;

use keyward_core::id::AccountId;
use keyward_iam::{Policy, PolicyKind};

use crate::failure::Failure;
use crate::params::Params;
use crate::state::Accounts;

/// The most characters that an inline session policy and the ARNs of managed ones may have
/// together.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
const LONGEST: usize = 2048;

/// The most managed policies of a session.
const MOST: usize = 10;

/// Reads `Policy` and `PolicyArns`; none of them is an empty list, and limits nothing.
pub(super) fn read(
    params: &Params,
    accounts: &Accounts,
    account: &AccountId,
) -> Result<Vec<Policy>, Failure> {
    let mut policies = Vec::new();
    if let Some(json) = params.get("Policy") {
        if json.chars().count() > LONGEST {
            let constraint = "Member must have length less than or equal to 2048";
            return Err(Failure::constraint("policy", json, constraint));
        }
        let policy = Policy::parse_as(PolicyKind::Session, json).map_err(|error| {
            Failure::new(
                400,
                "MalformedPolicyDocument",
                format!("Syntax errors in policy: {error}"),
            )
        })?;
        policies.push(policy);
    }
    let arns = params.structures("PolicyArns");
    if arns.len() > MOST {
        let constraint = "Member must have length less than or equal to 10";
        return Err(Failure::constraint("policyArns", arns.len(), constraint));
    }
    let inline = params.get("Policy").map_or(0, |json| json.chars().count());
    let named = arns.iter().filter_map(|member| member.get("arn"));
    let together = inline + named.map(|arn| arn.chars().count()).sum::<usize>();
    if together > LONGEST {
        // AWS names this error for what is packed; its text for the plain characters is unknown.
        let message = format!(
            "The session policies have {together} characters together, which is more than {LONGEST}."
        );
        return Err(Failure::new(400, "PackedPolicyTooLarge", message));
    }
    for member in arns {
        let arn = member.get("arn").copied().unwrap_or_default();
        let managed = accounts
            .account(account)
            .and_then(|account| account.managed(arn));
        policies.push(managed.cloned().ok_or_else(|| {
            Failure::validation(format!(
                "The policy {arn} does not exist or is not attachable."
            ))
        })?);
    }
    Ok(policies)
}

/// Returns the used part of the room for session policies and tags, in per cent, if the request has
/// any. A managed policy counts with its ARN, not with its document.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
pub(super) fn packed_size(params: &Params, tags: &BTreeMap<String, String>) -> Option<usize> {
    let inline = params.get("Policy").map_or(0, str::len);
    let arns: usize = params
        .structures("PolicyArns")
        .iter()
        .filter_map(|member| member.get("arn"))
        .map(|arn| arn.len())
        .sum();
    let tags: usize = tags
        .iter()
        .map(|(key, value)| key.len() + value.len())
        .sum();
    let size = inline + arns + tags;
    (size > 0).then(|| (size * 100 / (2 * LONGEST)).max(1))
}
