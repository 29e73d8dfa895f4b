//! Policy documents, compared by what they say. AWS stores a document as it was sent, and other
//! tools write the same rules in another order or spelling; neither is a change.

mod between;
mod describe;
mod meaning;

pub(crate) use between::{Transition, gains, loses_denial, transition};
pub(crate) use describe::{added, changes, removed};

use keyward_iam::model::Document;
use keyward_iam::size::non_whitespace_chars;
use keyward_iam::{Effect, Policy};

/// Whether two documents say the same. One that could not be read equals nothing.
#[must_use]
pub fn same_meaning(live: &Document, wanted: &Document) -> bool {
    match (live.policy(), wanted.policy()) {
        (Some(live), Some(wanted)) => live == wanted || meaning::of(live) == meaning::of(wanted),
        _ => false,
    }
}

/// Whether a document forbids something. One that could not be read may.
pub(crate) fn may_deny(document: &Document) -> bool {
    document.policy().is_none_or(denies)
}

fn denies(policy: &Policy) -> bool {
    let mut statements = policy.statements().iter();
    statements.any(|statement| statement.effect() == Effect::Deny)
}

/// Whether a document does nothing but forbid.
pub(crate) fn only_denies(document: &Document) -> bool {
    document.policy().is_some_and(|policy| {
        let mut statements = policy.statements().iter();
        statements.all(|statement| statement.effect() == Effect::Deny)
    })
}

/// The length of a document as AWS counts it.
pub(crate) fn length(document: &Document) -> usize {
    non_whitespace_chars(&document.to_json())
}

#[cfg(test)]
mod tests;
