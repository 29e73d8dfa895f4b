//! The errors of a vault, one enum for each operation.

use std::fmt;
use std::path::PathBuf;

use keyward_core::Timestamp;

use crate::disk::DiskError;
use crate::lock::LockError;
use crate::pin::ChangedOutside;
use crate::slot::{AddSlotError, OpenSlotError, SlotError, SlotKind, SlotName};

/// A vault file that does not decrypt to a document.
#[derive(Debug, thiserror::Error)]
#[error("`{}` is damaged or lost{}", path.display(), self.way_back())]
pub struct Damage {
    /// The file.
    pub path: PathBuf,
    /// The date of the previous copy, if there is one.
    pub previous: Option<Timestamp>,
    /// The error of the reader.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Damage {
    fn way_back(&self) -> String {
        match self.previous {
            Some(date) => format!("; a copy from {date} is beside it and can be restored"),
            None => "; there is no previous copy beside it".to_owned(),
        }
    }
}

/// One thing that is left of a vault whose file is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leftover {
    /// A symbolic link whose target does not exist, such as one to a disk that is not mounted.
    Link {
        /// The link.
        path: PathBuf,
        /// Its target.
        target: PathBuf,
    },
    /// The previous state of the vault.
    Copy(PathBuf),
    /// The list of the vault's keys.
    Index(PathBuf),
    /// The folder of the slots that opened the vault.
    Slots(PathBuf),
    /// The pin: this machine has seen a vault here.
    Pin(PathBuf),
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link { path, target } => write!(
                f,
                "`{}` is a symbolic link to `{}`, which does not exist",
                path.display(),
                target.display()
            ),
            Self::Copy(path) => write!(f, "`{}` is a copy of it", path.display()),
            Self::Index(path) => write!(f, "`{}` lists its keys", path.display()),
            Self::Slots(path) => write!(f, "`{}` has its slots", path.display()),
            Self::Pin(path) => write!(f, "this machine has seen it (`{}`)", path.display()),
        }
    }
}

/// A vault whose file is missing. Its disk may not be mounted, so no new vault is made over what
/// is left.
#[derive(Debug, thiserror::Error)]
#[error("the vault `{}` is missing, but there was one: {}", path.display(), list(left))]
pub struct LostVault {
    /// The expected path of `vault.age`.
    pub path: PathBuf,
    /// The leftovers, at least one.
    pub left: Vec<Leftover>,
}

fn list(left: &[Leftover]) -> String {
    let mut shown: Vec<String> = left.iter().map(ToString::to_string).collect();
    if !left.iter().any(|left| matches!(left, Leftover::Copy(_))) {
        shown.push("there is no previous copy beside it".to_owned());
    }
    shown.join("; ")
}

/// The reasons why the vault file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The vault does not exist.
    #[error("there is no vault at `{}`", .0.display())]
    Missing(PathBuf),
    /// It is missing, and something is left of it.
    #[error(transparent)]
    Lost(#[from] LostVault),
    /// It is damaged.
    #[error(transparent)]
    Damaged(Damage),
    /// It is undamaged, but encrypted to an identity that is not the slot's.
    #[error("`{}` belongs to another vault than the slot that was opened", .0.display())]
    OtherKey(PathBuf),
    /// A newer program wrote it.
    #[error("`{}` has version {found}, which this program is too old to read; use a newer one", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// It is not what this machine last saw.
    #[error(transparent)]
    ChangedOutside(#[from] ChangedOutside),
    /// The file could not be read, or others may read it.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// The reasons why the vault could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// There is one.
    #[error("there is a vault already: `{}`", .0.display())]
    Exists(PathBuf),
    /// The vault is missing, but there was one: a new vault would replace it.
    #[error("the vault is lost, but `{}` is a copy of it; restore that, or move it away", .0.display())]
    PreviousExists(PathBuf),
    /// The vault is missing, but something is left of it.
    #[error(transparent)]
    Lost(#[from] LostVault),
    /// The first slot could not be made.
    #[error(transparent)]
    FirstSlot(#[from] AddSlotError),
    /// The leftovers of an earlier attempt are in the way.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// A file could not be written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The vault's lock is unavailable.
    #[error(transparent)]
    Lock(#[from] LockError),
}

/// The reasons why the vault stays closed.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// It opens no passphrase slot.
    #[error("that passphrase does not open the vault")]
    WrongPassphrase,
    /// The vault has no slot of this kind.
    #[error("the vault has no `{0}` slot")]
    NoSlot(SlotKind),
    /// The slot's file is not a whole age file, or holds no identity.
    #[error("`{}` is damaged; open the vault by another slot", path.display())]
    SlotDamaged {
        /// The file.
        path: PathBuf,
        /// The error of the reader.
        source: Option<Box<age::DecryptError>>,
    },
    /// The slots could not be read.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The vault file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// The reasons why one slot did not open the vault.
#[derive(Debug, thiserror::Error)]
pub enum UnlockSlotError {
    /// The slot stays closed.
    #[error(transparent)]
    Slot(#[from] OpenSlotError),
    /// The slot returned an identity, but it could not read the vault file.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// The reasons why no slot opened the vault.
#[derive(Debug, thiserror::Error)]
pub enum OpenAnyError {
    /// The passphrase is wrong. The caller can ask again.
    #[error("that passphrase does not open `{what}`")]
    WrongPassphrase {
        /// The slot that was being opened.
        slot: SlotName,
        /// The slot or the key file.
        what: String,
    },
    /// Every slot was tried.
    #[error("no slot opens the vault")]
    NoneOpens {
        /// Each slot with its reason.
        tried: Vec<(SlotName, UnlockSlotError)>,
    },
    /// The slots could not be read.
    #[error(transparent)]
    Slots(#[from] SlotError),
    /// The vault file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// The reasons why a change was not stored.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// The vault file could not be read again.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The vault file could not be written; the old one is untouched.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The vault's lock is unavailable.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The change is stored, but the list of keys beside the vault still shows the old state.
    /// The next opening fixes it.
    #[error("the vault is written, but not its index")]
    Index(#[source] DiskError),
}

/// The reasons why a slot was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveSlotError {
    /// The slot does not exist, no other slot could open the vault, or its files cannot be removed.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The slots differ from what this machine last saw, or cannot be compared.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The vault's lock is unavailable.
    #[error(transparent)]
    Lock(#[from] LockError),
}

/// The reasons why the leftovers of a vault were not set aside.
#[derive(Debug, thiserror::Error)]
pub enum SetAsideError {
    /// The vault exists again.
    #[error("`{}` exists again; nothing was changed", .0.display())]
    Exists(PathBuf),
    /// A file could not be renamed.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The vault's lock is unavailable.
    #[error(transparent)]
    Lock(#[from] LockError),
}

/// The reasons why an older copy did not replace the vault.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The copy does not exist.
    #[error("there is no copy of the vault at `{}`", .0.display())]
    NoCopy(PathBuf),
    /// The file is not an age file, or not a complete one.
    #[error("the copy `{}` is damaged", .0.display())]
    DamagedToo(PathBuf),
    /// Another program wrote the vault or the copy since they were looked at.
    #[error("`{}` or its copy was changed in the meantime; nothing was restored", .0.display())]
    Changed(PathBuf),
    /// Neither the copy nor the vault opens.
    #[error(transparent)]
    Open(#[from] OpenAnyError),
    /// A file could not be read or written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The vault's lock is unavailable.
    #[error(transparent)]
    Lock(#[from] LockError),
}
