//! Many changes to one file. The editor splits the file at its headers. The cost of a change thus
//! depends on its section, and not on the size of the file. It refuses what [`ConfigFile::set`]
//! refuses.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::SectionRef;
use crate::config::file::ConfigFile;
use crate::config::header::Role;
use crate::config::merge::Shade;
use crate::config::{EditError, FileKind, Origin, ParseError};

/// A file that is being changed in many places.
#[derive(Debug)]
pub struct ConfigEditor {
    file: ConfigFile,
    /// The text above the first header, then each section with all lines up to the next header.
    pieces: Vec<Piece>,
    /// The pieces of each section that counts, in the order of the file.
    sections: HashMap<(Noun, String), Vec<usize>>,
    /// The pieces whose sections are removed last.
    gone: BTreeSet<usize>,
}

/// The subject of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Noun {
    Profile,
    SsoSession,
}

impl Noun {
    fn of(role: Role) -> Option<Self> {
        match role {
            Role::Profile | Role::BareDefault => Some(Self::Profile),
            Role::SsoSession => Some(Self::SsoSession),
            Role::Services | Role::Ignored(_) => None,
        }
    }
}

/// A part of the text.
#[derive(Debug)]
enum Piece {
    /// As the file has it: these bytes.
    Original(Range<usize>),
    /// With other text.
    Changed(String),
}

impl ConfigFile {
    /// Makes many changes, all of them or none: where `change` fails, the file is as it was.
    ///
    /// # Errors
    /// `change` fails.
    pub fn edit<T>(
        &mut self,
        change: impl FnOnce(&mut ConfigEditor) -> Result<T, EditError>,
    ) -> Result<T, EditError> {
        let mut editor = ConfigEditor::of(self.clone());
        let done = change(&mut editor)?;
        *self = editor.finish().map_err(EditError::Unreadable)?;
        Ok(done)
    }
}

