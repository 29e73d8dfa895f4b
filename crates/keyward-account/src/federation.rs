//! GitHub Actions without stored keys: the blueprint lines for a role that one repository may
//! assume, and the trust policies that let in other repositories.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>

use std::collections::BTreeSet;

use serde_json::Value as Json;
use toml::de::DeTable;

use crate::blueprint::GithubSubject;
use crate::desired::{GITHUB_AUDIENCE, GITHUB_ISSUER};
use keyward_iam::Policy;

/// The blueprint lines by which a workflow gets a role. The provider is described where
/// `blueprint` does not describe it yet.
#[must_use]
pub fn github_role(subject: &GithubSubject, blueprint: &str) -> String {
    let text = subject.to_string();
    let repository = text.split(':').next().unwrap_or_default();
    let ids = match repository.contains('@') {
        true => String::new(),
        false => with_ids(repository),
    };
    let provider = match names(blueprint, "oidc_providers").contains(GITHUB_ISSUER) {
        true => String::new(),
        false => {
            format!("[oidc_providers.\"{GITHUB_ISSUER}\"]\naudiences = [\"{GITHUB_AUDIENCE}\"]\n\n")
        }
    };
    format!(
        "\
# ---- GitHub Actions without keys ----
# Workflows of {repository} get this role by a token that GitHub makes for each run. The workflow
# needs `permissions: {{ id-token: write }}` and the action aws-actions/configure-aws-credentials
# with `role-to-assume`. Only the subject named here gets in.
{ids}
{provider}[roles.{name}]
description = \"Workflows of {repository}\"
github = [\"{text}\"]
managed = []                          # what the workflow may do, such as [\"ReadOnlyAccess\"]
max_session = \"1h\"
",
        name = free_role_name(repository, blueprint)
    )
}

/// Comments on how to write a repository whose subject has ids.
///
/// Source: <https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims>
fn with_ids(repository: &str) -> String {
    format!(
        "\
#
# GitHub adds ids to the subject of a repository that was made or renamed since July 2026. Write
# such a repository as OWNER@ID/NAME@ID, which this command prints:
#   gh api repos/{repository} --jq '\"\\(.owner.login)@\\(.owner.id)/\\(.name)@\\(.id)\"'
"
    )
}

/// A name for the role that the blueprint does not have. IAM ignores the case of names.
fn free_role_name(repository: &str, blueprint: &str) -> String {
    let taken = names(blueprint, "roles");
    let is_taken = |name: &str| taken.contains(&name.to_ascii_lowercase());
    let first = role_name(repository);
    let mut name = first.clone();
    let mut number = 2_u32;
    while is_taken(&name) {
        name = format!("{first:.58}-{number}");
        number += 1;
    }
    name
}

/// The names in a table of a blueprint, in small letters. TOML has several ways to write one.
fn names(blueprint: &str, table: &str) -> BTreeSet<String> {
    let (tree, _) = DeTable::parse_recoverable(blueprint);
    let table = tree.get_ref().get(table);
    let names = table.and_then(|table| table.get_ref().as_table());
    let names = names.into_iter().flat_map(|names| names.keys());
    names
        .map(|name| name.get_ref().to_ascii_lowercase())
        .collect()
}

/// The name of the role for a repository: with the path `/`, at most the 64 characters with which the
/// console can switch to a role.
fn role_name(repository: &str) -> String {
    let name: String = format!("GitHub-{}", repository.replace('/', "-"))
        .chars()
        .map(
            |c| match c.is_ascii_alphanumeric() || c == '-' || c == '_' {
                true => c,
                false => '-',
            },
        )
        .take(63)
        .collect();
    name
}

/// A statement of a trust policy that admits other repositories than the intended one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTrust {
    /// The number of the statement, from 0.
    pub statement: usize,
    /// The opening that admits them.
    pub opening: Opening,
    /// The owner of the tokens.
    pub issuer: Issuer,
    /// The issuer as condition keys begin with it.
    pub name: String,
}

/// An issuer of tokens for workflows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issuer {
    /// The one of all repositories.
    Common,
    /// The one of an enterprise, which only its repositories get tokens from.
    ///
    /// Source: <https://docs.github.com/en/enterprise-cloud@latest/actions/reference/security/oidc#customizing-the-issuer-value-for-an-enterprise>
    Enterprise,
}

/// The mistake in a trust policy that admits other repositories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// No condition on the subject: every repository on GitHub.
    AnySubject,
    /// A wildcard in the owner or the name of the repository.
    Wildcard(String),
    /// A subject that names no repository, such as an environment. Each repository chooses which
    /// claims its subjects are made of, so that others can have the same subject.
    NoRepository(String),
    /// A condition on this claim, which names an owner: all of its repositories.
    Owner(&'static str),
    /// A subject that names an owner and no repository: all of its repositories.
    SubjectOfOwner(String),
}

impl OpenTrust {
    /// Whether only repositories of one owner get in.
    #[must_use]
    pub fn is_of_one_owner(&self) -> bool {
        let names_owner = matches!(self.opening, Opening::Owner(_) | Opening::SubjectOfOwner(_));
        names_owner || self.issuer == Issuer::Enterprise
    }

