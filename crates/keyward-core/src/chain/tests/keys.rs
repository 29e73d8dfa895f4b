//! Values that change a session's name in the cache, and values that do not.

use std::collections::BTreeSet;

use super::*;

const CHAIN: &str = "
    [profile root]
    mfa_serial = M
    [profile one]
    source_profile = root
    role_arn = one
    [profile two]
    source_profile = one
    role_arn = two
    external_id = ext
    role_session_name = alice
    session_tags = a=b, c=d
    transitive_session_tags = a
    source_identity = alice
    duration_seconds = 1800
";

fn key(case: Given) -> CacheKey {
    case.chain("two").hops[2].cache_key
}

fn case() -> Given {
    given(CHAIN).stored("root")
}

fn edited(from: &str, to: &str) -> Given {
    assert!(CHAIN.contains(from), "{from}");
    given(&CHAIN.replace(from, to)).stored("root")
}

#[test]
fn every_change_of_the_credentials_changes_the_key() {
    let other_key = {
        let mut case = case();
        case.stored[0].access_key_id = "AKIAI44QH8DHBEXAMPLE".parse().unwrap();
        case
    };
    let variants = [
        ("nothing", case()),
        ("access key", other_key),
        ("device", edited("mfa_serial = M", "mfa_serial = N")),
        ("first role", edited("role_arn = one", "role_arn = uno")),
        ("last role", edited("role_arn = two", "role_arn = dos")),
        (
            "partition",
            edited(
                "role_arn = two",
                "role_arn = arn:aws-cn:iam::123456789012:role/two",
            ),
        ),
        (
            "external id",
            edited("external_id = ext", "external_id = text"),
        ),
        ("no external id", edited("external_id = ext", "")),
        (
            "session name",
            edited("role_session_name = alice", "role_session_name = bob"),
        ),
        ("tag value", edited("a=b", "a=bb")),
        ("tags run together", edited("a=b, c=d", "a=bc, d=")),
        ("long first tag", edited("a=b, c=d", "aa=b, c=d")),
        ("long last tag", edited("a=b, c=d", "a=b, ac=d")),
        (
            "transitive",
            edited("transitive_session_tags = a", "transitive_session_tags = c"),
        ),
        (
            "source identity",
            edited("source_identity = alice", "source_identity = bob"),
        ),
        (
            "duration",
            edited("duration_seconds = 1800", "duration_seconds = 900"),
        ),
        (
            "session length",
            case().flags(|flags| flags.session_duration = Some(Duration::from_secs(7200))),
        ),
        (
            "policy",
            case().flags(|flags| flags.policy = Some("{}".to_owned())),
        ),
        (
            "policy arn",
            case().flags(|flags| flags.policy_arns = vec!["{}".to_owned()]),
        ),
        (
            "endpoint",
            case().env("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1"),
        ),
        ("no session", case().no_session()),
    ];
    let mut seen: BTreeMap<CacheKey, &str> = BTreeMap::new();
    for (name, case) in variants {
        let hop = case.chain("two").hops.last().unwrap().cache_key;
        if let Some(other) = seen.insert(hop, name) {
            panic!("`{name}` and `{other}` share a key");
        }
    }
}

#[test]
fn what_does_not_change_the_credentials_leaves_the_key() {
    let plain = key(case());
    assert_eq!(
        key(case().flags(|flags| flags.region = "eu-west-1".parse().ok())),
        plain
    );
    assert_eq!(
        key(case().env("AWS_ENDPOINT_URL_IAM", "http://127.0.0.1:1")),
        plain
    );
    let renamed = given(&CHAIN.replace("root", "main")).stored("main");
    assert_eq!(key(renamed), plain);
    let copied = given(&CHAIN.replace("profile two", "profile other")).stored("root");
    assert_eq!(copied.chain("other").hops[2].cache_key, plain);
}

