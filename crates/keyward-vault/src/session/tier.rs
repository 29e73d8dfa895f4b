//! Where the session identity is kept: the kernel keyring, else a file in memory that ends with
//! the machine's run, else only in this process. Which of them may be tried is an argument.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::identity::Identity;
use crate::paths::Paths;

use super::SessionError;
#[cfg(target_os = "linux")]
use super::{keyring::KernelKeyring, runtime::RuntimeFile};

/// What the program knows about the machine and wishes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tier {
    /// Which places may be used.
    pub choice: TierChoice,
    /// `XDG_RUNTIME_DIR`, where it is set.
    pub runtime_dir: Option<PathBuf>,
}

/// Which places may keep the session identity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TierChoice {
    /// The first that works: the kernel keyring, then a file in memory.
    #[default]
    Auto,
    /// The kernel keyring alone.
    Keyring,
    /// A file in memory alone.
    File,
    /// None: sessions end with the process.
    None,
}

/// A text that names no choice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("that is not a session tier (auto, keyring, file or none)")]
pub struct UnknownTier;

impl FromStr for TierChoice {
    type Err = UnknownTier;

    fn from_str(text: &str) -> Result<Self, UnknownTier> {
        match text {
            "auto" => Ok(Self::Auto),
            "keyring" => Ok(Self::Keyring),
            "file" => Ok(Self::File),
            "none" => Ok(Self::None),
            _ => Err(UnknownTier),
        }
    }
}

/// Where the session identity is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionTier {
    /// The kernel keyring of the user.
    Keyring,
    /// A file in a file system that lives in memory.
    File(PathBuf),
    /// Nowhere: sessions end with the process that made them.
    Process,
}

impl fmt::Display for SessionTier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring => f.write_str("the kernel keyring"),
            Self::File(path) => write!(f, "`{}`, which is in memory", path.display()),
            Self::Process => f.write_str("this process only"),
        }
    }
}

/// The places that may be tried, best first.
#[derive(Debug)]
pub(super) struct Keepers {
    #[cfg(target_os = "linux")]
    keyring: Option<KernelKeyring>,
    #[cfg(target_os = "linux")]
    file: Option<RuntimeFile>,
}

#[cfg(target_os = "linux")]
impl Keepers {
    pub(super) fn choose(paths: &Paths, tier: Tier) -> Self {
        let Tier {
            choice,
            runtime_dir,
        } = tier;
        let keyring = matches!(choice, TierChoice::Auto | TierChoice::Keyring);
        let file = matches!(choice, TierChoice::Auto | TierChoice::File);
        Self {
            keyring: keyring.then(|| KernelKeyring::new(&paths.short_hash())),
            file: file.then(|| RuntimeFile::new(runtime_dir, &paths.short_hash())),
        }
    }

    /// The place that holds the identity, or that a new one would go to.
    pub(super) fn tier(&self) -> SessionTier {
        let keyring = self.keyring.as_ref();
        let file = self.file.as_ref().and_then(RuntimeFile::place);
        match (keyring, file) {
            (Some(keyring), _) if keyring.load().is_some() => SessionTier::Keyring,
            (_, Some((path, true))) => SessionTier::File(path),
            (Some(keyring), _) if keyring.works() => SessionTier::Keyring,
            (_, Some((path, false))) => SessionTier::File(path),
            _ => SessionTier::Process,
        }
    }

    /// The identities that are kept, best first. More than one only if the keyring came and
    /// went.
    pub(super) fn load(&self) -> Vec<Identity> {
        let keyring = self.keyring.as_ref().and_then(KernelKeyring::load);
        let file = || self.file.as_ref().and_then(RuntimeFile::load);
        keyring
            .into_iter()
            .chain(std::iter::once_with(file).flatten())
            .collect()
    }

    /// The identity that new sessions are encrypted to, made if there is none; `None` where
    /// none can be kept.
    pub(super) fn load_or_make(&self, paths: &Paths) -> Result<Option<Identity>, SessionError> {
        if let Some(identity) = self.first() {
            self.keep_alive();
            return Ok(Some(identity));
        }
        // Of a hundred processes that start at once, one makes the identity.
        let _lock = paths.session_identity_lock().lock()?;
        if let Some(identity) = self.first() {
            return Ok(Some(identity));
        }
        let identity = Identity::generate();
        let kept = self
            .keyring
            .as_ref()
            .is_some_and(|keyring| keyring.store(&identity))
            || self.file.as_ref().is_some_and(|file| file.store(&identity));
        Ok(kept.then_some(identity))
    }

    fn first(&self) -> Option<Identity> {
        self.keyring
            .as_ref()
            .and_then(KernelKeyring::load)
            .or_else(|| self.file.as_ref().and_then(RuntimeFile::load))
    }

    /// Starts the keyring's timeout anew: the identity must outlive the session just sealed.
    fn keep_alive(&self) {
        if let Some(keyring) = &self.keyring {
            keyring.keep_alive();
        }
    }

    pub(super) fn forget(&self) -> Result<(), SessionError> {
        let failed = |place: String| move |source| SessionError::Forget { place, source };
        if let Some(keyring) = &self.keyring {
            keyring
                .forget()
                .map_err(failed(SessionTier::Keyring.to_string()))?;
        }
        if let Some(file) = &self.file {
            file.forget()
                .map_err(failed("the folder that lives in memory".to_owned()))?;
        }
        Ok(())
    }
}

#[cfg(not(target_os = "linux"))]
#[allow(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "the Linux form uses and can fail"
)]
impl Keepers {
    pub(super) fn choose(_: &Paths, _: Tier) -> Self {
        Self {}
    }

    pub(super) fn tier(&self) -> SessionTier {
        SessionTier::Process
    }

    pub(super) fn load(&self) -> Vec<Identity> {
        Vec::new()
    }

    pub(super) fn load_or_make(&self, _: &Paths) -> Result<Option<Identity>, SessionError> {
        Ok(None)
    }

    pub(super) fn forget(&self) -> Result<(), SessionError> {
        Ok(())
    }
}
