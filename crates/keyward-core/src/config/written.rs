//! Sections as they are written, before any rule of a tool is applied to them: each AWS tool reads
//! headers and keys in its own way. It judges nothing.

use smol_str::SmolStr;

use crate::config::file::ConfigFile;
use crate::config::lines::SectionLines;
use crate::config::{ConfigSet, FileKind};

/// A section of one of the files.
#[derive(Debug, Clone, Copy)]
pub struct WrittenSection<'c> {
    file: &'c ConfigFile,
    section: &'c SectionLines,
}

impl<'c> WrittenSection<'c> {
    /// The kind of the file that holds it.
    #[must_use]
    pub fn file(&self) -> FileKind {
        self.file.kind
    }

    /// The text between the brackets, blanks and quotation marks included.
    #[must_use]
    pub fn header(&self) -> &'c str {
        self.file.slice(self.section.inner)
    }

    /// The text behind the closing bracket, without the line ending.
    #[must_use]
    pub fn after_header(&self) -> &'c str {
        let line = self.file.slice(self.section.header);
        let start = self.section.header.range().start;
        let bracket = self.section.inner.range().end - start;
        let rest = &line[bracket..];
        rest.strip_prefix(']').unwrap_or(rest).trim_end()
    }

    /// The keys as they are written, with their values as the SDKs read them, in file order.
    pub fn keys(&self) -> impl Iterator<Item = (&'c str, SmolStr)> {
        let file = self.file;
        let entries = file.entries_of(self.section).iter();
        entries.map(move |entry| (file.slice(entry.key), file.value_of(entry)))
    }

    /// The keys as they are written, with their values as Python reads them: a comment after a
    /// value is part of it.
    pub fn keys_with_comments(&self) -> impl Iterator<Item = (&'c str, SmolStr)> {
        let file = self.file;
        let entries = file.entries_of(self.section).iter();
        entries.map(move |entry| (file.slice(entry.key), file.value_with_comment(entry)))
    }

    /// The keys as they are written, with their values as the SDK for Rust reads them: an indented
    /// comment continues a value.
    pub fn keys_with_indented_comments(&self) -> impl Iterator<Item = (&'c str, SmolStr)> {
        let file = self.file;
        let entries = file.entries_of(self.section).iter();
        entries.map(move |entry| {
            let value = file.value_with_indented_comments(entry);
            (file.slice(entry.key), value)
        })
    }
}

impl ConfigSet {
    /// Whether the SDK for Rust refuses one of the files for an indented comment.
    #[must_use]
    pub fn has_refused_comment(&self) -> bool {
        self.source
            .files
            .iter()
            .any(ConfigFile::has_refused_comment)
    }

    /// Every section of the config file and then of the credentials file, in file order.
    pub fn written(&self) -> impl Iterator<Item = WrittenSection<'_>> {
        self.source.files.iter().flat_map(|file| {
            let sections = file.sections.iter();
            sections.map(move |section| WrittenSection { file, section })
        })
    }
}
