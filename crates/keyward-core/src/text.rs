//! Foreign text as a person sees it: characters that a terminal does not show in their place, and URLs
//! with a password. The caller decides what to show instead of a character.

mod shown_url;

pub use shown_url::{HIDDEN, shown_url};

/// Whether a character moves the cursor, commands the terminal, ends the line or turns it around.
#[must_use]
pub fn moves(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// Whether a character does that, or is invisible.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    moves(c) || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
