//! What each SDK would do with each profile: they agree on the files' grammar, mostly, but not
//! on what comes first within a profile, nor on MFA.
//!
//! The orders are those of botocore, and of the SDKs for JavaScript (v3), Go (v2) and Rust.

mod outcome;

use std::collections::BTreeSet;

use keyward_core::Timestamp;
use keyward_core::chain::stated_end;
use keyward_core::config::{ConfigSet, FileKind, Section};
use keyward_core::id::ProfileName;
use serde_json::{Map, Value};

use crate::screen::ui::{BAD, FAINT, STRONG, WARN};
use crate::state::local_state::{LocalState, now};

use outcome::Outcome;

/// The SDKs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sdk {
    Botocore,
    JavaScript,
    Go,
    Rust,
}

const ALL: [Sdk; 4] = [Sdk::Botocore, Sdk::JavaScript, Sdk::Go, Sdk::Rust];

impl Sdk {
    fn name(self) -> &'static str {
        match self {
            Self::Botocore => "boto3, AWS CLI",
            Self::JavaScript => "JavaScript",
            Self::Go => "Go",
            Self::Rust => "Rust",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Botocore => "botocore",
            Self::JavaScript => "javascript",
            Self::Go => "go",
            Self::Rust => "rust",
        }
    }
}

/// Every profile with what each SDK makes of it.
#[derive(Default)]
pub(super) struct Matrix(Vec<(ProfileName, Vec<Outcome>)>);

impl Matrix {
    pub(super) fn of(local: &LocalState) -> Self {
        let mut names: BTreeSet<ProfileName> =
            local.config.profiles().map(|p| p.name.clone()).collect();
        names.extend(local.stored.iter().map(|key| key.profile.clone()));
        let files = Files {
            config: &local.config,
            now: now(),
        };
        Self(
            names
                .into_iter()
                .map(|name| {
                    let outcomes = ALL
                        .into_iter()
                        .map(|sdk| files.outcome(sdk, &name))
                        .collect();
                    (name, outcomes)
                })
                .collect(),
        )
    }

    pub(super) fn to_json(&self) -> Value {
        let profiles = self.0.iter().map(|(name, outcomes)| {
            let cells = ALL
                .into_iter()
                .zip(outcomes)
                .map(|(sdk, outcome)| (sdk.key().to_owned(), outcome.says().into()));
            (name.to_string(), Value::Object(cells.collect()))
        });
        Value::Object(profiles.collect::<Map<_, _>>())
    }

    /// What the words of the table mean that are no good news.
    pub(super) fn legend(&self) -> BTreeSet<&'static str> {
        let cells = self.0.iter().flat_map(|(_, outcomes)| outcomes);
        cells.filter_map(Outcome::means).collect()
    }

    /// A table of eighty columns at most, where the names allow it.
    pub(super) fn show(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let longest = self.0.iter().map(|(name, _)| name.as_str().len()).max();
        let first = longest.unwrap_or_default().max("PROFILE".len());
        let widths: Vec<usize> = ALL
            .into_iter()
            .enumerate()
            .map(|(at, sdk)| {
                let cells = self.0.iter().map(|(_, outcomes)| outcomes[at].says().len());
                cells.max().unwrap_or_default().max(sdk.name().len())
            })
            .collect();
        let mut text = format!("{FAINT}{:first$}", "PROFILE");
        for (sdk, width) in ALL.into_iter().zip(&widths) {
            text.push_str(&format!("  {:width$}", sdk.name()));
        }
        text = format!("{}{FAINT:#}\n", text.trim_end());
        for (name, outcomes) in &self.0 {
            text.push_str(&format!("{STRONG}{:first$}{STRONG:#}", name.as_str()));
            for (outcome, width) in outcomes.iter().zip(&widths) {
                let message = outcome.says();
                let pad = " ".repeat(width - message.len());
                let cell = match outcome {
                    outcome if outcome.is_good() => message,
                    Outcome::Key | Outcome::Role(_) | Outcome::AsksCode => {
                        format!("{WARN}{message}{WARN:#}")
                    }
                    _ => format!("{BAD}{message}{BAD:#}"),
                };
                text.push_str(&format!("  {cell}{pad}"));
            }
            text = format!("{}\n", text.trim_end());
        }
        text
    }
}

/// Both files as they are read now.
#[derive(Clone, Copy)]
struct Files<'a> {
    config: &'a ConfigSet,
    now: Timestamp,
}

impl Files<'_> {
    /// What one SDK does with a profile.
    fn outcome(self, sdk: Sdk, name: &ProfileName) -> Outcome {
        // Python's parser takes no name twice, whichever profile is meant.
        let mut diagnostics = self.config.diagnostics().iter();
        if sdk == Sdk::Botocore && diagnostics.any(|one| one.message.contains(REFUSED_WHOLE)) {
            return Outcome::RefusesFile;
        }
        outcome(self, sdk, name, &mut Vec::new())
    }
}

