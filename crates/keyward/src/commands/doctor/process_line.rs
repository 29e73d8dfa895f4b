//! A `credential_process` line: its program, and what in it only a shell understands. boto3, the
//! AWS CLI and keyward start the program without a shell; the other SDKs use one.

/// Operators of a shell, as words of their own.
const OPERATORS: [(&str, &str); 7] = [
    ("|", "`|`"),
    ("||", "`||`"),
    ("&&", "`&&`"),
    (";", "`;`"),
    (">", "`>`"),
    ("2>", "`2>`"),
    ("<", "`<`"),
];

/// What in the line only a shell understands, in backticks.
pub(super) fn needs_shell(line: &str) -> Option<&'static str> {
    let words = shlex::split(line)?;
    if words.first().is_some_and(|word| is_assignment(word)) {
        return Some("`NAME=VALUE`");
    }
    let operator = words
        .iter()
        .find_map(|word| OPERATORS.iter().find(|(sign, _)| word == sign));
    let home = |word: &String| word == "~" || word.starts_with("~/");
    match operator {
        Some((_, operator)) => Some(operator),
        None if words.iter().any(home) => Some("`~`"),
        None if has_variable(line) => Some("`$NAME`"),
        None => None,
    }
}

/// The program that the line starts, past the assignments of a shell.
pub(super) fn program(line: &str) -> Option<String> {
    let words = shlex::split(line)?;
    words.into_iter().find(|word| !is_assignment(word))
}

/// Whether there is such a program, by its path or on `PATH`.
pub(super) fn exists(program: &str) -> bool {
    let path = std::path::Path::new(program);
    // The result of a shell's expansion is unknown here.
    if program.starts_with('~') || program.contains('$') {
        return true;
    }
    if path.components().count() > 1 || cfg!(windows) {
        // A relative path depends on where it is used, and Windows knows more names than one.
        return !path.is_absolute() || path.exists();
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(path).is_file())
}

/// `NAME=VALUE`, which a shell puts into the environment of the program.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

/// Whether a variable is named where a shell would look at it: outside single quotation marks.
fn has_variable(line: &str) -> bool {
    let outside = line.split('\'').step_by(2);
    outside.into_iter().any(|part| {
        let mut after = part.split('$').skip(1);
        after.any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || "_{(".contains(c)))
    })
}

#[cfg(test)]
mod tests;
