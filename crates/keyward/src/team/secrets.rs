//! The secrets that a public file must not contain: access keys and their secrets, seeds, session
//! tokens, private keys. Better one file too many refused than one secret committed.

use super::TeamError;

/// Refuses a text with anything that looks like a secret, comments included.
pub(super) fn refuse(text: &str) -> Result<(), TeamError> {
    for (number, line) in text.lines().enumerate() {
        if let Some(what) = look(line) {
            return Err(TeamError::Secret {
                line: number + 1,
                what,
            });
        }
    }
    Ok(())
}

fn look(line: &str) -> Option<&'static str> {
    if line.contains("-----BEGIN") {
        return Some("a private key");
    }
    let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c)));
    words.into_iter().find_map(|word| {
        let all = |kind: fn(&u8) -> bool| word.bytes().all(|b| kind(&b));
        let any = |kind: fn(&u8) -> bool| word.bytes().any(|b| kind(&b));
        let key_id = ["AKIA", "ASIA"].iter().any(|start| word.starts_with(start));
        if key_id && word.len() >= 16 && all(u8::is_ascii_alphanumeric) {
            return Some("an access key");
        }
        let base32 = |b: &u8| matches!(b, b'A'..=b'Z' | b'2'..=b'7' | b'=');
        if word.len() >= 32 && all(base32) && any(u8::is_ascii_digit) {
            return Some("the seed of an MFA device");
        }
        let mixed = any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase);
        // Long paths in ARNs have no such mixture of all three in one word of forty.
        if word.len() >= 40 && mixed && any(u8::is_ascii_digit) {
            return Some("a secret key or a token");
        }
        None
    })
}
