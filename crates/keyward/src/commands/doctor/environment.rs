//! Variables that contradict one another or the files.

mod paths;

use std::path::Path;

use keyward_core::Timestamp;
use keyward_core::credentials::KeyKind;
use keyward_core::id::{AccessKeyId, ProfileName};

use super::finding::Finding;
use crate::environment as env;
use crate::screen::error::fix_of_ignored;
use crate::session::is_trusted_container;
use crate::state::local_state::{LocalState, Unread, now};
use crate::system::read_limited;

/// Returns findings about this process's environment. If the files cannot be read, no profile
/// counts as unknown.
pub(super) fn look(local: &LocalState, unread: &Unread) -> Vec<Finding> {
    // If a name leads nowhere, the finding gives advice to its users.
    let unknown = |name: &str| {
        if !unread.aws_files.is_empty() {
            return None;
        }
        let Ok(name) = name.parse::<ProfileName>() else {
            return Some(Unknown::to_all("keyward list"));
        };
        if local.config.profile(&name).is_some() || local.stored.get(&name).is_some() {
            return None;
        }
        Some(match local.config.ignored_profile(name.as_str()) {
            Some(header) => Unknown {
                to: format!(
                    "not every AWS tool reads `[{}]` in {}",
                    header.text, header.at
                ),
                hint: fix_of_ignored(&header, &name, &|name| {
                    let name = name.parse();
                    name.is_ok_and(|name| local.config.profile(&name).is_some())
                }),
            },
            None => Unknown::to_all("keyward list"),
        })
    };
    let surroundings = Surroundings {
        get: &env::get,
        is_empty: &|name| env::get_even_empty(name).is_some_and(|value| value.is_empty()),
        read: &|path| read_limited::read(Path::new(path), read_limited::SETTINGS).ok(),
        readable: &can_be_read,
    };
    check(&surroundings, &unknown, now())
}

/// A profile that is named and not found.
struct Unknown {
    /// The tools that do not know it; empty for all tools.
    to: String,
    hint: String,
}

impl Unknown {
    fn to_all(hint: &str) -> Self {
        Self {
            to: String::new(),
            hint: hint.to_owned(),
        }
    }
}

/// The parts of the environment that the checks ask.
struct Surroundings<'a> {
    /// The value of a variable, unless it is empty.
    get: &'a dyn Fn(&str) -> Option<String>,
    /// Whether a variable is set and empty.
    is_empty: &'a dyn Fn(&str) -> bool,
    /// The content of a file that a variable names.
    read: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    /// Whether a path leads to something that can be read.
    readable: &'a dyn Fn(&str) -> bool,
}

/// Whether a path leads to something that this user can read. Devices and pipes are not opened.
pub(super) fn can_be_read(path: &str) -> bool {
    let path = env::expand_home(path.as_ref());
    match std::fs::metadata(&path) {
        Ok(found) if found.is_file() => std::fs::File::open(&path).is_ok(),
        Ok(_) => true,
        Err(_) => false,
    }
}

fn check(
    surroundings: &Surroundings<'_>,
    unknown: &dyn Fn(&str) -> Option<Unknown>,
    now: Timestamp,
) -> Vec<Finding> {
    let get = surroundings.get;
    let mut findings = Vec::new();
    empty(surroundings.is_empty, &mut findings);
    container(surroundings, &mut findings);
    keys(get, now, &mut findings);
    profile(get, unknown, &mut findings);
    paths::look(surroundings, &mut findings);
    if let Some(home) = get(env::HOME).filter(|home| !home.starts_with('~'))
        && Path::new(&home).is_relative()
    {
        findings.push(
            Finding::problem(
                "relative-home",
                "it is a relative path: in another folder, keyward looks for another vault",
            )
            .at(env::HOME)
            .hint(format!("set {} to an absolute path", env::HOME)),
        );
    }
    if let Some(url) = get(env::AWS_ENDPOINT_URL) {
        let here = ["127.0.0.1", "localhost", "[::1]"]
            .iter()
            .any(|host| url.contains(host));
        let what = if here { "this machine" } else { "another host" };
        findings.push(
            Finding::note(
                "endpoint",
                format!("every call goes to {what} instead of AWS"),
            )
            .at(env::AWS_ENDPOINT_URL),
        );
    }
    if let (Some(one), Some(other)) = (get(env::AWS_REGION), get(env::AWS_DEFAULT_REGION))
        && one != other
    {
        findings.push(
            Finding::problem(
                "two-regions",
                format!("SDKs use {one}, but boto3 and the AWS CLI v1 use {other}"),
            )
            .at(env::AWS_DEFAULT_REGION)
            .hint(format!("unset {}", env::AWS_DEFAULT_REGION)),
        );
    }
    findings
}

