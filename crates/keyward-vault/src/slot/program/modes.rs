//! The modes of the terminal before a program that may ask a hidden question there.

use super::Programs;

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

    /// Restores them after keyward ended a program.
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
