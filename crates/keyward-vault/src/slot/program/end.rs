//! Ends a program that took too long: politely first, so that it restores the terminal.

use std::process::Child;
#[cfg(unix)]
use std::time::{Duration, Instant};

use super::{ProcessGroup, Programs};

/// How long a program that was asked to end may take to do so.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_millis(500);

/// Ends a program, and what it has started where it has a group of its own.
pub(super) fn end(child: &mut Child, group: Option<ProcessGroup>) {
    match group {
        Some(group) => group.end(child),
        None => end_alone(child),
    }
}

#[cfg(unix)]
fn end_alone(child: &mut Child) {
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
    let pid = Pid::from_child(child);
    // A program that has just ended needs no signal. Its number stays its own until it is reaped.
    let _ = kill_process(pid, Signal::TERM);
    let until = Instant::now() + PATIENCE;
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    while matches!(waitid(WaitId::Pid(pid), look), Ok(None)) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(not(unix))]
fn end_alone(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// The modes of the terminal before a program that may ask a hidden question there.
#[cfg(unix)]
pub(super) struct Modes(Option<(std::fs::File, rustix::termios::Termios)>);

#[cfg(unix)]
impl Modes {
    pub(super) fn now(programs: Programs) -> Self {
        let look = || {
            let terminal = std::fs::File::open("/dev/tty").ok()?;
            let modes = rustix::termios::tcgetattr(&terminal).ok()?;
            Some((terminal, modes))
        };
        Self(match programs {
            Programs::Attended(_) => look(),
            Programs::Unattended(_) => None,
        })
    }

    /// Gives them back, after a program that was ended.
    pub(super) fn give_back(self) {
        use rustix::process::getpgrp;
        use rustix::termios::{OptionalActions, tcgetpgrp, tcsetattr};
        let Some((terminal, modes)) = self.0 else {
            return;
        };
        // From the background that would stop this process, and the shell has its own there.
        if tcgetpgrp(&terminal).is_ok_and(|group| group == getpgrp()) {
            let _ = tcsetattr(&terminal, OptionalActions::Now, &modes);
        }
    }
}

/// The console's modes end with the program that set them.
#[cfg(not(unix))]
pub(super) struct Modes;

#[cfg(not(unix))]
impl Modes {
    pub(super) fn now(_: Programs) -> Self {
        Self
    }

    pub(super) fn give_back(self) {}
}
