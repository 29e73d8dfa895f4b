//! The destination of another user's new key: the words of `--to`, read once.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    /// Secrets of a repository, or of one of its environments.
    GitHub(Repository),
    /// The `[default]` section of a credentials file.
    File(PathBuf),
    /// The standard input of a command.
    Command(String),
}

/// A repository, and optionally one of its environments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repository {
    /// A person or an organisation.
    pub(crate) owner: String,
    /// Its name.
    pub(crate) name: String,
    /// The environment whose secrets are meant.
    pub(crate) environment: Option<String>,
}

/// A text that names no destination.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a destination (github:OWNER/REPO, github:OWNER/REPO/ENVIRONMENT, file:PATH or exec:COMMAND)"
)]
pub(crate) struct InvalidDestination(String);

impl FromStr for Destination {
    type Err = InvalidDestination;

    fn from_str(text: &str) -> Result<Self, InvalidDestination> {
        let invalid = || InvalidDestination(text.chars().take(80).collect());
        let (kind, rest) = text.split_once(':').ok_or_else(invalid)?;
        if rest.trim().is_empty() || rest.contains(['\0', '\n', '\r']) {
            return Err(invalid());
        }
        match kind {
            "github" => repository(rest).map(Self::GitHub).ok_or_else(invalid),
            "file" => Ok(Self::File(PathBuf::from(rest))),
            "exec" => Ok(Self::Command(rest.to_owned())),
            _ => Err(invalid()),
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GitHub(repository) => write!(f, "github:{repository}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Command(command) => write!(f, "exec:{command}"),
        }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)?;
        match &self.environment {
            Some(environment) => write!(f, "/{environment}"),
            None => Ok(()),
        }
    }
}

/// Owner and name go into a URL as they are, so only what the host allows in them is taken; the
/// environment, which may hold anything, is escaped where it is used.
fn repository(text: &str) -> Option<Repository> {
    let plain = |part: &&str| {
        !part.is_empty()
            && part.len() <= 100
            && !part.chars().all(|c| c == '.')
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    let mut parts = text.splitn(3, '/');
    let owner = parts.next().filter(plain)?;
    let name = parts.next().filter(plain)?;
    let environment = parts.next();
    if environment.is_some_and(str::is_empty) {
        return None;
    }
    Some(Repository {
        owner: owner.to_owned(),
        name: name.to_owned(),
        environment: environment.map(str::to_owned),
    })
}

/// The names under which the two halves are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecretNames {
    /// Of the id.
    pub(crate) id: String,
    /// Of the secret.
    pub(crate) secret: String,
}

/// A text that is not a pair of names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "two different names are wanted, such as AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY: letters, digits and _, no digit first, not beginning with GITHUB_"
)]
pub(crate) struct InvalidNames;

impl Default for SecretNames {
    fn default() -> Self {
        Self {
            id: "AWS_ACCESS_KEY_ID".to_owned(),
            secret: "AWS_SECRET_ACCESS_KEY".to_owned(),
        }
    }
}

impl FromStr for SecretNames {
    type Err = InvalidNames;

    fn from_str(text: &str) -> Result<Self, InvalidNames> {
        let fits = |name: &&str| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
                && !name.starts_with(|c: char| c.is_ascii_digit())
                && !name.to_ascii_uppercase().starts_with("GITHUB_")
        };
        let (id, secret) = text.split_once(',').ok_or(InvalidNames)?;
        let (id, secret) = (id.trim(), secret.trim());
        if !fits(&id) || !fits(&secret) || id.eq_ignore_ascii_case(secret) {
            return Err(InvalidNames);
        }
        Ok(Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests;
