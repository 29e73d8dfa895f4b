//! Reading a line that is not shown. However the wait ends, by Enter, by Ctrl-C or by another
//! program's signal, the terminal shows again what is typed before this process goes.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::low_level;
use zeroize::Zeroizing;

/// What switches a special key off.
const NO_KEY: u8 = if cfg!(any(target_os = "linux", target_os = "android")) {
    0
} else {
    0xff
};

/// What ends the wait for a line.
enum Event {
    Line(io::Result<Zeroizing<Vec<u8>>>),
    Signal,
}

/// What the signals do that end a process, once a hidden question was asked: the handlers stay
/// for the life of the process, since none can be taken back, so they must know when to do what
/// always was done.
struct Signals {
    /// Set but while a hidden question stands.
    end: Arc<AtomicBool>,
    /// The last that came.
    came: Arc<AtomicUsize>,
    /// Who wants to know of one.
    waiting: Mutex<Option<Sender<Event>>>,
}

fn signals() -> io::Result<&'static Signals> {
    static SIGNALS: OnceLock<Signals> = OnceLock::new();
    if let Some(signals) = SIGNALS.get() {
        return Ok(signals);
    }
    let signals = Signals {
        end: Arc::new(AtomicBool::new(true)),
        came: Arc::default(),
        waiting: Mutex::new(None),
    };
    let (mut ring, bell) = UnixStream::pair()?;
    let ignored = ignored_from_the_start();
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
        if ignored & (1 << (signal - 1)) != 0 {
            continue;
        }
        let number = usize::try_from(signal).expect("signals have small numbers");
        signal_hook::flag::register_conditional_default(signal, Arc::clone(&signals.end))?;
        signal_hook::flag::register_usize(signal, Arc::clone(&signals.came), number)?;
        low_level::pipe::register(signal, bell.try_clone()?)?;
    }
    let signals = SIGNALS.get_or_init(|| signals);
    std::thread::spawn(move || {
        let mut one = [0];
        while ring.read_exact(&mut one).is_ok() {
            let waiting = signals.waiting.lock();
            if let Some(waiting) = &*waiting.unwrap_or_else(PoisonError::into_inner) {
                let _ = waiting.send(Event::Signal);
            }
        }
    });
    Ok(signals)
}

/// Signals that whoever started this process wants ignored, one bit each: `nohup` the hang-up, a
/// script's background job the interrupt. They stay so. Elsewhere than on Linux that cannot be
/// told without code that this project forbids itself.
fn ignored_from_the_start() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

/// From here on these signals are another's business: a server, or a child that this process
/// waits for.
pub(crate) fn leave_signals() {
    if let Ok(signals) = signals() {
        signals.end.store(false, Ordering::SeqCst);
    }
}

/// A terminal that shows nothing until this is dropped.
struct Silent<'t> {
    terminal: &'t File,
    before: Termios,
}

impl<'t> Silent<'t> {
    fn make(terminal: &'t File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        silent.local_modes -= LocalModes::ECHO;
        silent.local_modes |= LocalModes::ICANON | LocalModes::ISIG | LocalModes::ECHONL;
        // A job that is stopped and taken up again would find the shell's modes.
        silent.special_codes[SpecialCodeIndex::VSUSP] = NO_KEY;
        // What was typed ahead is kept.
        tcsetattr(terminal, OptionalActions::Now, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silent<'_> {
    fn drop(&mut self) {
        // A terminal that went away shows nothing any more.
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
    }
}

/// Reads a line without showing it. A signal is held until the terminal is as it was, and ends
/// the process then.
pub(super) fn read_line(terminal: &File) -> io::Result<Zeroizing<String>> {
    let signals = signals()?;
    let (done, events) = mpsc::channel();
    let waiting = |who| {
        *signals
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = who;
    };
    waiting(Some(done.clone()));
    let end = signals.end.swap(false, Ordering::SeqCst);
    let silent = Silent::make(terminal);
    let line = silent.and_then(|silent| {
        let mut input = terminal.try_clone()?;
        // It ends with the line, or with the process.
        std::thread::spawn(move || done.send(Event::Line(line_of(&mut input))));
        let event = loop {
            match events.recv() {
                // Another's business.
                Ok(Event::Signal) if !end => {}
                event => break event,
            }
        };
        drop(silent);
        match event {
            Ok(Event::Line(line)) => line,
            Ok(Event::Signal) | Err(_) => Err(io::ErrorKind::Interrupted.into()),
        }
    });
    waiting(None);
    signals.end.store(end, Ordering::SeqCst);
    let came = signals.came.swap(0, Ordering::SeqCst);
    if end && came != 0 {
        low_level::emulate_default_handler(i32::try_from(came).map_err(io::Error::other)?)?;
    }
    let line = String::from_utf8(std::mem::take(&mut *line?)).map_err(|e| {
        drop(Zeroizing::new(e.into_bytes()));
        io::Error::new(io::ErrorKind::InvalidData, "what was typed is no text")
    })?;
    Ok(Zeroizing::new(line))
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
