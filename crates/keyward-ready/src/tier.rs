//! The places where the session identity may be kept.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::environment as env;

/// The program's knowledge of the machine, and the user's choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tier {
    /// The places that may be used.
    pub choice: TierChoice,
    /// `XDG_RUNTIME_DIR`, where it is set.
    pub runtime_dir: Option<PathBuf>,
}

impl Tier {
    /// The contents of the environment.
    #[must_use]
    pub fn of_environment() -> Self {
        let choice = env::get(env::SESSION_TIER)
            .and_then(|text| text.parse().ok())
            .unwrap_or_default();
        Self {
            choice,
            runtime_dir: env::path(env::RUNTIME_DIR),
        }
    }
}

/// The places that may keep the session identity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TierChoice {
    /// The first that works: on Linux the kernel keyring, then a file in memory; on macOS and
    /// Windows the keystore.
    #[default]
    Auto,
    /// The kernel keyring alone.
    Keyring,
    /// A file in memory alone.
    File,
    /// The desktop's keystore alone. On Linux it is slow, and is used only when asked for.
    Keystore,
    /// None: sessions end with the process.
    None,
}

/// A text that names no choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownTier;

impl fmt::Display for UnknownTier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("that is not a session tier (auto, keyring, file, keystore or none)")
    }
}

impl std::error::Error for UnknownTier {}

impl FromStr for TierChoice {
    type Err = UnknownTier;

    fn from_str(text: &str) -> Result<Self, UnknownTier> {
        match text {
            "auto" => Ok(Self::Auto),
            "keyring" => Ok(Self::Keyring),
            "file" => Ok(Self::File),
            "keystore" => Ok(Self::Keystore),
            "none" => Ok(Self::None),
            _ => Err(UnknownTier),
        }
    }
}