#[test]
fn credentials_of_other_sources_have_names_of_their_own() {
    let sso = |account: &str| {
        given(&format!(
            "
            [profile p]
            sso_start_url = https://example.awsapps.com/start
            sso_region = us-east-1
            sso_account_id = {account}
            sso_role_name = Admin
            "
        ))
        .chain("p")
        .base_cache_key()
    };
    let process = |command: &str| {
        let config = format!("[profile p]\ncredential_process = {command}");
        given(&config).chain("p").base_cache_key()
    };
    assert_eq!(sso("123456789012"), sso("123456789012"));
    assert_ne!(sso("123456789012"), sso("111122223333"));
    assert_eq!(process("tool"), process("tool"));
    assert_ne!(process("tool"), process("tool --other"));
    // The program gets the profile's name.
    let two = given("[profile p]\ncredential_process = t\n[profile q]\ncredential_process = t");
    assert_ne!(
        two.chain("p").base_cache_key(),
        two.chain("q").base_cache_key()
    );
    let login = given("[profile p]\nlogin_session = arn:aws:iam::123456789012:user/alice");
    let here = login.chain("p").base_cache_key();
    let there = login.env("AWS_ENDPOINT_URL_SIGNIN", "http://127.0.0.1:1");
    assert_ne!(there.chain("p").base_cache_key(), here);
}

#[test]
fn every_setting_of_a_source_that_changes_its_credentials_changes_the_key() {
    const SSO: &str = "[sso-session s]\nsso_region = us-east-1\n\
        sso_start_url = https://example.awsapps.com/start\n[sso-session t]\n\
        sso_region = us-east-1\nsso_start_url = https://example.awsapps.com/start\n[profile p]\n\
        sso_session = s\nsso_account_id = 123456789012\nsso_role_name = Admin\n";
    const WEB: &str = "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/Deploy\n\
        web_identity_token_file = /token\nrole_session_name = alice\nduration_seconds = 1800\n";
    for (config, edits, endpoints) in [
        (
            SSO,
            [
                ("sso_session = s", "sso_session = t"),
                ("us-east-1\nsso_start", "eu-west-1\nsso_start"),
                ("example.awsapps", "other.awsapps"),
                ("123456789012", "111122223333"),
                ("Admin", "ReadOnly"),
            ],
            &["AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC"][..],
        ),
        (
            WEB,
            [
                ("role/Deploy", "role/Admin"),
                ("/token", "/other"),
                ("alice", "bob"),
                ("1800", "900"),
                ("role_session_name = alice", ""),
            ],
            &["AWS_ENDPOINT_URL_STS"],
        ),
    ] {
        let mut cases = vec![given(config)];
        cases.extend(edits.map(|(from, to)| given(&config.replace(from, to))));
        let at = |name: &&str| given(config).env(name, "http://127.0.0.1:1");
        cases.extend(endpoints.iter().map(at));
        let keys: BTreeSet<CacheKey> = cases
            .iter()
            .map(|case| case.chain("p").base_cache_key())
            .collect();
        assert_eq!(keys.len(), cases.len(), "{config}");
    }
}

#[test]
fn a_key_that_a_run_has_computed_serves_its_own_endpoint_only() {
    let last = LastCacheKeys::default();
    let there = || case().env("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1");
    for case in [case(), there(), case()] {
        let chain = case.resolve_after("root", &last).unwrap();
        assert_eq!(chain, case.chain("root"));
    }
}

#[test]
fn a_key_reads_back_as_it_prints() {
    let key = CacheKey::of(&["ab", "c"]);
    assert_eq!(key.to_string().parse::<CacheKey>().unwrap(), key);
    assert_ne!(key, CacheKey::of(&["a", "bc"]));
    for text in [
        "",
        "abc",
        &"g".repeat(64),
        &"A".repeat(64),
        "../../../../etc/passwd",
    ] {
        assert!(text.parse::<CacheKey>().is_err(), "{text}");
    }
}

#[test]
fn long_fields_that_run_together_differ() {
    // A length takes one byte up to 254, and nine bytes beyond.
    let text = "x".repeat(600);
    let split = |at: usize| CacheKey::of(&[&text[..at], &text[at..]]);
    let keys: BTreeSet<CacheKey> = (0..=text.len()).map(split).collect();
    assert_eq!(keys.len(), text.len() + 1);
    assert!(!keys.contains(&CacheKey::of(&[&text])));
}
