//! The meaning of a document, without the order of statements and lists, without the difference
//! between one value and a list of one, and in one spelling each: actions and condition keys in
//! small letters, accounts by their twelve digits.

use std::collections::{BTreeMap, BTreeSet};

use keyward_iam::{
    ActionPattern, Condition, Effect, Policy, Principal, ResourcePattern, Selection, Statement,
    Version,
};

/// The meaning of a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    version: Version,
    statements: BTreeSet<Clause>,
}

/// The meaning of a statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Clause {
    pub(super) sid: Option<String>,
    pub(super) effect: Outcome,
    pub(super) principals: Option<Terms>,
    pub(super) actions: Terms,
    pub(super) resources: Option<Terms>,
    pub(super) conditions: BTreeSet<Test>,
}

/// One condition. It compares without the spelling of its key.
#[derive(Debug, Clone)]
pub(super) struct Test {
    pub(super) operator: String,
    /// In small letters.
    pub(super) key: String,
    /// As the document has it.
    pub(super) shown_key: String,
    pub(super) values: BTreeSet<String>,
}

/// An effect that has an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    Allow,
    Deny,
}

/// A list or its opposite. Each term has the spelling that comparisons use, and the document's.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub(super) sense: Sense,
    pub(super) listed: BTreeMap<String, String>,
}

/// `Action` or `NotAction`, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sense {
    Only,
    Except,
}

pub(super) fn of(policy: &Policy) -> Meaning {
    Meaning {
        version: policy.version(),
        statements: policy.statements().iter().map(clause).collect(),
    }
}

pub(super) fn clause(statement: &Statement) -> Clause {
    Clause {
        sid: statement
            .sid()
            .filter(|sid| !sid.is_empty())
            .map(str::to_owned),
        effect: match statement.effect() {
            Effect::Allow => Outcome::Allow,
            Effect::Deny => Outcome::Deny,
        },
        principals: statement.principals().map(|it| terms(it, principal)),
        actions: terms(statement.actions(), action),
        resources: statement.resources().map(|it| terms(it, resource)),
        conditions: statement
            .conditions()
            .iter()
            .map(test)
            .chain(statement.unknown_conditions().map(unknown_test))
            .collect(),
    }
}

fn terms<T>(selection: &Selection<T>, spell: fn(&T) -> (String, String)) -> Terms {
    Terms {
        sense: match selection {
            Selection::Only(_) => Sense::Only,
            Selection::Except(_) => Sense::Except,
        },
        listed: selection.listed().iter().map(spell).collect(),
    }
}

fn action(pattern: &ActionPattern) -> (String, String) {
    let text = pattern.as_str();
    let spelled = match text {
        "*:*" => "*".to_owned(),
        _ => text.to_ascii_lowercase(),
    };
    (spelled, text.to_owned())
}

fn resource(pattern: &ResourcePattern) -> (String, String) {
    (pattern.as_str().to_owned(), pattern.as_str().to_owned())
}

/// The kind precedes the text, because a service and an account are never the same.
fn principal(principal: &Principal) -> (String, String) {
    let (kind, text, shown) = match principal {
        Principal::Everyone => ("", "*", "*"),
        Principal::Account { id, source } => ("account", id.as_str(), source.as_str()),
        Principal::Arn(text) => ("aws", text.as_str(), text.as_str()),
        Principal::UniqueId(text) => ("id", text.as_str(), text.as_str()),
        Principal::Service(text) => ("service", text.as_str(), text.as_str()),
        Principal::Federated(text) => ("federated", text.as_str(), text.as_str()),
        Principal::CanonicalUser(text) => ("canonical", text.as_str(), text.as_str()),
    };
    (format!("{kind} {text}"), shown.to_owned())
}

/// A condition whose operator does not exist. AWS refuses it in a new document.
fn unknown_test((operator, key, values): (&str, &str, &[String])) -> Test {
    Test {
        operator: operator.to_owned(),
        key: key.to_ascii_lowercase(),
        shown_key: key.to_owned(),
        values: values.iter().cloned().collect(),
    }
}

fn test(condition: &Condition) -> Test {
    let operator = condition.operator().to_string();
    // Values of `Bool` and `Null` are words; those of other operators keep their case.
    let words = operator.contains("Bool") || operator.contains("Null");
    let spell = |text: &str| match words {
        true => text.to_ascii_lowercase(),
        false => text.to_owned(),
    };
    Test {
        key: condition.key().to_ascii_lowercase(),
        shown_key: condition.key().to_owned(),
        values: condition
            .values()
            .iter()
            .map(|it| spell(it.as_str()))
            .collect(),
        operator,
    }
}

impl PartialEq for Terms {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Terms {}

impl PartialOrd for Terms {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Terms {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let terms = || self.listed.keys().cmp(other.listed.keys());
        self.sense.cmp(&other.sense).then_with(terms)
    }
}

impl Test {
    fn compared(&self) -> (&String, &String, &BTreeSet<String>) {
        (&self.operator, &self.key, &self.values)
    }
}

impl PartialEq for Test {
    fn eq(&self, other: &Self) -> bool {
        self.compared() == other.compared()
    }
}

impl Eq for Test {}

impl PartialOrd for Test {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Test {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.compared().cmp(&other.compared())
    }
}
