//! Programs that print a code: `mfa_process`, and `ykman` for a code that a YubiKey holds. Their
//! own questions, such as a touch, belong on the terminal.

use std::process::{Command, Stdio};

use keyward_core::secret::MfaCode;

use crate::environment as env;
use crate::process::program::{self, Interaction, Output, RunError, StderrExcerpt};
use crate::prompt::deadline::Deadline;
use crate::prompt::terminal::{self, Terminal};
use crate::screen::error::{CliError, ErrorKind};

/// The output of `mfa_process`, run by the shell as the profile's owner wrote it.
pub(super) fn mfa_process(command: &str, deadline: Deadline) -> Result<MfaCode, CliError> {
    code_of(program::shell(command), deadline, || {
        CliError::failed("the `mfa_process` command gave no code")
    })
}

/// The code of an account on a YubiKey.
pub(super) fn ykman(account: &str, deadline: Deadline) -> Result<MfaCode, CliError> {
    let mut command = Command::new("ykman");
    command.args(["oath", "accounts", "code", "--single", account]);
    code_of(command, deadline, || {
        CliError::failed("`ykman` gave no code")
            .hint("ykman oath accounts list   (the name must match one account)")
    })
}

fn code_of(
    mut command: Command,
    deadline: Deadline,
    failed: impl Fn() -> CliError,
) -> Result<MfaCode, CliError> {
    for name in env::SECRETS {
        command.env_remove(name);
    }
    // A user may be slow; an unattended helper has no more time than this run.
    let limit = match Terminal::open() {
        Some(_) => None,
        None => Some(deadline.left_for_program()),
    };
    command.stdin(match limit {
        Some(_) => Stdio::null(),
        None => terminal::for_keys().map_or_else(Stdio::null, Stdio::from),
    });
    let Output {
        status,
        output,
        message,
    } = program::run(command, Interaction::Terminal, limit).map_err(|error| match error {
        // Only an unattended helper has a limit, and it may have timed out waiting for the user.
        RunError::TooLong(message) => failed()
            .of_kind(ErrorKind::PersonNeeded)
            .because(StderrExcerpt::told("it took too long", message.as_ref()))
            .hint("run the command in a terminal: the program may be waiting for a person"),
        RunError::TooMuch => failed().because("it printed more than 1 MiB, which is not a code"),
        RunError::Start(source) | RunError::Wait(source) => failed().because(source),
    })?;
    if !status.success() {
        let ended = format!("it ended with {status}");
        return Err(failed().because(StderrExcerpt::told(&ended, message.as_ref())));
    }
    String::from_utf8_lossy(&output).trim().parse().map_err(
        |e: keyward_core::secret::InvalidSecret| {
            failed().because(StderrExcerpt::told(&e.to_string(), message.as_ref()))
        },
    )
}
