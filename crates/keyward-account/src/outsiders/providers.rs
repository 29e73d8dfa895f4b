//! Identity providers: whose identities get into a role, and whether a condition on a claim narrows
//! them.

use std::collections::BTreeSet;

use keyward_iam::{
    Comparison, Context, IfExists, Negation, Quantifier, Relation, Statement, Truth,
};

use super::{Candidate, Outsider, WITH_SAML, WITH_TOKEN, covers};
use crate::desired::GITHUB_ISSUER;
use crate::federation::GITHUB_SUBJECTS;

const COGNITO: &str = "cognito-identity.amazonaws.com";

/// Providers of web identities that issue a token to everyone, with the claims that name the
/// application, the person or the organization. Tokens of Google name an audience (`oaud`) that
/// their bearer chose. Every identity pool of Cognito can say `authenticated`.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>
const PUBLIC: [(&str, &[Claim]); 4] = [
    (
        "accounts.google.com",
        &[
            ("aud", Owner::Whole),
            ("google/organization_number", Owner::Whole),
            ("sub", Owner::Whole),
        ],
    ),
    (COGNITO, &[("aud", Owner::Whole), ("sub", Owner::Whole)]),
    (
        "graph.facebook.com",
        &[("app_id", Owner::Whole), ("id", Owner::Whole)],
    ),
    (
        "www.amazon.com",
        &[("app_id", Owner::Whole), ("user_id", Owner::Whole)],
    ),
];

/// Keys of SAML that are the same for every identity of a provider. `SAML:aud` is not among them,
/// though it is: AWS's console writes roles with that condition alone, and the provider's assertion
/// names the roles of each identity.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-saml>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html>
const OF_EVERY_IDENTITY: [&str; 4] = [
    "saml:doc",
    "saml:iss",
    "saml:namequalifier",
    "saml:sub_type",
];

/// A claim, and what its value must name: one customer of the issuer.
type Claim = (&'static str, Owner);

/// The form in which the value of a claim names a customer. A value with a wildcard before the end
/// of that name also fits names that strangers may register.
#[derive(Clone, Copy)]
enum Owner {
    /// The whole value does.
    Whole,
    /// The part after this text and before the next `/` or `:` does.
    After(&'static str),
    /// The same after one of these texts. Each customer chooses the claims of a subject, so a value
    /// without one of them names no customer.
    AfterOneOf(&'static [&'static str]),
}

/// Issuers whose customers are strangers to each other, with the claims that distinguish them. AWS's
/// samples distinguish teams of Vercel by the subject too, and show where a subject names its owner.
/// An issuer with a further path, such as a team's own at Vercel or a workspace's own at Bitbucket,
/// belongs to one customer.
///
/// GitHub and GitLab also have ids of owners as claims. The workflow that a job of GitHub's comes
/// from is not among the claims here, because a public workflow runs for strangers too.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_sts.html>
/// Source: <https://github.com/aws-samples/resource-control-policy-examples/tree/main/Limit-access-to-trusted-OIDC-identity-providers>
const SHARED: [(&str, &[Claim]); 21] = [
    (
        "agent.buildkite.com",
        &[("sub", Owner::After("organization:"))],
    ),
    ("api.pulumi.com/oidc", AUDIENCE),
    (
        "app.terraform.io",
        &[("sub", Owner::After("organization:"))],
    ),
    (
        "gitlab.com",
        &[
            ("sub", Owner::After("project_path:")),
            ("namespace_id", Owner::Whole),
            ("project_id", Owner::Whole),
        ],
    ),
    (
        "oidc-configuration.audit-log.githubusercontent.com",
        &[("sub", Owner::Whole)],
    ),
    ("oidc.codefresh.io", &[("sub", Owner::After("account:"))]),
    (
        "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu",
        TURBONOMIC,
    ),
    (
        "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb",
        TURBONOMIC,
    ),
    (
        "oidc.vercel.com",
        &[("aud", Owner::Whole), ("sub", Owner::After("owner:"))],
    ),
    ("proidc.upbound.io", &[("sub", Owner::After("mcp:"))]),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7",
        TURBONOMIC,
    ),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr",
        TURBONOMIC,
    ),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg",
        TURBONOMIC,
    ),
    (
        "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26",
        TURBONOMIC,
    ),
    ("sandboxes.cloud", AUDIENCE),
    ("scalr.io", &[("sub", Owner::After("account:"))]),
    (
        "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d",
        &[(SESSION_NAME, Owner::Whole)],
    ),
    (
        "studio.datachain.ai/api",
        &[("sub", Owner::After("credentials:"))],
    ),
    (
        GITHUB_ISSUER,
        &[
            ("sub", Owner::AfterOneOf(&GITHUB_SUBJECTS)),
            ("repository", Owner::After("")),
            ("repository_id", Owner::Whole),
            ("repository_owner_id", Owner::Whole),
            ("enterprise_id", Owner::Whole),
        ],
    ),
    ("tokens.cloud.shisho.dev", &[("sub", Owner::After("job:"))]),
    (
        "vstoken.actions.githubusercontent.com",
        &[("sub", Owner::After("repo:"))],
    ),
];

