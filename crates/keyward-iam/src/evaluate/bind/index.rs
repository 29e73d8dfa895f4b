//! The actions of a statement, by service: of the thousands that a managed policy can list, a
//! question about one service looks at a few.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::sync::Arc;

use crate::catalogue::{ActionEntry, Catalogue};
use crate::language::{ActionPattern, Selection, Truth};

/// The `Action` or `NotAction` of one statement, as far as it is clear, or as far as it may reach.
#[derive(Debug)]
pub(super) struct ActionIndex<'a> {
    effect: Listed,
    /// Patterns about one service, in the order of their services.
    services: Vec<(&'a str, &'a ActionPattern)>,
    /// Patterns about every service.
    every: Vec<&'a ActionPattern>,
}

/// The meaning of being listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listed {
    Covered,
    Excepted,
}

/// The names of one service that a statement is about.
#[derive(Debug, Clone)]
pub(super) struct Names<'b, 'a> {
    effect: Listed,
    /// The service, for the texts that take in the service.
    service: Option<Arc<str>>,
    here: &'b [(&'a str, &'a ActionPattern)],
    every: &'b [&'a ActionPattern],
}

/// The name of an action of one service, such as `GetUser`, about which a question is.
pub(super) struct ActionName<'n> {
    pub(super) text: &'n str,
    /// Its place in the catalogue, after the first statement that needs it.
    listed: OnceCell<Option<ActionEntry<'static>>>,
}

impl<'n> ActionName<'n> {
    pub(super) fn new(text: &'n str) -> Self {
        Self {
            text,
            listed: OnceCell::new(),
        }
    }

    fn listed(&self, service: &str) -> Option<ActionEntry<'static>> {
        let find = || Catalogue::built_in().find_in(service, self.text);
        *self.listed.get_or_init(find)
    }
}

/// How far a statement reaches whose actions hold a text of no documented form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// To the actions that it is about whatever AWS makes of the text.
    Surely,
    /// To the actions that it may be about besides.
    Perhaps,
}

impl<'a> ActionIndex<'a> {
    /// The actions of a statement to an extent; `None` where it reaches nothing to that extent.
    pub(super) fn new(actions: &'a Selection<ActionPattern>, extent: Extent) -> Option<Self> {
        let has_unclear = actions.listed().iter().any(ActionPattern::is_unclear);
        if extent == Extent::Perhaps && !has_unclear {
            return None;
        }
        let effect = match actions {
            Selection::Only(_) => Listed::Covered,
            Selection::Except(_) => Listed::Excepted,
        };
        let counts = |pattern: &&ActionPattern| match (effect, extent) {
            (Listed::Covered, Extent::Perhaps) => pattern.is_unclear(),
            (Listed::Excepted, Extent::Surely) => true,
            (Listed::Covered, Extent::Surely) | (Listed::Excepted, Extent::Perhaps) => {
                !pattern.is_unclear()
            }
        };
        let (mut services, mut every) = (Vec::new(), Vec::new());
        for pattern in actions.listed().iter().filter(counts) {
            match pattern.service() {
                Some(service) => services.push((service, pattern)),
                None => every.push(pattern),
            }
        }
        services.sort_by(|(a, _), (b, _)| ignoring_case(a, b));
        Some(Self {
            effect,
            services,
            every,
        })
    }

    /// The services that patterns name.
    pub(super) fn services(&self) -> impl Iterator<Item = &'a str> {
        self.services.iter().map(|(service, _)| *service)
    }

    pub(super) fn names(&self, service: &Arc<str>) -> Names<'_, 'a> {
        let start = self
            .services
            .partition_point(|(own, _)| ignoring_case(own, service).is_lt());
        let here = &self.services[start..];
        let end = here.partition_point(|(own, _)| ignoring_case(own, service).is_eq());
        let mut unclear = self.every.iter().filter(|pattern| pattern.is_unclear());
        Names {
            effect: self.effect,
            service: unclear.next().map(|_| Arc::clone(service)),
            here: &here[..end],
            every: &self.every,
        }
    }
}

impl Names<'_, '_> {
    /// Whether no name can be covered.
    pub(super) fn are_none(&self) -> bool {
        match self.effect {
            Listed::Covered => self.here.is_empty() && self.every.is_empty(),
            Listed::Excepted => self.lists_every_name(),
        }
    }

    /// Whether every name of the service is covered.
    pub(super) fn are_all(&self) -> bool {
        match self.effect {
            Listed::Covered => self.lists_every_name(),
            Listed::Excepted => self.here.is_empty() && self.every.is_empty(),
        }
    }

    /// Whether a name is covered.
    pub(super) fn cover(&self, name: &ActionName<'_>) -> bool {
        let here = self.here.iter().map(|(_, pattern)| *pattern);
        let service = self.service.as_deref();
        // Only a text that takes in the service needs the place in the catalogue.
        let entry = service.and_then(|service| name.listed(service));
        let covers = |pattern: &ActionPattern| match entry {
            Some(entry) if pattern.is_unclear() => Catalogue::built_in().may_mean(pattern, entry),
            _ => pattern.covers_name(service.unwrap_or_default(), name.text) != Truth::No,
        };
        let listed = here.chain(self.every.iter().copied()).any(covers);
        listed == (self.effect == Listed::Covered)
    }

    fn lists_every_name(&self) -> bool {
        let here = self.here.iter().map(|(_, pattern)| *pattern);
        here.chain(self.every.iter().copied())
            .any(ActionPattern::covers_every_name)
    }
}

/// The order of two names whose case does not count. Only ASCII letters fold.
fn ignoring_case(a: &str, b: &str) -> Ordering {
    let fold = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(fold).cmp(b.bytes().map(fold))
}
