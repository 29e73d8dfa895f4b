//! What follows from a caller's policies together: an explicit deny anywhere decides; otherwise
//! the identity's policies must allow, and so must a boundary and the session policies where
//! they exist. It answers for one request and looks nothing up.

use super::decision::{Cited, Decision, ImplicitDeny, Source, Verdict};
use super::permissions::Permissions;
use crate::language::{Effect, Policy};
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

/// What a set of policies says that grant together.
#[derive(Debug, Clone, Copy, Default)]
struct Finding<'a> {
    deny: Option<Cited<'a>>,
    allow: Option<Cited<'a>>,
}

pub(crate) fn judge<'a>(permissions: &Permissions<'a>, request: &Request<'_>) -> Verdict<'a> {
    let identity = search(
        permissions
            .identity
            .iter()
            .map(|p| (Source::Named(&p.name), &p.policy)),
        request,
    );
    let limits = limits(permissions, request);
    if let Some(deny) = identity.deny.or(limits.deny()) {
        return Verdict::Denied(deny);
    }
    match (identity.allow, limits.missing()) {
        (None, _) => Verdict::Missing(ImplicitDeny::IdentityAllow),
        (Some(_), Some(missing)) => Verdict::Missing(missing),
        (Some(allow), None) => Verdict::Allowed(allow),
    }
}

/// What boundary and session policies say, where they exist.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits<'a> {
    boundary: Option<Finding<'a>>,
    session: Option<Finding<'a>>,
}

pub(crate) fn limits<'a>(permissions: &Permissions<'a>, request: &Request<'_>) -> Limits<'a> {
    let boundary = permissions
        .boundary
        .map(|policy| search(std::iter::once((Source::Boundary, policy)), request));
    let session = (!permissions.session.is_empty()).then(|| {
        search(
            permissions
                .session
                .iter()
                .map(|policy| (Source::Session, policy)),
            request,
        )
    });
    Limits { boundary, session }
}

impl<'a> Limits<'a> {
    fn deny(self) -> Option<Cited<'a>> {
        self.boundary
            .and_then(|found| found.deny)
            .or(self.session.and_then(|found| found.deny))
    }

    /// The first limit that does not allow.
    pub(crate) fn missing(self) -> Option<ImplicitDeny> {
        let silent = self.boundary.is_some_and(Finding::is_silent);
        silent
            .then_some(ImplicitDeny::Boundary)
            .or(self.missing_session())
    }

    /// The session policies, if they do not allow.
    pub(crate) fn missing_session(self) -> Option<ImplicitDeny> {
        let silent = self.session.is_some_and(Finding::is_silent);
        silent.then_some(ImplicitDeny::SessionPolicy)
    }
}

impl Finding<'_> {
    fn is_silent(self) -> bool {
        self.allow.is_none()
    }
}

/// Looks for a deny and an allow. The first deny ends the search, because nothing outweighs it.
fn search<'a>(
    policies: impl Iterator<Item = (Source<'a>, &'a Policy)>,
    request: &Request<'_>,
) -> Finding<'a> {
    let mut found = Finding::default();
    for (source, policy) in policies {
        for (index, statement) in policy.statements().iter().enumerate() {
            // A statement with principals belongs to a resource; here it says nothing.
            let settled = statement.effect() == Effect::Allow && found.allow.is_some();
            if settled || statement.principals().is_some() || !statement.applies_to(request) {
                continue;
            }
            let cited = Cited {
                source,
                index,
                statement,
            };
            match statement.effect() {
                Effect::Allow => found.allow = Some(cited),
                Effect::Deny => {
                    return Finding {
                        deny: Some(cited),
                        ..found
                    };
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