    /// The condition key that must name the repository.
    #[must_use]
    pub fn subject_key(&self) -> String {
        subject_key(&self.name)
    }
}

impl std::fmt::Display for OpenTrust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.opening, self.issuer) {
            (Opening::AnySubject, Issuer::Enterprise) => write!(
                f,
                "no condition on `{}`: every repository of the enterprise gets in",
                self.subject_key()
            ),
            (opening, Issuer::Enterprise) => write!(f, "{opening} (`{}`)", self.subject_key()),
            (opening, Issuer::Common) => opening.fmt(f),
        }
    }
}

impl std::fmt::Display for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AnySubject => f.write_str(
                "no condition on the subject of the token: every repository on GitHub gets in",
            ),
            Self::Wildcard(pattern) => write!(
                f,
                "the subject `{pattern}` has a wildcard in the repository: others get in too"
            ),
            Self::NoRepository(subject) => write!(
                f,
                "the subject `{subject}` names no repository: others can have it too"
            ),
            Self::SubjectOfOwner(subject) => write!(
                f,
                "the subject `{subject}` names no repository: every one of the owner gets in"
            ),
            Self::Owner(claim) => write!(
                f,
                "the condition on `{claim}` names no repository: every one of the owner gets in"
            ),
        }
    }
}

/// The statements of a trust policy that let in tokens of GitHub for other repositories.
#[must_use]
pub fn open_trusts(trust: &Policy) -> Vec<OpenTrust> {
    let Ok(json) = serde_json::from_str::<Json>(&trust.to_json()) else {
        return Vec::new();
    };
    let statements = each(json.get("Statement"));
    let found = statements.into_iter().enumerate();
    found
        .filter_map(|(statement, json)| {
            let issuers = issuers(json);
            let mut open = issuers.iter().filter_map(|(issuer, name)| {
                let (opening, issuer) = (opening(json, name)?, *issuer);
                Some(OpenTrust {
                    statement,
                    opening,
                    issuer,
                    name: (*name).to_owned(),
                })
            });
            open.next()
        })
        .collect()
}

/// The condition key for the subject of an issuer's tokens.
fn subject_key(issuer: &str) -> String {
    format!("{issuer}:sub")
}

/// The issuers of GitHub whose tokens a statement allows, by name. A token has no claim of another issuer,
/// so a condition on one keeps it out.
fn issuers(statement: &Json) -> Vec<(Issuer, &str)> {
    if statement.get("Effect").and_then(Json::as_str) != Some("Allow") {
        return Vec::new();
    }
    let principals = each(statement.pointer("/Principal/Federated")).into_iter();
    let named = principals.filter_map(|principal| {
        let (_, name) = principal.as_str()?.split_once(":oidc-provider/")?;
        Some((issuer_of(name)?, name))
    });
    named
        .filter(|(_, name)| !wants_other_issuer(statement, name))
        .collect()
}

/// Whose repositories an issuer makes tokens for; `None` for one that is not GitHub's. An enterprise with
/// its data in a region has the issuer `token.actions.NAME.ghe.com`, a server of its own
/// `HOST/_services/token`.
///
/// Source: <https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom>,
/// <https://docs.github.com/en/enterprise-server@latest/actions/reference/security/oidc>
fn issuer_of(name: &str) -> Option<Issuer> {
    let host = name.split('/').next().unwrap_or_default();
    let in_region = host.starts_with("token.actions.") && host.ends_with(".ghe.com");
    if in_region || name.ends_with("/_services/token") {
        return Some(Issuer::Enterprise);
    }
    match name.strip_prefix(GITHUB_ISSUER)? {
        "" => Some(Issuer::Common),
        rest => rest.starts_with('/').then_some(Issuer::Enterprise),
    }
}

/// Whether a condition demands a claim of another issuer. One that also holds without the claim
/// does not want it.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
fn wants_other_issuer(statement: &Json, issuer: &str) -> bool {
    let conditions = statement.get("Condition").and_then(Json::as_object);
    let wanting = conditions.into_iter().flatten().filter(|(operator, _)| {
        let operator = operator.to_ascii_lowercase();
        let holds_without = operator.ends_with("ifexists")
            || operator.starts_with("forallvalues:")
            || operator.contains("not")
            || operator == "null";
        !holds_without
    });
    let mut keys = wanting.flat_map(|(_, keys)| keys.as_object().into_iter().flatten());
    keys.any(|(key, _)| {
        let of = key.split_once(':').map(|(of, _)| of);
        // AWS's own prefixes, such as `aws`, are not host names.
        of.is_some_and(|of| of.contains('.') && !of.eq_ignore_ascii_case(issuer))
    })
}

/// The beginnings of a subject that names a repository or its owner. Each repository chooses which
/// claims its subjects are made of.
///
/// Source: <https://docs.github.com/en/actions/reference/security/oidc#customizing-the-token-claims>
pub(crate) const GITHUB_SUBJECTS: [&str; 6] = [
    "repo:",
    "repository:",
    "repository_id:",
    "repository_owner:",
    "repository_owner_id:",
    "enterprise_id:",
];

