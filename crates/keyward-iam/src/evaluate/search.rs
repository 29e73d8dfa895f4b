//! Looks through policies for the statements that decide a request.

use super::decision::{Cited, Source};
use crate::language::{Effect, Policy};
use crate::request::Request;

/// What a set of policies says that grant together.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Finding<'a> {
    pub(crate) deny: Option<Cited<'a>>,
    pub(crate) allow: Option<Cited<'a>>,
}

impl Finding<'_> {
    pub(crate) fn is_silent(self) -> bool {
        self.allow.is_none()
    }
}

/// Looks for a deny and an allow. The first deny ends the search, because nothing outweighs it.
pub(crate) fn search<'a>(
    policies: impl IntoIterator<Item = (Source<'a>, &'a Policy)>,
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
