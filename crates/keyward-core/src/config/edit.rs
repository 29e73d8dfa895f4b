//! Changes to one file: sets a key, or removes a key or a section. Every other line stays
//! unchanged. It refuses to write what the SDKs, boto3 and the AWS CLI would not all read the same
//! way.

mod editor;
mod splice;

use std::sync::Arc;

use self::splice::{Splice, in_first_column};
use crate::config::file::ConfigFile;
use crate::config::header::{Oddity, Role};
use crate::config::lines::{Entry, SectionLines};
use crate::config::merge::Shade;
use crate::config::{BLANKS, EditError, FileKind, ParseError, is_identifier};
use crate::id::ProfileName;

pub use self::editor::ConfigEditor;

/// The reason why a removal cannot fail.
const GONE: &str = "whole keys and sections can go from a readable file";

/// The section that an edit means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SectionRef {
    /// The section of a profile: `[profile NAME]` or `[NAME]`, as the file has it.
    Profile(ProfileName),
    /// `[sso-session NAME]`.
    SsoSession(String),
}

impl SectionRef {
    fn name(&self) -> &str {
        match self {
            Self::Profile(name) => name.as_str(),
            Self::SsoSession(name) => name,
        }
    }

    /// Whether a new section of this name could be written.
    ///
    /// # Errors
    /// Not every AWS tool would read its header the same way.
    pub fn writable(&self, kind: FileKind) -> Result<(), EditError> {
        self.header(kind).map(drop)
    }

    /// The header of a new section, where every tool reads it.
    fn header(&self, kind: FileKind) -> Result<String, EditError> {
        let name = self.name();
        // In Python's parser, every other section inherits the keys of `[DEFAULT]`.
        let inherited = kind == FileKind::Credentials && name == "DEFAULT";
        if !is_identifier(name) || inherited {
            return Err(EditError::Name {
                name: name.to_owned(),
            });
        }
        match (self, kind) {
            (Self::Profile(_), FileKind::Credentials) => Ok(format!("[{name}]")),
            (Self::Profile(_), FileKind::Config) if name == "default" => Ok(format!("[{name}]")),
            (Self::Profile(_), FileKind::Config) => Ok(format!("[profile {name}]")),
            (Self::SsoSession(_), FileKind::Config) => Ok(format!("[sso-session {name}]")),
            (Self::SsoSession(_), FileKind::Credentials) => Err(EditError::WrongFile),
        }
    }
}

impl ConfigFile {
    /// Whether the file has the section.
    #[must_use]
    pub fn contains(&self, section: &SectionRef) -> bool {
        !self.effective(section).is_empty()
    }

    /// The value of a key in this file alone, as the SDKs read it.
    #[must_use]
    pub fn get(&self, section: &SectionRef, key: &str) -> Option<String> {
        self.find(&self.effective(section), key)
            .map(|entry| self.value_of(entry).into())
    }

    /// Sets the value of a key. If the key exists, only its value changes, and an inline
    /// comment, which boto3 would read as part of it, moves to a line of its own above; otherwise
    /// the key goes below the last of its section; a missing section goes to the end of the file.
    ///
    /// # Errors
    /// Not every AWS tool would read the result the same way. The file is then as it was.
    pub fn set(&mut self, section: &SectionRef, key: &str, value: &str) -> Result<(), EditError> {
        let header = section.header(self.kind)?;
        check(key, value)?;
        let sections = self.effective(section);
        if let Some(odd) = sections.iter().find(|s| s.oddity != Oddity::None) {
            return Err(EditError::Header {
                origin: self.origin(odd.line),
            });
        }
        let clash = |entry: &&Entry| {
            let name = self.slice(entry.key).split_once(':');
            name.is_some_and(|(name, _)| name.trim_end_matches(BLANKS).eq_ignore_ascii_case(key))
        };
        if let Some(entry) = sections.iter().flat_map(|s| self.entries_of(s)).find(clash) {
            return Err(EditError::Clash {
                origin: self.origin(entry.line),
                key: key.to_owned(),
            });
        }
        let splices = match (self.find(&sections, key), sections.last()) {
            (Some(entry), _) => self.replace(entry, value),
            (None, Some(section)) => vec![self.append(section, key, value)],
            (None, None) => vec![self.create(&header, key, value)],
        };
        self.apply(&splices)
    }

