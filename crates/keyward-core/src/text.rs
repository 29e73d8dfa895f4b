//! Text as a person sees it: characters that a terminal does not show in their place, URLs with a
//! password, and numbers with their nouns. The caller decides what to show instead of a character.

mod shown_url;

use std::cmp::Reverse;

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

/// Secrets below this number of bytes are struck out only as whole words. One-time codes and the
/// shortest passwords of IAM have as many; keys of other makers, such as `test`, may have fewer and
/// would leave holes in other words.
const STRUCK_ANYWHERE: usize = 6;

/// The text with each secret struck out. Longer ones go first: a shorter one inside would leave the rest.
#[must_use]
pub fn without_secrets(text: &str, secrets: &[&str]) -> String {
    let mut secrets: Vec<&str> = secrets
        .iter()
        .copied()
        .filter(|it| !it.is_empty())
        .collect();
    secrets.sort_by_key(|secret| Reverse(secret.len()));
    secrets
        .iter()
        .fold(text.to_owned(), |text, secret| match secret.len() {
            ..STRUCK_ANYWHERE => without_word(&text, secret),
            _ => text.replace(secret, HIDDEN),
        })
}

/// The text with a word struck out where no letter or digit is beside it.
fn without_word(text: &str, word: &str) -> String {
    let mut struck = String::with_capacity(text.len());
    let mut copied = 0;
    for (start, _) in text.match_indices(word) {
        let end = start + word.len();
        let before = text[..start].chars().next_back();
        let after = text[end..].chars().next();
        if ![before, after]
            .into_iter()
            .flatten()
            .any(char::is_alphanumeric)
        {
            struck.push_str(&text[copied..start]);
            struck.push_str(HIDDEN);
            copied = end;
        }
    }
    struck.push_str(&text[copied..]);
    struck
}

/// A number with its noun: `1 call`, `2 calls`. The noun is one whose plural ends in `s`.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

#[cfg(test)]
mod tests;
