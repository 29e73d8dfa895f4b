//! Words for a shell: how a name stands in a command that somebody may paste. Refuses to let a
//! name be anything but one word: names come from files that others may have written.

/// The word as POSIX shells take it: in quotes, unless it holds only what no shell looks at.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@+=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The word as the last argument of a command: one that begins with `-` is told to be no option.
#[must_use]
pub fn argument(word: &str) -> String {
    let dashes = if word.starts_with('-') { "-- " } else { "" };
    format!("{dashes}{}", quoted(word))
}

#[cfg(test)]
mod tests;
