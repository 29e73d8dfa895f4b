//! The inputs of a chain: the profile's name, the files, the keys in the vault, the environment and the
//! flags. The caller supplies all of them.

use std::fmt;
use std::time::Duration;

use super::{HandOut, LastCacheKeys, Sessions, StoredKey, StoredKeys};
use crate::config::ConfigSet;
use crate::id::{ProfileName, Region};

/// Everything that resolving a profile looks at.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// The profile that was asked for.
    pub profile: &'a ProfileName,
    /// Both files.
    pub config: &'a ConfigSet,
    /// The keys in the vault.
    pub stored_keys: &'a StoredKeys,
    /// Looks up an environment variable. An empty value counts as none.
    pub environment: &'a dyn Fn(&'static str) -> Option<String>,
    /// The wishes of the command line and the settings.
    pub flags: &'a Flags,
    /// Whether an error about a name that does not exist lists similar names.
    pub similar_names: SimilarNames,
    /// Shared by the profiles of one run.
    pub last_cache_keys: &'a LastCacheKeys,
}

/// Whether an error about a name that does not exist lists similar names. Finding them compares
/// the name with every profile, which is too much where every profile is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SimilarNames {
    /// The error lists them.
    #[default]
    Listed,
    /// The error leaves them out.
    LeftOut,
}

impl<'a> Inputs<'a> {
    /// The value of an environment variable, unless it is empty.
    pub(super) fn env(&self, name: &'static str) -> Option<String> {
        (self.environment)(name).filter(|value| !value.is_empty())
    }

    /// The vault's key under that very name.
    pub(super) fn stored(&self, name: &ProfileName) -> Option<&'a StoredKey> {
        self.stored_keys.get(name)
    }
}

impl fmt::Debug for Inputs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inputs")
            .field("profile", &self.profile)
            .field("flags", &self.flags)
            .finish_non_exhaustive()
    }
}

/// The wishes of the command line and the settings about the credentials.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flags {
    /// `--duration`: of the last role, or of the session in a chain without a role.
    pub duration: Option<Duration>,
    /// `--session-ttl`: how long an MFA session lives.
    pub session_duration: Option<Duration>,
    /// The same from the settings, if the flag is not given; 12 hours without either.
    pub session_setting: Option<Duration>,
    /// `--region`.
    pub region: Option<Region>,
    /// `--no-session` skips them.
    pub sessions: Sessions,
    /// Whether what is handed out can be renewed.
    pub hand_out: HandOut,
    /// `--policy` or `--read-only`: a session policy document (JSON).
    pub policy: Option<String>,
    /// `--policy-arn`: managed session policies.
    pub policy_arns: Vec<String>,
}
