//! Makes policy documents from statements. Every value that goes into one has a type that keeps
//! it free of wildcards and variables.

use keyward_iam::{Policy, PolicyKind};
use serde_json::{Value as Json, json};

/// A document of the current version with these statements.
pub(super) fn policy(kind: PolicyKind, statements: Vec<Json>) -> Policy {
    let document = json!({ "Version": "2012-10-17", "Statement": statements });
    Policy::parse_as(kind, &document.to_string())
        .expect("statements made of typed names and fixed words are a policy")
}

/// The condition that MFA was used, for statements that allow. Without MFA a long-lived key has
/// no such key in its requests, so the `IfExists` form would let it through.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent>
pub(super) fn with_mfa() -> Json {
    json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } })
}

/// The condition that MFA was not used, for statements that deny. `IfExists` makes it hold for a
/// long-lived key too, whose requests lack the key.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists>
pub(super) fn without_mfa() -> Json {
    json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } })
}

/// The condition that MFA was used less than so many seconds ago.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthage>
pub(super) fn with_mfa_younger_than(seconds: Option<u64>) -> Json {
    let mut condition = with_mfa();
    if let Some(seconds) = seconds {
        condition["NumericLessThan"] = json!({ "aws:MultiFactorAuthAge": seconds.to_string() });
    }
    condition
}
