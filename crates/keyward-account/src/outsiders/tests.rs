use keyward_iam::PolicyKind;
use serde_json::{Value, json};

use super::*;

const OWN: &str = "123456789012";
const OTHER: &str = "999999999999";

/// The outsiders that statements of a trust policy admit, with a `?` where that is uncertain.
fn admitted(statements: Value) -> Vec<String> {
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let trust = Policy::parse_stored(PolicyKind::Trust, &text).unwrap();
    let own = OWN.parse().unwrap();
    let entries = entries(&trust, &[&own]);
    let entries = entries.into_iter();
    entries
        .map(|entry| format!("{}{}", entry.who.id(), if entry.certain { "" } else { "?" }))
        .collect()
}

fn statement(effect: &str, principal: Value, condition: Value) -> Value {
    json!({
        "Effect": effect, "Principal": principal, "Action": "sts:AssumeRole",
        "Condition": condition,
    })
}

fn allow(principal: Value, condition: Value) -> Value {
    statement("Allow", principal, condition)
}

fn federated(provider: &str, call: &str, condition: Value) -> Value {
    json!({
        "Effect": "Allow", "Principal": { "Federated": provider }, "Action": call,
        "Condition": condition,
    })
}

#[test]
fn anyone_and_other_accounts_are_outsiders() {
    let nothing = || json!({});
    let root = |id: &str| json!({ "AWS": format!("arn:aws:iam::{id}:root") });
    assert_eq!(admitted(json!([allow(json!("*"), nothing())])), ["anyone"]);
    assert_eq!(
        admitted(json!([allow(json!({ "AWS": "*" }), nothing())])),
        ["anyone"]
    );
    assert_eq!(
        admitted(json!([allow(root(OTHER), nothing())])),
        ["account-999999999999"]
    );
    let role = format!("arn:aws:iam::{OTHER}:role/x");
    assert_eq!(
        admitted(json!([allow(json!({ "AWS": role }), nothing())])),
        ["arn:aws:iam::999999999999:role:x"]
    );
    let except = json!({
        "Effect": "Allow", "NotPrincipal": root(OTHER), "Action": "sts:AssumeRole",
    });
    assert_eq!(admitted(json!([except])), ["anyone"]);
    for inside in [root(OWN), json!({ "Service": "ec2.amazonaws.com" })] {
        assert!(
            admitted(json!([allow(inside.clone(), nothing())])).is_empty(),
            "{inside}"
        );
    }
    let tag = json!({ "Effect": "Allow", "Principal": "*", "Action": "sts:TagSession" });
    assert!(admitted(json!([tag])).is_empty());
}

#[test]
fn a_condition_that_outsiders_cannot_fulfil_keeps_them_out() {
    let closed = [
        json!({ "StringEquals": { "aws:PrincipalAccount": OWN } }),
        json!({ "ArnLike": { "aws:PrincipalArn": format!("arn:aws:iam::{OWN}:role/*") } }),
        json!({ "StringEquals": { "aws:SourceAccount": OWN } }),
        json!({ "ForAnyValue:StringLike": { "aws:SourceOrgPaths": "o-abc/*" } }),
        json!({ "ForAnyValue:StringEquals": {
            "aws:PrincipalServiceNamesList": "ec2.amazonaws.com" } }),
    ];
    for condition in closed {
        let found = admitted(json!([allow(json!("*"), condition.clone())]));
        assert!(found.is_empty(), "{condition}: {found:?}");
    }
    let open = [
        json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "true" } }),
        json!({ "StringNotEquals": { "aws:PrincipalAccount": OTHER } }),
        json!({ "StringEquals": { "aws:PrincipalAccount": [OWN, OTHER] } }),
        json!({ "StringLike": { "aws:PrincipalAccount": "9*" } }),
        json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/x" } }),
        json!({ "StringEquals": { "sts:ExternalId": "1" } }),
        json!({ "StringEquals": { "aws:PrincipalOrgID": "o-abc" } }),
    ];
    for condition in open {
        let found = admitted(json!([allow(json!("*"), condition.clone())]));
        assert_eq!(found.len(), 1, "{condition}");
    }
}

