//! The terminal's modes before a question changed them. They are stored where any thread can restore
//! them, because the thread that ends the process may not be the one that asks.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

/// The earlier modes of the terminal.
struct Before {
    terminal: File,
    modes: Termios,
    /// The sequence that clears the screen of an interrupted question.
    clearing: &'static str,
}

struct State {
    before: Option<Before>,
    /// Set when the modes may no longer change.
    over: bool,
}

static STATE: Mutex<State> = Mutex::new(State {
    before: None,
    over: false,
});

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A terminal whose modes are others until this is dropped. There is one at a time, since one
/// question is asked at a time.
#[derive(Debug)]
#[must_use = "the modes are given back at once when this is dropped"]
pub(super) struct Changed(());

impl Changed {
    /// Remembers the modes and changes them. `clearing` is written where a signal ends what the
    /// change is for.
    pub(super) fn make(
        terminal: &File,
        clearing: &'static str,
        change: impl FnOnce(&mut Termios),
    ) -> io::Result<Self> {
        let mut state = state();
        if state.over {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let modes = tcgetattr(terminal)?;
        let mut changed = modes.clone();
        change(&mut changed);
        state.before = Some(Before {
            terminal: terminal.try_clone()?,
            modes,
            clearing,
        });
        // Before what can fail, so that dropping it forgets them again.
        let made = Self(());
        // Input that was typed ahead is kept.
        let set = tcsetattr(terminal, OptionalActions::Now, &changed);
        drop(state);
        set?;
        Ok(made)
    }
}

impl Drop for Changed {
    fn drop(&mut self) {
        if let Some(before) = state().before.take() {
            before.give_back();
        }
    }
}

impl Before {
    fn give_back(&self) {
        // From the background that would stop this process, and the shell has its own there. A
        // terminal that is gone shows nothing.
        if super::in_foreground(&self.terminal) {
            let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.modes);
        }
    }
}

/// Restores the modes in the middle of a question, for the last time: this process is about to end,
/// and no other thread changes them again.
pub(crate) fn give_back_for_good() {
    let mut state = state();
    state.over = true;
    if let Some(before) = state.before.take() {
        before.give_back();
        // The screen is the shell's where the modes are.
        if super::in_foreground(&before.terminal) {
            let mut terminal = &before.terminal;
            let _ = terminal.write_all(before.clearing.as_bytes());
        }
    }
}

/// The modes as they are before a program that may change them and be ended in the middle.
#[derive(Debug)]
pub(crate) struct Modes {
    terminal: File,
    modes: Termios,
}

impl Modes {
    /// Those of now, if there is a terminal.
    pub(crate) fn now() -> Option<Self> {
        let terminal = super::for_keys()?;
        let modes = tcgetattr(&terminal).ok()?;
        Some(Self { terminal, modes })
    }

    /// Gives them back.
    pub(crate) fn give_back(&self) {
        // From the background that would stop this process, and the shell has its own there.
        if super::in_foreground(&self.terminal) {
            let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.modes);
        }
    }
}
