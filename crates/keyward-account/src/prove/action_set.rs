//! Sets of actions: one bit for each action of the catalogue, and the names that policies use
//! and the catalogue lacks.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::OnceLock;

use keyward_iam::catalogue::{ActionEntry, Catalogue};
use keyward_iam::{ActionPattern, Selection};

/// The catalogue's actions by number.
pub(super) struct Numbered {
    entries: Vec<ActionEntry<'static>>,
    services: BTreeMap<&'static str, Range<usize>>,
}

impl Numbered {
    pub(super) fn built_in() -> &'static Self {
        static NUMBERED: OnceLock<Numbered> = OnceLock::new();
        NUMBERED.get_or_init(|| {
            let entries: Vec<ActionEntry<'static>> = Catalogue::built_in().actions().collect();
            let mut services: BTreeMap<&'static str, Range<usize>> = BTreeMap::new();
            for (number, entry) in entries.iter().enumerate() {
                let range = services.entry(entry.service()).or_insert(number..number);
                range.end = number + 1;
            }
            Self { entries, services }
        })
    }

    pub(super) fn entry(&self, number: usize) -> ActionEntry<'static> {
        self.entries[number]
    }

    /// The number of an action, in whatever case it is written.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let (service, name) = name.split_once(':')?;
        let range = self.service(service)?;
        let fold = |byte: u8| byte.to_ascii_lowercase();
        self.entries[range.clone()]
            .binary_search_by(|entry| {
                let own = entry.name().bytes().map(fold);
                own.cmp(name.bytes().map(fold))
            })
            .ok()
            .map(|found| range.start + found)
    }

    /// The numbers of a service's actions.
    pub(super) fn numbers(&self, service: &str) -> Range<usize> {
        self.service(service).unwrap_or(0..0)
    }

    fn service(&self, service: &str) -> Option<Range<usize>> {
        match self.services.get(service) {
            Some(range) => Some(range.clone()),
            None => self
                .services
                .get(service.to_ascii_lowercase().as_str())
                .cloned(),
        }
    }

    /// The actions that an `Action` or `NotAction` selects.
    pub(super) fn selected(&self, selection: &Selection<ActionPattern>) -> Bits {
        let mut bits = Bits::none();
        for pattern in selection.listed() {
            if pattern.as_str() == "*" {
                bits = Bits::all();
                break;
            }
            let wild = |service: &&str| !service.contains(['*', '?']);
            let range = match pattern.service().filter(wild) {
                Some(service) => self.service(service).unwrap_or(0..0),
                None => 0..self.entries.len(),
            };
            for number in range {
                if pattern.covers_entry(self.entries[number]) {
                    bits.insert(number);
                }
            }
        }
        match selection {
            Selection::Only(_) => bits,
            Selection::Except(_) => Bits::all().without(&bits),
        }
    }
}

/// Actions of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bits(Box<[u64]>);

impl Bits {
    pub(super) fn none() -> Self {
        let count = Numbered::built_in().entries.len();
        Self(vec![0; count.div_ceil(64)].into())
    }

    pub(super) fn all() -> Self {
        let mut bits = Self::none();
        let count = Numbered::built_in().entries.len();
        bits.0.fill(u64::MAX);
        if let Some(last) = bits.0.last_mut()
            && !count.is_multiple_of(64)
        {
            *last = (1 << (count % 64)) - 1;
        }
        bits
    }

    pub(super) fn insert(&mut self, number: usize) {
        self.0[number / 64] |= 1 << (number % 64);
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.0[number / 64] & 1 << (number % 64) != 0
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own |= other;
        }
    }

    pub(super) fn keep(&mut self, other: &Self) {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own &= other;
        }
    }

    pub(super) fn without(mut self, other: &Self) -> Self {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own &= !other;
        }
        self
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(word, bits)| {
            let mut left = *bits;
            std::iter::from_fn(move || {
                (left != 0).then(|| {
                    let bit = left.trailing_zeros() as usize;
                    left &= left - 1;
                    word * 64 + bit
                })
            })
        })
    }
}

/// Actions by their full names, such as `iam:GetUser`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionSet {
    bits: Bits,
    /// Actions that a policy names and the catalogue lacks.
    unlisted: BTreeSet<String>,
}

impl Default for ActionSet {
    fn default() -> Self {
        Self {
            bits: Bits::none(),
            unlisted: BTreeSet::new(),
        }
    }
}

impl ActionSet {
    pub(super) fn new(bits: Bits, unlisted: BTreeSet<String>) -> Self {
        Self { bits, unlisted }
    }

    /// Whether the action is in the set, in whatever case it is written.
    #[must_use]
    pub fn contains(&self, action: &str) -> bool {
        match Numbered::built_in().find(action) {
            Some(number) => self.bits.contains(number),
            None => self
                .unlisted
                .iter()
                .any(|own| own.eq_ignore_ascii_case(action)),
        }
    }

    pub(super) fn holds(&self, number: usize) -> bool {
        self.bits.contains(number)
    }

    /// Adds an action.
    pub fn insert(&mut self, action: &str) {
        match Numbered::built_in().find(action) {
            Some(number) => self.bits.insert(number),
            None => {
                self.unlisted.insert(action.to_owned());
            }
        }
    }

    /// The actions that are here and not there.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self {
            bits: self.bits.clone().without(&other.bits),
            unlisted: self.unlisted.difference(&other.unlisted).cloned().collect(),
        }
    }

    /// The actions of both.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        let mut bits = self.bits.clone();
        bits.add(&other.bits);
        Self {
            bits,
            unlisted: self.unlisted.union(&other.unlisted).cloned().collect(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bits.0.iter().all(|word| *word == 0) && self.unlisted.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        let listed: u32 = self.bits.0.iter().map(|word| word.count_ones()).sum();
        listed as usize + self.unlisted.len()
    }

    /// The full names: those of the catalogue in its order, then the others.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let numbered = Numbered::built_in();
        let listed = self.bits.iter();
        listed
            .map(|number| numbered.entry(number).to_string())
            .chain(self.unlisted.iter().cloned())
    }
}

impl<S: AsRef<str>> FromIterator<S> for ActionSet {
    fn from_iter<I: IntoIterator<Item = S>>(actions: I) -> Self {
        let mut set = Self::default();
        for action in actions {
            set.insert(action.as_ref());
        }
        set
    }
}
