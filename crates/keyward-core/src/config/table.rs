//! Sections by name, each read only when asked for: of a hundred thousand profiles a program
//! wants one or two. It holds places in the files and copies nothing until then.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use crate::config::file::ConfigFile;
use crate::config::lines::SectionLines;

/// No place, no slot.
const NONE: u32 = u32::MAX;

/// The group of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    Profile,
    SsoSession,
    Services,
    Ignored,
}

/// The files of a set and all their sections, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Source {
    pub(super) files: Vec<ConfigFile>,
    pub(super) places: Vec<GroupedSection>,
}

/// A section and its group.
#[derive(Debug, Clone)]
pub(super) struct GroupedSection {
    pub(super) group: Group,
    /// The index of the file.
    pub(super) file: u8,
    /// The index of the section in the file.
    pub(super) section: u32,
    /// The next place of the same group and name.
    next: u32,
}

impl GroupedSection {
    pub(super) fn new(group: Group, file: u8, section: u32) -> Self {
        Self {
            group,
            file,
            section,
            next: NONE,
        }
    }
}

impl Source {
    pub(super) fn section(&self, place: &GroupedSection) -> (&ConfigFile, &SectionLines) {
        let file = &self.files[usize::from(place.file)];
        (file, &file.sections[place.section as usize])
    }

    /// The identity of the section: its name, or the whole header of an ignored one.
    pub(super) fn name(&self, place: &GroupedSection) -> &str {
        let (file, section) = self.section(place);
        match place.group {
            Group::Ignored => file.slice(section.inner).trim(),
            _ => file.slice(section.name),
        }
    }
}

/// The sections of one group by name.
#[derive(Debug, Clone)]
pub(super) struct Table<T> {
    slots: Vec<Slot<T>>,
    /// Slots by the hash of their names: a power of two and never full, so that a search ends.
    buckets: Vec<u32>,
}

/// One name.
#[derive(Debug, Clone)]
struct Slot<T> {
    first: u32,
    last: u32,
    read: OnceLock<Box<T>>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            buckets: Vec::new(),
        }
    }
}

impl<T> Table<T> {
    /// Collects the places of a group.
    pub(super) fn of(group: Group, source: &mut Source) -> Self {
        let count = source.places.iter().filter(|p| p.group == group).count();
        if count == 0 {
            return Self::default();
        }
        let mut table = Self {
            slots: Vec::with_capacity(count),
            buckets: vec![NONE; (count * 2).next_power_of_two()],
        };
        for at in 0..source.places.len() {
            if source.places[at].group == group {
                table.add(
                    source,
                    u32::try_from(at).expect("a file of 4 GiB is refused"),
                );
            }
        }
        table
    }

    fn add(&mut self, source: &mut Source, at: u32) {
        let (bucket, slot) = self.search(source, source.name(&source.places[at as usize]));
        if let Some(slot) = slot {
            let last = std::mem::replace(&mut self.slots[slot].last, at);
            source.places[last as usize].next = at;
            return;
        }
        self.buckets[bucket] = u32::try_from(self.slots.len()).expect("no more slots than places");
        self.slots.push(Slot {
            first: at,
            last: at,
            read: OnceLock::new(),
        });
    }

    /// The bucket of a name, and its slot if there is one.
    fn search(&self, source: &Source, name: &str) -> (usize, Option<usize>) {
        let mask = self.buckets.len() - 1;
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        // Only the low bits of the hash are wanted.
        #[allow(clippy::cast_possible_truncation, reason = "the mask cuts it anyway")]
        let mut bucket = hasher.finish() as usize & mask;
        loop {
            let slot = self.buckets[bucket];
            if slot == NONE {
                return (bucket, None);
            }
            let slot = slot as usize;
            if source.name(&source.places[self.slots[slot].first as usize]) == name {
                return (bucket, Some(slot));
            }
            bucket = (bucket + 1) & mask;
        }
    }

    /// Returns the value of a name; `read` makes it from its sections the first time.
    pub(super) fn get<'s>(
        &'s self,
        source: &'s Source,
        name: &str,
        read: impl FnOnce(Chain<'s>) -> T,
    ) -> Option<&'s T> {
        if self.buckets.is_empty() {
            return None;
        }
        let (_, slot) = self.search(source, name);
        Some(self.slots[slot?].get(source, read))
    }

    /// The sections of a name, in the order of the files; none if nothing has that name.
    pub(super) fn sections<'s>(&self, source: &'s Source, name: &str) -> Chain<'s> {
        let slot = match self.buckets.is_empty() {
            true => None,
            false => self.search(source, name).1,
        };
        let next = slot.map_or(NONE, |slot| self.slots[slot].first);
        Chain { source, next }
    }

    /// Drops what was read of a name.
    pub(super) fn forget(&mut self, source: &Source, name: &str) {
        if self.buckets.is_empty() {
            return;
        }
        if let (_, Some(slot)) = self.search(source, name) {
            self.slots[slot].read = OnceLock::new();
        }
    }

    /// Every name, in the order of the files.
    pub(super) fn names<'s>(&'s self, source: &'s Source) -> impl Iterator<Item = &'s str> {
        let first = self.slots.iter().map(|slot| slot.first as usize);
        first.map(|at| source.name(&source.places[at]))
    }

    /// The first section of the first name that `wanted` accepts.
    pub(super) fn find<'s>(
        &self,
        source: &'s Source,
        wanted: impl Fn(&str) -> bool,
    ) -> Option<(&'s ConfigFile, &'s SectionLines)> {
        let places = self.slots.iter().map(|s| &source.places[s.first as usize]);
        let mut places = places.filter(|place| wanted(source.name(place)));
        Some(source.section(places.next()?))
    }

    /// All names with their values, in the order of the files.
    pub(super) fn iter<'s, F>(
        &'s self,
        source: &'s Source,
        read: F,
    ) -> impl Iterator<Item = (&'s str, &'s T)>
    where
        F: Fn(Chain<'s>) -> T + Copy,
    {
        self.slots.iter().map(move |slot| {
            (
                source.name(&source.places[slot.first as usize]),
                slot.get(source, read),
            )
        })
    }
}

impl<T> Slot<T> {
    fn get<'s>(&'s self, source: &'s Source, read: impl FnOnce(Chain<'s>) -> T) -> &'s T {
        self.read.get_or_init(|| {
            Box::new(read(Chain {
                source,
                next: self.first,
            }))
        })
    }
}

/// The sections of one name, in the order of the files.
#[derive(Clone)]
pub(super) struct Chain<'s> {
    source: &'s Source,
    next: u32,
}

impl<'s> Iterator for Chain<'s> {
    type Item = (&'s ConfigFile, &'s SectionLines);

    fn next(&mut self) -> Option<Self::Item> {
        let place = self.source.places.get(self.next as usize)?;
        self.next = place.next;
        Some(self.source.section(place))
    }
}