#[test]
fn a_deny_keeps_outsiders_out_and_one_of_others_does_not() {
    let door = allow(json!("*"), json!({}));
    let deny = |condition: Value| statement("Deny", json!("*"), condition);
    let without_mfa = json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } });
    let elsewhere = json!({ "StringNotEquals": { "aws:PrincipalAccount": OWN } });
    let found = admitted(json!([door, deny(elsewhere)]));
    assert!(found.is_empty(), "{found:?}");
    let partner = allow(json!({ "AWS": OTHER }), json!({}));
    assert!(admitted(json!([partner, deny(without_mfa)])).is_empty());
    let narrow = json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-abc" } });
    assert_eq!(admitted(json!([door, deny(narrow)])), ["anyone?"]);
    let bob = statement("Deny", json!({ "AWS": OTHER }), json!({}));
    assert_eq!(admitted(json!([door, bob])), ["anyone"]);
    let named = allow(json!({ "AWS": OTHER }), json!({}));
    assert!(admitted(json!([named, bob])).is_empty());
}

#[test]
fn identities_of_a_provider_are_narrowed_by_its_claims() {
    let cognito = "cognito-identity.amazonaws.com";
    let web = "sts:AssumeRoleWithWebIdentity";
    let open = |provider: &str, call: &str, condition: Value| {
        admitted(json!([federated(provider, call, condition)]))
    };
    assert_eq!(open(cognito, web, json!({})), [cognito]);
    let any = json!({ "StringLike": { format!("{cognito}:aud"): "*" } });
    assert_eq!(open(cognito, web, any), [cognito]);
    let saml = format!("arn:aws:iam::{OWN}:saml-provider/staff");
    let with_saml = "sts:AssumeRoleWithSAML";
    assert_eq!(open(&saml, with_saml, json!({})).len(), 1);
    let audience = json!({ "StringEquals": { "SAML:aud": "https://signin.aws.amazon.com/saml" } });
    assert!(open(&saml, with_saml, audience).is_empty());
    let format = json!({ "StringEquals": { "SAML:sub_type": "persistent" } });
    assert_eq!(open(&saml, with_saml, format).len(), 1);
    let group = json!({ "StringEquals": { "SAML:eduPersonOrgDN": "Operations" } });
    assert!(open(&saml, with_saml, group).is_empty());
    let gitlab = format!("arn:aws:iam::{OWN}:oidc-provider/gitlab.com");
    let audience = json!({ "StringEquals": { "gitlab.com:aud": "https://gitlab.com" } });
    assert_eq!(open(&gitlab, web, audience), ["gitlab.com"]);
    let github = format!("arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com");
    assert_eq!(open(&github, web, json!({})).len(), 1);
    let subject = json!({ "StringEquals": {
        "token.actions.githubusercontent.com:sub": "repo:example/app:ref:refs/heads/main",
    } });
    assert!(open(&github, web, subject).is_empty());
    let everyone = json!({ "Effect": "Allow", "Principal": "*", "Action": web });
    assert_eq!(admitted(json!([everyone])), ["any-provider"]);
}

#[test]
fn claims_that_every_customer_of_an_issuer_has_narrow_nothing() {
    let web = "sts:AssumeRoleWithWebIdentity";
    let of = |provider: &str, operator: &str, claim: &str, value: &str| {
        let mut condition = json!({});
        condition[operator] = json!({ claim: value });
        admitted(json!([federated(provider, web, condition)]))
    };
    let cognito = "cognito-identity.amazonaws.com";
    let amr = format!("{cognito}:amr");
    assert_eq!(
        of(cognito, "ForAnyValue:StringLike", &amr, "authenticated").len(),
        1
    );
    let aud = format!("{cognito}:aud");
    let pool = "us-east-1:12345678-ab12-cd34-ef56-1234567890ab";
    assert_eq!(
        of(cognito, "StringEquals", &aud, pool),
        [format!("{cognito}?")]
    );
    let gitlab = "arn:aws:iam::123456789012:oidc-provider/gitlab.com";
    for (subject, outsiders) in [
        ("project_path:*", 1),
        ("*", 1),
        ("project_path:acme/*", 0),
        ("project_path:acme/site:ref_type:branch:ref:main", 0),
    ] {
        let found = of(gitlab, "StringLike", "gitlab.com:sub", subject);
        assert_eq!(found.len(), outsiders, "{subject}: {found:?}");
    }
}

