//! The hop that spends the code.

use super::*;

const TEAM: &str = "
    [default]
    region = us-east-1
    [profile jonsmith]
    mfa_serial = M
    [profile foo-readonly]
    source_profile = jonsmith
    role_arn = ReadOnly
    [profile foo-admin]
    source_profile = jonsmith
    role_arn = Administrator
    mfa_serial = M
    [profile bar-role1]
    source_profile = jonsmith
    role_arn = Role1
    mfa_serial = M
    [profile bar-role2]
    source_profile = bar-role1
    role_arn = Role2
    mfa_serial = M
";

#[test]
fn one_code_serves_a_team_of_roles() {
    given(TEAM)
        .stored("jonsmith")
        .gives("jonsmith", "vault:jonsmith; GST mfa 43200")
        .gives(
            "foo-readonly",
            "vault:jonsmith; GST mfa 43200; Role ReadOnly 3600",
        )
        .gives(
            "foo-admin",
            "vault:jonsmith; GST mfa 43200; Role Administrator 3600",
        )
        .gives(
            "bar-role2",
            "vault:jonsmith; GST mfa 43200; Role Role1 3600; Role Role2 3600",
        )
        .duration("2h")
        .gives("foo-admin", "vault:jonsmith; Role Administrator mfa 7200");
}

#[test]
fn every_role_over_one_key_and_device_shares_the_session() {
    let team = given(TEAM).stored("jonsmith");
    let session = team.chain("jonsmith").hops[0].cache_key;
    for profile in ["foo-readonly", "foo-admin", "bar-role1", "bar-role2"] {
        assert_eq!(team.chain(profile).hops[0].cache_key, session, "{profile}");
    }
}

#[test]
fn the_device_may_stand_anywhere_in_the_chain() {
    let role_only = "
        [profile root]
        [profile admin]
        source_profile = root
        role_arn = admin
        mfa_serial = M
    ";
    let expect = "vault:root; GST mfa 43200; Role admin 3600";
    given(role_only).stored("root").gives("admin", expect);
    let nowhere = "
        [profile admin]
        source_profile = root
        role_arn = admin
    ";
    given(nowhere)
        .stored("root")
        .gives("admin", "vault:root; Role admin 3600");
    given(nowhere)
        .stored("root")
        .env("AWS_MFA_SERIAL", &device("alice"))
        .gives("admin", expect);
    given(nowhere)
        .stored_with("root", Some(&device("alice")))
        .gives("admin", expect);
    // The files come before the environment, and that before what the vault remembers.
    given(role_only)
        .stored_with("root", Some(&device("carol")))
        .env("AWS_MFA_SERIAL", &device("bob"))
        .gives("admin", expect);
    given(nowhere)
        .stored_with("root", Some(&device("carol")))
        .env("AWS_MFA_SERIAL", &device("bob"))
        .gives("admin", "vault:root; GST mfa:bob 43200; Role admin 3600");
}

#[test]
fn of_two_devices_the_one_nearest_to_the_key_wins() {
    given(
        "
        [profile root]
        mfa_serial = M
        [profile admin]
        source_profile = root
        role_arn = admin
        mfa_serial = N
        ",
    )
    .stored("root")
    .warns(
        "admin",
        "vault:root; GST mfa 43200; Role admin 3600",
        &["config:7: the MFA device `arn:aws:iam::111122223333:mfa/bob` differs"],
    );
}

#[test]
fn a_published_misspelling_of_the_device_is_read() {
    given(
        "
        [profile root]
        mfa_arn = M
        ",
    )
    .stored("root")
    .warns(
        "root",
        "vault:root; GST mfa 43200",
        &["config:3: `mfa_arn` is read as `mfa_serial`"],
    );
}

#[test]
fn a_key_with_a_role_on_the_same_profile_assumes_it_from_the_session() {
    let target = "
        [profile target]
        role_arn = target
        mfa_serial = M
    ";
    given(target)
        .stored("target")
        .gives("target", "vault:target; GST mfa 43200; Role target 3600")
        .duration("2h")
        .gives("target", "vault:target; Role target mfa 7200");
}

#[test]
fn a_key_in_a_middle_profile_assumes_that_profiles_role_first() {
    let path = "
        [profile source]
        role_arn = source
        mfa_serial = M
        [profile target]
        source_profile = source
        role_arn = target
        mfa_serial = M
        [profile plain]
        source_profile = source
        mfa_serial = M
    ";
    given(path)
        .stored("source")
        .gives(
            "target",
            "vault:source; GST mfa 43200; Role source 3600; Role target 3600",
        )
        .gives("plain", "vault:source; GST mfa 43200; Role source 3600");
}

