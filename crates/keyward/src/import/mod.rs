//! Moving in: the keys and settings of other tools, read as those tools wrote them, shown, and
//! only then taken over. Keys reach the vault before a line of any file goes; a key that AWS
//! does not confirm stays where it is. What another tool keeps in its own store is only read.

mod aws_files;
mod aws_mfa;
pub(crate) mod awstools;
mod backup;
mod carry;
mod edits;
mod file_store;
mod item;
mod jwe;
mod other_names;
mod pass_store;
mod plan;
pub(crate) mod process_line;
#[cfg(target_os = "linux")]
mod secret_service;

use std::path::{Path, PathBuf};

use keyward_core::config::{FileKind, SectionRef};
use keyward_core::id::{MfaSerial, ProfileName};
use keyward_core::text;

use crate::keys::new_key::EnteredKey;
use crate::system::locations;

pub(crate) use aws_files::{AwsFile, harvest as in_the_clear};
pub(crate) use aws_mfa::harvest as of_aws_mfa;
pub(crate) use carry::{Agreed, Choices, Verification, agree, carry, say_nothing};
pub(crate) use file_store::harvest as in_files;
pub(crate) use pass_store::PassStore;
pub(crate) use plan::{Overwrite, Plan};
#[cfg(target_os = "linux")]
pub(crate) use secret_service::harvest as in_secret_service;

/// A key that another tool, or a file in the clear, keeps.
#[derive(Debug, Clone)]
pub(crate) struct FoundKey {
    /// The profile it is for.
    pub(crate) profile: ProfileName,
    /// The key.
    pub(crate) given: EnteredKey,
    /// Its device, if the source says.
    pub(crate) mfa_serial: Option<MfaSerial>,
    /// The place where it was found, for display.
    pub(crate) place: String,
    /// The lines that go once the vault holds it.
    pub(crate) removals: Vec<Removal>,
    /// The fate of its profile's `credential_process` line.
    pub(crate) process: ProcessLine,
}

impl FoundKey {
    /// Whether storing it is all there is to do.
    fn changes_no_file(&self) -> bool {
        self.removals.is_empty() && self.process == ProcessLine::Keep
    }
}

/// The treatment of a `credential_process` line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProcessLine {
    /// The line stays as it is, or there is no line.
    Keep,
    /// It asks keyward instead of the tool that had the key.
    Redirect,
}

/// Keys to remove from one section of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Removal {
    /// The file.
    pub(crate) path: PathBuf,
    /// The kind of the file.
    pub(crate) kind: FileKind,
    /// The section.
    pub(crate) section: SectionRef,
    /// The keys to remove.
    pub(crate) keys: Vec<&'static str>,
}

/// An entry that keyward does not import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Left {
    /// The entry.
    pub(crate) what: String,
    /// The reason why keyward does not import it.
    pub(crate) why: String,
    /// Whether the import should have included it.
    pub(crate) loss: Loss,
}

/// Whether an entry that keyward did not import is a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// The vault does not need it.
    None,
    /// It is a key, and the user must look at it.
    Key,
}

/// The content of a source.
#[derive(Debug, Default)]
pub(crate) struct Harvest {
    /// Keys to import.
    pub(crate) keys: Vec<FoundKey>,
    /// Entries that keyward does not import.
    pub(crate) left: Vec<Left>,
    /// The places where keyward looked for them, as people write them.
    pub(crate) looked_in: Vec<String>,
}

impl Harvest {
    /// The same, which was looked for in these files or folders.
    pub(crate) fn of<'p>(mut self, places: impl IntoIterator<Item = &'p Path>) -> Self {
        self.looked_in = places.into_iter().map(locations::show).collect();
        self
    }

    /// Records an entry that keyward does not need to import.
    fn ignore(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.leave(what, why, Loss::None);
    }

    /// Records an entry that keyward should import but cannot.
    fn miss(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.leave(what, why, Loss::Key);
    }

    fn leave(&mut self, what: impl Into<String>, why: impl Into<String>, loss: Loss) {
        self.left.push(Left {
            what: what.into(),
            why: why.into(),
            loss,
        });
    }

    /// Adds an opened item of a keyring.
    fn take_item(&mut self, name: &str, place: String, json: &[u8]) {
        match item::read(name, json) {
            Ok((profile, given)) => self.keys.push(FoundKey {
                profile,
                given,
                mfa_serial: None,
                place,
                removals: Vec::new(),
                process: ProcessLine::Keep,
            }),
            Err(why @ (item::ItemError::Temporary | item::ItemError::NotItem)) => {
                self.ignore(place, why.to_string());
            }
            Err(why) => self.miss(place, why.to_string()),
        }
    }

    /// Notes the number of skipped sessions.
    fn ignore_sessions(&mut self, count: usize) {
        match count {
            0 => {}
            n => self.ignore(
                text::count(n, "session"),
                "sessions are created again when needed",
            ),
        }
    }
}
