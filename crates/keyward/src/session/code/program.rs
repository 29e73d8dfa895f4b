//! Programs that print a code: `mfa_process`, and `ykman` for a code that a YubiKey holds. Their
//! own questions, such as a touch, belong on the terminal.

use std::process::{Command, Stdio};

use keyward_core::secret::MfaCode;

use crate::environment as env;
use crate::error::CliError;

/// The output of `mfa_process`, run by the shell as the profile's owner wrote it.
pub(super) fn mfa_process(command: &str) -> Result<MfaCode, CliError> {
    let mut shell = if cfg!(windows) {
        Command::new("cmd.exe")
    } else {
        Command::new("sh")
    };
    shell
        .arg(if cfg!(windows) { "/C" } else { "-c" })
        .arg(command);
    code_of(shell, || {
        CliError::failed("the `mfa_process` command gave no code")
    })
}

/// The code of an account on a YubiKey.
pub(super) fn ykman(account: &str) -> Result<MfaCode, CliError> {
    let mut command = Command::new("ykman");
    command.args(["oath", "accounts", "code", "--single", account]);
    code_of(command, || {
        CliError::failed("`ykman` gave no code")
            .hint("ykman oath accounts list   (the name must match one account)")
    })
}

fn code_of(mut command: Command, failed: impl Fn() -> CliError) -> Result<MfaCode, CliError> {
    for name in env::SECRETS {
        command.env_remove(name);
    }
    let terminal = |write: bool| {
        std::fs::File::options()
            .read(!write)
            .write(write)
            .open("/dev/tty")
            .map_or_else(|_| Stdio::null(), Stdio::from)
    };
    let output = command
        .stdin(terminal(false))
        .stderr(terminal(true))
        .output()
        .map_err(|e| failed().because(e))?;
    if !output.status.success() {
        return Err(failed().because(format!("it ended with {}", output.status)));
    }
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .map_err(|e: keyward_core::secret::InvalidSecret| failed().because(e))
}
