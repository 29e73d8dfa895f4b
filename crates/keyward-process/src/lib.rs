//! Runs programs for their answer: slot helpers, a `credential_process`, sources of codes, dialogs.
//! Output is bounded and wiped, input goes through a pipe, and every program can have a time limit.
//! An unattended program does not outlive this process, however it ends.

mod group;
mod output;

use std::io::{self, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use self::group::ProcessGroup;
use self::output::Reader;

/// The shortest and longest pause between checks on a program. It starts short, since most are quick.
const PACE: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(25));

/// The process group of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// One of its own, for a program that no person sees. It ends with the program at its limit, and
    /// with this process.
    Own,
    /// Ours, for a program on the terminal: only the group in the foreground may ask there, and
    /// Ctrl-C reaches all of it.
    Ours,
}

/// The bounds of one run.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The time at which a running program is killed; `None` means never.
    pub until: Option<Instant>,
    /// The most bytes of standard output that are read.
    pub output: usize,
    /// The most bytes of standard error that are read, if it is piped.
    pub stderr: usize,
    /// The time to read on after the program ends, for output of processes that it left behind.
    pub linger: Duration,
}

/// The result of a program. The output may be secret, so this type has no `Debug`.
pub struct Outcome {
    /// Its exit status; `None` if it was killed at its time limit.
    pub status: Option<ExitStatus>,
    /// Its standard output.
    pub output: Zeroizing<Vec<u8>>,
    /// Its standard error, if it was piped.
    pub stderr: Zeroizing<Vec<u8>>,
}

/// The reasons why a program has no outcome.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The program does not exist or may not be executed.
    #[error("the program cannot be started")]
    Start(#[source] io::Error),
    /// The system lost it, or gave no thread for its streams.
    #[error("the program was lost")]
    Lost(#[source] io::Error),
}

impl RunError {
    /// The error of the system.
    #[must_use]
    pub fn into_io(self) -> io::Error {
        match self {
            Self::Start(error) | Self::Lost(error) => error,
        }
    }
}

/// Runs a program to its end or to its limit, whichever comes first. The caller sets its standard
/// error, and its standard input if `input` is empty. Processes that the program left behind with
/// its output open are not waited for.
///
/// # Errors
/// The program cannot be started, or the system lost it.
pub fn run(
    mut command: Command,
    group: Group,
    input: &[u8],
    bounds: Bounds,
) -> Result<Outcome, RunError> {
    if !input.is_empty() {
        command.stdin(Stdio::piped());
    }
    command.stdout(Stdio::piped());
    let (mut child, group) = match group {
        Group::Own => ProcessGroup::start(&mut command).map(|(child, group)| (child, Some(group))),
        Group::Ours => command.spawn().map(|child| (child, None)),
    }
    .map_err(RunError::Start)?;
    let over = Arc::new(AtomicBool::new(false));
    let status = streams(&mut child, input, bounds, &over).and_then(|readers| {
        let status = wait(&mut child, bounds.until);
        over.store(true, Ordering::SeqCst);
        Ok((status?, readers))
    });
    let (status, (output, stderr)) = match status {
        Ok(running) => running,
        Err(error) => {
            group::end(&mut child, group);
            return Err(RunError::Lost(error));
        }
    };
    match (status, group) {
        (None, group) => group::end(&mut child, group),
        // Processes that it left running on purpose, such as an agent, continue.
        (Some(_), Some(group)) => group.let_go(),
        (Some(_), None) => {}
    }
    Ok(Outcome {
        status,
        output: output.map(Reader::rest).unwrap_or_default(),
        stderr: stderr.map(Reader::rest).unwrap_or_default(),
    })
}

/// Serves the three streams at once: a program that writes before it has read everything must not
/// hang.
fn streams(
    child: &mut Child,
    input: &[u8],
    bounds: Bounds,
    over: &Arc<AtomicBool>,
) -> io::Result<(Option<Reader>, Option<Reader>)> {
    if !input.is_empty()
        && let Some(mut stdin) = child.stdin.take()
    {
        let input = Zeroizing::new(input.to_vec());
        // A program that closes its input early says why by its exit status.
        let write = move || drop(stdin.write_all(&input));
        std::thread::Builder::new().spawn(write)?;
    }
    let linger = bounds.linger;
    let output = child.stdout.take();
    let output = output.map(|out| Reader::start(out, bounds.output, linger, over));
    let stderr = child.stderr.take();
    let stderr = stderr.map(|err| Reader::start(err, bounds.stderr, linger, over));
    Ok((output.transpose()?, stderr.transpose()?))
}

fn wait(child: &mut Child, until: Option<Instant>) -> io::Result<Option<ExitStatus>> {
    let (mut pace, slowest) = PACE;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Ok(None);
        }
        std::thread::sleep(pace.min(left.unwrap_or(slowest)));
        pace = (pace * 2).min(slowest);
    }
}