/// The outsiders that a provider's trust policy with one condition admits.
fn by_claim(issuer: &str, operator: &str, key: &str, value: &str) -> usize {
    let provider = format!("arn:aws:iam::{OWN}:oidc-provider/{issuer}");
    let mut condition = json!({});
    condition[operator] = json!({ key: value });
    let call = "sts:AssumeRoleWithWebIdentity";
    admitted(json!([federated(&provider, call, condition)])).len()
}

#[test]
fn an_owner_of_github_is_named_before_its_id() {
    let issuer = "token.actions.githubusercontent.com";
    let key = format!("{issuer}:sub");
    for (subject, outsiders) in [
        ("repo:example@12/app@34:*", 0),
        ("repo:example@*/app@*:ref:refs/heads/main", 0),
        ("repo:exam*@12/app@34:*", 1),
        ("repo:*@12/app@34:*", 1),
    ] {
        let found = by_claim(issuer, "StringLike", &key, subject);
        assert_eq!(found, outsiders, "{subject}");
    }
}

#[test]
fn every_shared_issuer_of_aws_asks_for_its_own_claim() {
    let by_subject = [
        "agent.buildkite.com",
        "app.terraform.io",
        "gitlab.com",
        "oidc-configuration.audit-log.githubusercontent.com",
        "oidc.codefresh.io",
        "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu",
        "proidc.upbound.io",
        "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7",
        "scalr.io",
        "studio.datachain.ai/api",
        "tokens.cloud.shisho.dev",
        "vstoken.actions.githubusercontent.com",
    ];
    for issuer in by_subject {
        let key = |claim: &str| format!("{issuer}:{claim}");
        assert_eq!(by_claim(issuer, "StringEquals", &key("aud"), "x"), 1);
        assert_eq!(by_claim(issuer, "StringEquals", &key("sub"), "x:y"), 0);
    }
    for issuer in ["api.pulumi.com/oidc", "oidc.vercel.com", "sandboxes.cloud"] {
        let key = |claim: &str| format!("{issuer}:{claim}");
        assert_eq!(by_claim(issuer, "StringEquals", &key("iss"), "x"), 1);
        assert_eq!(by_claim(issuer, "StringEquals", &key("aud"), "x"), 0);
    }
    let sentinel = "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d";
    let audience = format!("{sentinel}:aud");
    assert_eq!(by_claim(sentinel, "StringEquals", &audience, "api://x"), 1);
    let session = "sts:RoleSessionName";
    assert_eq!(by_claim(sentinel, "StringEquals", session, "Team_1"), 0);
    assert_eq!(by_claim("gitlab.com", "StringEquals", session, "Team_1"), 1);
}

#[test]
fn a_wildcard_within_the_owner_fits_names_of_strangers() {
    let github = "token.actions.githubusercontent.com";
    let named = [
        ("agent.buildkite.com", "organization:acme:*"),
        ("app.terraform.io", "organization:acme:*"),
        ("gitlab.com", "project_path:acme/*"),
        ("oidc.codefresh.io", "account:64f884acc177de09bac44e4f:*"),
        ("oidc.vercel.com", "owner:acme:*"),
        ("proidc.upbound.io", "mcp:acme/*"),
        ("scalr.io", "account:acme:*"),
        ("studio.datachain.ai/api", "credentials:acme/*"),
        ("tokens.cloud.shisho.dev", "job:acme:*"),
        (
            "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb",
            "system:serviceaccount:acme:*",
        ),
        ("vstoken.actions.githubusercontent.com", "repo:acme/*"),
        (github, "repo:acme/*"),
    ];
    for (issuer, pattern) in named {
        let of = |pattern: &str| by_claim(issuer, "StringLike", &format!("{issuer}:sub"), pattern);
        assert_eq!(of(pattern), 0, "{issuer}");
        let open = pattern.rsplit_once([':', '/']).unwrap().0;
        assert_eq!(of(&format!("{open}*")), 1, "{issuer} {open}*");
        let (label, _) = open.rsplit_once(':').unwrap();
        assert_eq!(of(&format!("{label}:*")), 1, "{issuer} {label}:*");
    }
    let audit = "oidc-configuration.audit-log.githubusercontent.com";
    let of = |pattern: &str| by_claim(audit, "StringLike", &format!("{audit}:sub"), pattern);
    assert_eq!(of("https://github.com/acme"), 0);
    assert_eq!(of("https://github.com/acme*"), 1);
    let teams = "https://vercel.com/*";
    let audience = "oidc.vercel.com:aud";
    assert_eq!(
        by_claim("oidc.vercel.com", "StringLike", audience, teams),
        1
    );
}

