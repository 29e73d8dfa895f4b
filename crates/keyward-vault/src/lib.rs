//! The encrypted store of long-lived keys, its key slots, and the cache of short sessions.
//!
//! The crate owns everything below one root folder: `vault.age` and the slots that open it, the plain
//! `index.json` beside it, the session files and the lock files. `docs/vault-format.md` documents the
//! format. The crate never prompts: passphrases, the clock and the choice of a session tier are
//! arguments, and it reads no environment variable.

mod digest;
mod disk;
mod document;
mod export;
mod identity;
mod index;
mod link;
mod lock;
mod parsers;
mod paths;
mod pin;
mod session;
mod slot;
mod vault;

pub use disk::{DiskError, put_in_place};
pub use document::{
    ConsoleSignIn, Document, DocumentError, Generation, InvalidRotationState, KeyDate,
    LongLivedKey, PendingKey, Rotation, RotationDelivery, RotationState,
};
pub use export::{
    ExportTo, ImportError, ImportWith, Merged, export, is_for_recipient, read_export,
};
pub use identity::{Identity, InvalidIdentity, OpenError};
pub use index::{Index, IndexError, IndexedKey, IndexedRotation, IndexedSignIn};
pub use link::{explain_folder, refuse_broken_link, target_of};
pub use lock::{
    AnnouncedServer, HolderState, LockError, LockFile, LockGeneration, LockGuard, LockHolder,
    LockWaiter, MarkError, Patient, RunningServer, SeenGeneration, running_servers,
};
#[doc(hidden)]
pub use parsers::read_as_everything;
pub use paths::Paths;
pub use pin::{ChangedOutside, SeenSlots, VaultChange};
#[cfg(target_os = "linux")]
pub use session::Reused;
pub use session::{
    ForgetAllError, OpenFor, SessionCall, SessionEntry, SessionError, SessionMeta, SessionOrigin,
    SessionStore, SessionTier, Tier, TierChoice, UnknownCall, UnknownTier, forget_all,
};
pub use slot::{
    Access, AddSlotError, CommandLine, GpgFingerprint, InvalidSlotName, InvalidSlotParameter,
    InvalidWorkFactor, KeystoreAccount, NewSlot, NoMemory, NoPrompts, OpenSlotError, PassEntry,
    PluginIdentity, Plugins, Programs, Prompter, Question, Slot, SlotError, SlotKind, SlotLook,
    SlotName, WorkFactor, host_plugin,
};
pub use vault::{
    CreateError, Damage, Leftover, LookBack, LostVault, OpenAnyError, OpenVault, ReadError,
    RemoveSlotError, RestoreError, SetAsideError, UnlockError, UnlockSlotError, Unlocked,
    UpdateError, Vault,
};
