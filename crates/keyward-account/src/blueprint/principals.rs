//! The callers that may assume a role beside the people of the account: workflows of GitHub Actions
//! and AWS services.

use std::fmt;
use std::str::FromStr;

/// A workflow of GitHub Actions, as the subject of its token names it without `repo:`, such as
/// `example/app:ref:refs/heads/main`. Wildcards after the repository are kept; before its end
/// they would let in other repositories and are refused.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GithubSubject(String);

/// A text that names no workflow, or too many.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidGithubSubject {
    /// Not `OWNER/REPO:…`.
    #[error(
        "`{0}` is not `OWNER/REPO:SUBJECT` (such as example/app:ref:refs/heads/main, example/app:environment:production or example/app:pull_request)"
    )]
    Shape(String),
    /// A wildcard in the owner or the repository.
    #[error("`{0}` lets in other repositories; write owner and repository without wildcards")]
    Wildcard(String),
}

impl GithubSubject {
    /// The value with which the condition compares `sub`: `repo:OWNER/REPO:…`.
    #[must_use]
    pub fn claim(&self) -> String {
        format!("repo:{}", self.0)
    }

    /// Whether the subject has wildcards, so that the condition must match patterns.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.0.contains(['*', '?'])
    }

    /// Whether any workflow of the repository may come in, those of pull requests included.
    #[must_use]
    pub fn is_whole_repository(&self) -> bool {
        self.0
            .split_once(':')
            .is_some_and(|(_, rest)| rest.chars().all(|c| matches!(c, '*' | '?')))
    }
}

impl FromStr for GithubSubject {
    type Err = InvalidGithubSubject;

    fn from_str(text: &str) -> Result<Self, InvalidGithubSubject> {
        let text = text.strip_prefix("repo:").unwrap_or(text);
        let shape = || InvalidGithubSubject::Shape(text.chars().take(80).collect());
        let (repository, rest) = text.split_once(':').ok_or_else(shape)?;
        if repository.contains(['*', '?']) {
            let given = text.chars().take(80).collect();
            return Err(InvalidGithubSubject::Wildcard(given));
        }
        let name = |part: &str| {
            let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._@".contains(&b);
            !part.is_empty() && part.len() <= 128 && part.bytes().all(fits)
        };
        let whole = repository
            .split_once('/')
            .is_some_and(|(owner, repo)| name(owner) && name(repo));
        let plain = |c: char| ('!'..='~').contains(&c) && !"\"'$\\{}".contains(c);
        if whole && !rest.is_empty() && rest.chars().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(shape())
        }
    }
}

impl fmt::Display for GithubSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An AWS service that may assume a role, such as `ec2.amazonaws.com`.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServicePrincipal(String);

/// A text that names no service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a service (such as ec2.amazonaws.com)")]
pub struct InvalidServicePrincipal(String);

impl ServicePrincipal {
    /// The service as a trust policy names it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ServicePrincipal {
    type Err = InvalidServicePrincipal;

    fn from_str(text: &str) -> Result<Self, InvalidServicePrincipal> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b);
        let suffixed = [
            ".amazonaws.com",
            ".amazonaws.com.cn",
            ".amazon.com",
            ".aws.com",
        ]
        .iter()
        .any(|suffix| {
            text.strip_suffix(suffix)
                .is_some_and(|name| !name.is_empty())
        });
        if suffixed && text.len() <= 128 && text.bytes().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidServicePrincipal(text.chars().take(80).collect()))
        }
    }
}

impl fmt::Display for ServicePrincipal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
