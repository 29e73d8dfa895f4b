//! Programs that keyward starts: their input, output, time limit and end.

pub(crate) mod dialog;
pub(crate) mod program;

use std::ffi::OsStr;
use std::io;

use crate::screen::error::{CliError, ErrorKind};

/// A command that did not start, with a shell's exit code for that.
pub(crate) fn cannot_run(program: &OsStr, error: io::Error) -> CliError {
    let kind = if error.kind() == io::ErrorKind::NotFound {
        ErrorKind::NotFound
    } else {
        ErrorKind::NotExecutable
    };
    CliError::new(kind, format!("cannot run `{}`", program.display())).because(error)
}