fn keys(get: &dyn Fn(&str) -> Option<String>, now: Timestamp, findings: &mut Vec<Finding>) {
    let id = get(env::AWS_ACCESS_KEY_ID);
    let secret = get(env::AWS_SECRET_ACCESS_KEY);
    let used = keyward_core::chain::TOKEN_VARIABLES
        .into_iter()
        .find_map(|name| Some((name, get(name)?)));
    let (name, token) = used.map_or((env::AWS_SESSION_TOKEN, None), |(name, token)| {
        (name, Some(token))
    });
    if id.is_some() != secret.is_some() {
        findings.push(
            Finding::problem("half-key", "only one half of a key is set")
                .at(env::AWS_ACCESS_KEY_ID)
                .hint(unset()),
        );
    }
    let Some(id) = id else { return };
    if let Some(profile) = get(env::AWS_PROFILE) {
        findings.push(
            Finding::problem(
                "keys-beside-profile",
                format!("boto3, the AWS CLI and the SDKs for Go and Rust use the keys of the environment, and the SDK for JavaScript uses profile `{profile}`"),
            )
            .at(env::AWS_PROFILE)
            .hint(unset()),
        );
    }
    match key_kind(&id, token.as_deref()) {
        Some(KeyKind::TokenMissing) => findings.push(
            Finding::problem("no-token", "a temporary key is set without its token")
                .at(env::AWS_ACCESS_KEY_ID)
                .hint(unset()),
        ),
        Some(KeyKind::LongLived) => findings.push(
            Finding::problem(
                "long-lived-key",
                "a long-lived key is in the environment, where every program sees it",
            )
            .at(env::AWS_ACCESS_KEY_ID)
            .hint("keyward add PROFILE --env"),
        ),
        Some(KeyKind::TokenLeftBehind) => findings.push(
            Finding::problem(
                "token-left-behind",
                "the token of another session is set beside a long-lived key, and AWS refuses the two together",
            )
            .at(name)
            .hint(format!("unset {name}")),
        ),
        Some(KeyKind::Temporary) | None => {}
    }
    if let (Some(old), Some(token)) = (get(env::AWS_SECURITY_TOKEN), token)
        && old != token
    {
        findings.push(
            Finding::problem(
                "two-tokens",
                "boto3 uses this token, other SDKs that of AWS_SESSION_TOKEN",
            )
            .at(env::AWS_SECURITY_TOKEN)
            .hint(format!("unset {}", env::AWS_SECURITY_TOKEN)),
        );
    }
    let end = get(env::AWS_CREDENTIAL_EXPIRATION).and_then(|text| Timestamp::read_loosely(&text));
    if end.is_some_and(|end| end <= now) {
        findings.push(
            Finding::problem("expired", "the credentials of this shell have ended")
                .at(env::AWS_CREDENTIAL_EXPIRATION)
                .hint(unset()),
        );
    }
}

/// Variables that are set and empty: botocore and the SDK for Rust use the empty values, other SDKs treat
/// them as unset.
fn empty(is_empty: &dyn Fn(&str) -> bool, findings: &mut Vec<Finding>) {
    let profiles = [
        (env::AWS_PROFILE, "boto3, the AWS CLI and the SDK for Rust"),
        (env::AWS_DEFAULT_PROFILE, "boto3 and the AWS CLI"),
    ];
    for (name, sdks) in profiles {
        if is_empty(name) {
            findings.push(
                Finding::problem(
                    "empty-profile",
                    format!("it is set and empty: {sdks} look for a profile without a name and fail, other SDKs use `default`"),
                )
                .at(name)
                .hint(format!("unset {name}")),
            );
        }
    }
    for name in [env::AWS_CONFIG_FILE, env::AWS_SHARED_CREDENTIALS_FILE] {
        if is_empty(name) {
            findings.push(
                Finding::problem(
                    "empty-file",
                    "it is set and empty: boto3, the AWS CLI and the SDK for Rust read no file, other SDKs read the usual one",
                )
                .at(name)
                .hint(format!("unset {name}")),
            );
        }
    }
}

/// The container's credentials, if SDKs read the variables in different ways.
fn container(surroundings: &Surroundings<'_>, findings: &mut Vec<Finding>) {
    let Surroundings {
        get,
        is_empty,
        read: _,
        readable: _,
    } = surroundings;
    if get(env::CONTAINER_FULL_URI).is_some() && is_empty(env::CONTAINER_RELATIVE_URI) {
        findings.push(
            Finding::problem(
                "empty-container",
                format!(
                    "it is set and empty: boto3 and the AWS CLI ask 169.254.170.2 in place of {}, and the SDK for Rust fails",
                    env::CONTAINER_FULL_URI
                ),
            )
            .at(env::CONTAINER_RELATIVE_URI)
            .hint(format!("unset {}", env::CONTAINER_RELATIVE_URI)),
        );
    }
    let relative = get(env::CONTAINER_RELATIVE_URI).is_some();
    if let Some(url) = get(env::CONTAINER_FULL_URI)
        && !relative
        && !is_trusted_container(&url)
    {
        findings.push(
            Finding::problem(
                "container-host",
                "it names another machine without TLS: boto3, the AWS CLI, keyward and other SDKs refuse to ask it",
            )
            .at(env::CONTAINER_FULL_URI)
            .hint(format!("name 127.0.0.1 or an https:// URL, or unset {}", env::CONTAINER_FULL_URI)),
        );
    }
    token(surroundings, findings);
}

