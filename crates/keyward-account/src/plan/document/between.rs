//! What a document says while a plan is carried out. Statements that go may appear elsewhere in the same
//! plan, so they stay until that is done; statements that come are there before.

use std::collections::BTreeSet;

use keyward_iam::model::Document;
use keyward_iam::{Policy, PolicyKind};
use serde_json::{Value as Json, json};

use super::meaning::{Clause, Outcome, clause};

/// The change from one document to another, in one write or in two.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Transition {
    /// Statements only come.
    Gain,
    /// Statements only go.
    Loss,
    /// Statements come and go. This document has those of both.
    Both(Policy),
    /// The old document cannot be read, or has another version.
    Unknown,
}

/// The change from `old` to `new`. An id or an order of statements is not a change.
pub(crate) fn transition(old: &Document, new: &Policy) -> Transition {
    let Some(old) = old.policy().filter(|old| old.version() == new.version()) else {
        return Transition::Unknown;
    };
    let (before, after) = (rules(old), rules(new));
    match (before.is_subset(&after), after.is_subset(&before)) {
        (true, _) => Transition::Gain,
        (false, true) => Transition::Loss,
        (false, false) => both(old, &after, new).map_or(Transition::Unknown, Transition::Both),
    }
}

/// Whether a denial of `old` is missing in `new`.
pub(crate) fn loses_denial(old: &Document, new: &Policy) -> bool {
    let after = rules(new);
    let old = old.policy().map(rules).unwrap_or_default();
    let mut lost = old.difference(&after);
    lost.any(|rule| rule.effect == Outcome::Deny)
}

/// Whether a document has a statement that another lacks.
pub(crate) fn gains(old: Option<&Document>, new: &Document) -> bool {
    let rules = |document: &Document| document.policy().map(rules).unwrap_or_default();
    !rules(new).is_subset(&old.map(rules).unwrap_or_default())
}

fn rules(policy: &Policy) -> BTreeSet<Clause> {
    policy.statements().iter().map(rule).collect()
}

fn rule(statement: &keyward_iam::Statement) -> Clause {
    Clause {
        sid: None,
        ..clause(statement)
    }
}

/// The new statements, and the old ones that are not among them, without their ids: ids must differ.
fn both(old: &Policy, after: &BTreeSet<Clause>, new: &Policy) -> Option<Policy> {
    let mut document: Json = serde_json::from_str(&new.to_json()).ok()?;
    let mut statements = listed(document.get("Statement")?);
    let earlier: Json = serde_json::from_str(&old.to_json()).ok()?;
    let earlier = listed(earlier.get("Statement")?);
    for (mut json, statement) in earlier.into_iter().zip(old.statements()) {
        if !after.contains(&rule(statement)) {
            json.as_object_mut()?.remove("Sid");
            statements.push(json);
        }
    }
    document["Statement"] = json!(statements);
    Policy::parse_as(PolicyKind::Identity, &document.to_string()).ok()
}

fn listed(statements: &Json) -> Vec<Json> {
    match statements {
        Json::Array(statements) => statements.clone(),
        one => vec![one.clone()],
    }
}
