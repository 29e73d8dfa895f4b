//! The line itself: an absolute path and plain words, since some SDKs run it through a shell and
//! some split it themselves.

use std::path::{Path, PathBuf};

use keyward_core::id::ProfileName;

use crate::screen::error::CliError;

/// The path of this program that survives an upgrade: its entry in a folder of `PATH`, if there is one,
/// because the program itself may be in a folder with a version in its name.
pub(crate) fn program() -> Result<PathBuf, CliError> {
    let own = keyward_ready::pair::own_path()
        .map_err(|e| CliError::failed("this program cannot find itself").because(e))?;
    let real = own.canonicalize().unwrap_or_else(|_| own.clone());
    let name = [keyward_ready::pair::FRONT, std::env::consts::EXE_SUFFIX].concat();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join(&name))
        .filter(|program| program.is_absolute())
        .find(|program| program.canonicalize().is_ok_and(|found| found == real));
    let program = found.unwrap_or(own);
    match program.to_str() {
        Some(_) => Ok(program),
        None => Err(CliError::failed(format!(
            "the path `{}` is not UTF-8 text, so no config file can name it",
            program.display()
        ))
        .hint("install keyward in another folder")),
    }
}

/// `PROGRAM credential-process PROFILE`, quoted as shells, Python and Windows all read it.
pub(crate) fn of(program: &Path, profile: &ProfileName) -> String {
    let program = program.display().to_string();
    // Python's splitting consumes a backslash; Windows accepts either slash.
    let program = if cfg!(windows) {
        program.replace('\\', "/")
    } else {
        program
    };
    // Such a name would be an option.
    let end_of_options = match profile.as_str().starts_with('-') {
        true => "-- ",
        false => "",
    };
    format!(
        "{} credential-process {end_of_options}{}",
        quoted(&program),
        quoted(profile.as_str())
    )
}

/// A word as a shell and a program that splits lines by itself read it. Each system has one kind of
/// quotation marks that both understand: double ones, unless a shell would look inside.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/_-.+@:%=,".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else if cfg!(windows) || !word.contains(['"', '$', '`', '\\', '!']) {
        format!("\"{word}\"")
    } else {
        format!("'{}'", word.replace('\'', "'\"'\"'"))
    }
}

#[cfg(test)]
mod tests;
