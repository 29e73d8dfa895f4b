//! The starts of chains.

use super::*;

const SECRET: &str = "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const ID: &str = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE";

#[test]
fn each_kind_of_source_is_recognised() {
    given(&format!(
        "
        [profile keys]
        {ID}
        {SECRET}
        [profile process]
        credential_process = /opt/bin/tool --json
        [profile web]
        role_arn = web
        web_identity_token_file = /run/token
        duration_seconds = 7200
        [profile printed]
        role_arn = printed
        web_identity_token_process = print-token
        [profile modern]
        sso_session = moon
        sso_account_id = 123456789012
        sso_role_name = Admin
        [sso-session moon]
        sso_start_url = https://example.awsapps.com/start
        sso_region = eu-west-1
        [profile legacy]
        sso_start_url = https://legacy.awsapps.com/start
        sso_region = us-east-1
        sso_account_id = 111122223333
        sso_role_name = ReadOnly
        [profile login]
        login_session = arn:aws:iam::123456789012:user/alice
        [profile ecs]
        role_arn = ecs
        credential_source = EcsContainer
        [profile ec2]
        role_arn = ec2
        credential_source = Ec2InstanceMetadata
        "
    ))
    .warns(
        "keys",
        "static:keys; GST 43200",
        &["in plain text", "InvalidClientTokenId"],
    )
    .gives("process", "process:process `/opt/bin/tool --json`")
    .gives("web", "web:web web /run/token 7200")
    .gives("printed", "web:printed printed `print-token` 3600")
    .gives(
        "modern",
        "sso:modern moon https://example.awsapps.com/start eu-west-1 123456789012 Admin",
    )
    .gives(
        "legacy",
        "sso:legacy - https://legacy.awsapps.com/start us-east-1 111122223333 ReadOnly",
    )
    .gives("login", "login:login arn:aws:iam::123456789012:user/alice")
    .gives("ecs", "ecs; Role ecs 3600")
    .gives("ec2", "ec2; Role ec2 3600")
    .duration("4h")
    .gives("web", "web:web web /run/token 14400");
}

#[test]
fn a_key_in_the_vault_comes_before_everything_the_files_say() {
    given(&format!(
        "
        [profile all]
        {ID}
        {SECRET}
        credential_process = tool
        source_profile = nowhere
        mfa_serial = M
        "
    ))
    .stored("all")
    .gives("all", "vault:all; GST mfa 43200");
}

#[test]
fn the_asked_profile_prefers_its_role_and_a_source_prefers_its_keys() {
    given(&format!(
        "
        [profile a]
        role_arn = a
        source_profile = b
        {ID}
        {SECRET}
        [profile b]
        role_arn = b
        source_profile = c
        {ID}
        {SECRET}
        [profile c]
        credential_process = tool
        "
    ))
    .warns(
        "a",
        "static:b; Role a 3600",
        &["profile `b` is in plain text"],
    )
    .gives("b", "process:c `tool`; Role b 3600");
}

#[test]
fn a_profile_may_be_its_own_source() {
    given(&format!(
        "
        [profile keys]
        role_arn = keys
        source_profile = keys
        {ID}
        {SECRET}
        [profile process]
        role_arn = process
        source_profile = process
        credential_process = tool
        [profile vault]
        role_arn = vault
        source_profile = vault
        [profile nosource]
        role_arn = nosource
        {ID}
        {SECRET}
        "
    ))
    .stored("vault")
    .warns("keys", "static:keys; Role keys 3600", &["in plain text"])
    .warns(
        "nosource",
        "static:nosource; Role nosource 3600",
        &["in plain text"],
    )
    .gives("process", "process:process `tool`; Role process 3600")
    .gives("vault", "vault:vault; Role vault 3600");
}

#[test]
fn a_key_in_the_environment_is_temporary_when_a_token_stands_beside_it() {
    let case = |id: &str| {
        given("[profile p]\nrole_arn = r\ncredential_source = Environment")
            .env("AWS_ACCESS_KEY_ID", id)
            .env("AWS_SECRET_ACCESS_KEY", "s")
    };
    case(KEY).gives("p", "environment; Role r 3600");
    case("ASIAIOSFODNN7EXAMPLE")
        .refuses(
            "p",
            "config:3: profile `p` takes its key from the environment, but AWS_SESSION_TOKEN is not set",
        )
        .env("AWS_SESSION_TOKEN", "t")
        .gives("p", "environment temporary; Role r 3600");
}

