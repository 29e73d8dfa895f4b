//! What opening or adding a slot may use besides files: the person, their terminal, other
//! programs, and time. All of it is the caller's to give.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use keyward_core::secret::Passphrase;

use super::{CommandLine, SlotName};

/// Somebody who can be asked.
pub trait Person: Send + Sync {
    /// Asks for a secret; `None` when nobody answers.
    fn secret(&self, question: &Question) -> Option<Passphrase>;

    /// Asks for something that is no secret.
    fn text(&self, question: &str) -> Option<String>;

    /// Asks for a decision between `yes` and `no`.
    fn choose(&self, question: &str, yes: &str, no: Option<&str>) -> Option<bool>;

    /// Says something, such as which device to touch.
    fn say(&self, message: &str);
}

/// What a secret is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The passphrase of a slot.
    Slot(SlotName),
    /// The passphrase of an SSH key.
    SshKey(PathBuf),
    /// Whatever a plugin wants, in its own words.
    Plugin(String),
}

/// Nobody: every question stays open.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl Person for Nobody {
    fn secret(&self, _: &Question) -> Option<Passphrase> {
        None
    }

    fn text(&self, _: &str) -> Option<String> {
        None
    }

    fn choose(&self, _: &str, _: &str, _: Option<&str>) -> Option<bool> {
        None
    }

    fn say(&self, _: &str) {}
}

/// What opening or adding a slot may use.
#[derive(Clone)]
pub struct Access {
    /// Who is asked.
    pub person: Arc<dyn Person>,
    /// The terminal that `gpg` should ask on when no desktop does, such as `/dev/pts/3`.
    pub terminal: Option<PathBuf>,
    /// The program `pass`.
    pub pass: PathBuf,
    /// The program `gpg`.
    pub gpg: PathBuf,
    /// The variables of the environment that no program gets: what opens the vault or a session.
    pub withheld: Vec<String>,
    /// What runs age plugins in a process of their own, with [`host_plugin`](crate::host_plugin),
    /// where this process holds variables that are to be withheld: the age library starts a
    /// plugin with the whole environment. Without one, plugins are started from here.
    pub plugin_host: Option<CommandLine>,
    /// How long a keystore may take to answer at all.
    pub probe: Duration,
    /// How long a person may take to unlock a locked keystore; zero never asks.
    pub unlock: Duration,
}

impl Access {
    /// With somebody who can be asked, and a minute to unlock a keystore.
    #[must_use]
    pub fn with(person: Arc<dyn Person>) -> Self {
        Self {
            person,
            unlock: Duration::from_secs(60),
            ..Self::unattended()
        }
    }

    /// With nobody: what needs a person is skipped.
    #[must_use]
    pub fn unattended() -> Self {
        Self {
            person: Arc::new(Nobody),
            terminal: None,
            pass: "pass".into(),
            gpg: "gpg".into(),
            withheld: Vec::new(),
            plugin_host: None,
            probe: Duration::from_secs(2),
            unlock: Duration::ZERO,
        }
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("terminal", &self.terminal)
            .finish_non_exhaustive()
    }
}
