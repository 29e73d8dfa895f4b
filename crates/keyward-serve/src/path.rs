//! Converts a profile to its path, and back. Every SDK needs a path in the URL, and several
//! normalise it, so what is compared is the decoded name.

use keyward_core::id::ProfileName;

/// The part before the profile's name.
const PREFIX: &str = "/v1/credentials/";

/// The path of a profile's credentials.
pub(crate) fn of(profile: &ProfileName) -> String {
    let mut path = PREFIX.to_owned();
    for byte in profile.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}

/// Returns the profile of a path.
pub(crate) fn profile(path: &str) -> Option<ProfileName> {
    let mut bytes = path.strip_prefix(PREFIX)?.bytes();
    let mut name = Vec::with_capacity(path.len());
    while let Some(byte) = bytes.next() {
        name.push(match byte {
            b'%' => hex(bytes.next()?)? << 4 | hex(bytes.next()?)?,
            // A slash of the name is always encoded; a bare one leads elsewhere.
            b'/' => return None,
            other => other,
        });
    }
    String::from_utf8(name).ok()?.parse().ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests;
