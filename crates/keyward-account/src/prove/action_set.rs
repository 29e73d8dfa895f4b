//! Sets of actions: one bit for each action of the catalogue, and the names that policies use
//! and the catalogue lacks.

use std::collections::BTreeSet;

use keyward_iam::ActionPattern;
use keyward_iam::catalogue::{ActionEntry, Catalogue};

/// Actions of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bits(Box<[u64]>);

impl Bits {
    fn none() -> Self {
        let count = Catalogue::built_in().actions().len();
        Self(vec![0; count.div_ceil(64)].into())
    }

    fn insert(&mut self, number: usize) {
        self.0[number / 64] |= 1 << (number % 64);
    }

    fn contains(&self, number: usize) -> bool {
        self.0[number / 64] & 1 << (number % 64) != 0
    }

    fn add(&mut self, other: &Self) {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own |= other;
        }
    }

    fn without(mut self, other: &Self) -> Self {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own &= !other;
        }
        self
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
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
    /// Whether the action is in the set, in whatever case it is written.
    #[must_use]
    pub fn contains(&self, action: &str) -> bool {
        match Catalogue::built_in().find(action) {
            Some(entry) => self.bits.contains(entry.number()),
            None => self
                .unlisted
                .iter()
                .any(|own| own.eq_ignore_ascii_case(action)),
        }
    }

    /// Whether an action of the built-in catalogue is in the set.
    pub(super) fn contains_entry(&self, entry: ActionEntry<'static>) -> bool {
        self.bits.contains(entry.number())
    }

    /// Adds an action of the built-in catalogue.
    pub(super) fn insert_entry(&mut self, entry: ActionEntry<'static>) {
        self.bits.insert(entry.number());
    }

    /// Adds an action.
    pub fn insert(&mut self, action: &str) {
        match Catalogue::built_in().find(action) {
            Some(entry) => self.insert_entry(entry),
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

    /// The actions that are in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.without(&self.without(other))
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

    /// The names, with `s3:*` for a service whose every listed action is in the set, and `*` for
    /// every listed action.
    #[must_use]
    pub fn in_short(&self) -> Vec<String> {
        let catalogue = Catalogue::built_in();
        let mut names = Vec::new();
        let mut whole = true;
        for service in catalogue.services() {
            let actions = || catalogue.actions_of(service);
            let held = || actions().filter(|entry| self.bits.contains(entry.number()));
            match held().count() == actions().len() {
                true => names.push(format!("{service}:*")),
                false => {
                    whole = false;
                    names.extend(held().map(|entry| entry.to_string()));
                }
            }
        }
        if whole {
            names = vec!["*".to_owned()];
        }
        names.extend(self.unlisted.iter().cloned());
        names
    }

    /// The set that [`ActionSet::in_short`] names.
    #[must_use]
    pub fn from_short(names: &[String]) -> Self {
        let catalogue = Catalogue::built_in();
        let mut set = Self::default();
        for name in names {
            let pattern = ActionPattern::parse(name).ok();
            let covered = pattern.iter().flat_map(|pattern| {
                let covered = catalogue.matching(pattern);
                covered.map(|entry| entry.number()).collect::<Vec<_>>()
            });
            let covered: Vec<usize> = covered.collect();
            if covered.is_empty() {
                set.unlisted.insert(name.clone());
            }
            covered
                .into_iter()
                .for_each(|number| set.bits.insert(number));
        }
        set
    }

    /// The names that the catalogue lacks.
    pub(super) fn unlisted(&self) -> impl Iterator<Item = &str> {
        self.unlisted.iter().map(String::as_str)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bits.0.iter().all(|word| *word == 0) && self.unlisted.is_empty()
    }

    /// The number of actions.
    #[must_use]
    pub fn len(&self) -> usize {
        let listed: u32 = self.bits.0.iter().map(|word| word.count_ones()).sum();
        listed as usize + self.unlisted.len()
    }

    /// The full names: those of the catalogue in its order, then the others.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let catalogue = Catalogue::built_in();
        let listed = self.bits.iter();
        listed
            .map(|number| catalogue.action(number).to_string())
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
