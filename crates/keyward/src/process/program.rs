//! Programs that run for their answer: a `credential_process`, a source of codes, a desktop dialog.
//! Each has a time limit. Without a terminal, none outlives this process, however it ends.

mod shell;
mod stderr_excerpt;

use std::io;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use keyward_process::{Bounds, Group, Outcome};
use zeroize::Zeroizing;

use crate::prompt::terminal::{self, Modes, Terminal};

pub(crate) use self::shell::shell;
pub(crate) use self::stderr_excerpt::StderrExcerpt;

/// An answer is a few thousand bytes.
const LONGEST_OUTPUT: usize = 1024 * 1024;

/// Whom a program talks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interaction {
    /// With the user at the terminal. Without a terminal, keyward captures its standard error.
    Terminal,
    /// With the user at the screen, in a window of its own.
    Window,
}

/// The result of a finished program.
#[derive(Debug)]
pub(crate) struct Output {
    /// Its exit status.
    pub(crate) status: ExitStatus,
    /// Its standard output.
    pub(crate) output: Zeroizing<Vec<u8>>,
    /// Its standard error without secrets, if no terminal showed it.
    pub(crate) message: Option<StderrExcerpt>,
}

/// The reasons why a program printed no output.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// The program does not exist or may not be executed.
    #[error("the program cannot be started")]
    Start(#[source] io::Error),
    /// It was killed at its time limit.
    #[error("the program took too long")]
    TooLong(Option<StderrExcerpt>),
    /// It printed more than any answer needs, so keyward stopped reading.
    #[error("the program printed more than 1 MiB")]
    TooMuch,
    /// keyward could not wait for it.
    #[error("the program was lost")]
    Wait(#[source] io::Error),
}

/// Runs a program until it ends or reaches its limit. Without a limit, it may run for any time. keyward
/// does not wait for processes that the program left behind with its output open.
///
/// A program on a terminal stays in this process's group. Every other program has its own group.
pub(crate) fn run(
    mut command: Command,
    talk: Interaction,
    limit: Option<Duration>,
) -> Result<Output, RunError> {
    let shown = match talk {
        Interaction::Terminal => Terminal::open().and_then(|_| terminal::for_words()),
        Interaction::Window => None,
    };
    let group = match shown {
        Some(_) => Group::Ours,
        None => Group::Own,
    };
    let modes = shown.as_ref().and_then(|_| Modes::now());
    command.stderr(match (shown, talk) {
        (Some(terminal), _) => Stdio::from(terminal),
        (None, Interaction::Terminal) => Stdio::piped(),
        (None, Interaction::Window) => Stdio::null(),
    });
    let bounds = Bounds {
        until: limit.map(|limit| Instant::now() + limit),
        output: LONGEST_OUTPUT,
        stderr: LONGEST_OUTPUT,
        linger: Duration::ZERO,
    };
    let Outcome {
        status,
        output,
        stderr,
    } = keyward_process::run(command, group, b"", bounds)?;
    let message = || StderrExcerpt::of(&stderr, &output);
    let Some(status) = status else {
        // It may have been asking a hidden question.
        if let Some(modes) = modes {
            modes.give_back();
        }
        return Err(RunError::TooLong(message()));
    };
    if output.len().max(stderr.len()) >= LONGEST_OUTPUT {
        return Err(RunError::TooMuch);
    }
    let message = message();
    Ok(Output {
        status,
        output,
        message,
    })
}

/// Runs a program that belongs to a command of the user, such as `pass`, for as long as it takes. It
/// may ask on the terminal. The caller sets its streams for input and errors.
///
/// # Errors
/// It cannot be started, is lost, or prints more than an answer may have.
pub(crate) fn run_for_user(command: Command) -> io::Result<Outcome> {
    let bounds = Bounds {
        until: None,
        output: LONGEST_OUTPUT,
        stderr: LONGEST_OUTPUT,
        linger: Duration::ZERO,
    };
    let outcome = keyward_process::run(command, Group::Ours, b"", bounds)
        .map_err(keyward_process::RunError::into_io)?;
    if outcome.output.len().max(outcome.stderr.len()) >= LONGEST_OUTPUT {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it printed more than {LONGEST_OUTPUT} bytes"),
        ));
    }
    Ok(outcome)
}

impl From<keyward_process::RunError> for RunError {
    fn from(error: keyward_process::RunError) -> Self {
        match error {
            keyward_process::RunError::Start(source) => Self::Start(source),
            keyward_process::RunError::Lost(source) => Self::Wait(source),
        }
    }
}

#[cfg(all(test, unix))]
mod tests;
