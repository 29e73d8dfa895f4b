//! Whether a request is about a resource of another account. It compares account ids; it does
//! not know the policies of other accounts.

use crate::request::{Action, Context, Fact, Resource};

/// Whether an action is about other accounts and needs no policy of theirs: the organization admits
/// its management account and delegated administrators. Such a grant suffices alone.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html>
/// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_delegated_admin.html>
/// Source: <https://docs.aws.amazon.com/accounts/latest/reference/using-orgs-delegated-admin.html>
pub(crate) fn asks_no_owner(service: &str, name: &str) -> bool {
    let whole = ["organizations", "account"];
    whole.iter().any(|own| own.eq_ignore_ascii_case(service))
        || (service.eq_ignore_ascii_case("sts") && name.eq_ignore_ascii_case("AssumeRoot"))
}

/// Whether a resource belongs to an account other than the caller's. There, a policy of the
/// resource must allow the request as well, so the identity's policies alone never suffice.
///
/// An ARN without an account (a bucket), one of AWS's own (`arn:aws:iam::aws:policy/…`), and a
/// caller of an unknown account count as the same account. So does an action that needs no policy
/// of the owner.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
pub(crate) fn is_elsewhere(action: &Action, resource: &Resource, context: &Context) -> bool {
    if asks_no_owner(action.service(), action.name()) {
        return false;
    }
    let Resource::Exact(arn) = resource else {
        return false;
    };
    match (arn.account(), context.fact("aws:PrincipalAccount")) {
        (Some(owner), Fact::Values([caller])) => owner.as_str() != caller,
        _ => false,
    }
}
