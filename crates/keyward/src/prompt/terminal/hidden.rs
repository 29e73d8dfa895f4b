//! Reading a line that is not shown. However the wait ends, by Enter, by Ctrl-C or by another
//! program's signal, the terminal shows again what is typed before this process goes.

use std::fs::File;
use std::io::{self, Read};
use std::sync::mpsc;

use rustix::termios::{LocalModes, SpecialCodeIndex, Termios};
use zeroize::Zeroizing;

use super::modes::Changed;
use super::signals::Held;

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

fn silence(modes: &mut Termios) {
    modes.local_modes -= LocalModes::ECHO;
    modes.local_modes |= LocalModes::ICANON | LocalModes::ISIG | LocalModes::ECHONL;
    // A job that is stopped and taken up again would find the shell's modes.
    modes.special_codes[SpecialCodeIndex::VSUSP] = NO_KEY;
}

/// Reads a line without showing it. A signal is held until the terminal is as it was, and ends
/// the process then; where signals are another's business, that other gives the terminal back.
pub(super) fn read_line(terminal: &File) -> io::Result<Zeroizing<String>> {
    let (done, events) = mpsc::channel();
    let rung = done.clone();
    let held = Held::hold(move || {
        let _ = rung.send(Event::Signal);
    })?;
    let line = Changed::make(terminal, "", silence).and_then(|silent| {
        let mut input = terminal.try_clone()?;
        // It ends with the line, or with the process.
        std::thread::Builder::new().spawn(move || done.send(Event::Line(line_of(&mut input))))?;
        let event = loop {
            match events.recv() {
                // Another's business.
                Ok(Event::Signal) if !held.end => {}
                event => break event,
            }
        };
        drop(silent);
        match event {
            Ok(Event::Line(line)) => line,
            Ok(Event::Signal) | Err(_) => Err(io::ErrorKind::Interrupted.into()),
        }
    });
    held.let_go()?;
    let line = String::from_utf8(std::mem::take(&mut *line?)).map_err(|e| {
        drop(Zeroizing::new(e.into_bytes()));
        io::Error::new(io::ErrorKind::InvalidData, "the input is not text")
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