/// The token for the container's endpoint, if it fits no header of HTTP.
fn token(surroundings: &Surroundings<'_>, findings: &mut Vec<Finding>) {
    let Surroundings {
        get,
        is_empty,
        read,
        readable: _,
    } = surroundings;
    let asks = [env::CONTAINER_FULL_URI, env::CONTAINER_RELATIVE_URI];
    if is_empty(env::CONTAINER_TOKEN_FILE) && asks.iter().any(|name| get(name).is_some()) {
        findings.push(
            Finding::problem(
                "empty-file",
                "it is set and empty: boto3 and the AWS CLI open a file without a name and raise an error",
            )
            .at(env::CONTAINER_TOKEN_FILE)
            .hint(format!("unset {}", env::CONTAINER_TOKEN_FILE)),
        );
    }
    if get(env::CONTAINER_TOKEN_FILE).is_none()
        && get(env::CONTAINER_TOKEN).is_some_and(|token| token.ends_with(['\n', '\r']))
    {
        findings.push(
            Finding::problem(
                "token-line-end",
                "the token ends in a line end: boto3 and the AWS CLI raise an error",
            )
            .at(env::CONTAINER_TOKEN)
            .hint(format!(
                "export {0}=\"$(printf %s \"${0}\")\"",
                env::CONTAINER_TOKEN
            )),
        );
    }
    if let Some(path) = get(env::CONTAINER_TOKEN_FILE).filter(|path| read(path).is_none()) {
        findings.push(
            Finding::problem("token-file", format!("`{path}` cannot be read"))
                .at(env::CONTAINER_TOKEN_FILE)
                .hint(format!(
                    "correct it, or unset {}",
                    env::CONTAINER_TOKEN_FILE
                )),
        );
    }
    let ends_line = |path: &String| {
        let content = read(path);
        content.is_some_and(|content| content.ends_with(b"\n") || content.ends_with(b"\r"))
    };
    if let Some(path) = get(env::CONTAINER_TOKEN_FILE).filter(ends_line) {
        findings.push(
            Finding::problem(
                "token-line-end",
                format!("the token in `{path}` ends in a line end: boto3 raises an error, the SDK for JavaScript sends no token, and Terraform finds nothing"),
            )
            .at(env::CONTAINER_TOKEN_FILE)
            .hint(format!("printf %s \"$(cat {0})\" > {0}", keyward_core::shell::quoted(&path))),
        );
    }
    let (name, held) = match get(env::CONTAINER_TOKEN_FILE) {
        Some(path) => (env::CONTAINER_TOKEN_FILE, read(&path)),
        None => (
            env::CONTAINER_TOKEN,
            get(env::CONTAINER_TOKEN).map(String::into_bytes),
        ),
    };
    if held.is_some_and(|held| !fits_a_header(&held)) {
        findings.push(
            Finding::problem(
                "token-character",
                "the token has a line end or a character outside ASCII within: boto3 and the AWS CLI raise an error, and other SDKs may send no token",
            )
            .at(name)
            .hint("write the token alone, in one line of ASCII"),
        );
    }
}

/// Whether a token is one line of ASCII. Line ends behind it have their own finding.
fn fits_a_header(token: &[u8]) -> bool {
    let line = token.trim_ascii_end();
    line.is_ascii() && !line.contains(&b'\n') && !line.contains(&b'\r')
}

/// The kind of a key from AWS, and nothing about other makers' keys.
fn key_kind(id: &str, token: Option<&str>) -> Option<KeyKind> {
    let id: AccessKeyId = id.parse().ok()?;
    id.has_aws_shape().then(|| KeyKind::of(&id, token))
}

fn profile(
    get: &dyn Fn(&str) -> Option<String>,
    unknown: &dyn Fn(&str) -> Option<Unknown>,
    findings: &mut Vec<Finding>,
) {
    let one = get(env::AWS_PROFILE);
    let other = get("AWS_DEFAULT_PROFILE");
    if let (Some(one), Some(other)) = (&one, &other)
        && one != other
    {
        findings.push(
            Finding::problem(
                "two-profiles",
                format!("most SDKs use `{one}`, but boto3 in some versions `{other}`"),
            )
            .at("AWS_DEFAULT_PROFILE")
            .hint("unset AWS_DEFAULT_PROFILE"),
        );
    }
    if let Some(name) = one
        && let Some(Unknown { to, hint }) = unknown(&name)
    {
        let message = match to.is_empty() {
            true => format!("there is no profile `{name}`"),
            false => to,
        };
        findings.push(
            Finding::problem("unknown-profile", message)
                .at(env::AWS_PROFILE)
                .hint(hint),
        );
    }
}

fn unset() -> String {
    format!(
        "unset {} {} {} {}",
        env::AWS_ACCESS_KEY_ID,
        env::AWS_SECRET_ACCESS_KEY,
        env::AWS_SESSION_TOKEN,
        env::AWS_CREDENTIAL_EXPIRATION
    )
}

#[cfg(test)]
mod tests;
