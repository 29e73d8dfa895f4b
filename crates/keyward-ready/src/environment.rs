//! The variables of the environment that the hit path reads.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// One folder for everything.
pub const HOME: &str = "KEYWARD_HOME";
/// The locations where short sessions may be kept: `auto`, `keyring`, `file`, `keystore` or `none`.
pub const SESSION_TIER: &str = "KEYWARD_SESSION_TIER";
/// The folder of the user's files in memory.
pub const RUNTIME_DIR: &str = "XDG_RUNTIME_DIR";
/// The address of a practice account; set for the children of `keyward sandbox`.
pub const PRACTICE_URL: &str = "KEYWARD_PRACTICE_URL";
/// A file that names the places a run passes, for tests.
#[cfg(debug_assertions)]
pub const TEST_TRACE: &str = "KEYWARD_TEST_TRACE";
/// The profile whose credentials a child holds.
pub const PROFILE: &str = "KEYWARD_PROFILE";
/// The same, for prompts that read this name.
pub const AWS_VAULT: &str = "AWS_VAULT";
/// The config file's path.
pub const AWS_CONFIG_FILE: &str = "AWS_CONFIG_FILE";
/// The credentials file's path.
pub const AWS_SHARED_CREDENTIALS_FILE: &str = "AWS_SHARED_CREDENTIALS_FILE";

/// The variables that a child must not inherit: other credentials, other sources of credentials,
/// and what opens the vault.
pub const SCRUBBED: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_SESSION_EXPIRATION",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_CREDENTIAL_FILE",
    "AWS_ACCOUNT_ID",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    AWS_VAULT,
    PROFILE,
    "KEYWARD_PASSPHRASE",
    "KEYWARD_PASSPHRASE_FILE",
    "KEYWARD_MFA_CODE",
    "AWS_VAULT_FILE_PASSPHRASE",
];

/// The value of a variable. An empty value counts as unset, and so does one that is not text.
#[must_use]
pub fn get(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A variable that names a path, with a leading `~` read as the home folder.
#[must_use]
pub fn path(name: &str) -> Option<PathBuf> {
    let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
    Some(expand_home(value.as_ref()))
}

/// A path with a leading `~` read as the home folder, if there is one.
#[must_use]
pub fn expand_home(path: &Path) -> PathBuf {
    expand(path, home_folder())
}

/// Only a first part that is exactly `~` means the home folder.
fn expand(path: &Path, home: Option<PathBuf>) -> PathBuf {
    let mut parts = path.components();
    match (parts.next(), home) {
        (Some(Component::Normal(first)), Some(home)) if first == "~" => home.join(parts.as_path()),
        _ => path.to_owned(),
    }
}

/// The person's home folder, by the SDKs' rules.
///
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html>
#[must_use]
pub fn home_folder() -> Option<PathBuf> {
    home_of(cfg!(windows), |name| std::env::var_os(name))
}

fn home_of(windows: bool, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let given = |name: &str| variable(name).filter(|value| !value.is_empty());
    if let Some(home) = given("HOME") {
        return Some(PathBuf::from(home));
    }
    if !windows {
        return None;
    }
    given("USERPROFILE")
        .or_else(|| {
            let mut home = given("HOMEDRIVE")?;
            home.push(given("HOMEPATH")?);
            Some(home)
        })
        .map(PathBuf::from)
}

#[cfg(test)]
mod tests;