#[test]
fn ids_of_owners_narrow_and_a_workflow_or_an_actor_does_not() {
    let github = "token.actions.githubusercontent.com";
    for (issuer, claim, outsiders) in [
        (github, "repository_id", 0),
        (github, "repository_owner_id", 0),
        (github, "enterprise_id", 0),
        (github, "job_workflow_ref", 1),
        (github, "actor_id", 1),
        ("gitlab.com", "namespace_id", 0),
        ("gitlab.com", "project_id", 0),
        ("gitlab.com", "user_id", 1),
    ] {
        let key = format!("{issuer}:{claim}");
        assert_eq!(
            by_claim(issuer, "StringEquals", &key, "123456"),
            outsiders,
            "{key}"
        );
        assert_eq!(by_claim(issuer, "StringLike", &key, "1*"), 1, "{key}");
    }
    let repository = format!("{github}:repository");
    assert_eq!(by_claim(github, "StringLike", &repository, "acme/*"), 0);
    assert_eq!(by_claim(github, "StringLike", &repository, "acme*"), 1);
}

#[test]
fn claims_that_everyone_chooses_or_has_narrow_no_public_provider() {
    let web = "sts:AssumeRoleWithWebIdentity";
    for (provider, claim, outsiders) in [
        ("accounts.google.com", "aud", 0),
        ("accounts.google.com", "sub", 0),
        ("accounts.google.com", "google/organization_number", 0),
        ("accounts.google.com", "oaud", 1),
        ("accounts.google.com", "email", 1),
        ("cognito-identity.amazonaws.com", "amr", 1),
        ("graph.facebook.com", "app_id", 0),
        ("www.amazon.com", "user_id", 0),
        ("www.amazon.com", "amr", 1),
    ] {
        let key = format!("{provider}:{claim}");
        let condition = json!({ "StringEquals": { key.clone(): "123456" } });
        let found = admitted(json!([federated(provider, web, condition)]));
        assert_eq!(found.len(), outsiders, "{key}");
    }
    let organization = "accounts.google.com:google/organization_number";
    let large = json!({ "NumericGreaterThan": { organization: "0" } });
    let google = federated("accounts.google.com", web, large);
    assert_eq!(admitted(json!([google])).len(), 1);
    let cognito = "cognito-identity.amazonaws.com";
    let region = json!({ "StringLike": { format!("{cognito}:aud"): "us-east-1:*" } });
    assert_eq!(admitted(json!([federated(cognito, web, region)])).len(), 1);
}

#[test]
fn an_issuer_of_one_customer_below_a_shared_host_is_private() {
    for issuer in [
        "oidc.vercel.com/acme",
        "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
        "oidc.op1.openshiftapps.com/2i88dhgsjo3o93877cmaiquhoa1in7ij",
    ] {
        let audience = format!("{issuer}:aud");
        assert_eq!(by_claim(issuer, "StringEquals", &audience, "x"), 0);
        let provider = format!("arn:aws:iam::{OWN}:oidc-provider/{issuer}");
        let open = federated(&provider, "sts:AssumeRoleWithWebIdentity", json!({}));
        let id = provider.replace('/', ":");
        assert_eq!(admitted(json!([open])), [id], "{issuer}");
    }
}

