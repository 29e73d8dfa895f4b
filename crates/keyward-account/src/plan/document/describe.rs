//! The difference of two documents in words: statements that appear, go or change, and in a
//! changed one the actions, resources, principals and conditions.

use keyward_iam::Policy;
use keyward_iam::model::Document;

use super::meaning::{Clause, Outcome, Sense, Terms, Test, clause};
use crate::plan::step::Change;

/// The number of entries of a list that are named before the rest is counted.
const NAMED: usize = 6;

/// Every statement of a document that appears. `subject` names the policy.
pub(crate) fn added(subject: &str, wanted: &Policy) -> Vec<Change> {
    let statements = clauses(wanted).into_iter().enumerate();
    statements
        .map(|(index, clause)| Change::add(format!("{subject}: {}", whole(&clause, index))))
        .collect()
}

/// Every statement of a document that goes.
pub(crate) fn removed(subject: &str, live: &Document) -> Vec<Change> {
    let Some(live) = live.policy() else {
        return vec![Change::remove(format!(
            "{subject}: a document that keyward cannot read"
        ))];
    };
    let statements = clauses(live).into_iter().enumerate();
    statements
        .map(|(index, clause)| Change::remove(format!("{subject}: {}", whole(&clause, index))))
        .collect()
}

/// Returns the differences between two documents. Empty only if both say the same.
pub(crate) fn changes(subject: &str, live: &Document, wanted: &Policy) -> Vec<Change> {
    let Some(live) = live.policy() else {
        let mut all = vec![Change::alter(format!(
            "{subject}: replaces a document that keyward cannot read"
        ))];
        all.extend(added(subject, wanted));
        return all;
    };
    let mut all = Vec::new();
    if live.version() != wanted.version() {
        all.push(Change::alter(format!("{subject}: another policy version")));
    }
    let (before, after) = unmatched(clauses(live), clauses(wanted));
    for pair in paired(before, after) {
        match pair {
            (Some((index, old)), None) => {
                all.push(Change::remove(format!("{subject}: {}", whole(&old, index))));
            }
            (None, Some((index, new))) => {
                all.push(Change::add(format!("{subject}: {}", whole(&new, index))));
            }
            (Some((_, old)), Some((index, new))) => {
                let subject = format!("{subject}: {}", title(&new, index));
                compare(&subject, &old, &new, &mut all);
            }
            (None, None) => {}
        }
    }
    all
}

fn clauses(policy: &Policy) -> Vec<Clause> {
    policy.statements().iter().map(clause).collect()
}

type Placed = (usize, Clause);

/// The statements of each side that the other does not have.
fn unmatched(before: Vec<Clause>, after: Vec<Clause>) -> (Vec<Placed>, Vec<Placed>) {
    let only = |these: &[Clause], those: &[Clause]| -> Vec<Placed> {
        let mut found: Vec<Placed> = Vec::new();
        for (index, clause) in these.iter().enumerate() {
            let seen = found.iter().any(|(_, known)| known == clause);
            if !seen && !those.contains(clause) {
                found.push((index, clause.clone()));
            }
        }
        found
    };
    (only(&before, &after), only(&after, &before))
}

/// Pairs statements by their id, then by what they share; the rest stays alone.
fn paired(mut before: Vec<Placed>, after: Vec<Placed>) -> Vec<(Option<Placed>, Option<Placed>)> {
    let mut pairs = Vec::new();
    let mut open = Vec::new();
    for new in after {
        let same = |old: &Placed| old.1.sid.is_some() && old.1.sid == new.1.sid;
        match before.iter().position(same) {
            Some(at) => pairs.push((Some(before.remove(at)), Some(new))),
            None => open.push(new),
        }
    }
    for new in open {
        let scores = before.iter().map(|(_, old)| likeness(old, &new.1));
        let best = scores.enumerate().max_by_key(|&(_, score)| score);
        match best.filter(|&(_, score)| score > 0) {
            Some((at, _)) => pairs.push((Some(before.remove(at)), Some(new))),
            None => pairs.push((None, Some(new))),
        }
    }
    pairs.sort_by_key(|(_, new)| new.as_ref().map(|(index, _)| *index));
    let gone = before.into_iter().map(|old| (Some(old), None));
    gone.chain(pairs).collect()
}

/// Returns the number of terms that two statements share. Statements of opposite effect are never
/// the same one.
fn likeness(old: &Clause, new: &Clause) -> usize {
    if old.effect != new.effect || old.actions.sense != new.actions.sense {
        return 0;
    }
    let shared = |a: &Terms, b: &Terms| {
        a.listed
            .keys()
            .filter(|it| b.listed.contains_key(*it))
            .count()
    };
    let actions = shared(&old.actions, &new.actions);
    if actions > 0 {
        return 100 * actions;
    }
    match (&old.resources, &new.resources) {
        (Some(old), Some(new)) if old.listed.keys().all(|it| it != "*") => shared(old, new),
        _ => 0,
    }
}