/// Claims whose values are ids of owners.
///
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_sts.html>
const OWNER_IDS: [&str; 2] = ["repository_owner_id", "enterprise_id"];

/// The opening of a statement; `None` if a condition names the repository, or its id.
/// Conditions on one key must all hold, so one that names a repository is enough.
fn opening(statement: &Json, issuer: &str) -> Option<Opening> {
    let subject = subject_key(issuer);
    let repository = format!("{issuer}:repository");
    let id = format!("{issuer}:repository_id");
    let mut open_subject = None;
    let mut owner = None;
    let conditions = statement.get("Condition").and_then(Json::as_object);
    for (operator, keys) in conditions.into_iter().flatten() {
        let plain = operator.strip_suffix("IfExists").unwrap_or(operator);
        let exact = ["StringEquals", "StringEqualsIgnoreCase"]
            .iter()
            .any(|equals| plain.ends_with(equals));
        if !exact && !plain.ends_with("StringLike") {
            continue;
        }
        for (key, values) in keys.as_object().into_iter().flatten() {
            let is_subject = key.eq_ignore_ascii_case(&subject);
            if plain != operator && !is_subject {
                // The token may lack the claim. It never lacks a subject.
                continue;
            }
            let values = each(Some(values)).into_iter().filter_map(Json::as_str);
            let is_owner = |claim: &&&str| key.eq_ignore_ascii_case(&format!("{issuer}:{claim}"));
            let of_owner = OWNER_IDS.iter().find(is_owner);
            if of_owner.is_some() || key.eq_ignore_ascii_case(&id) {
                let whole = exact || !values.into_iter().any(|id| id.contains(['*', '?']));
                match of_owner {
                    _ if !whole => {}
                    Some(claim) => owner = Some(Opening::Owner(claim)),
                    None => return None,
                }
                continue;
            }
            if !is_subject && !key.eq_ignore_ascii_case(&repository) {
                continue;
            }
            let is_exact = |value: &str| exact || !value.contains(['*', '?']);
            let open = values.filter(|value| match is_exact(value) {
                true => is_subject && !begins_with_repository(value),
                false => !names_repository(value, is_subject),
            });
            let open: Vec<&str> = open.collect();
            let is_owners =
                |value: &&str| !operator.starts_with("ForAll") && names_owner(value, is_subject);
            let foreign = open.iter().find(|value| !is_owners(value));
            open_subject = Some(match (foreign, open.first()) {
                (None, None) => return None,
                (None, Some(value)) => Opening::SubjectOfOwner((*value).to_owned()),
                (Some(value), _) if is_exact(value) => Opening::NoRepository((*value).to_owned()),
                (Some(value), _) => Opening::Wildcard((*value).to_owned()),
            });
        }
    }
    Some(open_subject.or(owner).unwrap_or(Opening::AnySubject))
}

/// Whether an exact subject begins with the name or the id of a repository.
fn begins_with_repository(subject: &str) -> bool {
    let mut labels = ["repo:", "repository:", "repository_id:"].iter();
    labels.any(|label| subject.starts_with(label))
}

/// Whether a pattern has no wildcard before the end of `OWNER/REPO` or of the repository's id. The
/// id after the name of a repository may be a wildcard, because a name has no `@`.
fn names_repository(pattern: &str, is_subject: bool) -> bool {
    let is_whole = |text: &str| !text.is_empty() && !text.contains(['*', '?']);
    if !is_subject {
        return pattern.contains('/') && is_whole(pattern);
    }
    if let Some(rest) = pattern.strip_prefix("repository_id:") {
        return rest.split_once(':').is_some_and(|(id, _)| is_whole(id));
    }
    let mut labels = ["repo:", "repository:"].iter();
    let rest = labels.find_map(|label| pattern.strip_prefix(label));
    let Some((owner, rest)) = rest.and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let name = rest.split_once([':', '@']).map(|(name, _)| name);
    is_whole(owner) && !owner.contains(':') && name.is_some_and(is_whole)
}

/// Whether a value names an owner in full, so that only its repositories have it. An owner's name has
/// no `@`, so the id after it may be a wildcard.
fn names_owner(value: &str, is_subject: bool) -> bool {
    let rest = match is_subject {
        true => {
            let mut labels = GITHUB_SUBJECTS.iter();
            labels.find_map(|label| value.strip_prefix(label))
        }
        false => Some(value),
    };
    let owner = rest.and_then(|rest| rest.split_once(['/', ':', '@']));
    owner.is_some_and(|(owner, _)| !owner.is_empty() && !owner.contains(['*', '?']))
}

/// One value or a list, as a list.
fn each(value: Option<&Json>) -> Vec<&Json> {
    match value {
        None => Vec::new(),
        Some(Json::Array(values)) => values.iter().collect(),
        Some(value) => vec![value],
    }
}

#[cfg(test)]
mod tests;
