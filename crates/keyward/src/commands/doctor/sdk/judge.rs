//! The source that each SDK uses within a profile, and the outcome. This module reads no file. The
//! reader of each SDK provides the content of the files.
//!
//! The orders are those of botocore, and of the SDKs for JavaScript (v3), Go (v2) and Rust.

mod chain;

use std::cell::RefCell;
use std::collections::HashMap;

use keyward_core::Timestamp;
use keyward_core::chain::{END_KEYS, TOKEN_KEYS, has_open_quote};
use keyward_core::config::FileKind;
use keyward_core::credentials::KeyKind;
use keyward_core::id::AccessKeyId;
use smol_str::SmolStr;

use super::Sdk;
use super::outcome::Outcome;
use super::reader::{Reader, Seen, is_inherited};
use crate::commands::doctor::process_line;
use crate::environment as env;
use crate::session::{is_trusted_container, shell_sign};
use chain::Ending;

/// An Identity Center's own settings.
const CENTER: [&str; 2] = ["sso_start_url", "sso_region"];
/// The account and the role in it.
const CENTER_ROLE: [&str; 2] = ["sso_account_id", "sso_role_name"];

/// The decisions of the environment and the machine.
pub(super) struct Surroundings<'a> {
    pub(super) now: Timestamp,
    /// Looks up a variable; `Some("")` where it is set and empty.
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
    /// Whether a program is there.
    pub(super) exists: &'a dyn Fn(&str) -> bool,
    /// Whether a file can be read.
    pub(super) readable: &'a dyn Fn(&str) -> bool,
}

/// One SDK in its surroundings.
pub(super) struct Judge<'a, 'c> {
    sdk: Sdk,
    reader: Reader<'c>,
    surroundings: &'a Surroundings<'a>,
    /// Profiles that were judged as sources: the rest of a chain is followed once, however many
    /// profiles lead to it.
    sources: RefCell<HashMap<SmolStr, Ending>>,
}

