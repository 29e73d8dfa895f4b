//! Plans as JSON and as text.

use serde_json::json;

use super::*;

fn case() -> Given {
    given(
        "
        [profile root]
        mfa_serial = M
        region = eu-west-1
        [profile admin]
        source_profile = root
        role_arn = admin
        session_tags = team=blue
        [profile tool]
        credential_process = tool --json
        ",
    )
    .stored("root")
}

#[test]
fn json_has_the_shape_that_scripts_rely_on() {
    let chain = case()
        .env("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
        .chain("admin");
    let keys: Vec<String> = chain
        .hops
        .iter()
        .map(|hop| hop.cache_key.to_string())
        .collect();
    let expect = json!({
        "profile": "admin",
        "plan": {
            "base": {"kind": "vault_key", "profile": "root", "access_key_id": KEY},
            "hops": [
                {
                    "call": "GetSessionToken",
                    "profile": "root",
                    "mfa_serial": device("alice"),
                    "duration_seconds": 43200,
                    "reason": "one code for 12h, shared by everything that starts from this key",
                    "cache_key": keys[0],
                },
                {
                    "call": "AssumeRole",
                    "role_arn": arn("admin"),
                    "profile": "admin",
                    "mfa_serial": null,
                    "duration_seconds": 3600,
                    "external_id": null,
                    "role_session_name": null,
                    "session_tags": {"team": "blue"},
                    "transitive_session_tags": [],
                    "source_identity": null,
                    "policy": null,
                    "policy_arns": [],
                    "reason": "assumed from an MFA session, so it lives at most 1h",
                    "cache_key": keys[1],
                },
            ],
            "region": "eu-west-1",
            "mfa_process": null,
            "endpoints": {"sts": "http://127.0.0.1:1"},
        },
        "warnings": [],
    });
    assert_eq!(chain.to_json(), expect);
    let switches = given(
        "[profile p]\ncredential_process = t\nca_bundle = /etc/ca.pem\n\
         use_fips_endpoint = true\nuse_dualstack_endpoint = true",
    );
    assert_eq!(
        switches.chain("p").to_json()["plan"]["endpoints"],
        json!({"ca_bundle": "/etc/ca.pem", "fips": true, "dual_stack": true})
    );
}

#[test]
fn json_names_every_kind_of_base() {
    let base = |config: &str| {
        given(&format!("[profile p]\n{config}"))
            .chain("p")
            .to_json()["plan"]["base"]
            .clone()
    };
    assert_eq!(
        base("credential_process = tool"),
        json!({"kind": "process", "profile": "p", "command": "tool"})
    );
    assert_eq!(
        base("role_arn = r\ncredential_source = EcsContainer"),
        json!({"kind": "ecs_container"})
    );
    assert_eq!(
        base("role_arn = r\ncredential_source = Ec2InstanceMetadata"),
        json!({
            "kind": "ec2_metadata", "endpoint": "http://169.254.169.254", "timeout_seconds": 1,
            "attempts": 1, "disabled": false,
        })
    );
    assert_eq!(
        base("login_session = arn"),
        json!({"kind": "login_session", "profile": "p", "login_session": "arn"})
    );
    assert_eq!(
        base("role_arn = r\nweb_identity_token_file = /t"),
        json!({
            "kind": "web_identity", "profile": "p", "role_arn": arn("r"), "token_file": "/t", "token_process": null,
            "role_session_name": null, "duration_seconds": 3600,
        })
    );
    assert_eq!(
        base(
            "sso_start_url = https://x\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = A"
        ),
        json!({
            "kind": "sso", "profile": "p", "sso_session": null, "sso_start_url": "https://x",
            "sso_region": "us-east-1", "sso_account_id": "123456789012", "sso_role_name": "A",
        })
    );
    assert_eq!(
        base(
            "aws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\naws_session_token = t"
        ),
        json!({
            "kind": "static", "profile": "p", "access_key_id": "ASIAIOSFODNN7EXAMPLE",
            "temporary": true, "expires_at": null,
        })
    );
    let environment = given("[profile p]\nrole_arn = r\ncredential_source = Environment")
        .env("AWS_ACCESS_KEY_ID", KEY)
        .env("AWS_SECRET_ACCESS_KEY", "s")
        .chain("p");
    assert_eq!(
        environment.to_json()["plan"]["base"],
        json!({"kind": "environment", "access_key_id": KEY, "temporary": false})
    );
}

#[test]
fn text_shows_all_that_is_sent_with_a_role() {
    let chain = given(
        "
        [profile root]
        [profile admin]
        source_profile = root
        role_arn = admin
        role_session_name = alice
        external_id = shared
        source_identity = alice@example
        session_tags = team=blue, cost=12
        transitive_session_tags = team, stage
        ",
    )
    .stored("root")
    .flags(|flags| flags.policy_arns = vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()])
    .chain("admin")
    .show();
    let (_, sent) = chain.split_once(" 1. AssumeRole ").unwrap();
    let (_, sent) = sent.split_once('\n').unwrap();
    assert_eq!(
        sent,
        "     session name alice
     external id shared
     source identity alice@example
     tags team=blue (passed on), cost=12
     tags passed on: stage
     session policy arn:aws:iam::aws:policy/ReadOnlyAccess
"
    );
}

