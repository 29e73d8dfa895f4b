//! The command that gets credentials.

use std::ffi::OsStr;
use std::process::Command;

use crate::environment as env;

/// A command for a profile, without other credentials and without what opens the vault.
pub fn command(
    program: &OsStr,
    words: impl IntoIterator<Item = impl AsRef<OsStr>>,
    profile: &str,
) -> Command {
    let mut command = Command::new(program);
    command.args(words);
    for name in env::SCRUBBED {
        command.env_remove(name);
    }
    command
        .env(env::PROFILE, profile)
        .env(env::AWS_VAULT, profile);
    command
}

/// Replaces this process by a command. Returns only if that fails, with the reason.
#[cfg(unix)]
#[must_use]
pub fn replace(mut command: Command) -> std::io::Error {
    use std::os::unix::process::CommandExt as _;
    crate::harden::give_back_core_limit();
    crate::output::close_for_children();
    command.exec()
}
