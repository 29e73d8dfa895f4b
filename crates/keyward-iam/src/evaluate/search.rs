//! Looks through policies for the statements that decide a request.

use super::decision::{Cited, Grant, Source};
use crate::language::{Effect, Policy, Truth};
use crate::request::Request;

/// The result of a search in a set of policies that grant together.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Finding<'a> {
    /// A statement that denies the request whatever its unknown keys are.
    pub(crate) deny: Option<Cited<'a>>,
    /// The grant.
    pub(crate) grant: Option<Grant<'a>>,
    /// A statement that may deny it.
    pub(crate) doubt: Option<Cited<'a>>,
}

impl<'a> Finding<'a> {
    pub(crate) fn is_silent(self) -> bool {
        self.grant.is_none()
    }

    /// The first statement that casts doubt on what is granted, if any does.
    pub(crate) fn doubt(self) -> Option<Cited<'a>> {
        self.grant.and_then(|grant| grant.doubt).or(self.doubt)
    }
}

/// Looks for a deny and an allow. The first deny ends the search, because nothing outweighs it.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
pub(crate) fn search<'a>(
    policies: impl IntoIterator<Item = (Source<'a>, &'a Policy)>,
    request: &Request<'_>,
) -> Finding<'a> {
    let mut found = Finding::default();
    for (source, policy) in policies {
        for (index, statement) in policy.statements().iter().enumerate() {
            // A statement with principals belongs to a resource; here it says nothing.
            let settled = statement.effect() == Effect::Allow
                && found.grant.is_some_and(|grant| grant.doubt.is_none());
            if settled || statement.principals().is_some() {
                continue;
            }
            let cited = Cited {
                source,
                index,
                statement,
            };
            match (statement.effect(), statement.applies_to(request)) {
                (_, Truth::No) => {}
                (Effect::Allow, Truth::Yes) => found.grant = Some(Grant::certain(cited)),
                (Effect::Allow, Truth::Unknown) => {
                    found.grant = found.grant.or(Some(Grant::doubtful(cited)));
                }
                (Effect::Deny, Truth::Unknown) => found.doubt = found.doubt.or(Some(cited)),
                (Effect::Deny, Truth::Yes) => {
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
