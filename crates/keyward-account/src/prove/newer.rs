//! Wildcards that allow actions newer than the list of actions. No list can name such actions, so
//! the wildcards stand for them.

use keyward_iam::catalogue::Catalogue;
use keyward_iam::{Action, ActionPattern, Effect, Permissions, Selection, Statement, Truth};

use super::action_set::ActionSet;
use super::federated::{Session, is_denied_to_all};
use super::looks::{limits, own};
use super::sweep::{Sweep, example};

/// The number of wildcards that are named.
const NAMED: usize = 3;

/// The number of names that are listed behind `everything but`.
const EXCEPTED: usize = 3;

/// The wildcards through which an identity is allowed actions that the list of actions lacks because
/// they are newer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Newer {
    /// The widest, in words.
    named: Vec<String>,
    /// Whether there are more of them.
    has_more: bool,
}

impl Newer {
    /// Those of some wildcards, the widest first, in a scenario where these listed actions are allowed. In
    /// a service without an allowed action, no newer one counts.
    pub(super) fn of(
        wildcards: &[Wildcard<'_>],
        sweep: &Sweep<'_>,
        session: Option<&Session<'_>>,
        allowed: &ActionSet,
    ) -> Self {
        let is_allowed = |action: &Action| {
            let may = |sweep: &Sweep<'_>| sweep.answer_unlisted(action).is_allowed();
            let in_session = |session: &Session<'_>| {
                !is_denied_to_all(&action.to_string()) && session.sweeps.iter().any(may)
            };
            may(sweep) || session.is_some_and(in_session)
        };
        let mut found: Vec<&Wildcard<'_>> = Vec::new();
        for wildcard in wildcards {
            let action = &wildcard.example;
            if found.iter().any(|wider| wider.covers(action))
                || !has_one(allowed, wildcard.service())
                || !is_allowed(action)
            {
                continue;
            }
            found.push(wildcard);
            if found.len() > NAMED {
                break;
            }
        }
        let named = found.iter().take(NAMED);
        Self {
            named: named.map(|wildcard| wildcard.in_words()).collect(),
            has_more: found.len() > NAMED,
        }
    }

    /// The end of a list of actions, such as "actions newer than 2026-11-05 through `s3:*`"; `None`
    /// if no newer action is allowed.
    pub(crate) fn in_words(&self) -> Option<String> {
        let (last, first) = match (self.named.split_last()?, self.has_more) {
            (_, true) => ("others", &self.named[..]),
            ((last, first), false) => (last.as_str(), first),
        };
        let date = Catalogue::built_in().date();
        let first = match first.is_empty() {
            true => String::new(),
            false => format!("{} and ", first.join(", ")),
        };
        Some(format!("actions newer than {date} through {first}{last}"))
    }
}

/// Names that a statement covers and no list can hold.
#[derive(Debug, Clone)]
pub(super) struct Wildcard<'a> {
    covers: Covers<'a>,
    /// An action that it covers, that the catalogue lacks and that no other statement is likely to name.
    example: Action,
}

#[derive(Debug, Clone)]
enum Covers<'a> {
    Matching(&'a ActionPattern),
    AllBut(&'a [ActionPattern]),
}

impl<'a> Wildcard<'a> {
    /// Those of the policies of an identity and of what limits it, the widest first. A newer action that
    /// is allowed is one of theirs.
    pub(super) fn all(permissions: &Permissions<'a>) -> Vec<Self> {
        let statements = own(permissions).chain(limits(permissions));
        let mut all: Vec<Self> = statements.flat_map(Self::of).collect();
        all.sort_by_cached_key(|wildcard| {
            let words = wildcard.in_words();
            (wildcard.service().is_some(), words.len(), words)
        });
        all
    }

    /// What a statement allows, or spares from its denial.
    fn of(statement: &'a Statement) -> Vec<Self> {
        let matching = |listed: &'a [ActionPattern]| {
            let wild = listed.iter().filter(|text| text.as_str().contains('*'));
            let wild = wild.filter_map(|pattern| {
                Some(Self {
                    covers: Covers::Matching(pattern),
                    example: example(pattern.as_str())?,
                })
            });
            wild.collect()
        };
        match (statement.effect(), statement.actions()) {
            (Effect::Allow, Selection::Only(listed))
            | (Effect::Deny, Selection::Except(listed)) => matching(listed),
            (Effect::Allow, Selection::Except(listed)) => example("*")
                .map(|example| Self {
                    covers: Covers::AllBut(listed),
                    example,
                })
                .into_iter()
                .collect(),
            (Effect::Deny, Selection::Only(_)) => Vec::new(),
        }
    }

    /// The service that it is about, if it is about one.
    fn service(&self) -> Option<&'a str> {
        match self.covers {
            Covers::Matching(pattern) => pattern.service(),
            Covers::AllBut(_) => None,
        }
    }

    fn covers(&self, action: &Action) -> bool {
        let is_meant = |pattern: &ActionPattern| pattern.covers(action) != Truth::No;
        match self.covers {
            Covers::Matching(pattern) => is_meant(pattern),
            Covers::AllBut(listed) => !listed.iter().any(is_meant),
        }
    }

    fn in_words(&self) -> String {
        match self.covers {
            Covers::Matching(pattern) => format!("`{}`", pattern.as_str().trim()),
            Covers::AllBut(listed) if listed.len() > EXCEPTED => {
                format!("everything but {} names", listed.len())
            }
            Covers::AllBut(listed) => {
                let names = listed.iter();
                let names: Vec<String> = names
                    .map(|pattern| format!("`{}`", pattern.as_str().trim()))
                    .collect();
                format!("everything but {}", names.join(" and "))
            }
        }
    }
}

/// Whether an action of a service is in a set; of a service that the catalogue lacks, one may be.
fn has_one(allowed: &ActionSet, service: Option<&str>) -> bool {
    let Some(service) = service else {
        return true;
    };
    let mut actions = Catalogue::built_in().actions_of(service).peekable();
    actions.peek().is_none() || actions.any(|entry| allowed.contains_entry(entry))
}

#[cfg(test)]
mod tests;
