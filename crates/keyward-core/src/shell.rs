//! Quotes words for a shell, so that a user can paste a command. A name always becomes one word, because
//! names come from files that other people may have written.

/// The word as POSIX shells read it: in quotes, unless it holds only what no shell looks at.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@+=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The word as the last argument of a command: one that begins with `-` is marked as an operand.
#[must_use]
pub fn argument(word: &str) -> String {
    let dashes = if word.starts_with('-') { "-- " } else { "" };
    format!("{dashes}{}", quoted(word))
}

#[cfg(test)]
mod tests;
