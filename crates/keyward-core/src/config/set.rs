//! The content of both files together.

use std::sync::OnceLock;

use crate::config::header::glued;
use crate::config::table::{Source, Table};
use crate::config::{
    BLANKS, Diagnostic, FileKind, Origin, Profile, Section, hidden, join, lint, misspelt,
};
use crate::id::ProfileName;
use crate::suggest::similar_names;

/// The profiles, SSO sessions and services of both files. A section is read when it is asked
/// for, so a large file costs little more than finding its lines.
#[derive(Debug, Clone, Default)]
pub struct ConfigSet {
    pub(super) source: Source,
    pub(super) profiles: Table<Profile>,
    pub(super) sso_sessions: Table<Section>,
    pub(super) services: Table<Section>,
    pub(super) ignored: Table<Section>,
    pub(super) diagnostics: OnceLock<Vec<Diagnostic>>,
}

impl ConfigSet {
    /// The profile of that name.
    #[must_use]
    pub fn profile(&self, name: &ProfileName) -> Option<&Profile> {
        self.profiles
            .get(&self.source, name.as_str(), join::profile)
    }

    /// Every profile, in the order of the files.
    pub fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.profiles
            .iter(&self.source, join::profile)
            .map(|(_, profile)| profile)
    }

    /// The name of every profile, in the order of the files. Unlike [`profiles`](Self::profiles)
    /// it reads no section.
    pub fn profile_names(&self) -> impl Iterator<Item = &str> {
        self.profiles.names(&self.source)
    }

    /// Forgets the keys of a profile that were read; they are read again when asked for. A walk
    /// over every profile of a large file thus needs no memory for all of them at once.
    pub fn forget(&mut self, name: &ProfileName) {
        self.profiles.forget(&self.source, name.as_str());
    }

    /// The `[sso-session NAME]` section.
    #[must_use]
    pub fn sso_session(&self, name: &str) -> Option<&Section> {
        self.sso_sessions.get(&self.source, name, join::section)
    }

    /// Every `[sso-session NAME]` section with its name, in the order of the file.
    pub fn sso_sessions(&self) -> impl Iterator<Item = (&str, &Section)> {
        self.sso_sessions.iter(&self.source, join::section)
    }

    /// The `[services NAME]` section.
    #[must_use]
    pub fn services(&self, name: &str) -> Option<&Section> {
        self.services.get(&self.source, name, join::section)
    }

    /// Every `[services NAME]` section with its name, in the order of the file.
    pub fn all_services(&self) -> impl Iterator<Item = (&str, &Section)> {
        self.services.iter(&self.source, join::section)
    }

    /// Sections that the AWS tools ignore, by header text, such as `AcmeAccount`.
    #[must_use]
    pub fn ignored(&self, header: &str) -> Option<&Section> {
        self.ignored.get(&self.source, header, join::section)
    }

    /// Whether the config file has a section of the profile, in the form that AWS tools read.
    #[must_use]
    pub fn has_config_section(&self, name: &ProfileName) -> bool {
        self.profile(name)
            .is_some_and(|profile| profile.origin.file == FileKind::Config)
    }

    /// The header of a section that was meant for that profile but that the SDKs ignore: `[NAME]` in the
    /// config file, `[profile NAME]` in the credentials file, or a name that is not an identifier.
    #[must_use]
    pub fn ignored_profile(&self, name: &str) -> Option<IgnoredHeader> {
        self.ignored_header(|header| {
            let header = &*hidden::visible(header);
            header.trim() == name || is_meant(header, "profile", name)
        })
    }

    /// The header of a section that was meant for `[PREFIX NAME]` but that the SDKs ignore: in the
    /// credentials file, with a misspelt prefix, or with a name that is not an identifier.
    #[must_use]
    pub fn ignored_section(&self, prefix: &str, name: &str) -> Option<IgnoredHeader> {
        self.ignored_header(|header| is_meant(&hidden::visible(header), prefix, name))
    }

    fn ignored_header(&self, meant: impl Fn(&str) -> bool) -> Option<IgnoredHeader> {
        let (file, section) = self.ignored.find(&self.source, meant)?;
        Some(IgnoredHeader {
            at: file.origin(section.line),
            text: file.slice(section.inner).trim_matches(BLANKS).to_owned(),
        })
    }

    /// Every section that the AWS tools ignore with its header text, in the order of the files.
    pub fn ignored_sections(&self) -> impl Iterator<Item = (&str, &Section)> {
        self.ignored.iter(&self.source, join::section)
    }

    /// The keys of a profile that no AWS tool reads, each with the one that was meant and its line.
    pub fn misspelt_keys(
        &self,
        name: &ProfileName,
    ) -> impl Iterator<Item = (&str, &'static str, Origin)> {
        let sections = self.profiles.sections(&self.source, name.as_str());
        // The parser does not take a line that was copied from a shell as a key, so this reads the raw text.
        let entries = sections.flat_map(|(file, section)| {
            let entries = file.entries_of(section).iter();
            entries.map(move |entry| (file, entry))
        });
        entries.filter_map(|(file, entry)| {
            let key = file.slice(entry.key);
            Some((key, misspelt::meant(key)?, file.origin(entry.line)))
        })
    }

    /// Notes for the files' owner, in file order.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        self.diagnostics.get_or_init(|| lint::check(&self.source))
    }
}

/// The header of a section that the SDKs ignore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredHeader {
    /// Its line.
    pub at: Origin,
    /// The text between its brackets.
    pub text: String,
}

impl IgnoredHeader {
    /// The name of the first character that cannot be seen, other than a plain blank.
    #[must_use]
    pub fn hidden(&self) -> Option<String> {
        hidden::hidden(&self.text)
    }

    /// The word before the name where another sign than a blank comes between them, as in `profile:dev`.
    #[must_use]
    pub fn glued_prefix(&self) -> Option<&'static str> {
        glued(&self.text).map(|(prefix, _)| prefix)
    }

    /// The word before the name, if there is one.
    #[must_use]
    pub fn prefix(&self) -> Option<&str> {
        // A no-break space looks like a blank.
        let (prefix, _) = self.text.split_once(char::is_whitespace)?;
        Some(prefix)
    }
}

/// Whether a header has this name and this prefix, or one that is nearly the same.
fn is_meant(header: &str, prefix: &str, name: &str) -> bool {
    let Some((written, rest)) = header.split_once(char::is_whitespace) else {
        return glued(header.trim()) == Some((prefix, name));
    };
    rest.trim() == name && (written == prefix || !similar_names(written, [prefix]).is_empty())
}
