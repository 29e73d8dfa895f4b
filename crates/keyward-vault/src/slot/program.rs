//! Runs other programs. Secrets pass through pipes, never through arguments, and every program has a time
//! limit.

mod modes;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use keyward_process::{Bounds, Group, Outcome};
use zeroize::Zeroizing;

use self::modes::Modes;
use super::{Access, OpenSlotError, Programs};

/// The destination of a program's standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Complaints {
    /// Its last line becomes part of the error. For programs known to show no secrets there.
    Quoted,
    /// They go where ours go.
    Shown,
}

/// The time to read the output of a program that has ended: a child that it left behind may hold
/// the pipe open for hours.
const REST: Duration = Duration::from_secs(2);

/// Runs a program with `input` on its standard input and returns what it printed.
pub(super) fn run(
    mut command: Command,
    input: &[u8],
    complaints: Complaints,
    access: &Access,
) -> Result<Zeroizing<Vec<u8>>, OpenSlotError> {
    let program = Path::new(command.get_program()).display().to_string();
    command.stdin(Stdio::null()).stderr(match complaints {
        Complaints::Quoted => Stdio::piped(),
        Complaints::Shown => Stdio::inherit(),
    });
    let begun = Instant::now();
    let (group, limit) = match access.programs {
        Programs::Attended(each) => (Group::Ours, each),
        // A program that needs no input answers at once, however late it starts.
        Programs::Unattended(until) => {
            let left = until.saturating_duration_since(begun);
            (Group::Own, left.max(access.probe))
        }
    };
    let modes = Modes::now(access.programs);
    let bounds = Bounds {
        until: Some(begun + limit),
        output: LARGEST_OUTPUT,
        stderr: 64 * 1024,
        linger: REST,
    };
    let Outcome {
        status,
        output,
        stderr,
    } = match keyward_process::run(command, group, input, bounds) {
        Ok(outcome) => outcome,
        Err(error) => {
            return Err(OpenSlotError::Unavailable {
                what: format!("`{program}`"),
                source: Some(error.into_io().into()),
            });
        }
    };
    let Some(status) = status else {
        modes.give_back();
        return Err(OpenSlotError::ProgramTooSlow {
            program,
            // Rounded up, so that a limit of four seconds is not reported as three.
            seconds: (limit + Duration::from_millis(500)).as_secs().max(1),
        });
    };
    let too_much = output.len() >= LARGEST_OUTPUT;
    match status.success() && !too_much {
        true => Ok(output),
        false if too_much => Err(OpenSlotError::Failed {
            program,
            message: "it printed more than 256 KiB".to_owned(),
        }),
        false => Err(OpenSlotError::Failed {
            program,
            message: last_line(&String::from_utf8_lossy(&stderr)),
        }),
    }
}

/// Far more than an identity, or one wrapped by `gpg`.
const LARGEST_OUTPUT: usize = 256 * 1024;

/// The last line with text, cut to a length fit for an error.
fn last_line(text: &str) -> String {
    let line = text
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// A command for another program, without the variables that the caller withholds, and with the terminal
/// for `gpg` if the caller names one.
pub(super) fn command(program: &Path, access: &Access) -> Command {
    let mut command = Command::new(program);
    for name in &access.withheld {
        command.env_remove(name);
    }
    if let Some(terminal) = &access.terminal {
        command.env("GPG_TTY", terminal);
    }
    command
}

/// The identity in what a program printed.
pub(super) fn identity_in(output: &[u8], what: &str) -> Result<crate::Identity, OpenSlotError> {
    let not_an_identity = || OpenSlotError::NotAnIdentity {
        what: what.to_owned(),
    };
    let text = std::str::from_utf8(output).map_err(|_| not_an_identity())?;
    text.parse().map_err(|_| not_an_identity())
}

#[cfg(all(test, unix))]
mod tests;