#[test]
fn profiles_without_a_role_only_point_on() {
    let path = "
        [profile source]
        mfa_serial = M
        [profile alias]
        source_profile = source
        mfa_serial = M
        [profile target]
        source_profile = alias
        role_arn = target
        mfa_serial = M
        duration_seconds = 43200
        [profile admin]
        source_profile = source
        role_arn = admin
        mfa_serial = M
        [profile passthrough]
        source_profile = admin
        [profile last]
        source_profile = passthrough
        role_arn = last
        mfa_serial = M
    ";
    given(path)
        .stored("source")
        .gives("alias", "vault:source; GST mfa 43200")
        .gives("target", "vault:source; Role target mfa 43200")
        .gives(
            "last",
            "vault:source; GST mfa 43200; Role admin 3600; Role last 3600",
        );
}

#[test]
fn a_key_without_a_device_gets_a_session_whose_limits_are_told() {
    given("")
        .stored("root")
        .warns("root", "vault:root; GST 43200", &["InvalidClientTokenId"])
        .duration("2h")
        .warns("root", "vault:root; GST 7200", &["InvalidClientTokenId"]);
}

#[test]
fn without_sessions_the_code_goes_to_the_first_role() {
    let path = "
        [profile root]
        mfa_serial = M
        [profile one]
        source_profile = root
        role_arn = one
        [profile two]
        source_profile = one
        role_arn = two
    ";
    given(path)
        .stored("root")
        .no_session()
        .warns(
            "root",
            "vault:root",
            &["the long-lived key itself is handed out"],
        )
        .gives("one", "vault:root; Role one mfa 3600")
        .gives("two", "vault:root; Role one mfa 3600; Role two 3600")
        .duration("12h")
        .gives("one", "vault:root; Role one mfa 43200")
        .warns(
            "root",
            "vault:root",
            &["the long-lived key itself", "`--duration` has no effect"],
        );
}

#[test]
fn security_keys_are_refused_where_a_code_would_be_needed() {
    let path = "
        [profile root]
        mfa_serial = arn:aws:iam::111122223333:u2f/user/alice/key-ABCDEFGHIJ
        [profile admin]
        source_profile = root
        role_arn = admin
    ";
    let message = "config:3: `arn:aws:iam::111122223333:u2f/user/alice/key-ABCDEFGHIJ` is a security key \
                   or passkey, and STS accepts only codes";
    given(path)
        .stored("root")
        .refuses("root", message)
        .refuses("admin", message);
    given(path)
        .stored("root")
        .no_session()
        .warns("root", "vault:root", &["key itself"]);
}

#[test]
fn keys_in_files_and_in_the_environment_follow_the_same_rules() {
    let path = "
        [profile root]
        mfa_serial = M
        [profile admin]
        source_profile = root
        role_arn = admin
        [profile env]
        credential_source = Environment
        role_arn = env
        mfa_serial = M
    ";
    let keys = "
        [root]
        aws_access_key_id = AKIAIOSFODNN7EXAMPLE
        aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
    ";
    let case = given(path)
        .credentials(keys)
        .env("AWS_ACCESS_KEY_ID", KEY)
        .env(
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        )
        .warns(
            "root",
            "static:root; GST mfa 43200",
            &["credentials:3: the key of profile `root` is in plain text"],
        )
        .warns(
            "admin",
            "static:root; GST mfa 43200; Role admin 3600",
            &["in plain text"],
        )
        .gives("env", "environment; GST mfa 43200; Role env 3600");
    // One key and one device make one session, in whichever store the key is.
    assert_eq!(
        case.chain("root").hops[0].cache_key,
        case.chain("env").hops[0].cache_key
    );
    let stored = given(path).stored("root");
    assert_eq!(
        case.chain("root").hops[0].cache_key,
        stored.chain("root").hops[0].cache_key
    );
}

#[test]
fn temporary_credentials_take_no_code() {
    given(
        "
        [profile saml]
        mfa_serial = M
        [profile admin]
        source_profile = saml
        role_arn = admin
        ",
    )
    .credentials(
        "
        [saml]
        aws_access_key_id = ASIAIOSFODNN7EXAMPLE
        aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
        aws_session_token = token
        ",
    )
    .warns(
        "admin",
        "static:saml temporary; Role admin 3600",
        &["config:3: the MFA device is not used"],
    );
}

#[test]
fn the_program_that_prints_codes_is_inherited_from_the_source() {
    let case = given(
        "
        [profile root]
        mfa_serial = M
        mfa_process = pass otp aws
        [profile inherits]
        source_profile = root
        role_arn = inherits
        [profile own]
        source_profile = root
        role_arn = own
        mfa_process = oathtool own
        ",
    )
    .stored("root");
    for (profile, expect) in [
        ("root", "pass otp aws"),
        ("inherits", "pass otp aws"),
        ("own", "oathtool own"),
    ] {
        assert_eq!(
            case.chain(profile).mfa_process.as_deref(),
            Some(expect),
            "{profile}"
        );
    }
}

