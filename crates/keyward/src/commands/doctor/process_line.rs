//! The program of a `credential_process` line. What in the line needs a shell is judged in
//! `session::shell_sign`.

use crate::session::{is_assignment, is_of_the_shell};

/// The program that the line starts, past the assignments of a shell.
pub(super) fn program(line: &str) -> Option<String> {
    let words = shlex::split(line)?;
    words.into_iter().find(|word| !is_assignment(word))
}

/// Whether there is such a program, by its path, on `PATH`, or in every shell.
pub(super) fn exists(program: &str) -> bool {
    let path = std::path::Path::new(program);
    // The result of a shell's expansion is unknown here.
    if is_of_the_shell(program)
        || program.starts_with('~')
        || program.contains(['$', '`', '*', '?'])
    {
        return true;
    }
    if path.components().count() > 1 || cfg!(windows) {
        // A relative path depends on where it is used, and Windows knows more names than one.
        return !(path.is_absolute() || is_a_line(program)) || path.exists();
    }
    on_path(program)
}

/// Whether the word is a whole line, as where quotation marks are around a program and its
/// arguments.
fn is_a_line(word: &str) -> bool {
    word.split_once(' ')
        .is_some_and(|(first, _)| !first.contains('/') && on_path(first))
}

fn on_path(name: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(name).is_file())
}

#[cfg(test)]
mod tests;
