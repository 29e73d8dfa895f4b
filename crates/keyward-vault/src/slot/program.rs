//! Running other programs. Secrets go in and out through pipes, never as arguments.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use zeroize::Zeroizing;

use super::{Access, OpenSlotError};

/// What happens to a program's standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Complaints {
    /// Its last line becomes part of the error. For programs known to show no secrets there.
    Quoted,
    /// They go where ours go.
    Shown,
}

/// Runs a program with `input` on its standard input and returns what it printed.
pub(super) fn run(
    mut command: Command,
    input: &[u8],
    complaints: Complaints,
) -> Result<Zeroizing<Vec<u8>>, OpenSlotError> {
    let program = Path::new(command.get_program()).display().to_string();
    let stderr = match complaints {
        Complaints::Quoted => Stdio::piped(),
        Complaints::Shown => Stdio::inherit(),
    };
    let unavailable = |source: std::io::Error| OpenSlotError::Unavailable {
        what: format!("`{program}`"),
        source: Some(source.into()),
    };
    let mut child = command
        .stdin(if input.is_empty() {
            Stdio::null()
        } else {
            Stdio::piped()
        })
        .stdout(Stdio::piped())
        .stderr(stderr)
        .spawn()
        .map_err(unavailable)?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    // Three pipes at once: a program that writes before it has read everything must not hang.
    let (output, message) = std::thread::scope(|scope| {
        scope.spawn(move || {
            // A program that closes its input early says why by its exit status.
            let _ = stdin.map(|mut stdin| stdin.write_all(input));
        });
        let message = scope.spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.map(|stderr| stderr.take(64 * 1024).read_to_end(&mut text));
            last_line(&String::from_utf8_lossy(&text))
        });
        let mut output = Zeroizing::new(Vec::with_capacity(LARGEST_OUTPUT));
        let read = stdout.map(|stdout| stdout.take(LARGEST_OUTPUT as u64).read_to_end(&mut output));
        (
            read.transpose().map(|_| output),
            message.join().unwrap_or_default(),
        )
    });
    let status = child.wait().map_err(unavailable)?;
    if status.success() {
        output.map_err(unavailable)
    } else {
        Err(OpenSlotError::Failed { program, message })
    }
}

/// Far more than an identity, or one wrapped by `gpg`.
const LARGEST_OUTPUT: usize = 256 * 1024;

/// The last line that says something, cut to a length fit for an error.
fn last_line(text: &str) -> String {
    let line = text
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// A command for another program: without what the caller withholds, and told which terminal
/// `gpg` should ask on, where the caller names one.
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
