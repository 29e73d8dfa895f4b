//! The characters that a terminal may receive: text, line ends, tabs and keyward's own colours. Any
//! other control character came with a name, a value or an answer from outside, and a replacement
//! mark is shown instead.

use std::borrow::Cow;

use keyward_core::text::moves;

/// Characters that are not shown.
const MARK: char = char::REPLACEMENT_CHARACTER;

/// The parameters of the colours that are used here and in clap's help. Others hide text as well.
const COLOURS: [&str; 9] = ["", "0", "1", "2", "4", "31", "32", "33", "36"];

/// A text as it may be shown.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(is_command) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    let (plain, mut rest) = text.split_at(first);
    out.push_str(plain);
    while let Some(c) = rest.chars().next() {
        let taken = match colour(rest) {
            Some(length) => {
                out.push_str(&rest[..length]);
                length
            }
            None => {
                out.push(if is_command(c) { MARK } else { c });
                c.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    Cow::Owned(out)
}

/// A text without colours. One without control characters, such as a long JSON text, is not copied.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_command) {
        // The library looks at each byte, which takes half the time of a long report.
        let Some(length) = colour(&rest[at..]) else {
            return Cow::Owned(anstream::adapter::strip_str(text).to_string());
        };
        out.push_str(&rest[..at]);
        rest = &rest[at + length..];
    }
    match rest.len() == text.len() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(out + rest),
    }
}

fn is_command(c: char) -> bool {
    moves(c) && c != '\n' && c != '\t'
}

/// The length of the colour sequence `ESC [ … m` at the start of a text.
fn colour(text: &str) -> Option<usize> {
    const BEGIN: &str = "\x1b[";
    let (parameter, _) = text.strip_prefix(BEGIN)?.split_once('m')?;
    COLOURS
        .contains(&parameter)
        .then_some(BEGIN.len() + parameter.len() + 1)
}

#[cfg(test)]
mod tests;
