//! GitHub Actions without stored keys: the blueprint lines for a role that one repository may
//! assume, and the trust policies that let in other repositories.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>

use serde_json::Value as Json;

use crate::blueprint::GithubSubject;
use crate::desired::{GITHUB_AUDIENCE, GITHUB_ISSUER};
use keyward_iam::Policy;

/// The blueprint lines by which a workflow gets a role. The provider is described where
/// `blueprint` does not describe it yet.
#[must_use]
pub fn github_role(subject: &GithubSubject, blueprint: &str) -> String {
    let text = subject.to_string();
    let repository = text.split(':').next().unwrap_or_default();
    let provider = format!("[oidc_providers.\"{GITHUB_ISSUER}\"]");
    let provider = match blueprint.contains(&provider) {
        true => String::new(),
        false => format!("{provider}\naudiences = [\"{GITHUB_AUDIENCE}\"]\n\n"),
    };
    format!(
        "\
# ---- GitHub Actions without keys ----
# Workflows of {repository} get this role by a token that GitHub makes for each run. The workflow
# needs `permissions: {{ id-token: write }}` and the action aws-actions/configure-aws-credentials
# with `role-to-assume`. Only the subject named here gets in.

{provider}[roles.{name}]
description = \"Workflows of {repository}\"
github = [\"{text}\"]
managed = []                          # what the workflow may do, such as [\"ReadOnlyAccess\"]
max_session = \"1h\"
",
        name = role_name(repository)
    )
}

/// The name of the role for a repository: at most the 64 characters that AWS takes.
fn role_name(repository: &str) -> String {
    let name: String = format!("GitHub-{}", repository.replace('/', "-"))
        .chars()
        .map(
            |c| match c.is_ascii_alphanumeric() || c == '-' || c == '_' {
                true => c,
                false => '-',
            },
        )
        .take(64)
        .collect();
    name
}

/// A statement of a trust policy by which other repositories than the meant one get in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTrust {
    /// The number of the statement, from 0.
    pub statement: usize,
    /// What lets them in.
    pub opening: Opening,
}

/// What lets other repositories in.
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

impl Opening {
    /// Whether only repositories of one owner get in.
    #[must_use]
    pub fn is_of_one_owner(&self) -> bool {
        matches!(self, Self::Owner(_) | Self::SubjectOfOwner(_))
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
        .filter(|(_, statement)| admits_github(statement))
        .filter_map(|(statement, json)| {
            let opening = opening(json)?;
            Some(OpenTrust { statement, opening })
        })
        .collect()
}

fn admits_github(statement: &Json) -> bool {
    let principals = each(statement.pointer("/Principal/Federated"));
    let of_github = |principal: &&Json| {
        principal
            .as_str()
            .and_then(|it| it.split_once(":oidc-provider/"))
            .is_some_and(|(_, issuer)| issuer == GITHUB_ISSUER)
    };
    statement.get("Effect").and_then(Json::as_str) == Some("Allow")
        && principals.iter().any(of_github)
}

/// How a subject begins that names a repository or its owner. Each repository chooses which claims
/// its subjects are made of.
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

/// Claims of which each value is the id of an owner.
///
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_sts.html>
const OWNER_IDS: [&str; 2] = ["repository_owner_id", "enterprise_id"];

/// The opening of a statement; `None` where a condition names the repository, or its id.
/// Conditions on one key must all hold, so one that names a repository is enough.
fn opening(statement: &Json) -> Option<Opening> {
    let subject = format!("{GITHUB_ISSUER}:sub");
    let repository = format!("{GITHUB_ISSUER}:repository");
    let id = format!("{GITHUB_ISSUER}:repository_id");
    let mut open_subject = None;
    let mut owner = None;
    let conditions = statement.get("Condition").and_then(Json::as_object);
    for (operator, keys) in conditions.into_iter().flatten() {
        let exact = operator.ends_with("StringEquals");
        if !exact && !operator.ends_with("StringLike") {
            continue;
        }
        for (key, values) in keys.as_object().into_iter().flatten() {
            let is_subject = key.eq_ignore_ascii_case(&subject);
            let values = each(Some(values)).into_iter().filter_map(Json::as_str);
            let is_owner =
                |claim: &&&str| key.eq_ignore_ascii_case(&format!("{GITHUB_ISSUER}:{claim}"));
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

/// Whether a pattern has no wildcard before the end of `OWNER/REPO` or of the repository's id.
fn names_repository(pattern: &str, is_subject: bool) -> bool {
    let after = |label: &str| Some(pattern.strip_prefix(label)?.split_once(':')?.0);
    let is_whole = |text: &str| !text.is_empty() && !text.contains(['*', '?']);
    if !is_subject {
        return pattern.contains('/') && is_whole(pattern);
    }
    if let Some(id) = after("repository_id:") {
        return is_whole(id);
    }
    let name = after("repo:").or_else(|| after("repository:"));
    name.is_some_and(|name| name.contains('/') && is_whole(name))
}

/// Whether a value names an owner in full, so that only its repositories have it.
fn names_owner(value: &str, is_subject: bool) -> bool {
    let rest = match is_subject {
        true => {
            let mut labels = GITHUB_SUBJECTS.iter();
            labels.find_map(|label| value.strip_prefix(label))
        }
        false => Some(value),
    };
    let owner = rest.and_then(|rest| rest.split_once(['/', ':']));
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