fn compare(subject: &str, old: &Clause, new: &Clause, all: &mut Vec<Change>) {
    if old.sid != new.sid {
        let text = match (&old.sid, &new.sid) {
            (Some(was), Some(is)) => format!("id `{was}` becomes `{is}`"),
            (None, _) => "has no id yet".to_owned(),
            (Some(was), None) => format!("loses its id `{was}`"),
        };
        all.push(Change::alter(format!("{subject}: {text}")));
    }
    if old.effect != new.effect {
        all.push(Change::alter(format!(
            "{subject}: becomes {}",
            effect(new.effect)
        )));
    }
    terms(
        subject,
        ["action", "exempt action"],
        &old.actions,
        &new.actions,
        all,
    );
    optional_terms(
        subject,
        ["principal", "exempt principal"],
        old.principals.as_ref(),
        new.principals.as_ref(),
        all,
    );
    optional_terms(
        subject,
        ["resource", "exempt resource"],
        old.resources.as_ref(),
        new.resources.as_ref(),
        all,
    );
    tests(subject, old, new, all);
}

fn optional_terms(
    subject: &str,
    names: [&str; 2],
    old: Option<&Terms>,
    new: Option<&Terms>,
    all: &mut Vec<Change>,
) {
    let none = Terms::none();
    let sense = |this: Option<&Terms>, that: Option<&Terms>| match (this, that) {
        (Some(terms), _) | (None, Some(terms)) => Terms {
            sense: terms.sense,
            ..this.unwrap_or(&none).clone()
        },
        (None, None) => none.clone(),
    };
    terms(subject, names, &sense(old, new), &sense(new, old), all);
}

fn terms(
    subject: &str,
    [plain, exempt]: [&str; 2],
    old: &Terms,
    new: &Terms,
    all: &mut Vec<Change>,
) {
    if old.sense != new.sense {
        let (was, is) = match new.sense {
            Sense::Only => (exempt, plain),
            Sense::Except => (plain, exempt),
        };
        all.push(Change::remove(format!("{subject}: {was} {}", listing(old))));
        all.push(Change::add(format!("{subject}: {is} {}", listing(new))));
        return;
    }
    let name = match new.sense {
        Sense::Only => plain,
        Sense::Except => exempt,
    };
    for (term, shown) in &old.listed {
        if !new.listed.contains_key(term) {
            all.push(Change::remove(format!("{subject}: {name} `{shown}`")));
        }
    }
    for (term, shown) in &new.listed {
        if !old.listed.contains_key(term) {
            all.push(Change::add(format!("{subject}: {name} `{shown}`")));
        }
    }
}

fn tests(subject: &str, old: &Clause, new: &Clause, all: &mut Vec<Change>) {
    let same = |a: &Test, b: &Test| a.operator == b.operator && a.key == b.key;
    for test in old.conditions.difference(&new.conditions) {
        let changed = new
            .conditions
            .difference(&old.conditions)
            .find(|it| same(it, test));
        match changed {
            Some(to) => all.push(Change::alter(format!(
                "{subject}: condition {} becomes {}",
                condition(test),
                values(to)
            ))),
            None => all.push(Change::remove(format!(
                "{subject}: condition {}",
                condition(test)
            ))),
        }
    }
    for test in new.conditions.difference(&old.conditions) {
        if !old
            .conditions
            .difference(&new.conditions)
            .any(|it| same(it, test))
        {
            all.push(Change::add(format!(
                "{subject}: condition {}",
                condition(test)
            )));
        }
    }
}

/// Returns the name of a statement: its id, or its place.
fn title(clause: &Clause, index: usize) -> String {
    match &clause.sid {
        Some(sid) => format!("statement `{sid}`"),
        None => format!("statement {}", index + 1),
    }
}

/// A whole statement in one line.
fn whole(clause: &Clause, index: usize) -> String {
    let mut text = format!("{} {}", title(clause, index), effect(clause.effect));
    match clause.actions.sense {
        Sense::Only => text += &format!(" {}", listing(&clause.actions)),
        Sense::Except => text += &format!(" everything except {}", listing(&clause.actions)),
    }
    match &clause.resources {
        Some(terms) if terms.sense == Sense::Except => {
            text += &format!(" on everything except {}", listing(terms));
        }
        Some(terms) => text += &format!(" on {}", listing(terms)),
        None => {}
    }
    match &clause.principals {
        Some(terms) if terms.sense == Sense::Except => {
            text += &format!(" for all except {}", listing(terms));
        }
        Some(terms) => text += &format!(" for {}", listing(terms)),
        None => {}
    }
    let conditions: Vec<String> = clause.conditions.iter().map(condition).collect();
    if !conditions.is_empty() {
        text += &format!(" if {}", conditions.join(" and "));
    }
    text
}

fn effect(effect: Outcome) -> &'static str {
    match effect {
        Outcome::Allow => "allows",
        Outcome::Deny => "denies",
    }
}

fn listing(terms: &Terms) -> String {
    shorten(terms.listed.values().map(|shown| format!("`{shown}`")))
}

fn condition(test: &Test) -> String {
    format!("`{} {}` is {}", test.operator, test.shown_key, values(test))
}

fn values(test: &Test) -> String {
    shorten(test.values.iter().map(|value| format!("`{value}`")))
}

fn shorten(texts: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = texts.collect();
    if all.len() <= NAMED + 1 {
        return all.join(", ");
    }
    format!("{} and {} more", all[..NAMED].join(", "), all.len() - NAMED)
}

impl Terms {
    fn none() -> Self {
        Self {
            sense: Sense::Only,
            listed: std::collections::BTreeMap::new(),
        }
    }
}
