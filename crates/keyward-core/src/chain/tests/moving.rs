//! Files as people bring them from aws-vault: what they meant there they mean here, but for
//! `[default]`, which lends nothing.

use super::*;

const CONFIG: &str = "
    [default]
    region=us-west-2
    output=json
    mfa_serial = N
    [profile user2]
    REGION=us-east-1
    [profile withsource]
    source_profile=user2
    region=us-east-2
    [profile withMFA]
    source_profile=user2
    Role_Arn=arn:aws:iam::123456789012:role/target
    mfa_Serial=arn:aws:iam::111122223333:mfa/alice
    Region=eu-west-1
    duration_seconds=1200
    sts_regional_endpoints=legacy
    [profile withendpointurl]
    source_profile=user2
    endpoint_url=https://localhost:1234
    [profile include1]
    region=ap-south-1
    [profile include2]
    include_profile=include1
    source_profile=user2
    [profile with-sso-session]
    sso_session = moon-sso
    sso_account_id=123456789012
    sso_role_name = Admin
    region = eu-north-1 # Different from sso region
    [sso-session moon-sso]
    sso_start_url = https://d-123456789a.example.com/start#
    sso_region = eu-west-3 # Different from profile region
    sso_registration_scopes = sso:account:access
";

#[test]
fn one_file_gives_every_kind_of_profile() {
    let key = "vault:user2; GST 43200";
    let session = &["InvalidClientTokenId"];
    given(CONFIG)
        .stored("user2")
        .warns("user2", key, session)
        .warns("withsource", key, session)
        .warns("withendpointurl", key, session)
        .warns("include2", key, session)
        .gives("withMFA", "vault:user2; GST mfa 43200; Role target 1200")
        .gives(
            "with-sso-session",
            "sso:with-sso-session moon-sso https://d-123456789a.example.com/start# eu-west-3 123456789012 Admin",
        )
        .refuses("nopenotthere", "there is no profile `nopenotthere`")
        .refuses(
            "USER2",
            "there is no profile `USER2`; there is `user2`",
        );
}

#[test]
fn regions_and_endpoints_are_each_profiles_own() {
    let case = given(CONFIG).stored("user2");
    for (profile, region) in [
        ("user2", "us-east-1"),
        ("withsource", "us-east-2"),
        ("withMFA", "eu-west-1"),
        ("withendpointurl", "us-east-1"),
        ("include2", "ap-south-1"),
        ("with-sso-session", "eu-north-1"),
    ] {
        let chain = case.chain(profile);
        assert_eq!(chain.region.unwrap().as_str(), region, "{profile}");
        let endpoint = (profile == "withendpointurl").then_some("https://localhost:1234");
        assert_eq!(chain.endpoints.sts.as_deref(), endpoint, "{profile}");
    }
}

#[test]
fn an_included_source_may_be_the_profile_itself() {
    given(
        "
        [profile root]
        source_profile = foo
        mfa_serial = M
        [profile foo]
        include_profile = root
        role_arn = foo
        [profile bar]
        include_profile = root
        role_arn = bar
        [profile alone]
        source_profile = alone
        ",
    )
    .stored("foo")
    .gives("foo", "vault:foo; GST mfa 43200; Role foo 3600")
    .gives("bar", "vault:foo; GST mfa 43200; Role foo 3600; Role bar 3600")
    .refuses(
        "alone",
        "profile `alone` has no credentials: the vault has no key for it, and the files name no source",
    );
}

#[test]
fn an_empty_value_says_nothing() {
    given(
        "
        [profile root]
        mfa_serial =
        [profile admin]
        role_arn = admin
        source_profile = root
        external_id =
        role_session_name =
        session_tags =
        duration_seconds =
        credential_source =
        sso_session =
        ",
    )
    .stored("root")
    .gives("admin", "vault:root; Role admin 3600");
}

#[test]
fn the_device_and_the_program_for_codes_come_down_the_chain_apart() {
    let case = given(
        "
        [profile root]
        mfa_process = pass otp root
        [profile admin]
        source_profile = root
        role_arn = admin
        mfa_serial = M
        ",
    )
    .stored("root")
    .gives("admin", "vault:root; GST mfa 43200; Role admin 3600");
    let chain = case.chain("admin");
    assert_eq!(chain.mfa_process.as_deref(), Some("pass otp root"));
}
