//! How long is waited for others: for a lock that another keyward holds, and for the person. At a
//! terminal, as long as it takes. Without one whoever called us waits too, and has a limit of its
//! own (SDKs: a minute), after which it would ask again for ever; so the whole of one errand ends
//! before that, and says what to do.

use std::cell::Cell;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

use keyward_vault::{LockFile, LockGuard, Programs};

#[cfg(debug_assertions)]
use crate::environment as env;
use crate::error::{CliError, ErrorKind};
use crate::terminal::Terminal;
use crate::ui::Ui;

/// After this long, a wait for another process is mentioned.
const QUIET_WAIT: Duration = Duration::from_secs(1);
/// How often a lock is looked at: soon at first, since most are held for a moment.
const PACE: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(25));
/// How long an errand without a terminal waits for the person, and for others who do.
const LIMIT: Duration = Duration::from_secs(50);
/// How long a program may take at the least.
const PROGRAM: Duration = Duration::from_secs(2);
/// How long a program may take that a person at the terminal sees.
const AT_TERMINAL: Duration = Duration::from_secs(5 * 60);

/// When an errand began, on both clocks.
#[derive(Debug, Clone, Copy)]
struct Begun {
    at: Instant,
    on: SystemTime,
}

thread_local! {
    /// A server runs one errand after another, on several threads.
    static ERRAND: Cell<Option<Begun>> = const { Cell::new(None) };
}

/// Begins an errand of this thread: its time counts from now.
pub(crate) fn begin() {
    let begun = Begun {
        at: Instant::now(),
        on: SystemTime::now(),
    };
    ERRAND.set(Some(begun));
}

fn begun() -> Begun {
    if ERRAND.get().is_none() {
        begin();
    }
    ERRAND.get().expect("an errand has just begun")
}

/// When this errand began, by the clock that files are stamped with.
pub(crate) fn since() -> SystemTime {
    begun().on
}

/// How long an errand without a terminal may still wait.
pub(crate) fn left() -> Duration {
    at_most(LIMIT).saturating_sub(begun().at.elapsed())
}

/// How long a program may take that may be waiting for a person: at a terminal the person sees it,
/// and types a PIN or goes through a browser; else it has the errand's own time.
pub(crate) fn for_program() -> Duration {
    match Terminal::open() {
        Some(_) => at_most(AT_TERMINAL),
        None => left_for_program(),
    }
}

/// How long a program may take that no person sees. One that needs nobody answers at once, however
/// long others were waited for.
pub(crate) fn left_for_program() -> Duration {
    left().max(PROGRAM)
}

/// The same for the programs that open the vault.
pub(super) fn of_programs() -> Programs {
    match Terminal::open() {
        Some(_) => Programs::Attended(at_most(AT_TERMINAL)),
        None => Programs::Unattended(Instant::now() + left()),
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

/// Takes a lock whose holder may be asking a person: without a terminal, not for longer than an
/// errand may take.
pub(super) fn lock(ui: &Ui, file: &LockFile, said: &str) -> Result<LockGuard, CliError> {
    let limit = match Terminal::open() {
        Some(_) => None,
        None => Some(left()),
    };
    wait(ui, file, said, limit)
}

/// Takes a lock whose holder asks nobody, however long that takes.
pub(super) fn queue(ui: &Ui, file: &LockFile, said: &str) -> Result<LockGuard, CliError> {
    wait(ui, file, said, None)
}

fn wait(
    ui: &Ui,
    file: &LockFile,
    said: &str,
    limit: Option<Duration>,
) -> Result<LockGuard, CliError> {
    if let Some(guard) = file.try_lock()? {
        return Ok(guard);
    }
    let Some(limit) = limit else {
        return wait_on(ui, file, said);
    };
    // By looking again and again: a thread that waits for the lock would stay behind, and a server
    // that is asked over and over would gather such threads.
    let until = Instant::now() + limit;
    let mut quiet = Some(Instant::now() + limit.min(QUIET_WAIT));
    let (mut pace, slowest) = PACE;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if quiet.is_some_and(|quiet| Instant::now() >= quiet) {
            quiet = None;
            ui.say(said);
        }
        if left.is_zero() {
            return Err(CliError::new(
                ErrorKind::PersonNeeded,
                "another keyward has not got it yet, and may be waiting for a person",
            )
            .because(said.trim_end_matches('…').to_owned())
            .hint("answer its question or end it, or run the command in a terminal"));
        }
        std::thread::sleep(pace.min(left));
        pace = (pace * 2).min(slowest);
        if let Some(guard) = file.try_lock()? {
            return Ok(guard);
        }
    }
}

/// Waits as long as it takes, which the system does best.
fn wait_on(ui: &Ui, file: &LockFile, said: &str) -> Result<LockGuard, CliError> {
    let (done, waiting) = mpsc::channel();
    let waited_for = file.clone();
    std::thread::spawn(move || done.send(waited_for.lock()));
    let gone = |_| CliError::failed("the wait for another keyward broke off");
    match waiting.recv_timeout(QUIET_WAIT) {
        Err(RecvTimeoutError::Timeout) => {}
        outcome => return Ok(outcome.map_err(gone)??),
    }
    ui.say(said);
    Ok(waiting
        .recv()
        .map_err(|_| gone(RecvTimeoutError::Disconnected))??)
}

#[cfg(test)]
mod tests;
