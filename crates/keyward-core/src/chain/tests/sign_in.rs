//! The profile whose settings apply to a sign-in at a session.

use super::*;

const CONFIG: &str = "
    [default]
    endpoint_url = http://default
    [sso-session moon]
    sso_start_url = https://moon.awsapps.com/start
    sso_region = eu-west-1
    [profile data]
    sso_session = moon
    services = local
    endpoint_url = http://data
    [profile other]
    endpoint_url = http://other
    use_fips_endpoint = true
    ca_bundle = /etc/ca.pem
    [services local]
    sso =
    > endpoint_url = http://portal
";

/// The two endpoints, and the warnings by a part of each.
#[track_caller]
fn check(case: Given, session: &str, expect: [Option<&str>; 2], parts: &[&str]) {
    let config = ConfigSet::load(Some(("config", case.config.as_str())), None).unwrap();
    let (endpoints, warnings) = sign_in_endpoints(session, &config, &|name| {
        case.environment.get(name).cloned()
    });
    assert_eq!(
        [endpoints.sso.as_deref(), endpoints.sso_oidc.as_deref()],
        expect
    );
    assert_eq!(
        (endpoints.sts, endpoints.iam, endpoints.signin),
        (None, None, None)
    );
    assert_eq!(warnings.len(), parts.len(), "{warnings:#?}");
    for (warning, part) in warnings.iter().zip(parts) {
        assert!(warning.contains(part), "`{warning}` lacks `{part}`");
    }
}

#[test]
fn the_environment_comes_before_every_profile() {
    let case = given(CONFIG)
        .env("AWS_ENDPOINT_URL_SSO", "http://one")
        .env("AWS_ENDPOINT_URL", "http://all")
        .env("AWS_PROFILE", "other");
    check(case, "moon", [Some("http://one"), Some("http://all")], &[]);
    let case = given(CONFIG).env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    check(case, "moon", [None, None], &[]);
}

#[test]
fn the_active_profile_comes_before_the_profiles_of_the_session() {
    let other = [Some("http://other"); 2];
    check(
        given(CONFIG).env("AWS_PROFILE", "other"),
        "moon",
        other,
        &[],
    );
    check(
        given(CONFIG).env("AWS_DEFAULT_PROFILE", "other"),
        "moon",
        other,
        &[],
    );
    // A profile that does not exist is ignored.
    let data = [Some("http://portal"), Some("http://data")];
    check(given(CONFIG).env("AWS_PROFILE", "lost"), "moon", data, &[]);
}

#[test]
fn the_profiles_of_the_session_speak_when_they_agree() {
    let data = [Some("http://portal"), Some("http://data")];
    check(given(CONFIG), "moon", data, &[]);
    let agreeing = "
        [profile more]
        sso_session = moon
        include_profile = lender
        sts_regional_endpoints = legacy
        [profile lender]
        services = local
        endpoint_url = http://data
        [profile broken]
        sso_session = moon
        include_profile = broken
    ";
    check(given(&format!("{CONFIG}{agreeing}")), "moon", data, &[]);
    let silent = "\n[profile silent]\nsso_session = moon\n";
    check(
        given(&format!("{CONFIG}{silent}")),
        "moon",
        [Some("http://default"); 2],
        &["profiles `data` and `silent` reach the Identity Center of `moon` in different ways"],
    );
}

#[test]
fn the_default_profile_speaks_for_a_session_without_profiles() {
    check(given(CONFIG), "sun", [Some("http://default"); 2], &[]);
    check(given("[profile a]"), "sun", [None, None], &[]);
}

#[test]
fn switches_and_the_ca_bundle_come_along() {
    let config = given(CONFIG).config;
    let config = ConfigSet::load(Some(("config", config.as_str())), None).unwrap();
    let active = |name: &str| (name == "AWS_PROFILE").then(|| "other".to_owned());
    let (endpoints, _) = sign_in_endpoints("moon", &config, &active);
    assert_eq!(
        (
            endpoints.fips,
            endpoints.dual_stack,
            endpoints.ca_bundle.as_deref()
        ),
        (true, false, Some("/etc/ca.pem"))
    );
}

#[test]
fn a_services_section_that_is_lost_is_told_once() {
    let case = given("[profile a]\nsso_session = moon\nservices = lost");
    check(
        case,
        "moon",
        [None, None],
        &["config:3: there is no section `[services lost]`"],
    );
}