#[test]
fn bearers_of_tokens_are_named_where_they_get_in_more_easily_than_everyone() {
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    let asks = allow(json!("*"), mfa);
    let token = |condition: Value| {
        json!({
            "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": condition,
        })
    };
    let alone = admitted(json!([token(json!({}))]));
    assert_eq!(alone.len(), 1, "{alone:?}");
    let both = admitted(json!([asks, token(json!({}))]));
    assert_eq!(both, ["anyone".to_owned(), alone[0].clone()]);
    let open = allow(json!("*"), json!({}));
    assert_eq!(admitted(json!([open, token(json!({}))])), ["anyone"]);
}

#[test]
fn guests_of_an_identity_pool_need_no_credentials() {
    let cognito = "cognito-identity.amazonaws.com";
    let uncertain = format!("{cognito}?");
    let open = |more: Value| {
        let mut condition = more;
        condition["StringEquals"] = json!({ format!("{cognito}:aud"): "eu-central-1:1" });
        admitted(json!([federated(
            cognito,
            "sts:AssumeRoleWithWebIdentity",
            condition
        )]))
    };
    let amr =
        |value: &str| json!({ "ForAnyValue:StringLike": { format!("{cognito}:amr"): value } });
    assert!(open(amr("authenticated")).is_empty());
    assert_eq!(open(amr("unauthenticated")), [cognito]);
    assert_eq!(open(amr("*authenticated")), [cognito]);
    assert_eq!(open(json!({})), [uncertain]);
    let subject = json!({ "StringLike": { format!("{cognito}:sub"): "eu-central-1:2" } });
    assert!(open(subject).is_empty());
}

#[test]
fn strangers_choose_their_tags_names_and_claims() {
    for chosen in [
        json!({ "StringEquals": { "aws:PrincipalTag/admin": "yes" } }),
        json!({ "StringEquals": { "aws:username": "deploy" } }),
        json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/deploy" } }),
        json!({ "StringEquals": { "aws:PrincipalType": "User" } }),
        json!({ "StringEquals": { "sts:RoleSessionName": "x" } }),
        json!({ "Bool": { "aws:SecureTransport": "true" } }),
        json!({ "IpAddress": { "aws:SourceIp": "0.0.0.0/0" } }),
    ] {
        assert_eq!(
            admitted(json!([allow(json!("*"), chosen.clone())])),
            ["anyone"],
            "{chosen}"
        );
    }
    for uncertain in [
        json!({ "StringEquals": { "sts:ExternalId": "42" } }),
        json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }),
        json!({ "StringEquals": { "aws:PrincipalOrgID": "o-abc" } }),
        json!({ "StringEquals": { "aws:PrincipalTag/a": "b" }, "StringNotEquals": { "aws:PrincipalTag/A": "b" } }),
        json!({ "StringEquals": { "aws:PrincipalTag/a": "${aws:userid}" } }),
    ] {
        assert_eq!(
            admitted(json!([allow(json!("*"), uncertain.clone())])),
            ["anyone?"],
            "{uncertain}"
        );
    }
    let issuer = "token.actions.githubusercontent.com";
    let github = format!("arn:aws:iam::{OWN}:oidc-provider/{issuer}");
    for (operator, claim, value, doubt) in [
        ("StringEquals", "aud", "sts.amazonaws.com", ""),
        ("StringLike", "sub", "repo:*", ""),
        ("StringEquals", "environment", "prod", ""),
        ("StringEquals", "actor", "octocat", "?"),
    ] {
        let condition = json!({ operator: { format!("{issuer}:{claim}"): value } });
        let web = "sts:AssumeRoleWithWebIdentity";
        let expected = format!("{issuer}{doubt}");
        assert_eq!(
            admitted(json!([federated(&github, web, condition)])),
            [expected],
            "{claim}"
        );
    }
}