impl ConfigEditor {
    fn of(file: ConfigFile) -> Self {
        let starts = file.sections.iter().map(|s| s.header.start as usize);
        let ends = starts.clone().chain([file.text.len()]);
        let pieces = std::iter::once(0)
            .chain(starts)
            .zip(ends)
            .map(|(start, end)| Piece::Original(start..end));
        let pieces = pieces.collect();
        let shade = Shade::of(&file);
        let mut sections: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, section) in (1..).zip(&*file.sections) {
            if let Some(noun) = Noun::of(section.role)
                && !shade.covers(&file, section)
            {
                let name = file.slice(section.name).to_owned();
                sections.entry((noun, name)).or_default().push(at);
            }
        }
        Self {
            file,
            pieces,
            sections,
            gone: BTreeSet::new(),
        }
    }

    /// The kind of the file.
    #[must_use]
    pub fn kind(&self) -> FileKind {
        self.file.kind
    }

    /// The value of a key as it is now; see [`ConfigFile::get`].
    #[must_use]
    pub fn get(&self, section: &SectionRef, key: &str) -> Option<String> {
        self.open(self.pieces_of(section)?).get(section, key)
    }

    /// Sets the value of a key; see [`ConfigFile::set`]. Returns whether the value changed.
    ///
    /// # Errors
    /// Not every AWS tool would read the result the same way.
    pub fn set(&mut self, section: &SectionRef, key: &str, value: &str) -> Result<bool, EditError> {
        let Some(mut at) = self.pieces_of(section).map(<[usize]>::to_vec) else {
            return self.create(section, key, value).map(|()| true);
        };
        let mut part = self.open(&at);
        if part.get(section, key).as_deref() == Some(value) {
            return Ok(false);
        }
        if self.open(&at[at.len() - 1..]).entries.is_empty()
            && let Some(model) = self.first_with_key()
            && !at.contains(&model)
        {
            at.push(model);
            at.sort_unstable();
            part = self.open(&at);
        }
        self.set_in(&at, &mut part, section, key, value)
            .map(|()| true)
    }

    /// Writes the value of a key again, which moves the comment after it to its own line.
    ///
    /// # Errors
    /// Not every AWS tool would read the result the same way.
    pub fn rewrite(
        &mut self,
        section: &SectionRef,
        key: &str,
        value: &str,
    ) -> Result<(), EditError> {
        let Some(at) = self.pieces_of(section).map(<[usize]>::to_vec) else {
            return Ok(());
        };
        let mut part = self.open(&at);
        self.set_in(&at, &mut part, section, key, value)
    }

    fn set_in(
        &mut self,
        at: &[usize],
        part: &mut ConfigFile,
        section: &SectionRef,
        key: &str,
        value: &str,
    ) -> Result<(), EditError> {
        if let Err(error) = part.set(section, key, value) {
            return Err(self.place(error, at, part));
        }
        self.close(at, part);
        Ok(())
    }

    /// Removes a key; see [`ConfigFile::remove_key`]. Says whether there was one.
    pub fn remove_key(&mut self, section: &SectionRef, key: &str) -> bool {
        let Some(at) = self.pieces_of(section).map(<[usize]>::to_vec) else {
            return false;
        };
        let mut part = self.open(&at);
        let removed = part.remove_key(section, key);
        if removed {
            self.close(&at, &part);
        }
        removed
    }

    /// Removes a section after all changes are made; see [`ConfigFile::remove_section`]. Returns
    /// whether there was one. From now on the editor does not know the section.
    pub fn remove_section(&mut self, section: &SectionRef) -> bool {
        let removed = self.sections.remove(&Self::name(section));
        let found = removed.is_some();
        self.gone.extend(removed.into_iter().flatten());
        found
    }

    /// Whether a section has no key, or is missing.
    #[must_use]
    pub fn is_empty(&self, section: &SectionRef) -> bool {
        self.pieces_of(section)
            .is_none_or(|at| self.open(at).entries.is_empty())
    }

    fn name(section: &SectionRef) -> (Noun, String) {
        let noun = match section {
            SectionRef::Profile(_) => Noun::Profile,
            SectionRef::SsoSession(_) => Noun::SsoSession,
        };
        (noun, section.name().to_owned())
    }

    fn pieces_of(&self, section: &SectionRef) -> Option<&[usize]> {
        Some(self.sections.get(&Self::name(section))?.as_slice())
    }

    /// A new section at the end of the file. It is spaced as the last key of the file is, so the
    /// pieces from that key on are looked at.
    fn create(&mut self, section: &SectionRef, key: &str, value: &str) -> Result<(), EditError> {
        let mut first = self.pieces.len() - 1;
        let mut part = self.open(&[first]);
        while first > 0 && part.entries.is_empty() {
            first -= 1;
            part = self.open(&[first]);
        }
        let at: Vec<usize> = (first..self.pieces.len()).collect();
        let mut part = self.open(&at);
        part.set(section, key, value)?;
        let new = self.pieces.len();
        self.pieces.push(Piece::Changed(String::new()));
        self.close(&[at, vec![new]].concat(), &part);
        self.sections.insert(Self::name(section), vec![new]);
        Ok(())
    }

    /// The piece of the file's first key, whose spacing the key of an empty section gets.
    fn first_with_key(&self) -> Option<usize> {
        (1..self.pieces.len()).find(|at| !self.open(&[*at]).entries.is_empty())
    }

    /// Some pieces as a file of their own.
    fn open(&self, at: &[usize]) -> ConfigFile {
        let text: String = at.iter().map(|at| self.text_of(*at)).collect();
        let mut part = ConfigFile::parse_owned(self.file.kind, Arc::clone(&self.file.path), text)
            .expect("the sections of a readable file are readable by themselves");
        part.line_ending = self.file.line_ending;
        part
    }

    /// Puts the pieces back. An edit keeps the number of headers.
    fn close(&mut self, at: &[usize], part: &ConfigFile) {
        let starts: Vec<usize> = part
            .sections
            .iter()
            .map(|section| section.header.start as usize)
            .collect();
        // Only the piece above the first header has none.
        let above = usize::from(at.first() == Some(&0));
        let whole = |number: usize| {
            let start = match number {
                0 => 0,
                _ => starts[number - above],
            };
            let end = starts.get(number + 1 - above);
            start..end.copied().unwrap_or(part.text.len())
        };
        for (number, at) in at.iter().enumerate() {
            self.pieces[*at] = Piece::Changed(part.text[whole(number)].to_owned());
        }
    }

    fn text_of(&self, at: usize) -> &str {
        match &self.pieces[at] {
            Piece::Original(range) => &self.file.text[range.clone()],
            Piece::Changed(text) => text,
        }
    }

    /// An error of a part with the line of the whole file.
    fn place(&self, error: EditError, at: &[usize], part: &ConfigFile) -> EditError {
        let moved = |mut origin: Origin| {
            let sections = part.sections.iter().zip(at);
            let last = sections
                .take_while(|(section, _)| section.line as usize <= origin.line)
                .last();
            if let Some((section, at)) = last {
                let before = (0..*at).map(|piece| self.text_of(piece).matches('\n').count());
                origin.line += 1 + before.sum::<usize>() - section.line as usize;
            }
            origin
        };
        match error {
            EditError::Header { origin } => EditError::Header {
                origin: moved(origin),
            },
            EditError::Clash { origin, key } => EditError::Clash {
                origin: moved(origin),
                key,
            },
            other => other,
        }
    }

    fn finish(self) -> Result<ConfigFile, ParseError> {
        let text: String = (0..self.pieces.len()).map(|at| self.text_of(at)).collect();
        let whole = self.file.with_text(text)?;
        if self.gone.is_empty() {
            return Ok(whole);
        }
        // Every piece below the first has one header.
        let gone: Vec<_> = self
            .gone
            .iter()
            .filter_map(|at| whole.sections.get(at - 1))
            .collect();
        whole.with_text(whole.without(&gone))
    }
}

#[cfg(test)]
mod tests;
