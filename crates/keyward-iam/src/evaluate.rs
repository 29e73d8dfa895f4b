//! What follows from policies together: an explicit deny anywhere decides; otherwise the
//! identity's policies must allow, and so must a boundary and the session policies where they
//! exist. It answers for one request and looks nothing up.

use std::fmt;

use crate::action::Action;
use crate::context::Context;
use crate::policy::Policy;
use crate::statement::{Effect, Statement};

/// One request, as far as policies see it.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The action, such as `iam:CreateAccessKey`.
    pub action: &'a str,
    /// The ARN of the resource, or `*` for an action without one.
    pub resource: &'a str,
    /// The facts of the request.
    pub context: &'a Context,
}

/// A policy with the name that reports use for it.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedPolicy {
    /// The name, or the ARN of a managed policy.
    pub name: String,
    /// The document.
    pub policy: Policy,
}

/// All policies on the caller's side.
#[derive(Debug, Clone, Copy)]
pub struct Permissions<'a> {
    /// Attached and inline policies of the user, its groups, or the role.
    pub identity: &'a [NamedPolicy],
    /// The permissions boundary, if the user or role has one.
    pub boundary: Option<&'a Policy>,
    /// The policies given when the session was made. They grant together; empty means that none
    /// was given.
    pub session: &'a [Policy],
}

/// The statement that decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRef {
    /// The policy's name; `permissions boundary`, `session policy` or `trust policy` for those.
    pub policy: String,
    /// The statement's id, if it has one.
    pub sid: Option<String>,
    /// The statement's position in its policy, from 0.
    pub index: usize,
}

/// What is missing where nothing denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// No policy of the identity allows it.
    IdentityAllow,
    /// The permissions boundary does not allow it.
    Boundary,
    /// The session policies do not allow it.
    SessionPolicy,
    /// The role's trust policy does not let the caller in.
    Trust,
    /// The caller is the root user of an account, which no role lets in.
    RootMayNotAssume,
}

/// The outcome for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is allowed, by this statement among others.
    Allowed {
        /// The statement.
        by: StatementRef,
    },
    /// It is denied whatever else allows it.
    ExplicitlyDenied {
        /// The statement.
        by: StatementRef,
    },
    /// Nothing denies it, and something is missing.
    ImplicitlyDenied {
        /// What is missing.
        because: Missing,
    },
}

impl Decision {
    /// Whether the request goes through.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed { .. })
    }
}

/// Whether AWS answers an action whatever policies say. An explicit deny of
/// `sts:GetCallerIdentity` has no effect, and policies cannot control `sts:GetSessionToken`.
/// [`evaluate`] judges policies only; callers ask this first.
#[must_use]
pub fn needs_no_permission(action: &str) -> bool {
    ["sts:GetCallerIdentity", "sts:GetSessionToken"]
        .iter()
        .any(|free| free.eq_ignore_ascii_case(action))
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

/// A decision that still borrows the statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Verdict<'a> {
    Allowed(Cited<'a>),
    Denied(Cited<'a>),
    Missing(Missing),
}

/// A statement with its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cited<'a> {
    pub(crate) policy: &'a str,
    pub(crate) index: usize,
    pub(crate) statement: &'a Statement,
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
            .map(|p| (p.name.as_str(), &p.policy)),
        request,
    );
    let limits = limits(permissions, request);
    if let Some(deny) = identity.deny.or(limits.deny()) {
        return Verdict::Denied(deny);
    }
    match (identity.allow, limits.missing()) {
        (None, _) => Verdict::Missing(Missing::IdentityAllow),
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
        .map(|policy| search(std::iter::once(("permissions boundary", policy)), request));
    let session = (!permissions.session.is_empty()).then(|| {
        search(
            permissions
                .session
                .iter()
                .map(|policy| ("session policy", policy)),
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
    pub(crate) fn missing(self) -> Option<Missing> {
        let silent = self.boundary.is_some_and(Finding::is_silent);
        silent
            .then_some(Missing::Boundary)
            .or(self.missing_session())
    }

    /// The session policies, if they do not allow.
    pub(crate) fn missing_session(self) -> Option<Missing> {
        let silent = self.session.is_some_and(Finding::is_silent);
        silent.then_some(Missing::SessionPolicy)
    }
}

impl Finding<'_> {
    fn is_silent(self) -> bool {
        self.allow.is_none()
    }
}

/// Looks for a deny and an allow. The first deny ends the search, because nothing outweighs it.
fn search<'a>(
    policies: impl Iterator<Item = (&'a str, &'a Policy)>,
    request: &Request<'_>,
) -> Finding<'a> {
    let action = Action::new(request.action);
    let mut found = Finding::default();
    for (name, policy) in policies {
        for (index, statement) in policy.statements().iter().enumerate() {
            // A statement with principals belongs to a resource; here it says nothing.
            let settled = statement.effect() == Effect::Allow && found.allow.is_some();
            if settled
                || statement.principals().is_some()
                || !statement.fits(action, request.resource, request.context)
            {
                continue;
            }
            let cited = Cited {
                policy: name,
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

impl From<Cited<'_>> for StatementRef {
    fn from(cited: Cited<'_>) -> Self {
        Self {
            policy: cited.policy.to_owned(),
            sid: cited.statement.sid().map(str::to_owned),
            index: cited.index,
        }
    }
}

impl From<Verdict<'_>> for Decision {
    fn from(verdict: Verdict<'_>) -> Self {
        match verdict {
            Verdict::Allowed(by) => Self::Allowed { by: by.into() },
            Verdict::Denied(by) => Self::ExplicitlyDenied { by: by.into() },
            Verdict::Missing(because) => Self::ImplicitlyDenied { because },
        }
    }
}

impl fmt::Display for StatementRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sid.as_deref().filter(|sid| !sid.is_empty()) {
            Some(sid) => write!(f, "statement `{sid}` of `{}`", self.policy),
            None => write!(f, "statement {} of `{}`", self.index, self.policy),
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IdentityAllow => "no identity-based policy allows it",
            Self::Boundary => "no permissions boundary allows it",
            Self::SessionPolicy => "no session policy allows it",
            Self::Trust => "the trust policy does not allow the caller",
            Self::RootMayNotAssume => "roles may not be assumed by the root user",
        })
    }
}

#[cfg(test)]
mod tests;
