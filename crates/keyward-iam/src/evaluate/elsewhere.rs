//! Whether a request is about a resource of another account. It compares account ids; it does
//! not know the policies of other accounts.

use crate::request::{Context, Fact, Resource};

/// Whether a resource belongs to an account other than the caller's. There, a policy of the
/// resource must allow the request as well, so the identity's policies alone never suffice.
///
/// An ARN without an account (a bucket), one of AWS's own (`arn:aws:iam::aws:policy/…`), and a
/// caller of an unknown account count as the same account.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
pub(crate) fn is_elsewhere(resource: &Resource, context: &Context) -> bool {
    let Resource::Exact(arn) = resource else {
        return false;
    };
    match (arn.account(), context.fact("aws:PrincipalAccount")) {
        (Some(owner), Fact::Values([caller])) => owner.as_str() != caller,
        _ => false,
    }
}
