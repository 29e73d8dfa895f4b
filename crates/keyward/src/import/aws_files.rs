//! Long-lived keys in the clear in the AWS files. Finds them and their lines; temporary
//! credentials, halves and contradictions stay, with the reason.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use keyward_core::chain::session_token;
use keyward_core::config::{ConfigSet, FileKind, ParseError, Section, SectionRef};
use keyward_core::credentials::KeyKind;
use keyward_core::id::{AccessKeyId, KeyIdFault, ProfileName};
use keyward_core::secret::SecretAccessKey;

use super::{FoundKey, Harvest, ProcessLine, Removal};
use crate::keys::new_key::EnteredKey;
use crate::screen::error::CliError;
use crate::system::locations;

/// The id's key.
pub(super) const ID: &str = "aws_access_key_id";
/// The secret's key.
pub(super) const SECRET: &str = "aws_secret_access_key";
/// The mark of aws-mfa on the section that holds a key.
pub(super) const LONG_TERM: &str = "-long-term";

/// The reason why the key of another maker's service stays.
pub(super) const NOT_OF_AWS: &str = "its key is not an AWS key, and is used in place";

/// One AWS file.
#[derive(Debug)]
pub(crate) struct AwsFile {
    /// The place of the line.
    pub(crate) path: PathBuf,
    /// The kind of the file.
    pub(crate) kind: FileKind,
    /// Its sections, and nothing else.
    pub(super) set: ConfigSet,
}

impl AwsFile {
    /// Reads a file; a missing one is empty.
    pub(crate) fn read(path: &Path, kind: FileKind) -> Result<Self, CliError> {
        let text = crate::aws_files::rewrite::read(path).map_err(|e| {
            CliError::failed(format!("`{}` cannot be read", locations::show(path))).because(e)
        })?;
        Ok(Self::parse(path, kind, &text.unwrap_or_default())?)
    }

    /// The same of a text.
    pub(super) fn parse(path: &Path, kind: FileKind, text: &str) -> Result<Self, ParseError> {
        let shown = locations::show(path);
        let file = Some((shown.as_str(), text));
        let set = match kind {
            FileKind::Config => ConfigSet::load(file, None),
            FileKind::Credentials => ConfigSet::load(None, file),
        }?;
        Ok(Self {
            path: path.to_owned(),
            kind,
            set,
        })
    }

