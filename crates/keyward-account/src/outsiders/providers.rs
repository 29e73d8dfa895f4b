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

/// Issuers whose customers are strangers to each other, with the claims that tell them apart. AWS's
/// samples tell teams of Vercel apart by the subject too. An issuer with a further path, such as a
/// team's own at Vercel or a workspace's own at Bitbucket, belongs to one customer.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>
const SHARED: [(&str, &[&str]); 20] = [
    ("agent.buildkite.com", SUB),
    ("api.pulumi.com/oidc", AUD),
    ("app.terraform.io", SUB),
    ("gitlab.com", SUB),
    ("oidc-configuration.audit-log.githubusercontent.com", SUB),
    ("oidc.codefresh.io", SUB),
    (
        "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu",
        SUB,
    ),
    (
        "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb",
        SUB,
    ),
    ("oidc.vercel.com", &["aud", "sub"]),
    ("proidc.upbound.io", SUB),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7",
        SUB,
    ),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr",
        SUB,
    ),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg",
        SUB,
    ),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26",
        SUB,
    ),
    ("sandboxes.cloud", AUD),
    ("scalr.io", SUB),
    (
        "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d",
        &[SESSION_NAME],
    ),
    ("studio.datachain.ai/api", SUB),
    ("tokens.cloud.shisho.dev", SUB),
    ("vstoken.actions.githubusercontent.com", SUB),
];

const SUB: &[&str] = &["sub"];
const AUD: &[&str] = &["aud"];

/// The name that a session gets, which AWS counts as the claim of one issuer.
const SESSION_NAME: &str = "sts:RoleSessionName";

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
    let shared = SHARED
        .iter()
        .find(|(own, _)| own.eq_ignore_ascii_case(issuer));
    let narrowed = match issuer {
        GITHUB_ISSUER => !open_trusts(trust)
            .iter()
            .any(|open| open.statement == index),
        _ if provider.contains(":saml-provider/") => narrowed(statement, "saml:", &[]),
        // Each identity pool has an audience of its own. Every pool can say `authenticated`.
        COGNITO => narrowed(statement, &claims, &["aud", "sub"]),
        _ => match shared {
            Some((_, names)) => narrowed(statement, &claims, names),
            None => narrowed(statement, &claims, &[]),
        },
    };
    if narrowed {
        return None;
    }
    let who = match issuer == GITHUB_ISSUER || shared.is_some() || PUBLIC.contains(&issuer) {
        true => Outsider::AnyoneWithToken(issuer.to_owned()),
        false => Outsider::Provider(provider.to_owned()),
    };
    Some(Candidate { who, call })
}

/// Whether a condition asks for a claim of the provider: one of these, or any. A condition that an
/// absent claim satisfies, or that every value satisfies, asks for nothing.
fn narrowed(statement: &Statement, prefix: &str, claims: &[&str]) -> bool {
    statement.conditions().iter().any(|condition| {
        let operator = condition.operator();
        let key = condition.key().to_ascii_lowercase();
        let claim = match key == SESSION_NAME.to_ascii_lowercase() {
            true => SESSION_NAME,
            false => match key.strip_prefix(&prefix.to_ascii_lowercase()) {
                Some(claim) => claim,
                None => return false,
            },
        };
        let asked = match claims {
            [] => claim != SESSION_NAME,
            _ => claims.contains(&claim),
        };
        let values: BTreeSet<&str> = condition.values().iter().map(|v| v.as_str()).collect();
        asked
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
