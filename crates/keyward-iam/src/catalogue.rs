//! The catalogue of AWS, as data compiled into the program: every action with its access level and
//! its resource types, and in [`managed`] the policies that AWS maintains. The data is of one day,
//! see [`Catalogue::date`], so what it lacks may exist.

mod arn_format;
mod entry;
pub mod managed;
mod packed;
mod read;
mod resource_type;

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::OnceLock;

pub use arn_format::ArnFormat;
pub use entry::{AccessLevel, ActionEntry, Resources};
pub use resource_type::{Necessity, ResourceType, ResourceTypes};

use crate::ActionPattern;

/// The actions that AWS's Service Authorization Reference lists, service by service.
///
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
#[derive(Debug)]
pub struct Catalogue {
    date: Box<str>,
    /// The text that was read. Every name and ARN format is a part of it.
    text: String,
    /// In the order of their prefixes.
    services: Vec<ServiceRow>,
    /// Service by service, and in each in the order of the lower-case names.
    actions: Vec<ActionRow>,
    types: Vec<TypeRow>,
    references: Vec<Reference>,
}

/// A part of one of the catalogue's texts or tables.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

#[derive(Debug)]
struct ServiceRow {
    prefix: Span,
    actions: Span,
}

#[derive(Debug, Clone, Copy)]
struct ActionRow {
    name: Span,
    /// The row of its service.
    service: u16,
    level: AccessLevel,
    references: References,
}

/// The resource types that an action takes.
#[derive(Debug, Clone, Copy)]
enum References {
    /// A part of [`Catalogue::references`].
    Known(Span),
    Unknown,
}

#[derive(Debug)]
struct TypeRow {
    name: Span,
    formats: Span,
}

/// That an action takes a resource type, which is a row of [`Catalogue::types`].
#[derive(Debug, Clone, Copy)]
struct Reference {
    row: u32,
    necessity: Necessity,
}

impl Catalogue {
    /// The catalogue that is compiled into the program. It is unpacked at the first call.
    #[must_use]
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Catalogue> = OnceLock::new();
        BUILT_IN.get_or_init(|| {
            let text = packed::unpack(include_bytes!("catalogue/data/actions.zlib"));
            read::read(text).expect("the compiled-in actions are well formed")
        })
    }

    /// The day up to which every action is listed, as `2026-01-31`. A few newer actions are
    /// listed too, so an action that is absent may still exist: it is newer, or undocumented.
    #[must_use]
    pub fn date(&self) -> &str {
        &self.date
    }

    /// Every service prefix, such as `iam`, in order.
    pub fn services(&self) -> impl ExactSizeIterator<Item = &str> {
        self.services.iter().map(|row| self.prefix(row))
    }

    /// Every action: service by service, and in each in the order of the lower-case names.
    pub fn actions(&self) -> impl ExactSizeIterator<Item = ActionEntry<'_>> {
        (0..self.actions.len()).map(|number| ActionEntry::new(self, number))
    }

    /// The actions of one service, in the order of the lower-case names.
    pub fn actions_of<'a>(
        &'a self,
        service: &str,
    ) -> impl ExactSizeIterator<Item = ActionEntry<'a>> + use<'a> {
        let rows = self.rows_of(service).unwrap_or(0..0);
        rows.map(|number| ActionEntry::new(self, number))
    }

    /// The action with a number.
    ///
    /// # Panics
    /// If there are not so many actions.
    #[must_use]
    pub fn action(&self, number: usize) -> ActionEntry<'_> {
        assert!(number < self.actions.len(), "actions are numbered from 0");
        ActionEntry::new(self, number)
    }

    /// The action of that name, such as `iam:GetUser`, in whatever case it is written.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
    #[must_use]
    pub fn find(&self, name: &str) -> Option<ActionEntry<'_>> {
        let (service, name) = name.split_once(':')?;
        self.find_in(service, name)
    }

    /// The action of a service, such as `GetUser` of `iam`, in whatever case they are written.
    pub(crate) fn find_in(&self, service: &str, name: &str) -> Option<ActionEntry<'_>> {
        let range = self.rows_of(service)?;
        self.actions[range.clone()]
            .binary_search_by(|row| {
                ignoring_case(row.name.of(&self.text).as_bytes(), name.as_bytes())
            })
            .ok()
            .map(|found| ActionEntry::new(self, range.start + found))
    }

    /// The actions that a pattern of a policy covers, or may cover, in order.
    pub fn matching<'a>(
        &'a self,
        pattern: &'a ActionPattern,
    ) -> impl Iterator<Item = ActionEntry<'a>> + 'a {
        // One service is looked up, and in it the start of the name. Any other pattern is tried on all
        // actions.
        let rows = match pattern.service().filter(|name| !name.contains(['*', '?'])) {
            Some(service) => self.rows_starting(service, pattern.name_start()),
            None => 0..self.actions.len(),
        };
        rows.map(|number| ActionEntry::new(self, number))
            .filter(move |action| self.may_mean(pattern, *action))
    }

    /// Whether a pattern covers an action, or may. A text of no documented form is tried on all actions, so
    /// the answers are kept with it.
    pub(crate) fn may_mean(&self, pattern: &ActionPattern, entry: ActionEntry<'_>) -> bool {
        if !pattern.is_unclear() || !std::ptr::eq(self, Self::built_in()) {
            return pattern.may_cover(entry);
        }
        pattern.may_mean(entry.number(), |pattern| {
            let numbers = 0..self.actions.len();
            let mut bits = vec![0; numbers.len().div_ceil(64)];
            for number in numbers.filter(|n| pattern.may_cover(ActionEntry::new(self, *n))) {
                bits[number / 64] |= 1 << (number % 64);
            }
            bits.into()
        })
    }

    /// The rows of one service's actions.
    fn rows_of(&self, service: &str) -> Option<Range<usize>> {
        self.services
            .binary_search_by(|row| ignoring_case(self.prefix(row).as_bytes(), service.as_bytes()))
            .ok()
            .map(|found| self.services[found].actions.range())
    }

    /// The rows of one service's actions whose names start with a text.
    fn rows_starting(&self, service: &str, start: &str) -> Range<usize> {
        let rows = self.rows_of(service).unwrap_or(0..0);
        let order = |row: &ActionRow| {
            let name = row.name.of(&self.text).as_bytes();
            let name = name.get(..start.len()).unwrap_or(name);
            ignoring_case(name, start.as_bytes())
        };
        let actions = &self.actions[rows.clone()];
        let before = actions.partition_point(|row| order(row) == Ordering::Less);
        let within = actions[before..].partition_point(|row| order(row) == Ordering::Equal);
        rows.start + before..rows.start + before + within
    }

    fn prefix(&self, row: &ServiceRow) -> &str {
        row.prefix.of(&self.text)
    }
}

impl Span {
    fn new(start: usize, end: usize) -> Self {
        let narrow = |at| u32::try_from(at).expect("the catalogue is far below 4 GB");
        Self {
            start: narrow(start),
            end: narrow(end),
        }
    }

    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    fn of(self, text: &str) -> &str {
        &text[self.range()]
    }
}

/// The order of two names whose case does not count. Only ASCII letters fold.
fn ignoring_case(a: &[u8], b: &[u8]) -> Ordering {
    for (a, b) in a.iter().zip(b) {
        let order = a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase());
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

#[cfg(test)]
mod tests;
