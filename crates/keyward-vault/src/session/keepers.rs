//! The stores of the session identity: on Linux the kernel keyring, else a file in memory that ends with
//! the machine's run; on other systems the keystore; else only this process. The tiers to try are an
//! argument.

use std::path::PathBuf;

use keyward_ready::tier::{Tier, TierChoice};
#[cfg(target_os = "linux")]
use zeroize::Zeroizing;

use crate::identity::Identity;
use crate::lock::LockGuard;
use crate::paths::Paths;

use super::SessionError;
use super::keystore::Keystore;
use super::tier::{Keeper, SessionTier};
#[cfg(target_os = "linux")]
use super::{keyring::KernelKeyring, runtime::RuntimeFile};

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

    /// Whether this tier stores nothing.
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

    /// Forgets the identity in every store that it can reach.
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
