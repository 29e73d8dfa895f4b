//! The means that opening or adding a slot may use besides files: the user, a terminal, other programs,
//! and time. The caller supplies all of them.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use keyward_core::secret::Passphrase;

use super::{CommandLine, SlotName};

/// A user who can be prompted.
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

/// Where age plugins are started: the age library gives a plugin the whole environment, and waits
/// for it as long as it takes.
#[derive(Debug, Clone)]
pub enum Plugins {
    /// From this process.
    Here,
    /// From a process of their own, which works with [`host_plugin`](crate::host_plugin): where
    /// this one holds variables that are to be withheld, or must not wait without end.
    Apart(CommandLine),
    /// Nowhere, since such a process is needed and cannot be had, for this reason.
    Nowhere(String),
}

/// How long other programs may take: they may be waiting for a PIN or for a touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Programs {
    /// A person at the terminal sees what is waited for: each has this long. They stay in this
    /// process's group, since only the group in the foreground may ask there.
    Attended(Duration),
    /// Nobody sees it: all of them have until then. Each has a group of its own, which ends with
    /// its time, and with this process.
    Unattended(Instant),
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
    /// Where age plugins are started.
    pub plugins: Plugins,
    /// How long a keystore may take to answer at all, and a program at the least.
    pub probe: Duration,
    /// How long programs may take.
    pub programs: Programs,
    /// How long a person may take to unlock a locked keystore; zero never asks.
    pub unlock: Duration,
}

impl Access {
    /// With somebody who can be asked, a minute to unlock a keystore, and a few for a program.
    #[must_use]
    pub fn with(person: Arc<dyn Person>) -> Self {
        Self {
            person,
            unlock: Duration::from_secs(60),
            programs: Programs::Attended(Duration::from_secs(5 * 60)),
            ..Self::unattended()
        }
    }

    /// With nobody: what needs a person is skipped, and programs end within a minute from now.
    #[must_use]
    pub fn unattended() -> Self {
        Self {
            person: Arc::new(Nobody),
            terminal: None,
            pass: "pass".into(),
            gpg: "gpg".into(),
            withheld: Vec::new(),
            plugins: Plugins::Here,
            probe: Duration::from_secs(2),
            programs: Programs::Unattended(Instant::now() + Duration::from_secs(50)),
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
