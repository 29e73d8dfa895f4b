//! Identity providers: whose identities get into a role, and whether a condition on a claim narrows
//! them.

use std::collections::BTreeSet;

use keyward_iam::{Comparison, IfExists, Negation, Policy, Quantifier, Statement};

use super::{Candidate, Outsider, WITH_SAML, WITH_TOKEN, covers};
use crate::desired::GITHUB_ISSUER;
use crate::federation::open_trusts;

/// The issuer of every Cognito identity pool.
const COGNITO: &str = "cognito-identity.amazonaws.com";

/// Providers of web identities that give a token to everyone.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
const PUBLIC: [&str; 4] = [
    "accounts.google.com",
    COGNITO,
    "graph.facebook.com",
    "www.amazon.com",
];

/// Issuers whose customers are strangers to each other: only the subject distinguishes them.
/// AWS's list is longer. It lacks `api.bitbucket.org`, and asks for the audience of
/// `oidc.vercel.com` instead.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>
const SHARED: [&str; 5] = [
    "agent.buildkite.com",
    "api.bitbucket.org",
    "app.terraform.io",
    "gitlab.com",
    "oidc.vercel.com",
];

/// The identities of a provider that get in, if no condition on their claims narrows them.
pub(super) fn of_provider(
    trust: &Policy,
    index: usize,
    statement: &Statement,
    provider: &str,
) -> Option<Candidate> {
    let call = [WITH_TOKEN, WITH_SAML]
        .into_iter()
        .find(|call| covers(statement, call))?;
    let issuer = match provider.split_once(":oidc-provider/") {
        Some((_, issuer)) => issuer,
        None => provider,
    };
    let claims = format!("{issuer}:");
    let shared = SHARED.iter().any(|own| is_at(issuer, own));
    let narrowed = match issuer {
        GITHUB_ISSUER => !open_trusts(trust)
            .iter()
            .any(|open| open.statement == index),
        _ if provider.contains(":saml-provider/") => narrowed(statement, "saml:", &[]),
        // Each identity pool has an audience of its own. Every pool can say `authenticated`.
        COGNITO => narrowed(statement, &claims, &["aud", "sub"]),
        _ if shared => narrowed(statement, &claims, &["sub"]),
        _ => narrowed(statement, &claims, &[]),
    };
    if narrowed {
        return None;
    }
    let who = match issuer == GITHUB_ISSUER || shared || PUBLIC.contains(&issuer) {
        true => Outsider::AnyoneWithToken(issuer.to_owned()),
        false => Outsider::Provider(provider.to_owned()),
    };
    Some(Candidate { who, call })
}

fn is_at(issuer: &str, host: &str) -> bool {
    issuer.split('/').next() == Some(host)
}

/// Whether a condition asks for a claim of the provider: one of these, or any. A condition that an
/// absent claim satisfies, or that every value satisfies, asks for nothing.
fn narrowed(statement: &Statement, prefix: &str, claims: &[&str]) -> bool {
    statement.conditions().iter().any(|condition| {
        let operator = condition.operator();
        let key = condition.key().to_ascii_lowercase();
        let Some(claim) = key.strip_prefix(&prefix.to_ascii_lowercase()) else {
            return false;
        };
        let values: BTreeSet<&str> = condition.values().iter().map(|v| v.as_str()).collect();
        (claims.is_empty() || claims.contains(&claim))
            && operator.negation == Negation::Plain
            && operator.comparison != Comparison::Null
            && operator.if_exists == IfExists::No
            && operator.quantifier != Quantifier::AllValues
            && !values.iter().any(|value| match claims {
                ["sub"] => names_no_owner(value),
                _ => value.chars().all(|c| "*?".contains(c)),
            })
    })
}

/// Whether a pattern of a subject has a wildcard before it names an owner, as in `project_path:*`.
fn names_no_owner(pattern: &str) -> bool {
    let fixed = pattern.split(['*', '?']).next().unwrap_or_default();
    let label = fixed.strip_suffix(':').unwrap_or(fixed);
    let is_label = label.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    fixed.len() < pattern.len() && is_label
}
