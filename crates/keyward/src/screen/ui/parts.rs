//! A long document on its way to standard output. It is written a part at a time, each of whole lines, so
//! that a terminal receives no half of a character.

use std::io::{self, Write};
use std::str;

use super::{PART, Ui};

/// The lines that are not yet written.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    held: Vec<u8>,
}

impl Parts {
    /// Writes the first bytes that are held.
    fn put(&mut self, length: usize) -> io::Result<()> {
        let part = str::from_utf8(&self.held[..length])
            .map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))?;
        Ui::put(part)?;
        self.held.drain(..length);
        Ok(())
    }
}

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        // Only these bytes can bring a line end: what is held beyond a part has none.
        if self.held.len() >= PART && bytes.contains(&b'\n') {
            let last = self.held.iter().rposition(|byte| *byte == b'\n');
            self.put(last.map_or(0, |last| last + 1))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.put(self.held.len())
    }
}