    /// The lines of one of its profiles, those of `keys` that it has.
    pub(super) fn removal(&self, profile: &ProfileName, keys: &[&'static str]) -> Removal {
        let section = self.set.profile(profile).map(|profile| &profile.section);
        let there = |key: &&&str| section.is_some_and(|section| section.get(key).is_some());
        Removal {
            path: self.path.clone(),
            kind: self.kind,
            section: SectionRef::Profile(profile.clone()),
            keys: keys.iter().filter(there).copied().collect(),
        }
    }
}

/// The content of a section.
pub(super) enum Holds {
    /// No key at all.
    Nothing,
    /// A long-lived key.
    Key(EnteredKey),
    /// A session that another tool writes and will write again.
    Temporary,
    /// The key of a service that is not AWS.
    OfAnotherMaker,
    /// Something that was meant to be a key.
    Spoilt(&'static str),
}

/// Looks at a section.
pub(super) fn look(section: &Section) -> Holds {
    let (id, secret) = match (section.value(ID), section.value(SECRET)) {
        (None, None) => return Holds::Nothing,
        (Some(_), None) => return Holds::Spoilt("the secret access key is missing"),
        (None, Some(_)) => return Holds::Spoilt("the access key id is missing"),
        (Some(id), Some(secret)) => (id, secret),
    };
    let access_key_id = match (KeyIdFault::of_pair(id, secret), id.parse::<AccessKeyId>()) {
        (None, Ok(id)) => id,
        (Some(KeyIdFault::LikeSecret), _) => {
            return Holds::Spoilt("the id and the secret are swapped");
        }
        _ => return Holds::Spoilt("that is not an access key id"),
    };
    let token = session_token(section).map(|(_, token)| token.value.as_str());
    match KeyKind::of(&access_key_id, token) {
        KeyKind::Temporary | KeyKind::TokenMissing => return Holds::Temporary,
        KeyKind::TokenLeftBehind => {
            return Holds::Spoilt(
                "a session token is set beside it, which a long-lived key never has; remove that line",
            );
        }
        KeyKind::LongLived if !access_key_id.has_aws_shape() => return Holds::OfAnotherMaker,
        KeyKind::LongLived => {}
    }
    match secret.parse::<SecretAccessKey>() {
        Ok(secret_access_key) if secret_access_key.has_aws_shape() => Holds::Key(EnteredKey {
            access_key_id,
            secret_access_key,
        }),
        _ => Holds::Spoilt("a secret access key has 40 characters; this one does not"),
    }
}

/// Every key in the clear of these files.
pub(crate) fn harvest(files: &[AwsFile]) -> Harvest {
    let mut harvest = Harvest::default();
    for file in files {
        for profile in file.set.profiles() {
            let place = format!("profile `{}` at {}", profile.name, profile.origin);
            if profile.name.as_str().ends_with(LONG_TERM) {
                if let Holds::Key(_) = look(&profile.section) {
                    harvest.ignore(place, "it is aws-mfa's; `keyward import aws-mfa` takes it");
                }
                continue;
            }
            match look(&profile.section) {
                Holds::Nothing => {}
                Holds::Temporary => {
                    harvest.ignore(place, "temporary credentials end by themselves")
                }
                Holds::OfAnotherMaker => harvest.ignore(place, NOT_OF_AWS),
                Holds::Spoilt(why) => harvest.miss(place, why),
                Holds::Key(given) => harvest.keys.push(FoundKey {
                    profile: profile.name.clone(),
                    given,
                    mfa_serial: None,
                    place: profile.origin.to_string(),
                    removals: vec![file.removal(&profile.name, &[ID, SECRET])],
                    process: ProcessLine::Keep,
                }),
            }
        }
        for (header, section) in file.set.ignored_sections() {
            if let Holds::Key(_) = look(section) {
                harvest.miss(
                    format!("section `[{header}]` of {}", locations::show(&file.path)),
                    ignored_because(file.kind),
                );
            }
        }
    }
    join(&mut harvest);
    harvest
}

/// Returns why the key of a section without a profile's name stays.
fn ignored_because(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Config => {
            "the AWS tools ignore a section of that name; rename it to `[profile NAME]` first"
        }
        // botocore reads any header of this file as a name.
        FileKind::Credentials => {
            "boto3 and the AWS CLI read a section of that name, other SDKs do not; rename it to `[NAME]` of letters, digits and `_-/.%@:+` first"
        }
    }
}

/// One key per profile: the same key in both files goes from both, and two different ones stay,
/// because whichever was taken, every SDK would start to use the other.
fn join(harvest: &mut Harvest) {
    let mut joined: Vec<FoundKey> = Vec::new();
    let mut places: HashMap<ProfileName, usize> = HashMap::new();
    let mut torn: HashSet<ProfileName> = HashSet::new();
    for found in std::mem::take(&mut harvest.keys) {
        let Some(at) = places.get(&found.profile) else {
            places.insert(found.profile.clone(), joined.len());
            joined.push(found);
            continue;
        };
        let first = &mut joined[*at];
        // Compared in the clear, because a key is the same only if both halves are.
        let same = first.given.access_key_id == found.given.access_key_id
            && first.given.secret_access_key.expose() == found.given.secret_access_key.expose();
        if same {
            first.place = format!("{} and {}", first.place, found.place);
            first.removals.extend(found.removals);
        } else {
            torn.insert(found.profile.clone());
            harvest.miss(
                format!("profile `{}`", found.profile),
                format!(
                    "{} and {} give it two different keys; take out the one it does not need",
                    first.place, found.place
                ),
            );
        }
    }
    joined.retain(|found| !torn.contains(&found.profile));
    harvest.keys = joined;
}

#[cfg(test)]
mod tests;
