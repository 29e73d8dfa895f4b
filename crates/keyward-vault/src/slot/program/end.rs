//! Ending a program that took too long: politely first, so that it gives back the terminal.

use std::process::{Child, Command};
#[cfg(unix)]
use std::time::{Duration, Instant};

use super::Programs;

/// How long a program that was asked to end may take to do so.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_millis(500);

/// Lets a program start in a group of its own, which can be ended as a whole.
#[cfg(unix)]
pub(super) fn in_group_of_its_own(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[cfg(not(unix))]
pub(super) fn in_group_of_its_own(_: &mut Command) {}

/// Ends a program, and what it has started where it has a group of its own.
#[cfg(unix)]
pub(super) fn end(child: &mut Child, programs: Programs) {
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
    use rustix::process::{kill_process, kill_process_group, waitid};
    let pid = Pid::from_child(child);
    // What ended just now needs no signal. Its number stays its own until it is reaped.
    let tell = |signal| {
        let _ = match programs {
            Programs::Attended(_) => kill_process(pid, signal),
            Programs::Unattended(_) => kill_process_group(pid, signal),
        };
    };
    tell(Signal::TERM);
    let until = Instant::now() + PATIENCE;
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    while matches!(waitid(WaitId::Pid(pid), look), Ok(None)) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    tell(Signal::KILL);
    let _ = child.wait();
}

#[cfg(not(unix))]
pub(super) fn end(child: &mut Child, _: Programs) {
    let _ = child.kill();
    let _ = child.wait();
}
