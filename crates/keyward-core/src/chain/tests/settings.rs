//! Regions, endpoints and switches.

use super::*;

#[test]
fn the_region_comes_from_the_flag_the_chain_and_then_the_environment() {
    let case = || {
        given(
            "
            [default]
            region = us-east-1
            [profile root]
            region = eu-west-1
            [profile own]
            source_profile = root
            role_arn = own
            region = eu-central-1
            [profile inherits]
            source_profile = root
            role_arn = inherits
            [profile none]
            source_profile = bare
            role_arn = none
            ",
        )
        .stored("root")
        .stored("bare")
    };
    let check = |case: Given, profile: &str, expect: Option<&str>| {
        let region = case.chain(profile).region;
        assert_eq!(
            region.as_ref().map(|region| region.as_str()),
            expect,
            "{profile}"
        );
    };
    check(case(), "own", Some("eu-central-1"));
    check(case(), "inherits", Some("eu-west-1"));
    check(case(), "none", None);
    let with_env = || {
        case()
            .env("AWS_REGION", "ap-south-1")
            .env("AWS_DEFAULT_REGION", "sa-east-1")
    };
    check(with_env(), "own", Some("eu-central-1"));
    check(with_env(), "none", Some("ap-south-1"));
    check(
        case()
            .env("AWS_REGION", "")
            .env("AWS_DEFAULT_REGION", "sa-east-1"),
        "none",
        Some("sa-east-1"),
    );
    check(
        with_env().flags(|flags| flags.region = "us-west-2".parse().ok()),
        "own",
        Some("us-west-2"),
    );
}

const ENDPOINTS: &str = "
    [profile root]
    endpoint_url = https://root.example.com
    use_fips_endpoint = true
    ca_bundle = /etc/ca.pem
    [profile admin]
    source_profile = root
    role_arn = admin
    services = local
    use_dualstack_endpoint = TRUE
    [services local]
    sts =
    > endpoint_url = http://localhost:4566
    iam =
    > endpoint_url =
    [profile lost]
    source_profile = root
    role_arn = lost
    services = nowhere
";

#[test]
fn endpoints_come_from_the_service_before_the_general_and_from_the_profile_before_its_source() {
    let case = given(ENDPOINTS).stored("root");
    let endpoints = case.chain("admin").endpoints;
    let general = Some("https://root.example.com".into());
    assert_eq!(
        endpoints,
        Endpoints {
            sts: Some("http://localhost:4566".into()),
            iam: general.clone(),
            sso: general.clone(),
            sso_oidc: general.clone(),
            signin: general.clone(),
            cloudformation: general.clone(),
            ec2: general.clone(),
            fips: true,
            dual_stack: true,
            ca_bundle: Some("/etc/ca.pem".to_owned()),
        }
    );
    let endpoints = case.chain("root").endpoints;
    assert_eq!((endpoints.sts, endpoints.dual_stack), (general, false));
    case.warns(
        "lost",
        "vault:root; Role lost 3600",
        &["config:19: there is no section `[services nowhere]`"],
    );
}

#[test]
fn a_switch_that_is_neither_on_nor_off_is_told() {
    let fips = given("[profile p]\ncredential_process = t\nuse_fips_endpoint = yes\nuse_dualstack_endpoint = FALSE")
        .warns(
            "p",
            "process:p `t`",
            &["config:3: `use_fips_endpoint` is neither `true` nor `false`, so it counts as `false`"],
        )
        .env("AWS_USE_FIPS_ENDPOINT", "banana")
        .warns(
            "p",
            "process:p `t`",
            &["environment variable AWS_USE_FIPS_ENDPOINT: `AWS_USE_FIPS_ENDPOINT` is neither"],
        )
        .env("AWS_USE_FIPS_ENDPOINT", " True ")
        .gives("p", "process:p `t`")
        .chain("p")
        .endpoints
        .fips;
    assert!(fips);
}

#[test]
fn the_environment_comes_before_the_files_and_can_switch_them_off() {
    let case = || {
        given(ENDPOINTS)
            .stored("root")
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
            .env("AWS_ENDPOINT_URL_IAM", "http://127.0.0.1:2")
            .env("AWS_USE_FIPS_ENDPOINT", "false")
            .env("AWS_CA_BUNDLE", "/env.pem")
    };
    let endpoints = case().chain("admin").endpoints;
    assert_eq!(endpoints.sts.as_deref(), Some("http://127.0.0.1:1"));
    assert_eq!(endpoints.iam.as_deref(), Some("http://127.0.0.1:2"));
    assert_eq!(
        (endpoints.fips, endpoints.ca_bundle.as_deref()),
        (false, Some("/env.pem"))
    );
    let endpoints = case()
        .env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
        .chain("admin")
        .endpoints;
    assert_eq!((endpoints.sts, endpoints.iam), (None, None));
    assert!(endpoints.dual_stack);
}

#[test]
fn the_ca_bundle_of_another_library_comes_last() {
    let case = |config: &str| {
        given(config)
            .stored("p")
            .env("REQUESTS_CA_BUNDLE", "/r.pem")
    };
    let bundle = |case: Given| case.chain("p").endpoints.ca_bundle;
    assert_eq!(bundle(case("")).as_deref(), Some("/r.pem"));
    assert_eq!(
        bundle(case("[profile p]\nca_bundle = /p.pem")).as_deref(),
        Some("/p.pem")
    );
    assert_eq!(
        bundle(case("").env("AWS_CA_BUNDLE", "/env.pem")).as_deref(),
        Some("/env.pem")
    );
}
