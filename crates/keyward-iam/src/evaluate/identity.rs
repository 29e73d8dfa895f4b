//! The decision of a caller's policies together: an explicit deny anywhere decides; otherwise the
//! identity's policies must allow, and so must a boundary and the session policies where they
//! exist. It answers for one request and looks nothing up.

use super::decision::{Decision, ImplicitDeny, Source, Verdict};
use super::elsewhere::is_elsewhere;
use super::implicit::needs_no_permission;
use super::limits::Limits;
use super::permissions::Permissions;
use super::search::search;
use crate::request::Request;

/// Decides a request of an identity within its own account. It denies a request on a resource of
/// another account, because the policy of that resource is unknown. With a
/// [partial](crate::Context::partial) context, what may be allowed counts as allowed, and the
/// decision names the doubt.
///
/// Policies of resources are not judged: neither what a bucket or key policy grants to the
/// identity, nor what it denies, nor resource control policies.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
#[must_use]
pub fn evaluate(permissions: &Permissions<'_>, request: &Request<'_>) -> Decision {
    at_home(permissions, request).into()
}

/// Whether a request is allowed, for callers that ask a great many times and need no reason.
#[must_use]
pub fn is_allowed(permissions: &Permissions<'_>, request: &Request<'_>) -> bool {
    matches!(
        at_home(permissions, request),
        Verdict::Allowed(_) | Verdict::Free
    )
}

/// The verdict of the identity's policies, which do not suffice in another account.
fn at_home<'a>(permissions: &Permissions<'a>, request: &Request<'_>) -> Verdict<'a> {
    match judge(permissions, request) {
        Verdict::Allowed(_) if is_elsewhere(request.action, request.resource, request.context) => {
            Verdict::Missing(ImplicitDeny::OtherAccount)
        }
        verdict => verdict,
    }
}

/// The verdict of the identity's policies, regardless of the resource's owner.
pub(crate) fn judge<'a>(permissions: &Permissions<'a>, request: &Request<'_>) -> Verdict<'a> {
    if needs_no_permission(request.action) {
        return Verdict::Free;
    }
    let identity = search(
        permissions
            .identity
            .iter()
            .map(|p| (Source::Known(&p.source), p.policy.as_ref())),
        request,
    );
    let limits = Limits::new(permissions, request);
    if let Some(deny) = identity.deny.or(limits.deny()) {
        return Verdict::Denied(deny);
    }
    match (identity.grant, limits.missing()) {
        (None, _) => Verdict::Missing(ImplicitDeny::IdentityAllow),
        (Some(_), Some(missing)) => Verdict::Missing(missing),
        (Some(grant), None) => {
            Verdict::Allowed(grant.doubted(identity.doubt).doubted(limits.doubt()))
        }
    }
}

#[cfg(test)]
mod tests;
