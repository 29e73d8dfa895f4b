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
    Ok(found.unwrap_or(own))
}

/// `PROGRAM credential-process PROFILE`, quoted as shells, Python and Windows all read it.
pub(crate) fn of(program: &Path, profile: &ProfileName) -> String {
    let quoted = |word: &str| {
        if word.contains([' ', '\t']) {
            format!("\"{word}\"")
        } else {
            word.to_owned()
        }
    };
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

#[cfg(test)]
mod tests;