/// What the diagnostic of a name that stands twice says.
const REFUSED_WHOLE: &str = "boto3 refuse the whole file";

/// What one SDK does with a profile. `path` is the way to it.
fn outcome(files: Files<'_>, sdk: Sdk, name: &ProfileName, path: &mut Vec<ProfileName>) -> Outcome {
    let Some(profile) = files.config.profile(name) else {
        return Outcome::Nothing;
    };
    let section = &profile.section;
    let is_source = !path.is_empty();
    if path.contains(name) || path.len() > 16 {
        return Outcome::Nothing;
    }
    // Keys of a source come before its own role, in every SDK.
    if is_source && let Some(keys) = static_keys(files, section, None) {
        return keys;
    }
    if section.value("role_arn").is_some() && section.value("web_identity_token_file").is_none() {
        path.push(name.clone());
        return role(files, sdk, name, section, path);
    }
    own(files, sdk, section)
}

fn role(
    files: Files<'_>,
    sdk: Sdk,
    name: &ProfileName,
    section: &Section,
    path: &mut Vec<ProfileName>,
) -> Outcome {
    let source = match section.value("source_profile") {
        Some(source) if source == name.as_str() => {
            static_keys(files, section, None).unwrap_or(Outcome::Nothing)
        }
        Some(source) => match source.parse() {
            Ok(source) => outcome(files, sdk, &source, path),
            Err(_) => Outcome::Nothing,
        },
        None => match section.value("credential_source") {
            Some("Environment") => Outcome::Native("environment"),
            Some("EcsContainer") => Outcome::Native("container"),
            Some("Ec2InstanceMetadata") => Outcome::Native("instance"),
            _ => Outcome::Nothing,
        },
    };
    let source = match source {
        Outcome::Nothing => return Outcome::Nothing,
        Outcome::AsksCode | Outcome::NeedsCode | Outcome::Ended => return source,
        // A role of a role is shown as what lies below both.
        Outcome::Role(below) => *below,
        other => other,
    };
    if section.value("mfa_serial").is_none() {
        return Outcome::Role(Box::new(source));
    }
    match sdk {
        Sdk::Botocore => Outcome::AsksCode,
        Sdk::JavaScript | Sdk::Go => Outcome::NeedsCode,
        // Its source's own session may carry MFA already.
        Sdk::Rust if source == Outcome::Keyward && source_has_device(files.config, section) => {
            Outcome::Role(Box::new(source))
        }
        Sdk::Rust => Outcome::SkipsCode(Box::new(source)),
    }
}

fn source_has_device(config: &ConfigSet, section: &Section) -> bool {
    section
        .value("source_profile")
        .and_then(|source| config.profile(&source.parse().ok()?))
        .is_some_and(|source| source.section.value("mfa_serial").is_some())
}

/// The first of a profile's own sources, in the SDK's order.
fn own(files: Files<'_>, sdk: Sdk, section: &Section) -> Outcome {
    let keys = || static_keys(files, section, None);
    let web = || {
        let both = section.value("role_arn").is_some()
            && section.value("web_identity_token_file").is_some();
        both.then_some(Outcome::Native("web identity"))
    };
    let sso = || {
        let has = ["sso_session", "sso_start_url"]
            .iter()
            .any(|key| section.value(key).is_some());
        has.then_some(Outcome::Native("sso"))
    };
    let login = || {
        section
            .value("login_session")
            .map(|_| Outcome::Native("login"))
    };
    let process = || {
        section.value("credential_process").map(|line| {
            if line.contains("keyward") && line.contains("credential-process") {
                Outcome::Keyward
            } else {
                Outcome::Process
            }
        })
    };
    let found = match sdk {
        Sdk::Botocore => web()
            .or_else(sso)
            .or_else(|| static_keys(files, section, Some(FileKind::Credentials)))
            .or_else(login)
            .or_else(process)
            .or_else(keys),
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
        Sdk::Rust => web()
            .or_else(sso)
            .or_else(login)
            .or_else(process)
            .or_else(keys),
    };
    found.unwrap_or(Outcome::Nothing)
}

/// A key pair, of one file where that matters.
fn static_keys(files: Files<'_>, section: &Section, file: Option<FileKind>) -> Option<Outcome> {
    let id = section.get("aws_access_key_id")?;
    section.value("aws_secret_access_key")?;
    if file.is_some_and(|file| id.origin.file != file) {
        return None;
    }
    Some(if section.value("aws_session_token").is_none() {
        Outcome::Key
    } else if ended(section, files.now).is_some() {
        Outcome::Ended
    } else {
        Outcome::Session
    })
}

/// When the temporary keys of a section ended, if they have.
pub(super) fn ended(section: &Section, now: Timestamp) -> Option<Timestamp> {
    stated_end(section).filter(|end| *end <= now)
}

#[cfg(test)]
mod tests;
