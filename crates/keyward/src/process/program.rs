//! Programs that run for their answer: a `credential_process`, a source of codes, a desktop dialog.
//! Each has a time limit. Without a terminal, none outlives this process, however it ends.

mod group;
mod shell;
mod stderr_excerpt;

use std::io;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::prompt::terminal::{self, Modes, Terminal};

use self::group::ProcessGroup;
pub(crate) use self::shell::shell;
pub(crate) use self::stderr_excerpt::StderrExcerpt;

/// An answer is a few thousand bytes.
const LONGEST_OUTPUT: u64 = 1024 * 1024;
/// How often a program is looked at: soon at first, since most are quick.
const PACE: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(25));
/// How long to read the pipe of a program that has ended, where the system cannot say that the pipe
/// is empty, or where a process that the program left behind keeps writing.
const REST: Duration = Duration::from_secs(1);

/// Whom a program talks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interaction {
    /// The person at the terminal, where there is one; else what it says is kept.
    Terminal,
    /// The person before the screen, in a window of its own.
    Window,
}

/// What a finished program left.
#[derive(Debug)]
pub(crate) struct Output {
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// Its standard output.
    pub(crate) output: Zeroizing<Vec<u8>>,
    /// What it said on standard error, where no terminal showed it; secrets struck out.
    pub(crate) message: Option<StderrExcerpt>,
}

/// Why there is nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// The program does not exist or may not be executed.
    #[error("the program cannot be started")]
    Start(#[source] io::Error),
    /// It was ended at its limit.
    #[error("the program took too long")]
    TooLong(Option<StderrExcerpt>),
    /// It printed more than any answer, and was cut off.
    #[error("the program printed more than 1 MiB")]
    TooMuch,
    /// The system lost it.
    #[error("the program was lost")]
    Wait(#[source] io::Error),
}

/// Runs a program to its end or to its limit, whichever comes first; without a limit, however
/// long it takes. What it has started and left behind with its output open is not waited for.
///
/// A program on a terminal stays in this process's group, since only the group in the foreground
/// may ask there, and Ctrl-C reaches all of it. Every other has a group of its own, which ends
/// with it at its limit, and with this process.
pub(crate) fn run(
    mut command: Command,
    talk: Interaction,
    limit: Option<Duration>,
) -> Result<Output, RunError> {
    let until = limit.map(|limit| Instant::now() + limit);
    let shown = match talk {
        Interaction::Terminal => Terminal::open().and_then(|_| terminal::for_words()),
        Interaction::Window => None,
    };
    let leashed = shown.is_none();
    let modes = shown.as_ref().and_then(|_| Modes::now());
    command.stdout(Stdio::piped()).stderr(match (shown, talk) {
        (Some(terminal), _) => Stdio::from(terminal),
        (None, Interaction::Terminal) => Stdio::piped(),
        (None, Interaction::Window) => Stdio::null(),
    });
    let (mut child, group) = match leashed {
        true => ProcessGroup::start(&mut command).map(|(child, group)| (child, Some(group))),
        false => command.spawn().map(|child| (child, None)),
    }
    .map_err(RunError::Start)?;
    let over = Arc::new(AtomicBool::new(false));
    let output = child.stdout.take().map(|out| listen(out, &over));
    let stderr_excerpt = child.stderr.take().map(|err| listen(err, &over));
    let (output, stderr_excerpt) = match (output.transpose(), stderr_excerpt.transpose()) {
        (Ok(output), Ok(stderr_excerpt)) => (output, stderr_excerpt),
        (Err(error), _) | (_, Err(error)) => {
            group::end(&mut child, group);
            return Err(RunError::Wait(error));
        }
    };
    let status = wait(&mut child, until);
    over.store(true, Ordering::SeqCst);
    let status = match status {
        Ok(status) => status,
        Err(error) => {
            group::end(&mut child, group);
            return Err(RunError::Wait(error));
        }
    };
    let Some(status) = status else {
        group::end(&mut child, group);
        // It may have been asking a hidden question.
        if let Some(modes) = modes {
            modes.give_back();
        }
        return Err(RunError::TooLong(StderrExcerpt::of(
            &rest(stderr_excerpt),
            &rest(output),
        )));
    };
    // What it left running on purpose, such as an agent, stays.
    if let Some(group) = group {
        group.let_go();
    }
    let (output, stderr_excerpt) = (rest(output), rest(stderr_excerpt));
    if [&output, &stderr_excerpt]
        .iter()
        .any(|bytes| bytes.len() as u64 >= LONGEST_OUTPUT)
    {
        return Err(RunError::TooMuch);
    }
    let message = StderrExcerpt::of(&stderr_excerpt, &output);
    Ok(Output {
        status,
        output,
        message,
    })
}

type Heard = Receiver<Zeroizing<Vec<u8>>>;

/// Reads a stream on its own thread: to its end, or until the program has ended and the pipe is
/// empty. A child of the program may hold the stream open for hours, or write to it now and then.
fn listen(mut stream: impl group::Stream, over: &Arc<AtomicBool>) -> io::Result<Heard> {
    let (done, heard) = mpsc::channel();
    let over = Arc::clone(over);
    let read = move || {
        let mut bytes = Zeroizing::new(Vec::new());
        let mut piece = Zeroizing::new([0; 8192]);
        let mut until = None;
        loop {
            // In this order: what it wrote was in the pipe before it was over.
            let was_over = over.load(Ordering::SeqCst);
            if !group::readable(&stream) {
                match was_over {
                    true => break,
                    false => continue,
                }
            }
            if was_over {
                until.get_or_insert_with(|| Instant::now() + REST);
            }
            match stream.read(piece.as_mut_slice()) {
                Ok(count) if count > 0 && (bytes.len() as u64) < LONGEST_OUTPUT => {
                    bytes.extend_from_slice(&piece[..count]);
                    // The pipe was empty but for this, so that what the program itself wrote has
                    // been read, however slow this machine is.
                    let drained = count < piece.len();
                    if drained && until.is_some_and(|until| Instant::now() >= until) {
                        break;
                    }
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                // Bytes that arrived before an error count.
                _ => break,
            }
        }
        let _ = done.send(bytes);
    };
    std::thread::Builder::new().spawn(read)?;
    Ok(heard)
}

/// The bytes that were read from a program that has ended.
fn rest(heard: Option<Heard>) -> Zeroizing<Vec<u8>> {
    heard
        .and_then(|heard| match cfg!(unix) {
            true => heard.recv().ok(),
            false => heard.recv_timeout(REST).ok(),
        })
        .unwrap_or_default()
}

fn wait(child: &mut std::process::Child, until: Option<Instant>) -> io::Result<Option<ExitStatus>> {
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

#[cfg(all(test, unix))]
mod tests;