/// The source that a role profile names.
enum Source<'s> {
    Profile(&'s str),
    Credentials(&'s str),
    /// The profile itself.
    Own,
}

impl<'a, 'c> Judge<'a, 'c> {
    pub(super) fn new(sdk: Sdk, reader: Reader<'c>, surroundings: &'a Surroundings<'a>) -> Self {
        Self {
            sdk,
            reader,
            surroundings,
            sources: RefCell::default(),
        }
    }

    /// Returns the outcome of the SDK for a profile.
    pub(super) fn profile(&self, name: &str) -> Outcome {
        let found = self.asked(name);
        // JavaScript tries the line of the profile again when the rest leads nowhere.
        match (self.sdk, self.reader.profile(name)) {
            (Sdk::JavaScript, Some(seen))
                if matches!(found, Outcome::Nothing | Outcome::Environment) =>
            {
                self.process(&seen).unwrap_or(found)
            }
            (Sdk::Botocore, Some(seen)) if !found.is_failure() && self.is_kept_off(&seen) => {
                Outcome::Environment
            }
            _ => found,
        }
    }

    /// Whether the certificates for every call cannot be read, or botocore raises an error for the web identity
    /// of the environment, which it prefers to every source that is not a role.
    fn is_kept_off(&self, seen: &Seen) -> bool {
        let set = |name| (self.surroundings.variable)(name).filter(|value| !value.is_empty());
        let readable = |path: &String| (self.surroundings.readable)(path);
        let bundle = set(env::AWS_CA_BUNDLE).or_else(|| seen.value("ca_bundle").map(str::to_owned));
        let token = set(env::WEB_IDENTITY_TOKEN_FILE).filter(|_| !seen.has("role_arn"));
        let has_role = set(env::ROLE_ARN).is_some();
        bundle.is_some_and(|path| !readable(&path))
            || token.is_some_and(|path| !has_role || !readable(&path))
    }

    /// Whether the SDK looks at a key: Rust also at one without a value.
    fn looks_at(&self, seen: &Seen, key: &str) -> bool {
        match self.sdk {
            Sdk::Rust => seen.is_written(key),
            Sdk::Botocore | Sdk::JavaScript | Sdk::Go => seen.has(key),
        }
    }

    /// Whether the profile is a role to the SDK, and not a web identity.
    fn has_role(&self, seen: &Seen) -> bool {
        match self.sdk {
            // A role with a source comes before a web identity.
            Sdk::JavaScript => seen.has("role_arn"),
            // They also accept a role without a value.
            Sdk::Botocore | Sdk::Rust => {
                seen.is_written("role_arn") && !seen.is_written("web_identity_token_file")
            }
            Sdk::Go => seen.has("role_arn") && !seen.has("web_identity_token_file"),
        }
    }

    /// Returns the outcome of the keys of a source profile, if it has any.
    fn with_keys(&self, seen: &Seen) -> Option<Outcome> {
        match self.sdk {
            // One half of a key is enough. Then any source of the profile counts.
            Sdk::Botocore => ["aws_access_key_id", "aws_secret_access_key"]
                .iter()
                .any(|key| seen.is_written(key))
                .then(|| self.own(seen)),
            Sdk::JavaScript | Sdk::Go => self.keys(seen, None),
            // It looks for another source of a profile with one half.
            Sdk::Rust => self
                .keys(seen, None)
                .filter(|outcome| *outcome != Outcome::HalfKey),
        }
    }

    /// The source of a role; none if the SDK ignores the role.
    fn source<'s>(&self, seen: &'s Seen, name: &str) -> Result<Option<Source<'s>>, Outcome> {
        let profile = seen.value("source_profile");
        let credentials = seen.value("credential_source");
        if self.sdk == Sdk::Go {
            let kinds = [
                "source_profile",
                "credential_source",
                "credential_process",
                "sso_session",
                "sso_start_url",
            ];
            let sso_twice = seen.has("sso_session") && seen.has("sso_start_url");
            let given = kinds.iter().filter(|key| seen.has(key)).count();
            if given - usize::from(sso_twice) > 1 {
                return Err(Outcome::RefusesProfile);
            }
        }
        match (profile, credentials) {
            (Some(_), Some(_)) => match self.sdk {
                Sdk::JavaScript => Ok(None),
                _ => Err(Outcome::RefusesProfile),
            },
            (Some(source), None) if source == name => Ok(Some(Source::Own)),
            // To it, each of these names has been passed already.
            (Some(source), None) if self.sdk == Sdk::JavaScript && is_inherited(source) => {
                Err(Outcome::Nothing)
            }
            (Some(source), None) => Ok(Some(Source::Profile(source))),
            (None, Some(source)) => Ok(Some(Source::Credentials(source))),
            (None, None) => match self.sdk {
                Sdk::Botocore | Sdk::Rust => Err(Outcome::RefusesProfile),
                Sdk::JavaScript => Ok(None),
                Sdk::Go => Ok(Some(Source::Own)),
            },
        }
    }

    /// The outcome of a profile that is its own source.
    fn own_source(&self, seen: &Seen) -> Outcome {
        match self.sdk {
            // Any source of the profile itself.
            Sdk::Go | Sdk::Rust => self.own(seen),
            Sdk::Botocore | Sdk::JavaScript => self.with_keys(seen).unwrap_or(Outcome::Nothing),
        }
    }

    fn credential_source(&self, kind: &str) -> Outcome {
        let set = |name: &str| (self.surroundings.variable)(name);
        let filled = |name: &str| set(name).is_some_and(|value| !value.is_empty());
        let is = |word: &str| match self.sdk {
            // They compare the word as it is.
            Sdk::Botocore | Sdk::JavaScript => kind == word,
            Sdk::Go | Sdk::Rust => kind.eq_ignore_ascii_case(word),
        };
        if is("Environment") {
            match filled("AWS_ACCESS_KEY_ID") && filled("AWS_SECRET_ACCESS_KEY") {
                true => Outcome::Native("environment"),
                false => Outcome::Environment,
            }
        } else if is("EcsContainer") {
            let relative = set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
            let full = filled("AWS_CONTAINER_CREDENTIALS_FULL_URI");
            let url = set("AWS_CONTAINER_CREDENTIALS_FULL_URI").unwrap_or_default();
            match relative.as_deref() {
                // Every SDK sends its request to this machine or behind TLS only.
                Some("") | None if full && !is_trusted_container(&url) => Outcome::Environment,
                // Python asks the address of ECS with an empty path. Rust refuses it.
                Some("") if matches!(self.sdk, Sdk::Botocore | Sdk::Rust) => Outcome::Environment,
                Some("") | None if !full => Outcome::Environment,
                _ => Outcome::Native("container"),
            }
        } else if is("Ec2InstanceMetadata") {
            let disabled = set("AWS_EC2_METADATA_DISABLED");
            let disabled = disabled.is_some_and(|value| value.eq_ignore_ascii_case("true"));
            match disabled && self.sdk != Sdk::JavaScript {
                true => Outcome::Environment,
                false => Outcome::Native("instance"),
            }
        } else {
            Outcome::Nothing
        }
    }

    /// The role that is assumed with the source's credentials.
    fn role(&self, seen: &Seen, source: Outcome) -> Outcome {
        let source = match source {
            source if source.is_failure() => return source,
            // The table shows a role of a role as the source below both.
            Outcome::Role(below) => *below,
            other => other,
        };
        // AWS refuses the empty text that these send. Rust ignores the device.
        let sends_empty = |key| match self.sdk {
            Sdk::Botocore => seen.empty(key).is_some(),
            Sdk::Rust => key != "mfa_serial" && seen.empty(key).is_some(),
            Sdk::JavaScript | Sdk::Go => false,
        };
        if ["role_arn", "mfa_serial", "external_id"]
            .into_iter()
            .any(sends_empty)
        {
            return Outcome::RefusesProfile;
        }
        if !seen.has("mfa_serial") {
            return Outcome::Role(Box::new(source));
        }
        match self.sdk {
            Sdk::Botocore => Outcome::AsksCode,
            Sdk::JavaScript | Sdk::Go => Outcome::NeedsCode,
            // Its source's own session may carry MFA already.
            Sdk::Rust if source == Outcome::Keyward && self.source_has_device(seen) => {
                Outcome::Role(Box::new(source))
            }
            Sdk::Rust => Outcome::SkipsCode(Box::new(source)),
        }
    }

    fn source_has_device(&self, seen: &Seen) -> bool {
        let source = seen.value("source_profile");
        let source = source.and_then(|name| self.reader.profile(name));
        source.is_some_and(|source| source.has("mfa_serial"))
    }

    /// The first of a profile's own sources, in the SDK's order.
    fn own(&self, seen: &Seen) -> Outcome {
        let keys = || self.keys(seen, None);
        let in_file = |file| self.keys(seen, Some(file));
        let web = || self.web_identity(seen);
        let named = || {
            let kind = seen.value("credential_source").unwrap_or_default();
            self.looks_at(seen, "credential_source")
                .then(|| self.credential_source(kind))
        };
        let sso = || self.sso(seen);
        let login = || {
            seen.has("login_session")
                .then_some(Outcome::Native("login"))
        };
        let process = || self.process(seen);
        let found = match self.sdk {
            Sdk::Botocore => web()
                .or_else(sso)
                .or_else(|| in_file(FileKind::Credentials))
                .or_else(login)
                .or_else(process)
                .or_else(|| in_file(FileKind::Config)),
            Sdk::JavaScript => keys()
                .or_else(web)
                .or_else(process)
                .or_else(sso)
                .or_else(login),
            Sdk::Go => keys()
                .or_else(web)
                .or_else(sso)
                .or_else(login)
                .or_else(process),
            // A source by its name counts without a role, too.
            Sdk::Rust => named()
                .or_else(web)
                .or_else(sso)
                .or_else(login)
                .or_else(process)
                .or_else(keys),
        };
        found.unwrap_or(Outcome::Nothing)
    }

    fn web_identity(&self, seen: &Seen) -> Option<Outcome> {
        if !self.looks_at(seen, "web_identity_token_file") {
            return None;
        }
        let whole = seen.has("web_identity_token_file") && self.looks_at(seen, "role_arn");
        match (whole, self.sdk) {
            (true, _) => Some(Outcome::Native("web identity")),
            (false, Sdk::Botocore | Sdk::Rust) => Some(Outcome::RefusesProfile),
            (false, Sdk::JavaScript | Sdk::Go) => None,
        }
    }

    /// An Identity Center, which needs its section, both of its own settings and a role.
    fn sso(&self, seen: &Seen) -> Option<Outcome> {
        if self.sdk == Sdk::Botocore {
            return self.sso_of_botocore(seen);
        }
        let session = self
            .looks_at(seen, "sso_session")
            .then(|| seen.value("sso_session").unwrap_or_default());
        let mut parts = CENTER.iter().chain(&CENTER_ROLE);
        if session.is_none() && !parts.any(|key| self.looks_at(seen, key)) {
            return None;
        }
        // The section alone may have them.
        if self.sdk == Sdk::Rust
            && session.is_some()
            && CENTER.iter().any(|key| seen.is_written(key))
        {
            return Some(Outcome::RefusesProfile);
        }
        let has_center = match session.map(|name| self.reader.sso_session(name)) {
            Some(None) => return Some(Outcome::NoSsoSession),
            // A setting of both must be the same.
            Some(Some(section))
                if self.sdk == Sdk::Go
                    && CENTER.iter().any(|key| {
                        seen.has(key) && section.has(key) && seen.value(key) != section.value(key)
                    }) =>
            {
                return Some(Outcome::RefusesProfile);
            }
            Some(Some(section)) => CENTER.iter().all(|key| section.has(key)),
            None => CENTER.iter().all(|key| seen.has(key)),
        };
        Some(center(has_center, seen))
    }

    /// The same for botocore, to which a key without a value is there. Without an account and a role, the
    /// profile is for tokens alone.
    fn sso_of_botocore(&self, seen: &Seen) -> Option<Outcome> {
        if !CENTER_ROLE.iter().any(|key| seen.is_written(key)) {
            return None;
        }
        if !seen.is_written("sso_session") {
            return Some(center(CENTER.iter().all(|key| seen.has(key)), seen));
        }
        let name = seen.value("sso_session").unwrap_or_default();
        Some(match self.reader.sso_session(name) {
            None => Outcome::NoSsoSession,
            // Any key of both must be the same.
            Some(section) if section.contradicts(seen) => Outcome::RefusesProfile,
            // The token is made from the section alone.
            Some(section) => center(CENTER.iter().all(|key| section.has(key)), seen),
        })
    }

    /// A `credential_process` line.
    fn process(&self, seen: &Seen) -> Option<Outcome> {
        let runs_empty = matches!(self.sdk, Sdk::Botocore | Sdk::Rust);
        if runs_empty && seen.empty("credential_process").is_some() {
            return Some(Outcome::BrokenLine);
        }
        let line = seen.value("credential_process")?;
        if cfg!(not(windows)) && has_open_quote(line) {
            return Some(Outcome::BrokenLine);
        }
        // botocore alone starts the program without a shell.
        if self.sdk == Sdk::Botocore && shell_sign(line).is_some() {
            return Some(Outcome::NeedsShell);
        }
        if process_line::program(line).is_some_and(|program| !(self.surroundings.exists)(&program))
        {
            return Some(Outcome::NoProgram);
        }
        let asks_keyward = line.contains("keyward") && line.contains("credential-process");
        Some(match asks_keyward {
            true => Outcome::Keyward,
            false => Outcome::Process,
        })
    }

    /// An access key; of one file where that is asked.
    fn keys(&self, seen: &Seen, file: Option<FileKind>) -> Option<Outcome> {
        let of = |key: &str| seen.find(key);
        // The parts of both files are joined; the others read a key from one.
        let joins = matches!(self.sdk, Sdk::JavaScript | Sdk::Rust);
        let is_empty = match self.sdk {
            Sdk::Botocore => empty_key(seen, file),
            Sdk::Rust => empty_in_any(seen),
            Sdk::JavaScript | Sdk::Go => false,
        };
        if is_empty {
            return Some(Outcome::EmptyKey);
        }
        let (id, secret) = (of("aws_access_key_id"), of("aws_secret_access_key"));
        let (first, _) = match (id, secret) {
            (None, None) => return None,
            // A secret alone is noticed by these only.
            (None, Some(secret)) if matches!(self.sdk, Sdk::Go | Sdk::Rust) => secret,
            (None, Some(_)) => return None,
            (Some(id), _) => id,
        };
        if file.is_some_and(|file| first != file) {
            return None;
        }
        let whole = match (id, secret) {
            (Some((one, _)), Some((other, _))) => joins || one == other,
            _ => false,
        };
        if !whole {
            return match self.sdk {
                // It looks for another source.
                Sdk::JavaScript => None,
                Sdk::Botocore | Sdk::Go | Sdk::Rust => Some(Outcome::HalfKey),
            };
        }
        // A header cannot hold a line end, and the signature of another secret is refused.
        let continued =
            |part: Option<(FileKind, &str)>| part.is_some_and(|(_, text)| text.contains('\n'));
        if continued(id) || continued(secret) {
            return Some(Outcome::ContinuedKey);
        }
        let token_keys: &[&str] = match self.sdk {
            // Also the one of old SDKs.
            Sdk::Botocore => &TOKEN_KEYS,
            Sdk::JavaScript | Sdk::Go | Sdk::Rust => &TOKEN_KEYS[..1],
        };
        let mut tokens = token_keys.iter().filter_map(|key| of(key));
        let token = tokens.find(|(place, _)| joins || *place == first);
        let needs_token = || {
            let id: Option<AccessKeyId> = id.and_then(|(_, id)| id.parse().ok());
            id.is_some_and(|id| KeyKind::of(&id, None) == KeyKind::TokenMissing)
        };
        Some(match token {
            None if needs_token() => Outcome::NoToken,
            None => Outcome::Key,
            Some(_) if self.has_ended(seen, first) => Outcome::Ended,
            Some(_) => Outcome::Session,
        })
    }

    /// Whether the tool that wrote temporary keys says beside them that they have ended.
    fn has_ended(&self, seen: &Seen, file: FileKind) -> bool {
        let beside = END_KEYS.iter().filter_map(|key| seen.find(key));
        let beside = beside.filter(|(place, _)| *place == file);
        let end = beside
            .filter_map(|(_, value)| Timestamp::read_loosely(value))
            .max();
        end.is_some_and(|end| end <= self.surroundings.now)
    }
}

/// The outcome of an Identity Center whose section is complete or not.
fn center(is_complete: bool, seen: &Seen) -> Outcome {
    match is_complete && CENTER_ROLE.iter().all(|key| seen.has(key)) {
        true => Outcome::Native("sso"),
        false => Outcome::HalfSso,
    }
}

/// Whether both parts of a key are written, in whichever file, and one is empty. Rust uses it unchanged.
fn empty_in_any(seen: &Seen) -> bool {
    let parts = ["aws_access_key_id", "aws_secret_access_key"];
    parts.iter().all(|key| seen.is_written(key))
        && parts.iter().any(|key| seen.empty(key).is_some())
}

/// Whether a key of one of the files, or of that file, is written with an empty half. Python uses
/// it unchanged.
fn empty_key(seen: &Seen, file: Option<FileKind>) -> bool {
    let place = |key: &str| seen.empty(key).or_else(|| Some(seen.find(key)?.0));
    let (id, secret) = ("aws_access_key_id", "aws_secret_access_key");
    let empty = seen.empty(id).or_else(|| seen.empty(secret));
    empty.is_some_and(|at| {
        file.is_none_or(|file| file == at) && place(id) == Some(at) && place(secret) == Some(at)
    })
}
