//! Deadlines for waiting on the user and on other keyward processes. A run with a terminal has no
//! deadline. Without a terminal, all waiting in a run shares 50 s, because SDKs kill the program
//! after a minute and would then ask again without end.

use std::fmt;
use std::time::{Duration, Instant, SystemTime};

use keyward_vault::{
    HolderState, LockError, LockFile, LockGuard, LockHolder, LockWaiter, Programs,
};

#[cfg(debug_assertions)]
use crate::environment as env;
use crate::prompt::terminal::Terminal;
use crate::screen::error::{CliError, ErrorKind, how_to_go_on};
use crate::screen::ui::{Color, Ui};

/// The time that a run without a terminal waits for the person, and for others who do.
const LIMIT: Duration = Duration::from_secs(50);
/// The least time that a program has.
const PROGRAM: Duration = Duration::from_secs(2);
/// The least time for which a lock is waited for.
const MOMENT: Duration = Duration::from_secs(2);
/// The time of a program that a person at the terminal sees.
const AT_TERMINAL: Duration = Duration::from_secs(5 * 60);

/// The time that one run may wait: it counts from when the run began, on both clocks. A command is
/// one run and each of its walks over a chain is another; a server begins one for each request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    at: Instant,
    on: SystemTime,
}

impl Deadline {
    /// The deadline of a run that begins now.
    pub(crate) fn begin() -> Self {
        Self {
            at: Instant::now(),
            on: SystemTime::now(),
        }
    }

    /// One that has passed.
    #[cfg(test)]
    pub(crate) fn over() -> Self {
        Self {
            at: Instant::now().checked_sub(LIMIT).unwrap(),
            on: SystemTime::now(),
        }
    }

    /// The time at which the run began, by the clock that files are stamped with.
    pub(crate) fn since(self) -> SystemTime {
        self.on
    }

    /// The time that a run without a terminal may still wait.
    pub(crate) fn left(self) -> Duration {
        at_most(LIMIT).saturating_sub(self.at.elapsed())
    }

    /// The time of a program that may be waiting for a person: at a terminal the person sees it,
    /// and types a PIN or goes through a browser; else it has the run's own time.
    pub(crate) fn for_program(self) -> Duration {
        match Terminal::open() {
            Some(_) => at_most(AT_TERMINAL),
            None => self.left_for_program(),
        }
    }

    /// Time limit for an unattended program. It gets at least `PROGRAM`, because a program that
    /// needs no input answers at once.
    pub(crate) fn left_for_program(self) -> Duration {
        self.left().max(PROGRAM)
    }

    /// The same for the programs that open the vault.
    pub(crate) fn of_programs(self) -> Programs {
        match Terminal::open() {
            Some(_) => Programs::Attended(at_most(AT_TERMINAL)),
            None => Programs::Unattended(Instant::now() + self.left()),
        }
    }

    /// The end of the repetitions of a call to AWS. At a terminal there is none.
    pub(crate) fn of_calls(self) -> Option<Instant> {
        match Terminal::open() {
            Some(_) => None,
            None => Some(Instant::now() + self.left()),
        }
    }

    /// Acquires a lock that another keyward may hold. Without a terminal it waits no longer than a
    /// run may take, since the holder may have been stopped or be asking a person.
    pub(crate) fn lock(
        self,
        ui: &Ui,
        file: &LockFile,
        message: &str,
    ) -> Result<LockGuard, CliError> {
        wait(ui, file, message, self.limit())
    }

    /// The time to wait for a lock. Also after the deadline, a holder that works has a moment to
    /// end: a rotation takes longer than the deadline, and writes last.
    fn limit(self) -> Option<Duration> {
        match Terminal::open() {
            Some(_) => None,
            None => Some(self.left().max(at_most(MOMENT))),
        }
    }
}

/// A limit, or what a test has in its place.
#[cfg(debug_assertions)]
fn at_most(limit: Duration) -> Duration {
    env::get(env::TEST_PATIENCE_MS)
        .and_then(|text| text.parse().ok())
        .map_or(limit, Duration::from_millis)
}

#[cfg(not(debug_assertions))]
fn at_most(limit: Duration) -> Duration {
    limit
}

