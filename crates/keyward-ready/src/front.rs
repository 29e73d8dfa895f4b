//! The front program: it returns the ready answer, and starts the whole program for anything else.

use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use keyward_core::text::moves;

use crate::{Failure, FrontRequest, harden, pair};

/// Runs the front program.
#[must_use]
pub fn run() -> ExitCode {
    harden::before_any_secret();
    match answer() {
        None => say(1, &start_whole()),
        Some(Ok(())) => ExitCode::SUCCESS,
        Some(Err(Failure::Output(error))) => say(
            1,
            &["cannot write to standard output", &error.to_string()].join(CAUSE),
        ),
        Some(Err(Failure::Command(program, error))) => {
            let code = match error.kind() {
                io::ErrorKind::NotFound => 127,
                _ => 126,
            };
            let message = format!("cannot run `{}`", program.display());
            say(code, &[message, error.to_string()].join(CAUSE))
        }
    }
}

/// The separator between an error and its cause.
const CAUSE: &str = "\n  caused by: ";

/// The whole program catches the signal of the limit of file sizes, which the log may reach.
fn answer() -> Option<Result<(), Failure>> {
    match harden::files_may_grow() {
        true => FrontRequest::begin()?.answer(),
        false => None,
    }
}

/// Replaces this program by the whole one, with the same arguments. Returns why that failed.
fn start_whole() -> String {
    let own = match std::env::current_exe() {
        Ok(own) => own,
        Err(error) => return lost(&error),
    };
    let Some(whole) = pair::whole_beside(&own) else {
        return missing(&own);
    };
    let mut arguments = std::env::args_os();
    let mut command = Command::new(&whole);
    command.arg0(arguments.next().unwrap_or_else(|| pair::FRONT.into()));
    command.args(arguments);
    // The whole program notes the limit that the person has.
    harden::give_back_core_limit();
    let error = command.exec();
    let message = format!("cannot run `{}`", whole.display());
    [message, error.to_string()].join(CAUSE)
}

/// Without `/proc`, as in some chroots, this program does not know its own folder.
fn lost(error: &io::Error) -> String {
    let message = ["this program cannot find itself", &error.to_string()].join(CAUSE);
    let next = format!("run `{}` instead, which needs no `/proc`", pair::WHOLE);
    [message, next].join("\nhint: ")
}

fn missing(own: &Path) -> String {
    format!(
        "`{}` is missing, is a link, or belongs to another user\nhint: install keyward again: `{}` and `{}` belong in one folder",
        own.with_file_name(pair::WHOLE).display(),
        pair::FRONT,
        pair::WHOLE
    )
}

fn say(code: u8, message: &str) -> ExitCode {
    // A command or a folder may have a name that commands the terminal.
    let message = message.replace(|c| c != '\n' && moves(c), "\u{fffd}");
    // A closed standard error accepts no message.
    let _ = io::stderr().write_all(["error: ", &message, "\n"].concat().as_bytes());
    ExitCode::from(code)
}