const AUDIENCE: &[Claim] = &[("aud", Owner::Whole)];
const TURBONOMIC: &[Claim] = &[("sub", Owner::After("system:serviceaccount:"))];

/// The name that a session gets, which AWS counts as the claim of one issuer.
const SESSION_NAME: &str = "sts:RoleSessionName";

/// The issuer of web identities in a principal; `None` for a provider of SAML.
pub(super) fn issuer_of(provider: &str) -> Option<&str> {
    match provider.split_once(":oidc-provider/") {
        Some((_, issuer)) => Some(issuer),
        None => (!provider.contains(":saml-provider/")).then_some(provider),
    }
}

/// The subjects that the conditions of a statement name.
pub(super) fn subjects(statement: &Statement, issuer: &str) -> BTreeSet<String> {
    let key = format!("{issuer}:sub");
    let conditions = statement.conditions().iter();
    let asking = conditions.filter(|condition| {
        let operator = condition.operator();
        condition.key().eq_ignore_ascii_case(&key)
            && operator.negation == Negation::Plain
            && is_equality(operator.comparison)
    });
    let values = asking.flat_map(|condition| condition.values());
    values.map(|value| value.as_str().to_owned()).collect()
}

/// The identities of a provider that get in, if no condition on their claims narrows them.
pub(super) fn of_provider(statement: &Statement, provider: &str) -> Option<Candidate> {
    let call = match provider.contains(":saml-provider/") {
        true => WITH_SAML,
        false => WITH_TOKEN,
    };
    if !covers(statement, call) {
        return None;
    }
    let issuer = issuer_of(provider).unwrap_or(provider);
    let public = PUBLIC
        .iter()
        .chain(&SHARED)
        .find(|(own, _)| own.eq_ignore_ascii_case(issuer));
    let names_owner = |claims: &[Claim]| {
        claims.iter().any(|(claim, owner)| {
            let key = match *claim == SESSION_NAME {
                true => SESSION_NAME.to_owned(),
                false => format!("{issuer}:{claim}"),
            };
            asks(
                statement,
                |asked| asked.eq_ignore_ascii_case(&key),
                |value| owner.is_in(value),
            )
        })
    };
    let asks_any = |prefix: &str| {
        let is_claim = |key: &str| {
            let key = key.to_ascii_lowercase();
            key.starts_with(&prefix.to_ascii_lowercase())
                && !OF_EVERY_IDENTITY.contains(&key.as_str())
        };
        asks(statement, is_claim, says_something)
    };
    let narrowed = match public {
        Some((_, claims)) => names_owner(claims),
        None if call == WITH_SAML => asks_any("saml:"),
        None => asks_any(&format!("{issuer}:")),
    };
    if narrowed {
        let guests = match issuer.eq_ignore_ascii_case(COGNITO) {
            true => guests(statement),
            false => Truth::No,
        };
        return (guests != Truth::No).then(|| Candidate {
            who: Outsider::AnyoneWithToken(issuer.to_owned()),
            call,
            certain: guests == Truth::Yes,
        });
    }
    let who = match public.is_some() {
        true => Outsider::AnyoneWithToken(issuer.to_owned()),
        false => Outsider::Provider(provider.to_owned()),
    };
    Some(Candidate {
        who,
        call,
        certain: true,
    })
}

