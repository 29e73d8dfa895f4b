//! The trust policies of roles. People come from the users' account and must have used MFA;
//! workflows of GitHub come by a token for exactly their repository; services come by name.

use std::time::Duration;

use keyward_core::id::OidcIssuer;
use keyward_iam::{Policy, PolicyKind};
use serde_json::{Value as Json, json};

use super::document::{policy, with_mfa_younger_than};
use crate::blueprint::{AccountSpec, At, GithubSubject, ServicePrincipal};

/// The issuer of the tokens of GitHub Actions.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>
pub const GITHUB_ISSUER: &str = "token.actions.githubusercontent.com";

/// The audience of a token that is meant for AWS.
pub const GITHUB_AUDIENCE: &str = "sts.amazonaws.com";

pub(super) fn github_issuer() -> OidcIssuer {
    GITHUB_ISSUER.parse().expect("the issuer is a host name")
}

/// Whether people may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum People {
    /// With MFA, of at most this age.
    WithMfa(Option<Duration>),
    /// Not at all.
    None,
}

pub(super) struct Callers<'b> {
    pub(super) users_account: &'b AccountSpec,
    pub(super) people: People,
    /// The ARN of the provider that GitHub's tokens come through.
    pub(super) github_provider: String,
    pub(super) github: &'b [At<GithubSubject>],
    pub(super) services: &'b [At<ServicePrincipal>],
}

/// The trust policy for these callers. The account, and not a user, is the principal of people:
/// which of them may assume the role is what their groups say.
pub(super) fn trust(callers: &Callers<'_>) -> Policy {
    let mut statements = Vec::new();
    if let People::WithMfa(age) = callers.people {
        let AccountSpec { id, partition, .. } = callers.users_account;
        statements.push(json!({
            "Sid": "PeopleWithMfa",
            "Effect": "Allow",
            "Principal": { "AWS": format!("arn:{partition}:iam::{}:root", id.value) },
            "Action": "sts:AssumeRole",
            "Condition": with_mfa_younger_than(age.map(|age| age.as_secs())),
        }));
    }
    if !callers.github.is_empty() {
        statements.push(github(&callers.github_provider, callers.github));
    }
    if !callers.services.is_empty() {
        let services: Vec<&str> = callers.services.iter().map(|s| s.value.as_str()).collect();
        statements.push(json!({
            "Sid": "Services",
            "Effect": "Allow",
            "Principal": { "Service": services },
            "Action": "sts:AssumeRole",
        }));
    }
    policy(PolicyKind::Trust, statements)
}

/// Tokens for AWS with exactly these subjects.
fn github(provider: &str, subjects: &[At<GithubSubject>]) -> Json {
    let claims: Vec<String> = subjects.iter().map(|s| s.value.claim()).collect();
    let pattern = subjects.iter().any(|subject| subject.value.is_pattern());
    let mut condition = json!({
        "StringEquals": { format!("{GITHUB_ISSUER}:aud"): GITHUB_AUDIENCE }
    });
    let operator = if pattern {
        "StringLike"
    } else {
        "StringEquals"
    };
    condition[operator][format!("{GITHUB_ISSUER}:sub")] = json!(claims);
    json!({
        "Sid": "GitHubActions",
        "Effect": "Allow",
        "Principal": { "Federated": provider },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    })
}
