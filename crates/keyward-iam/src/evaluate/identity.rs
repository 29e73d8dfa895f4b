//! What follows from a caller's policies together: an explicit deny anywhere decides; otherwise
//! the identity's policies must allow, and so must a boundary and the session policies where
//! they exist. It answers for one request and looks nothing up.

use super::decision::{Decision, ImplicitDeny, Source, Verdict};
use super::limits::Limits;
use super::permissions::Permissions;
use super::search::search;
use crate::request::{Action, Request};

/// Whether AWS answers an action whatever policies say. An explicit deny of
/// `sts:GetCallerIdentity` has no effect, and policies cannot control `sts:GetSessionToken`.
/// [`evaluate`] judges policies only; callers ask this first.
#[must_use]
pub fn needs_no_permission(action: &Action) -> bool {
    ["sts:GetCallerIdentity", "sts:GetSessionToken"]
        .iter()
        .any(|free| action.is(free))
}

/// Decides a request of an identity within its own account.
#[must_use]
pub fn evaluate(permissions: &Permissions<'_>, request: &Request<'_>) -> Decision {
    judge(permissions, request).into()
}

/// Whether a request is allowed, for callers that ask a great many times and need no reason.
#[must_use]
pub fn is_allowed(permissions: &Permissions<'_>, request: &Request<'_>) -> bool {
    matches!(judge(permissions, request), Verdict::Allowed(_))
}

pub(crate) fn judge<'a>(permissions: &Permissions<'a>, request: &Request<'_>) -> Verdict<'a> {
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
    match (identity.allow, limits.missing()) {
        (None, _) => Verdict::Missing(ImplicitDeny::IdentityAllow),
        (Some(_), Some(missing)) => Verdict::Missing(missing),
        (Some(allow), None) => Verdict::Allowed(allow),
    }
}

#[cfg(test)]
mod tests;