#[test]
fn a_wildcard_that_matches_colons_names_no_account() {
    let like = |operator: &str, id: &str| json!({ operator: { "aws:PrincipalArn": format!("arn:*:iam::{id}:*") } });
    let with_mfa = |mut condition: Value| {
        condition["Bool"] = json!({ "aws:MultiFactorAuthPresent": "true" });
        condition
    };
    for open in [like("StringLike", OWN), with_mfa(like("StringLike", OTHER))] {
        let found = admitted(json!([allow(json!("*"), open.clone())]));
        assert_eq!(found, ["anyone"], "{open}");
    }
    for closed in [like("ArnLike", OWN), with_mfa(like("ArnLike", OTHER))] {
        let found = admitted(json!([allow(json!("*"), closed.clone())]));
        assert!(found.is_empty(), "{closed}: {found:?}");
    }
}

#[test]
fn a_deny_for_all_but_an_outsider_leaves_that_one() {
    let door = allow(json!("*"), json!({}));
    let except = |id: &str| {
        json!({
            "Effect": "Deny", "Action": "sts:AssumeRole",
            "NotPrincipal": { "AWS": format!("arn:aws:iam::{id}:root") },
        })
    };
    assert_eq!(admitted(json!([door, except(OTHER)])), ["anyone?"]);
    assert!(admitted(json!([door, except(OWN)])).is_empty());
}

#[test]
fn anyone_brings_a_device_of_their_own() {
    let mfa = |mut more: Value| {
        more["Bool"] = json!({ "aws:MultiFactorAuthPresent": "true" });
        more
    };
    let text = |statements: Value| {
        let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        let trust = Policy::parse_stored(PolicyKind::Trust, &text).unwrap();
        let found = entries(&trust, &[&OWN.parse().unwrap()]);
        found.iter().map(Entry::how).collect::<Vec<_>>()
    };
    let suffices = "by anyone with an AWS account: the policy asks for MFA, and any device of their \
                    own suffices";
    let fresh = json!({ "NumericLessThan": { "aws:MultiFactorAuthAge": "3600" } });
    for condition in [mfa(json!({})), fresh] {
        for everyone in [json!("*"), json!({ "AWS": "*" })] {
            assert_eq!(
                text(json!([allow(everyone, condition.clone())])),
                [suffices]
            );
        }
    }
    let deny = statement(
        "Deny",
        json!("*"),
        json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } }),
    );
    assert_eq!(
        text(json!([allow(json!("*"), json!({})), deny])),
        [suffices]
    );
    let external = mfa(json!({ "StringEquals": { "sts:ExternalId": "42" } }));
    assert_eq!(admitted(json!([allow(json!("*"), external)])), ["anyone?"]);
    let open = allow(json!("*"), json!({}));
    let both = text(json!([allow(json!("*"), mfa(json!({}))), open]));
    assert_eq!(both, ["without MFA by anyone with an AWS account"]);
}