#[test]
fn text_has_one_line_for_the_base_and_one_for_each_call() {
    assert_eq!(
        case().chain("admin").show(),
        "admin: key AKIAIOSFODNN7EXAMPLE in the vault, stored as root
  1. GetSessionToken, 12h, code from arn:aws:iam::111122223333:mfa/alice: one code for 12h, shared by everything that starts from this key
  2. AssumeRole arn:aws:iam::123456789012:role/admin (profile admin), 1h: assumed from an MFA session, so it lives at most 1h
     tags team=blue
"
    );
    assert_eq!(
        case().duration("8h").flags(|flags| flags.policy = Some("{}".to_owned())).chain("admin").show(),
        "admin: key AKIAIOSFODNN7EXAMPLE in the vault, stored as root
  1. AssumeRole arn:aws:iam::123456789012:role/admin (profile admin), 8h, code from arn:aws:iam::111122223333:mfa/alice, with a session policy: more than 1h is asked, which a session cannot give, so the code is spent on this call
     tags team=blue
"
    );
    assert_eq!(
        case().chain("tool").show(),
        "tool: credential process of profile tool: tool --json
  where it prints temporary credentials:
  handed out as they are
  where it prints a long-lived key:
  1. GetSessionToken, 12h: a session in place of the key; without MFA, since no device is named
     the session of profile `tool` is made without MFA, so AWS answers its IAM calls with InvalidClientTokenId; \
         add `mfa_serial` to the profile, or use --no-session for a run that needs them
"
    );
}

#[test]
fn both_answers_of_a_program_are_shown_where_they_lead_through_different_calls() {
    let shown = |profile: &str| {
        given(
            "
            [profile tool]
            credential_process = tool --json
            [profile same]
            source_profile = tool
            role_arn = same
            [profile device]
            source_profile = tool
            role_arn = device
            mfa_serial = M
            ",
        )
        .no_session()
        .chain(profile)
        .show()
    };
    for (profile, both) in [("same", false), ("device", true)] {
        let text = shown(profile);
        assert_eq!(text.contains("where it prints"), both, "{text}");
    }
}

#[test]
fn no_secret_of_the_files_reaches_a_plan() {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let case = given("[profile env]\nrole_arn = r\ncredential_source = Environment").credentials(
        &format!(
            "
        [p]
        aws_access_key_id = ASIAIOSFODNN7EXAMPLE
        aws_secret_access_key = {secret}
        aws_session_token = canary-token
        [half]
        aws_secret_access_key = {secret}
        [swapped]
        aws_access_key_id = {secret}
        aws_secret_access_key = AKIAIOSFODNN7EXAMPLE
        "
        ),
    );
    let chain = case.chain("p");
    let mut text = format!("{chain:?} {} {}", chain.to_json(), chain.show());
    let case = case
        .env("AWS_ACCESS_KEY_ID", secret)
        .env("AWS_SECRET_ACCESS_KEY", secret);
    for profile in ["half", "swapped", "env"] {
        let error = case.resolve(profile).unwrap_err();
        let cause = error.source().map(ToString::to_string);
        text.push_str(&format!("{error:?} {error} {cause:?}"));
    }
    for canary in [&secret[..8], "canary-token"] {
        assert!(!text.contains(canary), "{text}");
    }
}
