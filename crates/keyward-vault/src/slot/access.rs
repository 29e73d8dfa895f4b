//! The means that opening or adding a slot may use besides files: the user, a terminal, other programs,
//! and time. The caller supplies all of them.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use keyward_core::secret::Passphrase;

use super::{CommandLine, SlotName};

/// A user who can be prompted.
pub trait Prompter: Send + Sync {
    /// Asks for a secret; `None` if there is no answer.
    fn secret(&self, question: &Question) -> Option<Passphrase>;

    /// Asks for something that is no secret.
    fn text(&self, question: &str) -> Option<String>;

    /// Asks for a decision between `yes` and `no`.
    fn choose(&self, question: &str, yes: &str, no: Option<&str>) -> Option<bool>;

    /// Says something, such as which device to touch.
    fn say(&self, message: &str);
}

/// The purpose for which a secret is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The passphrase of a slot.
    Slot(SlotName),
    /// The passphrase of an SSH key.
    SshKey(PathBuf),
    /// Whatever a plugin wants, in its own words.
    Plugin(String),
}

/// Asks no person: every question stays open.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoPrompts;

impl Prompter for NoPrompts {
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

/// The process in which age plugins are started: the age library passes the whole environment to a
/// plugin, and waits for it as long as it takes.
#[derive(Debug, Clone)]
pub enum Plugins {
    /// From this process.
    Here,
    /// From a separate process, which works with [`host_plugin`](crate::host_plugin). It is needed if
    /// this process holds variables that plugins must not see, or must not wait forever.
    Apart(CommandLine),
    /// Nowhere: a separate process is needed but unavailable, for this reason.
    Nowhere(String),
}

/// Time limits for other programs, which may be waiting for a PIN or a touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Programs {
    /// The user at the terminal sees what keyward waits for. Each program has this long. It stays in
    /// this process's group, since only the foreground group may prompt there.
    Attended(Duration),
    /// No user sees the wait. All programs share this deadline. Each has its own process group, which is
    /// killed at the deadline and with this process.
    Unattended(Instant),
}

/// The means that opening or adding a slot may use.
#[derive(Clone)]
pub struct Access {
    /// The user to prompt.
    pub person: Arc<dyn Prompter>,
    /// The terminal on which `gpg` should prompt if no desktop does, such as `/dev/pts/3`.
    pub terminal: Option<PathBuf>,
    /// The program `pass`.
    pub pass: PathBuf,
    /// The program `gpg`.
    pub gpg: PathBuf,
    /// The environment variables that no program receives, because they open the vault or a session.
    pub withheld: Vec<String>,
    /// The process in which age plugins are started.
    pub plugins: Plugins,
    /// The time limit for a keystore's first answer, and the minimum for a program.
    pub probe: Duration,
    /// The time limits for programs.
    pub programs: Programs,
    /// The time that a person has to unlock a locked keystore; zero never asks.
    pub unlock: Duration,
}

impl Access {
    /// With a user to prompt, one minute to unlock a keystore, and five minutes for each program.
    #[must_use]
    pub fn with(person: Arc<dyn Prompter>) -> Self {
        Self {
            person,
            unlock: Duration::from_secs(60),
            programs: Programs::Attended(Duration::from_secs(5 * 60)),
            ..Self::unattended()
        }
    }

    /// Without a user: slots that need one are skipped, and all programs end within a minute from now.
    #[must_use]
    pub fn unattended() -> Self {
        Self {
            person: Arc::new(NoPrompts),
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