#[test]
fn a_web_identity_is_a_base_and_not_a_hop() {
    given(
        "
        [profile base]
        role_arn = web
        web_identity_token_file = /run/token
        role_session_name = job
        [profile top]
        role_arn = top
        source_profile = base
        [profile both]
        role_arn = both
        web_identity_token_file = /run/token
        source_profile = base
        ",
    )
    .gives("top", "web:base web /run/token 3600; Role top 3600")
    .warns(
        "both",
        "web:both both /run/token 3600",
        &["config:12: profile `both` has a `web_identity_token_file`"],
    );
}

#[test]
fn the_source_profiles_account_is_never_mixed_with_the_defaults() {
    let case = "
        [default]
        sso_session = common
        sso_account_id = 222222222222
        sso_role_name = Default
        [sso-session common]
        sso_start_url = https://common.awsapps.com/start
        sso_region = us-east-1
        [profile dev]
        sso_session = common
        sso_account_id = 333333333333
        sso_role_name = Dev
        [profile test]
        source_profile = dev
        [profile bare]
    ";
    given(case)
        .gives("test", "sso:dev common https://common.awsapps.com/start us-east-1 333333333333 Dev")
        .gives("default", "sso:default common https://common.awsapps.com/start us-east-1 222222222222 Default")
        .refuses("invalid-profile", "there is no profile `invalid-profile`")
        .refuses(
            "bare",
            "profile `bare` has no credentials: the vault has no key for it, and the files name no source",
        );
    given(case).stored("keys-only").warns(
        "keys-only",
        "vault:keys-only; GST 43200",
        &["InvalidClientTokenId"],
    );
}

#[test]
fn what_a_profile_says_of_its_identity_center_must_be_what_the_session_says() {
    let case = |start_url: &str, region: &str| {
        given(&format!(
            "
            [profile p]
            sso_session = moon
            sso_start_url = {start_url}
            sso_region = {region}
            sso_account_id = 123456789012
            sso_role_name = Admin
            [sso-session moon]
            sso_start_url = https://moon.awsapps.com/start
            sso_region = eu-west-1
            "
        ))
    };
    case("https://moon.awsapps.com/start", "eu-west-1").warns(
        "p",
        "sso:p moon https://moon.awsapps.com/start eu-west-1 123456789012 Admin",
        &[
            "config:4: `sso_start_url` repeats the one of the sso-session (config:9)",
            "config:5: `sso_region` repeats the one of the sso-session (config:10)",
        ],
    );
    case("https://other.awsapps.com/start", "eu-west-1").refuses(
        "p",
        "config:4: `sso_start_url` of profile `p` differs from that of its sso-session (config:9), \
         and the AWS tools refuse such a profile",
    );
    case("https://moon.awsapps.com/start", "us-east-1").refuses(
        "p",
        "config:5: `sso_region` of profile `p` differs from that of its sso-session (config:10), \
         and the AWS tools refuse such a profile",
    );
}

#[test]
fn keys_of_the_credentials_file_come_before_a_program_and_a_sign_in() {
    for other in ["credential_process = tool", "login_session = arn"] {
        let key = other.split(' ').next().unwrap();
        given(&format!(
            "[profile p]\n{other}\n[profile role]\nsource_profile = p\nrole_arn = r"
        ))
        .credentials(&format!("[p]\n{ID}\n{SECRET}"))
        .warns(
            "p",
            "static:p; GST 43200",
            &[
                &format!("has `aws_access_key_id` beside `{key}`"),
                "in plain text",
                "InvalidClientTokenId",
            ],
        )
        .warns("role", "static:p; Role r 3600", &["in plain text"]);
    }
    // An Identity Center comes before them in botocore.
    given(
        "[profile p]\nsso_session = moon\nsso_account_id = 123456789012\nsso_role_name = Admin\n\
         [sso-session moon]\nsso_start_url = https://moon.awsapps.com/start\nsso_region = eu-west-1",
    )
    .credentials(&format!("[p]\n{ID}\n{SECRET}"))
    .warns(
        "p",
        "sso:p moon https://moon.awsapps.com/start eu-west-1 123456789012 Admin",
        &["has `sso_account_id` beside `aws_access_key_id`"],
    );
}

#[test]
fn two_kinds_of_credentials_on_one_profile_are_warned_of() {
    given(&format!(
        "
        [profile p]
        credential_process = tool
        {ID}
        {SECRET}
        "
    ))
    .warns(
        "p",
        "process:p `tool`",
        &["has `credential_process` beside `aws_access_key_id`"],
    );
}

