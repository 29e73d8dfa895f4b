//! Characters that look like a blank or like nothing. It finds and names them, and refuses no text.

use std::borrow::Cow;

use crate::config::BLANKS;
use crate::id::named;

/// The name of the first invisible character of a text, other than a plain blank.
pub(super) fn hidden(text: &str) -> Option<String> {
    text.chars().find(|c| is_hidden(*c)).map(named)
}

/// The same at either end of a text.
pub(super) fn hidden_at_end(text: &str) -> Option<String> {
    let mut ends = [text.chars().next(), text.chars().next_back()].into_iter();
    ends.find_map(|c| c.filter(|c| is_hidden(*c))).map(named)
}

/// A text as it looks on a screen.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    match text.contains(is_hidden) {
        true => {
            let seen = text.chars().filter(|c| !is_hidden(*c) || c.is_whitespace());
            Cow::Owned(seen.map(|c| if is_hidden(c) { ' ' } else { c }).collect())
        }
        false => Cow::Borrowed(text),
    }
}

/// White space other than a blank and a tab, and characters without width.
pub(super) fn is_hidden(c: char) -> bool {
    let without_width = matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
    );
    without_width || (c.is_whitespace() && !BLANKS.contains(&c) && c != '\r')
}