/// Whether guests of an identity pool of Cognito get in, who need no credentials. The pool decides
/// whether it has guests if the policy does not ask for `amr`. A subject is one identity.
///
/// Source: <https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html>
/// Source: <https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html#authenticated-and-unauthenticated-identities>
fn guests(statement: &Statement) -> Truth {
    let subject = format!("{COGNITO}:sub");
    if asks(
        statement,
        |key| key.eq_ignore_ascii_case(&subject),
        |value| Owner::Whole.is_in(value),
    ) {
        return Truth::No;
    }
    let references = format!("{COGNITO}:amr");
    let mut guest = Context::partial();
    guest.set(&references, "unauthenticated");
    let conditions = statement.conditions().iter();
    let asked = conditions.filter(|condition| condition.key().eq_ignore_ascii_case(&references));
    let admitted = asked.map(|condition| condition.holds(&guest));
    admitted.min().unwrap_or(Truth::Unknown)
}

/// Whether a condition asks for one of these keys, with values that all narrow it. A condition that
/// an absent claim satisfies asks for nothing, and neither does one whose value is taken from the
/// request, by a variable.
fn asks(
    statement: &Statement,
    is_key: impl Fn(&str) -> bool,
    narrows: impl Fn(&str) -> bool,
) -> bool {
    statement.conditions().iter().any(|condition| {
        let operator = condition.operator();
        let mut values = condition.values().iter();
        is_key(condition.key())
            && operator.negation == Negation::Plain
            && is_equality(operator.comparison)
            && (operator.if_exists == IfExists::No || is_always_there(condition.key()))
            && operator.quantifier != Quantifier::AllValues
            && values.all(|value| !value.as_str().contains("${") && narrows(value.as_str()))
    })
}

/// Whether every token has the claim, so that a condition never holds for want of it.
///
/// Source: <https://openid.net/specs/openid-connect-core-1_0.html#IDToken>
fn is_always_there(key: &str) -> bool {
    let claim = key.rsplit_once(':').map(|(_, claim)| claim);
    claim.is_some_and(|claim| claim.eq_ignore_ascii_case("sub"))
}

fn is_equality(comparison: Comparison) -> bool {
    match comparison {
        Comparison::Null => false,
        Comparison::Numeric(relation) | Comparison::Date(relation) => relation == Relation::Equal,
        _ => true,
    }
}

/// Whether some value does not fit a pattern.
fn says_something(pattern: &str) -> bool {
    !pattern.chars().all(|c| "*?".contains(c))
}

impl Owner {
    /// Whether a pattern names one customer.
    fn is_in(self, pattern: &str) -> bool {
        let wildcard = |text: &str| text.contains(['*', '?']);
        let rest = match self {
            Self::Whole | Self::After(_) if !wildcard(pattern) => return true,
            Self::Whole => None,
            Self::After(label) => pattern.strip_prefix(label),
            Self::AfterOneOf(labels) => {
                let mut labels = labels.iter();
                labels.find_map(|label| pattern.strip_prefix(label))
            }
        };
        // GitHub may put an id after the name of an owner, which has no `@`.
        let ends: &[char] = match self {
            Self::AfterOneOf(_) => &[':', '/', '@'],
            _ => &[':', '/'],
        };
        let owner = rest.and_then(|rest| match rest.split_once(ends) {
            Some((owner, _)) => Some(owner),
            // The name ends with an exact value, and nowhere in a pattern.
            None => Some(rest).filter(|rest| !wildcard(rest)),
        });
        owner.is_some_and(|owner| !owner.is_empty() && !wildcard(owner))
    }
}