/// A command that waits for a lock, and what it says of that.
struct Waiting<'a> {
    ui: &'a Ui,
    message: &'a str,
    limit: Option<Duration>,
}

impl fmt::Debug for Waiting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waiting")
    }
}

impl LockWaiter for Waiting<'_> {
    fn limit(&self) -> Option<Duration> {
        self.limit
    }

    fn waits(&self, _: &LockFile, holder: Option<LockHolder>) {
        self.ui.say(with_holder(self.message, holder));
    }
}

fn with_holder(message: &str, holder: Option<LockHolder>) -> String {
    match holder {
        Some(holder) => format!("{} ({holder})", message.trim_end_matches('…')),
        None => message.to_owned(),
    }
}

/// Acquires a lock, and waits for it no longer than its limit.
pub(crate) fn wait(
    ui: &Ui,
    file: &LockFile,
    message: &str,
    limit: Option<Duration>,
) -> Result<LockGuard, CliError> {
    let waited = file.lock_as(&Waiting { ui, message, limit });
    waited.map_err(|error| match error {
        LockError::Held { holder, .. } => CliError::new(
            ErrorKind::PersonNeeded,
            "timed out waiting for another keyward process, which may be waiting for input or for AWS",
        )
        .because(with_holder(message.trim_end_matches('…'), holder))
        .hint(how_to_go_on(holder)),
        error => error.into(),
    })
}

/// Acquires a lock without waiting for it, because its holder may be asking a person. `busy` makes
/// the error of the holder's name, which is empty where the system does not report it.
pub(crate) fn take_or_refuse(
    file: &LockFile,
    busy: impl FnOnce(&str) -> CliError,
) -> Result<LockGuard, CliError> {
    if let Some(guard) = file.try_lock()? {
        return Ok(guard);
    }
    let holder = file.holder();
    let error = busy(&holder.map_or_else(String::new, |holder| format!(" ({holder})")));
    let stopped = holder.is_some_and(|holder| holder.state == HolderState::Stopped);
    Err(match stopped {
        true => error.hint(how_to_go_on(holder)),
        false => error,
    })
}

/// The waiter of every command for the vault's lock: it names the holder after a moment and, without a terminal, gives
/// up at the run's deadline.
#[derive(Debug)]
pub(crate) struct ForVault(pub(crate) Deadline);

impl LockWaiter for ForVault {
    fn limit(&self) -> Option<Duration> {
        self.0.limit()
    }

    fn waits(&self, _: &LockFile, holder: Option<LockHolder>) {
        let message = "waiting for another keyward that is changing the vault…";
        Ui::new(Color::Auto, 0).say(with_holder(message, holder));
    }
}

/// The time that a command waits for the folder of a file that it writes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Patience {
    /// Until the run's deadline, as for every lock.
    OfRun(Deadline),
    /// No longer than a rewrite takes on a slow disk: the file is written in any case.
    Short(Deadline),
}

/// The waiter of every command for the lock of a folder of AWS files.
#[derive(Debug)]
pub(crate) struct ForFolder(pub(crate) Patience);

impl LockWaiter for ForFolder {
    fn limit(&self) -> Option<Duration> {
        /// A rewrite takes milliseconds; this is enough for a hundred of them on a slow disk.
        const TURN: Duration = Duration::from_secs(30);
        match self.0 {
            Patience::OfRun(deadline) => deadline.limit(),
            Patience::Short(deadline) => {
                Some(deadline.limit().map_or(TURN, |limit| limit.min(TURN)))
            }
        }
    }

    fn waits(&self, _: &LockFile, holder: Option<LockHolder>) {
        let message = "waiting for another keyward that is writing in the same folder…";
        Ui::new(Color::Auto, 0).say(with_holder(message, holder));
    }
}

/// The waiter of `keyward lock` for a process that is saving a session.
#[derive(Debug)]
pub(crate) struct ForSaving(pub(crate) Deadline);

impl LockWaiter for ForSaving {
    fn limit(&self) -> Option<Duration> {
        self.0.limit()
    }

    fn waits(&self, _: &LockFile, holder: Option<LockHolder>) {
        let message = "waiting for another keyward that is saving a session…";
        Ui::new(Color::Auto, 0).say(with_holder(message, holder));
    }
}

#[cfg(test)]
mod tests;
