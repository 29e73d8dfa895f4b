//! The process group in the foreground of the terminal: the one that reads from it.

use rustix::process::Pid;
use rustix::termios::{tcgetpgrp, tcsetpgrp};

use super::devices;

/// The foreground of the controlling terminal.
pub(crate) struct Foreground;

impl Foreground {
    /// The group that is there; `None` without a terminal.
    pub(crate) fn get() -> Option<Pid> {
        let (input, _) = devices()?;
        tcgetpgrp(input).ok()
    }

    /// Puts another group there. The system stops a process in the background that tries.
    pub(crate) fn set(group: Pid) {
        if let Some((input, _)) = devices() {
            // If the group has ended, the terminal stays unchanged.
            let _ = tcsetpgrp(input, group);
        }
    }
}
