//! A script without an interpreter line: the shell reads it, as POSIX specifies for `execvp`. Refuses to
//! guess the path of such a script.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::{Access, access};

/// The command as one of the shell's.
pub(super) fn by_shell(command: &Command) -> Option<Command> {
    let path = command
        .get_envs()
        .find(|(name, _)| *name == "PATH")
        .map_or_else(
            || std::env::var_os("PATH"),
            |(_, value)| value.map(OsStr::to_owned),
        );
    let script = find(command.get_program(), path.as_deref())?;
    let mut shell = Command::new("/bin/sh");
    shell.arg("--").arg(script).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    Some(shell)
}

/// The file of a command's name.
fn find(program: &OsStr, path: Option<&OsStr>) -> Option<PathBuf> {
    // A name with a slash is a path.
    if program.as_encoded_bytes().contains(&b'/') {
        return Some(PathBuf::from(program));
    }
    std::env::split_paths(path?)
        .map(|folder| match folder.as_os_str().is_empty() {
            true => Path::new(".").join(program),
            false => folder.join(program),
        })
        .find(|file| file.is_file() && access(file, Access::EXEC_OK).is_ok())
}
