//! Text as people save and paste it: byte order marks, UTF-16 from PowerShell, wrapped base64.
//! Refuses nothing by itself: the readers of each key decide.

use std::borrow::Cow;

use data_encoding::BASE64_NOPAD;
use zeroize::Zeroizing;

/// The largest key that is read, in bytes. Certificates with thousands of signatures by others
/// exceed it, and `export-minimal` makes them small.
pub(crate) const MAX_KEY_BYTES: usize = 1 << 20;

/// The text of a file. Understands UTF-8 and, with a byte order mark, UTF-16, which PowerShell 5
/// writes when output is redirected. `None` for binary content.
pub(crate) fn text_of(content: &[u8]) -> Option<Cow<'_, str>> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| unit([pair[0], pair[1]]))
            .collect();
        String::from_utf16(&units).ok().map(Cow::Owned)
    };
    match content {
        [0xff, 0xfe, rest @ ..] if rest.len() % 2 == 0 => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] if rest.len() % 2 == 0 => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(Cow::Borrowed),
        _ => std::str::from_utf8(content).ok().map(Cow::Borrowed),
    }
}

/// The bytes of base64 text of any line length, with or without padding.
pub(crate) fn base64_bytes(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut letters: Zeroizing<Vec<u8>> =
        Zeroizing::new(text.bytes().filter(|b| !b.is_ascii_whitespace()).collect());
    while letters.last() == Some(&b'=') {
        letters.pop();
    }
    if letters.is_empty() {
        return None;
    }
    BASE64_NOPAD.decode(&letters).ok().map(Zeroizing::new)
}

/// Lines that say something: trimmed, without blank ones and `#` comments.
pub(crate) fn meaningful_lines(text: &str) -> Vec<&str> {
    text.lines()
        .map(|line| line.trim_matches(|c: char| c.is_whitespace() || c == '\0'))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

/// Whether a text holds a private key of any kind that keyward's users have.
pub(crate) fn holds_private_key(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    upper.contains("PRIVATE KEY") && upper.contains("-----BEGIN")
        || upper.contains("AGE-SECRET-KEY-")
        || upper.contains("AGE-PLUGIN-")
        || text.trim_start().starts_with("PuTTY-User-Key-File")
}

#[cfg(test)]
mod tests;
