//! The message of an endpoint that refuses. The owner of the environment chose the endpoint, so its
//! message is shown on one line, shortened, without control characters and without secrets.

use keyward_core::text::{is_unseen, without_secrets};
use serde_json::{Map, Value};

/// Longer words say nothing more.
const LONGEST: usize = 200;
/// An AWS secret has forty characters, a token more; words that people write have fewer.
const SECRET: usize = 40;

/// Its message, else its code; `None` if it says neither.
pub(super) fn message(body: &[u8], token: Option<&str>) -> Option<String> {
    let fields: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let text = |name: &str| -> Option<String> {
        let found = fields.get(name)?.as_str()?;
        Some(shown(found, token)).filter(|text| !text.is_empty())
    };
    ["message", "Message", "code", "Code"]
        .into_iter()
        .find_map(text)
}

/// A text as it may be shown.
fn shown(text: &str, token: Option<&str>) -> String {
    // The token was sent there, and may come back.
    let parts: Vec<&str> = token.into_iter().flat_map(str::split_whitespace).collect();
    let text = without_secrets(text, &parts);
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || is_unseen(c)) {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        let secret = |run: &str| run.chars().count() >= SECRET;
        match word.split(|c: char| !is_of_secrets(c)).any(secret) {
            true => line.push_str("***"),
            false => line.push_str(word),
        }
    }
    if let Some((cut, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(cut);
        line.push('…');
    }
    line
}

/// The letters of base64 in both its alphabets, and so of digits in any base.
fn is_of_secrets(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/=_-".contains(c)
}
