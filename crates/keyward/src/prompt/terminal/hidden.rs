//! Reading a line that is not shown, and the silence after it where another may follow. However the
//! wait ends, by Enter, by Ctrl-C or by another program's signal, the terminal shows again what is
//! typed before this process goes.

use std::fs::File;
use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};

use rustix::termios::{LocalModes, SpecialCodeIndex, Termios};
use zeroize::Zeroizing;

use super::modes::Changed;
use super::signals::Held;

/// The value that switches a special key off.
const NO_KEY: u8 = if cfg!(any(target_os = "linux", target_os = "android")) {
    0
} else {
    0xff
};

/// The events that end the wait for a line.
enum Event {
    Line(io::Result<Zeroizing<Vec<u8>>>),
    Signal,
}

fn silence(modes: &mut Termios) {
    modes.local_modes -= LocalModes::ECHO;
    modes.local_modes |= LocalModes::ICANON | LocalModes::ISIG | LocalModes::ECHONL;
    // A job that is stopped and taken up again would find the shell's modes.
    modes.special_codes[SpecialCodeIndex::VSUSP] = NO_KEY;
}

/// The terminal while it does not show what is typed.
pub(super) struct Silent {
    changed: Changed,
    held: Held,
}

/// The switched-off echo that outlasts a question, while a [`StayHidden`] exists.
static LASTING: Mutex<Option<Silent>> = Mutex::new(None);

/// The number of active [`StayHidden`].
static WANTED: AtomicUsize = AtomicUsize::new(0);

fn lasting() -> MutexGuard<'static, Option<Silent>> {
    LASTING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps the terminal silent between hidden questions and the work after them, so that an answer
/// typed during the work is not shown.
#[must_use = "the terminal shows what is typed as soon as this is dropped"]
pub(crate) struct StayHidden(());

impl StayHidden {
    /// From the next hidden question until this is dropped.
    pub(crate) fn begin() -> Self {
        WANTED.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for StayHidden {
    fn drop(&mut self) {
        if WANTED.fetch_sub(1, Ordering::SeqCst) == 1 {
            show_again();
        }
    }
}

/// Switches the echo on between questions: the next input is meant to be visible.
pub(super) fn show_again() {
    if let Some(silent) = lasting().take() {
        // If the handler is gone, there is nothing to restore.
        let _ = silent.end();
    }
}

impl Silent {
    /// Silences the terminal, unless it is silent already.
    pub(super) fn begin(terminal: &File) -> io::Result<Self> {
        if let Some(silent) = lasting().take() {
            return Ok(silent);
        }
        let held = Held::hold(|| {})?;
        let changed = Changed::make(terminal, "", silence)?;
        Ok(Self { changed, held })
    }

    /// Reads a line. A signal is held until the terminal is as it was, and ends the process then;
    /// if another part handles signals, that part restores the terminal.
    pub(super) fn read_line(self, terminal: &File) -> io::Result<Zeroizing<String>> {
        let (done, events) = mpsc::channel();
        let rung = done.clone();
        self.held.notify(move || {
            let _ = rung.send(Event::Signal);
        });
        let event = match self.held.came() {
            true => Ok(Event::Signal),
            false => {
                let mut input = terminal.try_clone()?;
                // It ends with the line, or with the process.
                std::thread::Builder::new()
                    .spawn(move || done.send(Event::Line(line_of(&mut input))))?;
                loop {
                    match events.recv() {
                        // Another's business.
                        Ok(Event::Signal) if !self.held.end => {}
                        event => break event,
                    }
                }
            }
        };
        let line = match event {
            Ok(Event::Line(line)) => {
                self.last_or_end()?;
                line
            }
            Ok(Event::Signal) | Err(_) => {
                self.end()?;
                Err(io::ErrorKind::Interrupted.into())
            }
        };
        let line = String::from_utf8(std::mem::take(&mut *line?)).map_err(|e| {
            drop(Zeroizing::new(e.into_bytes()));
            io::Error::new(io::ErrorKind::InvalidData, "the input is not text")
        })?;
        Ok(Zeroizing::new(line))
    }

    /// Stays silent where that is wanted, until [`show_again`]. A signal during this restores the
    /// terminal and ends the process.
    fn last_or_end(self) -> io::Result<()> {
        let mut lasting = lasting();
        if WANTED.load(Ordering::SeqCst) == 0 {
            drop(lasting);
            return self.end();
        }
        if self.held.end {
            self.held.notify(restore_and_end);
            // One that came before the new notice.
            if self.held.came() {
                restore_and_end();
            }
        }
        *lasting = Some(self);
        Ok(())
    }

    fn end(self) -> io::Result<()> {
        drop(self.changed);
        self.held.let_go()
    }
}

fn restore_and_end() {
    super::modes::give_back_for_good();
    super::signals::end_by_it();
}

/// A line of a terminal comes at once; an end without one means that nothing was typed.
fn line_of(input: &mut File) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut line = Zeroizing::new(Vec::with_capacity(4096));
    let mut piece = Zeroizing::new([0; 4096]);
    loop {
        let count = input.read(piece.as_mut_slice())?;
        if count == 0 && line.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        line.extend_from_slice(&piece[..count]);
        if count == 0 || line.last() == Some(&b'\n') {
            return Ok(line);
        }
    }
}