    /// Takes a key out, with the lines that continue it. Indented comments below it move to the first
    /// column. Says whether there was one.
    pub fn remove_key(&mut self, section: &SectionRef, key: &str) -> bool {
        let mut splices = Vec::new();
        for section in self.effective(section) {
            for entry in self.entries_of(section) {
                if self.slice(entry.key).eq_ignore_ascii_case(key) {
                    let line = entry.key.start as usize..entry.line_end as usize;
                    splices.push((line, String::new()));
                    splices.push(self.without_continuations(entry));
                }
            }
        }
        self.take_out(&splices)
    }

    /// Takes a section out: its header, its keys and the comments directly below them. Says
    /// whether there was one.
    pub fn remove_section(&mut self, section: &SectionRef) -> bool {
        let sections = self.effective(section);
        let found = !sections.is_empty();
        if found {
            let text = self.without(&sections);
            *self = self.with_text(text).expect(GONE);
        }
        found
    }

    /// The text without some sections, which are in the order of the file. A comment that stays below
    /// one moves to the first column, as the SDK for Rust would add it to what is above.
    fn without(&self, sections: &[&SectionLines]) -> String {
        let mut text = String::with_capacity(self.text.len());
        let mut from = 0;
        for section in sections {
            text.push_str(&self.text[from..section.header.start as usize]);
            from = self.extent(section, &text).end;
            let start = u32::try_from(from).expect("the parser refuses longer texts");
            for line in self.lines_below(start) {
                text.push_str(in_first_column(line));
                from += line.len();
            }
        }
        text.push_str(&self.text[from..]);
        text
    }

    /// The sections that the SDKs read, and those that only this crate reads, for what is meant.
    fn effective(&self, wanted: &SectionRef) -> Vec<&SectionLines> {
        let shade = Shade::of(self);
        let role = |role| match wanted {
            SectionRef::Profile(_) => matches!(role, Role::Profile | Role::BareDefault),
            SectionRef::SsoSession(_) => role == Role::SsoSession,
        };
        self.sections
            .iter()
            .filter(|s| role(s.role) && self.slice(s.name) == wanted.name())
            .filter(|s| !shade.covers(self, s))
            .collect()
    }

    /// The entry that decides a key: the last.
    fn find(&self, sections: &[&SectionLines], key: &str) -> Option<&Entry> {
        let entries = sections
            .iter()
            .rev()
            .flat_map(|s| self.entries_of(s).iter().rev());
        entries
            .into_iter()
            .find(|entry| self.slice(entry.key).eq_ignore_ascii_case(key))
    }

    fn take_out(&mut self, splices: &[Splice]) -> bool {
        if !splices.is_empty() {
            self.apply(splices).expect(GONE);
        }
        !splices.is_empty()
    }

    /// Builds the new text; the pieces are in order and do not overlap.
    fn apply(&mut self, splices: &[Splice]) -> Result<(), EditError> {
        let mut text = String::with_capacity(self.text.len() + 128);
        let mut from = 0;
        for (piece, with) in splices {
            text.push_str(&self.text[from..piece.start]);
            text.push_str(with);
            from = piece.end;
        }
        text.push_str(&self.text[from..]);
        *self = self.with_text(text).map_err(EditError::Unreadable)?;
        Ok(())
    }

    /// The same file with another text.
    fn with_text(&self, text: String) -> Result<Self, ParseError> {
        let mut file = Self::parse_owned(self.kind, Arc::clone(&self.path), text)?;
        if !file.text.is_empty() {
            file.line_ending = self.line_ending;
        }
        Ok(file)
    }
}

/// Refuses a value that some tool would read back differently.
fn check(key: &str, value: &str) -> Result<(), EditError> {
    // Python ends a key at the first `:`.
    if !is_identifier(key) || key.contains(':') {
        return Err(EditError::Key);
    }
    if value.is_empty() {
        return Err(EditError::EmptyValue {
            key: key.to_owned(),
        });
    }
    // Python trims every kind of white space and knows more line breaks than the SDKs.
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let comment = |(at, _)| {
        value[..at]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace)
    };
    let plain = value.trim() == value
        && !value.contains(breaks)
        && !value.match_indices(['#', ';']).any(comment);
    if plain {
        Ok(())
    } else {
        Err(EditError::Value {
            key: key.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests;
