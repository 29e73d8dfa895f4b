//! The interface of a store of the session identity. The stores themselves have a file each.

use std::fmt;
use std::path::PathBuf;

#[cfg(target_os = "linux")]
use zeroize::Zeroizing;

use crate::identity::Identity;

/// A store of the session identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionTier {
    /// The kernel keyring of the user.
    Keyring,
    /// A file in a file system that lives in memory.
    File(PathBuf),
    /// The desktop's keystore.
    Keystore,
    /// Nowhere: sessions end with the process that made them.
    Process,
}

impl fmt::Display for SessionTier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring => f.write_str("the kernel keyring"),
            Self::File(path) => write!(f, "`{}`, which is in memory", path.display()),
            Self::Keystore => f.write_str("the desktop's keystore"),
            Self::Process => f.write_str("this process only"),
        }
    }
}

/// One place that can keep the session identity.
pub(super) trait Keeper: fmt::Debug + Send + Sync {
    /// The identity it keeps, if it keeps one.
    fn load(&self) -> Option<Identity>;

    /// The text of the identity, if this place answers without a wait.
    #[cfg(target_os = "linux")]
    fn quick_text(&self) -> Option<Zeroizing<Vec<u8>>> {
        None
    }

    /// Keeps an identity, and says whether it can be read back. The caller holds the lock.
    fn store(&self, identity: &Identity) -> bool;

    /// A new session was sealed: the identity must outlive it.
    fn keep_alive(&self);

    /// Forgets the identity.
    fn forget(&self) -> Result<(), Failure>;

    /// Whether it can be looked into now, as far as that has to be waited for.
    fn answers(&self) -> bool {
        true
    }

    /// The store, if it can hold an identity.
    fn place(&self) -> Option<SessionTier>;
}

pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;
