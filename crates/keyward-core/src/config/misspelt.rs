//! Keys that no AWS tool reads, and that were meant for one of those that lead to credentials. It
//! guesses near only: other tools have keys of their own in these files.

use crate::suggest::similar_names;

/// The keys that lead to credentials.
pub(super) const CREDENTIAL_KEYS: [&str; 14] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "credential_process",
    "credential_source",
    "login_session",
    "mfa_serial",
    "role_arn",
    "source_profile",
    "sso_account_id",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
];

/// Names that people write for a key, and that a typing error does not explain.
const OTHER_NAMES: [(&str, &str); 9] = [
    ("access_key", "aws_access_key_id"),
    ("access_key_id", "aws_access_key_id"),
    ("aws_access_key", "aws_access_key_id"),
    ("aws_secret_key", "aws_secret_access_key"),
    ("aws_token", "aws_session_token"),
    ("mfa_device", "mfa_serial"),
    ("secret_access_key", "aws_secret_access_key"),
    ("secret_key", "aws_secret_access_key"),
    ("session_token", "aws_session_token"),
];

/// The shortest name in which two typing errors are looked for.
const LONG: usize = 8;

/// The key that was meant, if `key` is none itself.
pub(super) fn meant(key: &str) -> Option<&'static str> {
    let lower = key.to_ascii_lowercase();
    // A line that was copied from a shell.
    let name = lower.strip_prefix("export ").unwrap_or(&lower).trim();
    let name = name.replace('-', "_");
    if CREDENTIAL_KEYS.contains(&&*name) {
        return CREDENTIAL_KEYS
            .into_iter()
            .find(|known| *known == name && *known != lower);
    }
    let mut others = OTHER_NAMES.iter();
    if let Some((_, known)) = others.find(|(other, _)| *other == name) {
        return Some(known);
    }
    if name.len() < LONG {
        return None;
    }
    // Every key of a large file is looked at, so most known ones are left out by their length.
    let near = CREDENTIAL_KEYS.into_iter();
    let near = near.filter(|known| name.len().abs_diff(known.len()) <= 2);
    similar_names(&name, near).into_iter().next()
}

#[cfg(test)]
mod tests;
