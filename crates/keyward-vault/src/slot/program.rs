//! Runs other programs. Secrets pass through pipes, never through arguments, and every program has a time
//! limit.

mod end;
mod group;

use std::io::{Read, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::{Access, OpenSlotError, Programs};

pub use self::group::ProcessGroup;

/// What happens to a program's standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Complaints {
    /// Its last line becomes part of the error. For programs known to show no secrets there.
    Quoted,
    /// They go where ours go.
    Shown,
}

/// How often a program is looked at: soon at first, since most are quick.
const PACE: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(25));
/// How long to read the output of a program that has ended: a child that it left behind may hold the
/// pipe open for hours.
const REST: Duration = Duration::from_secs(2);

/// Runs a program with `input` on its standard input and returns what it printed.
pub(super) fn run(
    mut command: Command,
    input: &[u8],
    complaints: Complaints,
    access: &Access,
) -> Result<Zeroizing<Vec<u8>>, OpenSlotError> {
    let program = Path::new(command.get_program()).display().to_string();
    let unavailable = |source: std::io::Error| OpenSlotError::Unavailable {
        what: format!("`{program}`"),
        source: Some(source.into()),
    };
    command
        .stdin(match input.is_empty() {
            true => Stdio::null(),
            false => Stdio::piped(),
        })
        .stdout(Stdio::piped())
        .stderr(match complaints {
            Complaints::Quoted => Stdio::piped(),
            Complaints::Shown => Stdio::inherit(),
        });
    let begun = Instant::now();
    let limit = match access.programs {
        Programs::Attended(each) => each,
        // A program that needs no input answers at once, however late it starts.
        Programs::Unattended(until) => until.saturating_duration_since(begun).max(access.probe),
    };
    let modes = end::Modes::now(access.programs);
    let (mut child, group) = match access.programs {
        Programs::Attended(_) => command.spawn().map(|child| (child, None)),
        Programs::Unattended(_) => {
            ProcessGroup::start(&mut command).map(|(child, group)| (child, Some(group)))
        }
    }
    .map_err(unavailable)?;
    // Three pipes at once: a program that writes before it has read everything must not hang.
    if let Some(mut stdin) = child.stdin.take() {
        let input = Zeroizing::new(input.to_vec());
        // A program that closes its input early says why by its exit status.
        let write = move || stdin.write_all(&input);
        if let Err(error) = std::thread::Builder::new().spawn(write) {
            end::end(&mut child, group);
            return Err(unavailable(error));
        }
    }
    let output = child
        .stdout
        .take()
        .map(|out| Heard::of(out, LARGEST_OUTPUT));
    let words = child.stderr.take().map(|err| Heard::of(err, 64 * 1024));
    let (output, words) = match (output.transpose(), words.transpose()) {
        (Ok(output), Ok(words)) => (output, words),
        (Err(error), _) | (_, Err(error)) => {
            end::end(&mut child, group);
            return Err(unavailable(error));
        }
    };
    let Some(status) = wait(&mut child, begun + limit).map_err(unavailable)? else {
        end::end(&mut child, group);
        modes.give_back();
        return Err(OpenSlotError::ProgramTooSlow {
            program,
            // Rounded up, so that a limit of four seconds is not reported as three.
            seconds: (limit + Duration::from_millis(500)).as_secs().max(1),
        });
    };
    // What it left running on purpose, such as an agent, stays.
    if let Some(group) = group {
        group.let_go();
    }
    let output = output.map(Heard::rest).unwrap_or_default();
    let words = words.map(Heard::rest).unwrap_or_default();
    let too_much = output.len() >= LARGEST_OUTPUT;
    match status.success() && !too_much {
        true => Ok(output),
        false if too_much => Err(OpenSlotError::Failed {
            program,
            message: "it printed more than 256 KiB".to_owned(),
        }),
        false => Err(OpenSlotError::Failed {
            program,
            message: last_line(&String::from_utf8_lossy(&words)),
        }),
    }
}

fn wait(child: &mut Child, until: Instant) -> std::io::Result<Option<ExitStatus>> {
    let (mut pace, slowest) = PACE;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        std::thread::sleep(pace.min(left));
        pace = (pace * 2).min(slowest);
    }
}

/// A stream that is read on its own thread.
struct Heard {
    bytes: Arc<Mutex<Zeroizing<Vec<u8>>>>,
    end: Receiver<()>,
}

impl Heard {
    /// Reads up to `most` bytes.
    fn of(mut stream: impl Read + Send + 'static, most: usize) -> std::io::Result<Self> {
        // Room for all of it from the start: a growing buffer leaves copies of a secret behind.
        let bytes = Arc::new(Mutex::new(Zeroizing::new(Vec::with_capacity(most))));
        let (done, end) = mpsc::channel();
        let heard = Arc::clone(&bytes);
        let read = move || {
            let mut piece = Zeroizing::new([0; 8192]);
            // Bytes that arrived before an error count.
            while let Ok(count) = stream.read(piece.as_mut_slice()) {
                let mut bytes = heard.lock().unwrap_or_else(PoisonError::into_inner);
                let count = count.min(most - bytes.len());
                if count == 0 {
                    break;
                }
                bytes.extend_from_slice(&piece[..count]);
            }
            let _ = done.send(());
        };
        std::thread::Builder::new().spawn(read)?;
        Ok(Self { bytes, end })
    }

    /// The bytes that were read from a program that has ended.
    fn rest(self) -> Zeroizing<Vec<u8>> {
        let _ = self.end.recv_timeout(REST);
        std::mem::take(&mut *self.bytes.lock().unwrap_or_else(PoisonError::into_inner))
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