#[test]
fn included_profiles_lend_what_is_not_set() {
    given(
        "
        [profile root]
        mfa_serial = M
        [profile mixin]
        include_profile = deeper
        role_session_name = mixin
        [profile deeper]
        role_session_name = deeper
        source_profile = root
        region = eu-west-1
        [profile admin]
        include_profile = mixin
        role_arn = admin
        [profile foo]
        include_profile = root
        source_profile = root
        ",
    )
    .stored("root")
    .gives("admin", "vault:root; GST mfa 43200; Role admin 3600")
    .gives("foo", "vault:root; GST mfa 43200");
}

#[test]
fn a_key_pair_is_never_put_together_from_two_profiles() {
    given(&format!(
        "
        [profile lender]
        {SECRET}
        [profile borrower]
        include_profile = lender
        {ID}
        "
    ))
    .refuses(
        "borrower",
        "config:6: profile `borrower` has `aws_access_key_id` but no `aws_secret_access_key`",
    );
}

#[test]
fn a_borrowed_key_names_the_section_that_holds_it() {
    let case = given(&format!(
        "
        [profile lender]
        {ID}
        {SECRET}
        [profile borrower]
        include_profile = lender
        [AcmeAccount]
        {ID}
        {SECRET}
        [profile admin]
        source_profile = AcmeAccount
        role_arn = admin
        "
    ));
    let config = ConfigSet::load(Some(("config", case.config.as_str())), None).unwrap();
    for (profile, holder) in [("borrower", "lender"), ("admin", "AcmeAccount")] {
        let Base::Static(StaticKey { profile: found, .. }) = case.chain(profile).base else {
            panic!("{profile} starts elsewhere");
        };
        assert_eq!(found.as_str(), holder);
        assert!(
            key_section(&config, &found)
                .unwrap()
                .value("aws_secret_access_key")
                .is_some()
        );
    }
}

#[test]
fn a_section_without_its_prefix_serves_where_it_is_named() {
    let case = || {
        given(&format!(
            "
            [AcmeAccount]
            mfa_arn = M
            {ID}
            {SECRET}
            [profile admin]
            source_profile = AcmeAccount
            role_arn = admin
            "
        ))
    };
    case().warns(
        "admin",
        "static:AcmeAccount; GST mfa 43200; Role admin 3600",
        &[
            "config:3: the section `[AcmeAccount]` is used",
            "in plain text",
            "`mfa_arn`",
        ],
    );
    case().stored("AcmeAccount").warns(
        "admin",
        "vault:AcmeAccount; GST mfa 43200; Role admin 3600",
        &["config:3: the section `[AcmeAccount]` is used", "`mfa_arn`"],
    );
    case().refuses("AcmeAccount", "there is no profile `AcmeAccount`");
}

#[test]
fn keywards_own_line_in_the_files_is_not_a_source() {
    let case = || {
        given(
            "
            [profile key]
            credential_process = /usr/bin/keyward credential-process key
            mfa_serial = M
            [profile role]
            source_profile = key
            role_arn = role
            credential_process = keyward credential-process role
            [profile alias]
            credential_process = keyward credential-process role
            [profile filtered]
            credential_process = keyward credential-process role --read-only
            [profile ping]
            credential_process = keyward credential-process pong
            [profile pong]
            credential_process = keyward credential-process ping
            ",
        )
    };
    let role = "vault:key; GST mfa 43200; Role role 3600";
    case()
        .stored("key")
        .gives("key", "vault:key; GST mfa 43200")
        .gives("role", role)
        .gives("alias", role)
        .gives(
            "filtered",
            "process:filtered `keyward credential-process role --read-only`",
        )
        .refuses(
            "ping",
            "config:16: `credential_process` forms a cycle: ping → pong → ping",
        );
    case().refuses(
        "key",
        "config:3: `credential_process` asks keyward for `key`, and the vault holds no key for it",
    );
}

#[test]
fn another_tools_process_is_a_source_of_its_own() {
    given(
        "
        [profile base]
        credential_process = aws-vault exec base -j
        mfa_serial = M
        ",
    )
    .prints(
        "base",
        Answer::Temporary,
        "process:base `aws-vault exec base -j`",
        &["the MFA device is not used"],
    );
}

#[test]
fn a_key_stored_under_a_role_is_used_but_not_in_silence() {
    given(
        "
        [profile alice]
        credential_process = tool
        [profile role]
        role_arn = role
        source_profile = alice
        [profile own]
        role_arn = own
        source_profile = own
        ",
    )
    .stored("role")
    .stored("own")
    .warns(
        "role",
        "vault:role; Role role 3600",
        &["config:6: the key that is stored as `role` assumes its role, in place of `alice`"],
    )
    .gives("own", "vault:own; Role own 3600");
}