#[test]
fn mfa_of_a_named_account_or_organization_is_its_own_affair() {
    let mfa = json!({ "aws:MultiFactorAuthPresent": "true" });
    let closed = |conditions: Value| {
        let mut conditions = conditions;
        conditions["Bool"] = mfa.clone();
        admitted(json!([allow(json!("*"), conditions)]))
    };
    for condition in [
        json!({ "StringEquals": { "aws:PrincipalAccount": OTHER } }),
        json!({ "StringEquals": { "aws:PrincipalOrgID": "o-abc" } }),
        json!({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-abc/*" } }),
        json!({ "ArnLike": { "aws:PrincipalArn": format!("arn:aws:iam::{OTHER}:role/*") } }),
    ] {
        assert!(closed(condition.clone()).is_empty(), "{condition}");
    }
    for condition in [
        json!({ "StringEqualsIfExists": { "aws:PrincipalOrgID": "o-abc" } }),
        json!({ "StringLike": { "aws:PrincipalOrgID": "o-*" } }),
        json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-abc" } }),
        json!({ "StringLike": { "aws:PrincipalAccount": "9*" } }),
    ] {
        assert_eq!(closed(condition.clone()).len(), 1, "{condition}");
    }
    let partner = allow(json!({ "AWS": OTHER }), json!({ "Bool": mfa }));
    assert!(admitted(json!([partner])).is_empty());
    let elsewhere = json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-abc" } });
    let door = allow(json!("*"), json!({ "Bool": mfa }));
    let deny = statement("Deny", json!("*"), elsewhere);
    assert!(admitted(json!([door, deny])).is_empty());
}

#[test]
fn outsiders_may_call_directly_or_by_a_service() {
    let direct = [
        json!({ "Bool": { "aws:ViaAWSService": "false" } }),
        json!({ "Null": { "aws:CalledVia": "true" } }),
    ];
    for condition in direct {
        let found = admitted(json!([allow(json!("*"), condition.clone())]));
        assert_eq!(found, ["anyone"], "{condition}");
        let deny = statement("Deny", json!("*"), condition.clone());
        let found = admitted(json!([allow(json!("*"), json!({})), deny]));
        assert_eq!(found, ["anyone?"], "{condition}");
    }
    let by_service = json!({ "Bool": { "aws:ViaAWSService": "true" } });
    let found = admitted(json!([allow(json!("*"), by_service)]));
    assert_eq!(found, ["anyone?"]);
}

#[test]
fn bearers_of_tokens_choose_what_callers_choose() {
    let google = "accounts.google.com";
    let of = |condition: Value| {
        let web = "sts:AssumeRoleWithWebIdentity";
        admitted(json!([federated(google, web, condition)]))
    };
    let short = json!({ "NumericLessThanEquals": { "sts:DurationSeconds": "3600" } });
    for chosen in [
        json!({ "StringEquals": { "aws:RequestedRegion": "eu-central-1" } }),
        json!({ "StringLike": { "aws:UserAgent": "*boto*" } }),
        short.clone(),
    ] {
        assert_eq!(of(chosen.clone()), [google], "{chosen}");
    }
    assert_eq!(admitted(json!([allow(json!("*"), short)])), ["anyone"]);
    let name = json!({ "StringEquals": { "aws:username": "deploy" } });
    assert_eq!(of(name), [format!("{google}?")]);
}

#[test]
fn a_condition_whose_operator_does_not_exist_decides_nothing() {
    let misspelt = |mut condition: Value| {
        condition["StringEqual"] = json!({ "aws:PrincipalOrgID": "o-example" });
        condition
    };
    let others = || json!({ "StringNotEquals": { "aws:PrincipalAccount": OWN } });
    let deny = |condition: Value| statement("Deny", json!("*"), condition);
    let open = || allow(json!("*"), json!({}));
    assert!(admitted(json!([open(), deny(others())])).is_empty());
    assert_eq!(
        admitted(json!([open(), deny(misspelt(others()))])),
        ["anyone?"]
    );
    assert_eq!(
        admitted(json!([allow(json!("*"), misspelt(json!({})))])),
        ["anyone?"]
    );
}

/// The subjects of the tokens whose bearers a trust policy admits.
fn subjects(statements: Value) -> Vec<String> {
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let trust = Policy::parse_stored(PolicyKind::Trust, &text).unwrap();
    let own = OWN.parse().unwrap();
    let found = bearers(&trust, &entries(&trust, &[&own])).into_iter();
    found.flat_map(|bearers| bearers.subjects).collect()
}

#[test]
fn a_bearer_of_a_token_whom_a_statement_surely_denies_does_not_get_in() {
    let (web, issuer) = (
        "sts:AssumeRoleWithWebIdentity",
        "token.actions.githubusercontent.com",
    );
    let provider = format!("arn:aws:iam::{OWN}:oidc-provider/{issuer}");
    let sub =
        |operator: &str, subject: Value| json!({ operator: { format!("{issuer}:sub"): subject } });
    let (main, dev) = (
        "repo:example/app:ref:refs/heads/main",
        "repo:example/app:ref:refs/heads/dev",
    );
    let both = || federated(&provider, web, sub("StringEquals", json!([main, dev])));
    let deny = |principal: Value, condition: Value| json!({ "Effect": "Deny", "Principal": principal, "Action": "sts:*", "Condition": condition });
    let everyone = || json!("*");
    let found = |deny: Value| subjects(json!([both(), deny]));
    assert_eq!(subjects(json!([both()])), [dev, main]);
    assert!(found(deny(everyone(), json!({}))).is_empty());
    assert!(found(deny(json!({ "Federated": provider }), json!({}))).is_empty());
    let no_mfa = json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } });
    assert!(found(deny(everyone(), no_mfa)).is_empty());
    for of_dev in [
        sub("StringEquals", json!(dev)),
        sub("StringLike", json!("*/dev")),
        sub("StringNotEquals", json!(main)),
    ] {
        assert_eq!(found(deny(everyone(), of_dev.clone())), [main], "{of_dev}");
    }
    let elsewhere = json!({ "NotIpAddress": { "aws:SourceIp": "203.0.113.0/24" } });
    assert_eq!(found(deny(everyone(), elsewhere)), [dev, main]);
    let other = json!({ "Federated": "accounts.google.com" });
    assert_eq!(found(deny(other, json!({}))), [dev, main]);
    // Some of these tokens are not denied.
    let any = || federated(&provider, web, sub("StringLike", json!("repo:example/*")));
    let of_dev = || deny(everyone(), sub("StringEquals", json!(dev)));
    assert_eq!(subjects(json!([any(), of_dev()])), ["repo:example/*"]);
    assert!(subjects(json!([any(), deny(everyone(), json!({}))])).is_empty());
    let small = sub("StringEqualsIgnoreCase", json!(dev));
    let small = federated(&provider, web, small);
    assert_eq!(subjects(json!([small, of_dev()])), [dev]);
    // Other principals of the statement, or of one before, hide no bearer.
    let saml = format!("arn:aws:iam::{OWN}:saml-provider/idp");
    for principal in [
        json!({ "AWS": OTHER, "Federated": provider }),
        json!({ "Federated": [saml, provider] }),
        json!({ "Federated": ["accounts.google.com", provider] }),
    ] {
        let mut together = both();
        together["Principal"] = principal.clone();
        assert_eq!(subjects(json!([together])), [dev, main], "{principal}");
    }
    let except = json!({ "Effect": "Allow", "NotPrincipal": { "AWS": OTHER }, "Action": web });
    assert_eq!(subjects(json!([except, both()])), [dev, main]);
}

#[test]
fn the_condition_on_a_named_outsider_is_compared_with_its_name() {
    let role = format!("arn:aws:iam::{OTHER}:role/x");
    let session = format!("arn:aws:sts::{OTHER}:assumed-role/x/alice");
    let found = |principal: &str, operator: &str, key: &str, value: &str| {
        let condition = json!({ operator: { key: value } });
        admitted(json!([allow(json!({ "AWS": principal }), condition)]))
    };
    let shown = ["arn:aws:iam::999999999999:role:x"];
    let of_account = |principal| found(principal, "StringEquals", "aws:PrincipalAccount", OTHER);
    assert_eq!(of_account(&role), shown);
    assert!(of_account(&session).iter().all(|who| !who.ends_with('?')));
    let by_arn = |principal, value: &str| found(principal, "ArnEquals", "aws:PrincipalArn", value);
    assert_eq!(by_arn(&role, &role), shown);
    assert!(by_arn(&role, &role.replace("/x", "/y")).is_empty());
    // The key has the ARN of the role there, which the name of the session does not tell.
    let of_session = by_arn(&session, &role);
    assert!(of_session[0].ends_with('?'), "{of_session:?}");
}

#[test]
fn the_statement_that_admits_most_easily_counts() {
    let role = json!({ "AWS": format!("arn:aws:iam::{OTHER}:role/x") });
    let perhaps = allow(
        role.clone(),
        json!({ "StringEquals": { "sts:ExternalId": "1" } }),
    );
    let surely = allow(role, json!({}));
    for (statements, index) in [([&perhaps, &surely], 1), ([&surely, &perhaps], 0)] {
        let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        let trust = Policy::parse_stored(PolicyKind::Trust, &text).unwrap();
        let found = entries(&trust, &[&OWN.parse().unwrap()]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].certain, found[0].by.index), (true, index));
    }
}
