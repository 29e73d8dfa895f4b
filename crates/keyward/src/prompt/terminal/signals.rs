//! Signals that end the process while a question has changed the terminal. They are held until the
//! terminal is restored and then have their usual effect.

use std::io::{self, Read};
use std::os::fd::IntoRawFd as _;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use signal_hook::consts::SIGIO;
use signal_hook::low_level;

type Notice = Box<dyn Fn() + Send>;

/// The handlers stay for the life of the process, since none can be removed, so they must know when
/// to do the default.
struct Signals {
    /// Set only during a question.
    end: Arc<AtomicBool>,
    /// The last that came.
    came: Arc<AtomicUsize>,
    /// The reaction to a signal.
    notice: Mutex<Option<Notice>>,
}

impl Signals {
    fn on_one(&self, notice: Option<Notice>) {
        *self.notice.lock().unwrap_or_else(PoisonError::into_inner) = notice;
    }

    /// If a signal came, ends the process as that signal would have.
    fn end_if_one_came(&self) -> io::Result<()> {
        match self.came.swap(0, Ordering::SeqCst) {
            0 => Ok(()),
            came => end_by(i32::try_from(came).map_err(io::Error::other)?),
        }
    }
}

fn signals() -> io::Result<&'static Signals> {
    static SIGNALS: OnceLock<Signals> = OnceLock::new();
    if let Some(signals) = SIGNALS.get() {
        return Ok(signals);
    }
    let (mut ring, bell) = UnixStream::pair()?;
    let signals = Signals {
        end: Arc::new(AtomicBool::new(true)),
        came: Arc::default(),
        notice: Mutex::new(None),
    };
    // The handlers write to it for the life of the process, also after an error here.
    let bell = bell.into_raw_fd();
    for signal in keyward_serve::ending_signals() {
        let number = usize::try_from(signal).expect("signals have small numbers");
        end_unless_held(signal, Arc::clone(&signals.end))?;
        signal_hook::flag::register_usize(signal, Arc::clone(&signals.came), number)?;
        low_level::pipe::register_raw(signal, bell)?;
    }
    let signals = SIGNALS.get_or_init(|| signals);
    let read = move || {
        let mut one = [0];
        while ring.read_exact(&mut one).is_ok() {
            let notice = signals.notice.lock();
            if let Some(notice) = &*notice.unwrap_or_else(PoisonError::into_inner) {
                notice();
            }
        }
    };
    std::thread::Builder::new().spawn(read)?;
    Ok(signals)
}

/// Keeps the usual effect of a signal while `end` is set.
fn end_unless_held(signal: i32, end: Arc<AtomicBool>) -> io::Result<()> {
    match can_end_by(signal) {
        true => signal_hook::flag::register_conditional_default(signal, end)?,
        false => signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, end)?,
    };
    Ok(())
}

/// Ends the process as a signal does.
fn end_by(signal: i32) -> io::Result<()> {
    match can_end_by(signal) {
        true => low_level::emulate_default_handler(signal),
        false => low_level::exit(128 + signal),
    }
}

/// Whether the library knows the signal as one that ends a process. It does not know the real-time
/// signals, and `SIGIO` ends a process only on Linux. After those, a parent sees the exit code that a
/// shell reports for them.
fn can_end_by(signal: i32) -> bool {
    signal != SIGIO && low_level::signal_name(signal).is_some()
}

/// From here on these signals are another's business: a server, or a child that this process
/// waits for.
pub(crate) fn leave_signals() {
    if let Ok(signals) = signals() {
        signals.end.store(false, Ordering::SeqCst);
    }
}

/// The signals, held until this value is consumed or dropped.
pub(super) struct Held {
    signals: &'static Signals,
    /// Whether the signals end the process, with no handler of the program's own.
    pub(super) end: bool,
}

impl Held {
    /// Holds them. `notice` is called on another thread for each that comes.
    pub(super) fn hold(notice: impl Fn() + Send + 'static) -> io::Result<Self> {
        let signals = signals()?;
        signals.on_one(Some(Box::new(notice)));
        let end = signals.end.swap(false, Ordering::SeqCst);
        Ok(Self { signals, end })
    }

    /// Changes the function that is called for each signal.
    pub(super) fn notify(&self, notice: impl Fn() + Send + 'static) {
        self.signals.on_one(Some(Box::new(notice)));
    }

    /// Whether one came that ends the process.
    pub(super) fn came(&self) -> bool {
        self.end && self.signals.came.load(Ordering::SeqCst) != 0
    }

    /// Releases the signals. One that came in the meantime ends the process now.
    pub(super) fn let_go(self) -> io::Result<()> {
        self.release()
    }

    fn release(&self) -> io::Result<()> {
        self.signals.on_one(None);
        self.signals.end.store(self.end, Ordering::SeqCst);
        match self.end {
            true => self.signals.end_if_one_came(),
            false => {
                self.signals.came.store(0, Ordering::SeqCst);
                Ok(())
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // After `let_go` it changes nothing.
        let _ = self.release();
    }
}

/// Ends the process by the signal that came, so that its parent sees that signal.
pub(super) fn end_by_it() {
    if let Ok(signals) = signals() {
        // The system refuses this for no signal that can be caught.
        let _ = signals.end_if_one_came();
    }
}
