//! The stores of the session identity: on Linux the kernel keyring, else a file in memory that ends with
//! the machine's run; on other systems the keystore; else only this process. The tiers to try are an
//! argument.

use std::fmt;
use std::path::PathBuf;

#[cfg(target_os = "linux")]
use zeroize::Zeroizing;

use keyward_ready::tier::{Tier, TierChoice};

use crate::identity::Identity;
use crate::lock::LockGuard;
use crate::paths::Paths;

use super::SessionError;
use super::keystore::Keystore;
#[cfg(target_os = "linux")]
use super::{keyring::KernelKeyring, runtime::RuntimeFile};

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

/// The places that may be tried, best first.
#[derive(Debug)]
pub(super) struct Keepers(Vec<Box<dyn Keeper>>);

impl Keepers {
    pub(super) fn choose(paths: &Paths, tier: Tier) -> Self {
        let vault = &paths.short_hash();
        let Tier {
            choice,
            runtime_dir,
        } = tier;
        let keystore = || Box::new(Keystore::new(vault)) as Box<dyn Keeper>;
        Self(match choice {
            TierChoice::None => vec![],
            TierChoice::Keystore => vec![keystore()],
            _ => in_the_system(choice, runtime_dir, vault, keystore),
        })
    }

    /// Every place that any choice could have used and that answers. One that did not would only
    /// be waited for again, with a lock held.
    pub(super) fn all(paths: &Paths, runtime_dir: Option<PathBuf>) -> Self {
        let tier = Tier {
            choice: TierChoice::Auto,
            runtime_dir,
        };
        let mut keepers = Self::choose(paths, tier);
        // Elsewhere it is among those of `Auto`.
        if cfg!(target_os = "linux") {
            keepers.0.push(Box::new(Keystore::new(&paths.short_hash())));
        }
        keepers.0.retain(|keeper| keeper.answers());
        keepers
    }

    /// The place that holds the identity, or that a new one would go to.
    pub(super) fn tier(&self) -> SessionTier {
        let holds = self.0.iter().find(|keeper| keeper.load().is_some());
        let place = holds.and_then(|keeper| keeper.place());
        place
            .or_else(|| self.0.iter().find_map(|keeper| keeper.place()))
            .unwrap_or(SessionTier::Process)
    }

    /// The identities that are kept, best first. More than one only if a place came and went.
    pub(super) fn load(&self) -> impl Iterator<Item = Identity> {
        self.0.iter().filter_map(|keeper| keeper.load())
    }

    /// The texts of the identities in places that answer without a wait.
    #[cfg(target_os = "linux")]
    pub(super) fn quick_texts(&self) -> impl Iterator<Item = Zeroizing<Vec<u8>>> {
        self.0.iter().filter_map(|keeper| keeper.quick_text())
    }

    /// Whether there is no store at all.
    pub(super) fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// The identity that new sessions are encrypted to, created if missing; `None` if no store can hold one.
    /// Of many processes that start at once, the holder of the lock creates it.
    pub(super) fn load_or_make(&self, _alone: &LockGuard) -> Option<Identity> {
        if let Some(identity) = self.load().next() {
            self.0.iter().for_each(|keeper| keeper.keep_alive());
            return Some(identity);
        }
        let identity = Identity::generate();
        let kept = self.0.iter().any(|keeper| keeper.store(&identity));
        kept.then_some(identity)
    }

    /// Forgets the identity everywhere, as far as that goes.
    pub(super) fn forget(&self) -> Vec<SessionError> {
        let forget = |keeper: &dyn Keeper| {
            let source = keeper.forget().err()?;
            let place = keeper.place().unwrap_or(SessionTier::Process).to_string();
            Some(SessionError::Forget { place, source })
        };
        self.0
            .iter()
            .filter_map(|keeper| forget(keeper.as_ref()))
            .collect()
    }
}

/// The stores other than the keystore, and the keystore if there are none.
#[cfg(target_os = "linux")]
fn in_the_system(
    choice: TierChoice,
    runtime_dir: Option<PathBuf>,
    vault: &str,
    _keystore: impl Fn() -> Box<dyn Keeper>,
) -> Vec<Box<dyn Keeper>> {
    let mut keepers: Vec<Box<dyn Keeper>> = Vec::new();
    if choice.has_keyring() {
        keepers.push(Box::new(KernelKeyring::new(vault)));
    }
    if choice.has_memory_file() {
        keepers.push(Box::new(RuntimeFile::new(runtime_dir, vault)));
    }
    keepers
}

#[cfg(not(target_os = "linux"))]
fn in_the_system(
    choice: TierChoice,
    _runtime_dir: Option<PathBuf>,
    _vault: &str,
    keystore: impl Fn() -> Box<dyn Keeper>,
) -> Vec<Box<dyn Keeper>> {
    if choice == TierChoice::Auto {
        vec![keystore()]
    } else {
        Vec::new()
    }
}