#[test]
fn a_section_without_its_prefix_gives_its_device_to_the_key_of_its_name() {
    const KEYS: &str =
        "[AcmeAccount]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s";
    const CLEAR: &str = "in plain text";
    let lent =
        |keys: &str| format!("profile `AcmeAccount` takes {keys} from the section `[AcmeAccount]`");
    given(
        "
        [AcmeAccount]
        mfa_serial = M
        region = eu-west-1
        source_profile = nowhere
        [profile acme]
        source_profile = AcmeAccount
        [profile admin]
        source_profile = AcmeAccount
        role_arn = admin
        ",
    )
    .credentials(KEYS)
    .warns(
        "acme",
        "static:AcmeAccount; GST mfa 43200",
        &[&lent("`mfa_serial` and `region`"), CLEAR],
    )
    .warns(
        "admin",
        "static:AcmeAccount; GST mfa 43200; Role admin 3600",
        &[&lent("`mfa_serial` and `region`"), CLEAR],
    )
    .warns(
        "AcmeAccount",
        "static:AcmeAccount; GST mfa 43200",
        &[&lent("`mfa_serial` and `region`"), CLEAR],
    );
    let case = given("[AcmeAccount]\nmfa_serial = M\nregion = eu-west-1\n[profile acme]\nsource_profile = AcmeAccount")
        .credentials(KEYS);
    let chain = case.chain("acme");
    assert_eq!(chain.region.unwrap().as_str(), "eu-west-1");
    assert!(
        chain.warnings[0].starts_with("config:2: "),
        "{:?}",
        chain.warnings
    );
    let case = given("[AcmeAccount]\nmfa_arn = M\n[profile acme]\nsource_profile = AcmeAccount")
        .credentials(KEYS)
        .warns(
            "acme",
            "static:AcmeAccount; GST mfa 43200",
            &[
                &lent("`mfa_arn`"),
                CLEAR,
                "`mfa_arn` is read as `mfa_serial`",
            ],
        );
    assert_eq!(case.chain("acme").region, None);
    // The key may have moved into the vault since.
    given("[AcmeAccount]\nmfa_serial = M\n[profile acme]\nsource_profile = AcmeAccount")
        .credentials("[AcmeAccount]\nregion = eu-west-1")
        .stored("AcmeAccount")
        .warns(
            "acme",
            "vault:AcmeAccount; GST mfa 43200",
            &[&lent("`mfa_serial`")],
        );
}

#[test]
fn the_first_section_of_a_name_that_has_a_device_gives_it() {
    given("[\"Acme Account\"]\nmfa_serial = M\n[profile acme]\nsource_profile = Acme Account")
        .credentials(
            "[Acme Account]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s",
        )
        .warns(
            "acme",
            "static:Acme Account; GST mfa 43200",
            &[
                "the section `[Acme Account]` is used",
                "takes `mfa_serial` from the section `[\"Acme Account\"]`",
                "in plain text",
            ],
        );
}

#[test]
fn the_device_of_an_included_profile_may_be_in_a_section_without_its_prefix() {
    const KEYS: &str =
        "[base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s";
    let lent = "profile `base` takes `mfa_serial` from the section `[base]`";
    given(
        "[base]\nmfa_serial = M\n[profile mid]\ninclude_profile = base\n[profile acme]\nsource_profile = mid",
    )
    .credentials(KEYS)
    .warns(
        "acme",
        "static:base; GST mfa 43200",
        &[lent, "in plain text"],
    )
    .warns("mid", "static:base; GST mfa 43200", &[lent, "in plain text"]);
    // The device of the profile itself comes first.
    given(
        "[base]\nmfa_serial = M\n[profile mid]\ninclude_profile = base\nmfa_serial = arn:aws:iam::123456789012:mfa/own",
    )
    .credentials(KEYS)
    .warns("mid", "static:base; GST mfa:own 43200", &["in plain text"]);
}

#[test]
fn a_section_without_its_prefix_gives_its_device_to_a_profile_of_the_config_file_too() {
    const KEYS: &str =
        "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\naws_session_token =";
    for header in ["Acme", "\"Acme\"", "'Acme'"] {
        let lent = format!("takes `mfa_serial` from the section `[{header}]`");
        let case = given(&format!(
            "[{header}]\nmfa_serial = M\nregion = us-east-1\n[profile Acme]\nregion = eu-west-1"
        ))
        .credentials(&format!("[Acme]\n{KEYS}"))
        .warns(
            "Acme",
            "static:Acme; GST mfa 43200",
            &[&lent, "in plain text"],
        );
        let chain = case.chain("Acme");
        assert_eq!(chain.region.unwrap().as_str(), "eu-west-1");
        assert!(
            chain.warnings[0].ends_with("move them to `[profile Acme]`"),
            "{:?}",
            chain.warnings
        );
        // A device of its own comes first.
        given(&format!("[{header}]\nmfa_serial = M\n[profile Acme]\nmfa_serial = arn:aws:iam::123456789012:mfa/own"))
            .credentials(&format!("[Acme]\n{KEYS}"))
            .warns("Acme", "static:Acme; GST mfa:own 43200", &["in plain text"]);
    }
    given("[default]\nmfa_serial = M\n[profile default]\nregion = eu-west-1")
        .credentials(&format!("[default]\n{KEYS}"))
        .warns(
            "default",
            "static:default; GST 43200",
            &["in plain text", "InvalidClientTokenId"],
        );
}
