//! Profiles, and their outcomes in the four SDKs.

use keyward_core::config::ConfigSet;

use super::{Matrix, Surroundings};

/// The words for profile `p`: botocore, JavaScript, Go, Rust.
#[track_caller]
fn check(config: &str, credentials: &str, expect: [&str; 4]) {
    check_in(&[], "p", config, credentials, expect);
}

/// The words for a profile where the environment has these variables.
#[track_caller]
fn check_in(
    environment: &[(&str, &str)],
    profile: &str,
    config: &str,
    credentials: &str,
    expect: [&str; 4],
) {
    let set = ConfigSet::load(Some(("config", config)), Some(("credentials", credentials)));
    let set = set.unwrap();
    let variable = |name: &str| {
        let mut known = environment.iter();
        let found = known.find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let surroundings = Surroundings {
        now: "2026-11-21T09:00:00Z".parse().unwrap(),
        variable: &variable,
        exists: &|program| program != "nosuchprogram",
        readable: &|path| !path.starts_with("/nope"),
    };
    let names = [profile.parse().unwrap()];
    let matrix = Matrix::judge(names, &set, &surroundings);
    let words = matrix.0[0].1.each_ref().map(|outcome| outcome.word());
    assert_eq!(words, expect, "{config}{credentials}");
}

const KEYS: &str = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n";
const LINE: &str = "credential_process = /usr/bin/keyward credential-process p\n";

#[test]
fn signs_of_comments_in_headers_divide_the_sdks() {
    for name in ["a#p", "#p", ";p"] {
        let config = format!("[profile {name}]\n{LINE}");
        // Only JavaScript sees a comment in the second and third.
        let javascript = "nothing";
        check_in(
            &[],
            name,
            &config,
            "",
            ["keyward", javascript, "keyward", "fails: file"],
        );
    }
    // The keys of a header that JavaScript does not see belong to the section above.
    let config = format!("[profile p]\n[profile #x]\n{LINE}");
    check(
        &config,
        "",
        ["nothing", "keyward", "nothing", "fails: file"],
    );
    let config = format!("[profile p]\n{LINE}[profile x#y]\nregion = x\n");
    check(
        &config,
        "",
        ["keyward", "keyward", "keyward", "fails: file"],
    );
    let center =
        "[profile p]\nsso_session = team#1\nsso_account_id = 123456789012\nsso_role_name = R\n";
    let config = format!(
        "{center}[sso-session team#1]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n"
    );
    check(&config, "", ["sso", "fails: session", "sso", "fails: file"]);
}

#[test]
fn a_comment_right_after_the_bracket_hides_the_header_from_javascript() {
    for behind in ["#mine", ";mine", "# mine"] {
        let credentials = format!("[p]{behind}\n{KEYS}");
        let words = ["clear key", "nothing", "clear key", "clear key"];
        check("", &credentials, words);
        let config = format!("[profile p]\n[profile x]{behind}\n{LINE}");
        check(&config, "", ["nothing", "keyward", "nothing", "nothing"]);
    }
    let credentials = format!("[p] # mine\n{KEYS}");
    check("", &credentials, ["clear key"; 4]);
}

#[test]
fn an_indented_key_below_a_value_is_a_key_to_javascript_and_go() {
    let keys = KEYS.replace("\naws", "\n  aws");
    let words = [
        "fails: half key",
        "clear key",
        "clear key",
        "fails: half key",
    ];
    check("", &format!("[p]\n{keys}"), words);
    let config = format!("[profile p]\nregion = us-east-1\n\t{LINE}");
    check(&config, "", ["nothing", "keyward", "keyward", "nothing"]);
    // Below an empty value it is a setting of that.
    let config = format!("[profile p]\ns3 =\n  {LINE}");
    check(&config, "", ["nothing"; 4]);
}

#[test]
fn quotation_marks_around_a_whole_line_belong_to_the_program_but_in_go() {
    let config = "[profile p]\ncredential_process = \"nosuchprogram\"\n";
    check(config, "", ["fails: program"; 4]);
    let config = "[profile p]\ncredential_process = \"nosuchprogram x\"\n";
    let words = ["process", "process", "fails: program", "process"];
    check(config, "", words);
}

#[test]
fn a_command_of_the_shell_runs_where_a_shell_is_used() {
    for line in ["exec cat f", "cd /x && ./get", ". ./env"] {
        let config = format!("[profile p]\ncredential_process = {line}\n");
        check(
            &config,
            "",
            ["fails: shell", "process", "process", "process"],
        );
    }
}

#[test]
fn python_gives_the_keys_of_default_to_every_section_of_the_file() {
    let credentials = format!("[DEFAULT]\n{KEYS}[p]\nregion = us-east-1\n");
    check(
        "",
        &credentials,
        ["clear key", "nothing", "nothing", "nothing"],
    );
    let config = format!("[profile p]\nregion = us-east-1\n[DEFAULT]\n{LINE}");
    check(&config, "", ["keyward", "nothing", "nothing", "nothing"]);
    // The file of the profile counts, and its own keys replace them.
    let words = [
        "fails: half key",
        "nothing",
        "fails: half key",
        "fails: half key",
    ];
    let credentials = format!("[DEFAULT]\n{KEYS}[q]\nregion = us-east-1\n");
    check(
        "[profile p]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n",
        &credentials,
        words,
    );
}

#[test]
fn to_python_a_header_ends_at_the_last_bracket_of_the_line() {
    let credentials = format!("[p] # see [x]\n{KEYS}");
    check(
        "",
        &credentials,
        ["nothing", "clear key", "clear key", "clear key"],
    );
    let config = format!("[profile p] ; see [x]\n{LINE}");
    check(&config, "", ["nothing", "keyward", "keyward", "keyward"]);
}

#[test]
fn go_refuses_a_profile_whose_center_is_missing_whatever_else_it_has() {
    let config = format!("[profile p]\nsso_session = gone\n{KEYS}");
    let credentials = "";
    let words = ["clear key", "clear key", "fails: session", "fails: session"];
    check(&config, credentials, words);
}

#[test]
fn an_empty_external_id_is_sent_by_python_and_rust() {
    let role = "role_arn = arn:aws:iam::123456789012:role/R\nsource_profile = s\n";
    let config = format!("[profile p]\n{role}external_id =\n[profile s]\n{KEYS}");
    let role = "role, clear key";
    check(
        &config,
        "",
        ["fails: profile", role, role, "fails: profile"],
    );
}

#[test]
fn sdks_that_take_different_sources_are_told() {
    let divided = |config: &str| {
        let set = ConfigSet::load(Some(("config", config)), None).unwrap();
        let surroundings = Surroundings {
            now: "2026-11-21T09:00:00Z".parse().unwrap(),
            variable: &|_| None,
            exists: &|_| true,
            readable: &|_| true,
        };
        let name = "p".parse().unwrap();
        Matrix::judge([name], &set, &surroundings).divided(&"p".parse().unwrap())
    };
    let center = "sso_session = s\nsso_account_id = 123456789012\nsso_role_name = R\n";
    let session = "[sso-session s]\nsso_region = r\nsso_start_url = u\n";
    assert_eq!(
        divided(&format!("[profile p]\n{KEYS}{center}{session}")).as_deref(),
        Some("boto3, AWS CLI: sso; JavaScript: clear key; Go: clear key; Rust: sso")
    );
    let login = format!("[profile p]\n{KEYS}login_session = arn:aws:iam::123456789012:user/a\n");
    assert_eq!(
        divided(&login).as_deref(),
        Some("boto3, AWS CLI: login; JavaScript: clear key; Go: clear key; Rust: login")
    );
    assert!(divided(&format!("[profile p]\n{LINE}{center}{session}")).is_some());
    assert!(divided(&format!("[profile p]\n{KEYS}{ROLE}")).is_some());
    for one in [
        format!("[profile p]\n{KEYS}"),
        format!("[profile p]\n{center}{session}"),
        // Some find nothing, which the table shows.
        format!("[profile  p]\n{PROCESS}"),
    ] {
        assert_eq!(divided(&one), None, "{one}");
    }
}

#[test]
fn keyward_answers_everybody() {
    check(&format!("[profile p]\n{LINE}"), "", ["keyward"; 4]);
    check("[profile p]\nregion = x\n", "", ["nothing"; 4]);
}

#[test]
fn keys_beside_a_line_divide_the_sdks() {
    let config = format!("[profile p]\n{LINE}");
    check(
        &config,
        &format!("[p]\n{KEYS}"),
        ["clear key", "clear key", "clear key", "keyward"],
    );
    check(
        &format!("{config}{KEYS}"),
        "",
        ["keyward", "clear key", "clear key", "keyward"],
    );
}

#[test]
fn mfa_beside_a_role_divides_the_sdks() {
    let source = format!(
        "[profile s]\n{LINE}[profile p]\nsource_profile = s\nrole_arn = arn:aws:iam::123456789012:role/R\n"
    );
    check(&source, "", ["role, keyward"; 4]);
    check(
        &format!("{source}mfa_serial = arn:aws:iam::123456789012:mfa/alice\n"),
        "",
        ["asks a code", "fails: MFA", "fails: MFA", "role, no MFA"],
    );
    const SERIAL: &str = "mfa_serial = arn:aws:iam::123456789012:mfa/alice\n";
    let both = source.replace("[profile p]", &format!("{SERIAL}[profile p]"));
    check(
        &format!("{both}{SERIAL}"),
        "",
        ["asks a code", "fails: MFA", "fails: MFA", "role, keyward"],
    );
}

#[test]
fn chains_end_where_the_keys_are() {
    let config = "[profile p]\nsource_profile = q\nrole_arn = a\n[profile q]\nsource_profile = r\nrole_arn = b\n[profile r]\n";
    check(&format!("{config}{KEYS}"), "", ["role, clear key"; 4]);
    check(&format!("{config}{LINE}"), "", ["role, keyward"; 4]);
    check(config, "", ["nothing"; 4]);
    check(
        "[profile p]\nsource_profile = q\nrole_arn = a\n[profile q]\nsource_profile = p\nrole_arn = b\n",
        "",
        ["nothing"; 4],
    );
}

#[test]
fn a_section_or_a_key_that_stands_twice_costs_botocore_every_profile() {
    let fails = ["fails: file", "keyward", "keyward", "keyward"];
    let config = format!("[profile p]\n{LINE}");
    for twice in [
        "[profile q]\nregion = x\n[profile q]\noutput = json\n",
        "[profile q]\nregion = x\nregion = y\n",
    ] {
        check(&format!("{config}{twice}"), "", fails);
    }
    check(&config, "[q]\n[q]\n", fails);
    // Two writings of one name are two sections to Python.
    let config = format!("[default]\nregion = x\n[profile default]\nregion = x\n{config}");
    check(&config, "", ["keyward"; 4]);
}

#[test]
fn temporary_keys_that_ended_fail() {
    let keys =
        |end: &str| format!("[s]\n{KEYS}aws_session_token = t\nx_security_token_expires = {end}\n");
    let role = "[profile p]\nsource_profile = s\nrole_arn = arn:aws:iam::123456789012:role/R\n";
    check(role, &keys("2026-11-21T09:00:01Z"), ["role, session"; 4]);
    check(role, &keys("2026-11-21T09:00:00Z"), ["fails: ended"; 4]);
}

const ROLE: &str = "role_arn = arn:aws:iam::123456789012:role/R\n";
const PROCESS: &str = "credential_process = cat f\n";
const ALL_PROCESS: [&str; 4] = ["process"; 4];
const NOT_JAVASCRIPT: [&str; 4] = ["process", "nothing", "process", "process"];

#[test]
fn keys_in_capitals_are_unknown_to_javascript() {
    let capitals = KEYS.replace("aws_access_key_id", "AWS_ACCESS_KEY_ID");
    let seen = ["clear key", "nothing", "clear key", "clear key"];
    check("", &format!("[p]\n{capitals}"), seen);
    check(&format!("[profile p]\n{capitals}"), "", seen);
    check(
        &format!(
            "[profile p]\n{}",
            PROCESS.replace("credential", "Credential")
        ),
        "",
        NOT_JAVASCRIPT,
    );
    let role = format!(
        "[profile p]\n{}source_profile = s\n[profile s]\n{KEYS}",
        ROLE.replace("role_arn", "Role_Arn")
    );
    let seen = [
        "role, clear key",
        "nothing",
        "role, clear key",
        "role, clear key",
    ];
    check(&role, "", seen);
}

#[test]
fn blanks_in_headers_divide_the_sdks() {
    check(&format!("[profile  p]\n{PROCESS}"), "", NOT_JAVASCRIPT);
    let tab = ["process", "process", "nothing", "process"];
    check(&format!("[profile\tp]\n{PROCESS}"), "", tab);
    check(&format!("[profile p ]\n{PROCESS}"), "", NOT_JAVASCRIPT);
    let inside = ["nothing", "nothing", "process", "process"];
    check(&format!("[ profile p ]\n{PROCESS}"), "", inside);
    let inside = ["nothing", "nothing", "clear key", "clear key"];
    check("", &format!("[ p ]\n{KEYS}"), inside);
}

#[test]
fn quoted_names_divide_the_sdks() {
    let quoted = format!("[profile \"my team\"]\n{PROCESS}");
    let found = ["process", "nothing", "nothing", "nothing"];
    check_in(&[], "my team", &quoted, "", found);
    let found = ["process", "process", "nothing", "nothing"];
    check(&format!("[profile \"p\"]\n{PROCESS}"), "", found);
}

#[test]
fn an_identity_center_needs_a_section_that_the_sdk_recognises() {
    let with = |name: &str, header: &str| {
        format!(
            "[profile p]\nsso_session = {name}\nsso_account_id = 123456789012\nsso_role_name = R\n[{header}]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-central-1\n"
        )
    };
    const FAILS: &str = "fails: session";
    check(&with("corp", "sso-session corp"), "", ["sso"; 4]);
    check(
        &with("My Corp", "sso-session My Corp"),
        "",
        [FAILS, FAILS, "sso", FAILS],
    );
    check(
        &with("My Corp", "sso-session \"My Corp\""),
        "",
        ["sso", FAILS, FAILS, FAILS],
    );
    check(
        &with("corp", "sso-session  corp"),
        "",
        ["sso", FAILS, FAILS, "sso"],
    );
    check(&with("corp", "sso-session other"), "", [FAILS; 4]);
}

#[test]
fn the_parts_of_a_key_in_two_files_are_joined_by_javascript_and_rust() {
    let found = [
        "fails: half key",
        "clear key",
        "fails: half key",
        "clear key",
    ];
    let (id, secret) = KEYS.split_once('\n').unwrap();
    check(
        &format!("[profile p]\n{secret}"),
        &format!("[p]\n{id}\n"),
        found,
    );
    check(
        &format!("[profile p]\n{id}\n"),
        &format!("[p]\n{secret}"),
        found,
    );
}

#[test]
fn a_role_without_a_source_is_read_in_four_ways() {
    const FAILS: &str = "fails: profile";
    let config = format!("[profile p]\n{ROLE}");
    check(
        &format!("{config}{KEYS}"),
        "",
        [FAILS, "clear key", "role, clear key", FAILS],
    );
    check(
        &format!("{config}{PROCESS}"),
        "",
        [FAILS, "process", "role, process", FAILS],
    );
    check(&config, "", [FAILS, "nothing", "nothing", FAILS]);
}

#[test]
fn two_sources_of_a_role_divide_the_sdks() {
    const FAILS: &str = "fails: profile";
    let source = format!("source_profile = s\n[profile s]\n{KEYS}");
    check(
        &format!("[profile p]\n{ROLE}{PROCESS}{source}"),
        "",
        [
            "role, clear key",
            "role, clear key",
            FAILS,
            "role, clear key",
        ],
    );
    check(
        &format!("[profile p]\n{ROLE}credential_source = Environment\n{source}"),
        "",
        [FAILS, "nothing", FAILS, FAILS],
    );
}

#[test]
fn javascript_takes_the_line_of_a_role_that_leads_nowhere() {
    let role = format!("[profile p]\n{ROLE}source_profile = gone\n{PROCESS}");
    check(
        &role,
        "",
        ["nothing", "process", "fails: profile", "nothing"],
    );
}

#[test]
fn a_line_for_a_shell_fails_in_botocore() {
    let found = ["fails: shell", "process", "process", "process"];
    for line in [
        "X=1 /bin/cat f",
        "cat f | jq .",
        "cat $HOME/f",
        "cat f 2>/dev/null",
        "cat f;",
        "cat f &",
        "cat `echo f`",
        "cat an*.json",
        "cat an?.json",
    ] {
        check(
            &format!("[profile p]\ncredential_process = {line}\n"),
            "",
            found,
        );
    }
    check(&format!("[profile p]\n{PROCESS}"), "", ALL_PROCESS);
    check(
        "[profile p]\ncredential_process = /bin/sh -c \"cat $HOME/f\"\n",
        "",
        ALL_PROCESS,
    );
    check(
        "[profile p]\ncredential_process = nosuchprogram\n",
        "",
        ["fails: program"; 4],
    );
}

#[test]
fn variables_decide_over_sources_that_they_feed() {
    let role = |source: &str| format!("[profile p]\n{ROLE}credential_source = {source}\n");
    const FAILS: &str = "fails: env";
    let in_environment = |variables: &[(&str, &str)], source: &str, expect| {
        check_in(variables, "p", &role(source), "", expect);
    };
    let disabled = [("AWS_EC2_METADATA_DISABLED", "true")];
    in_environment(&[], "Ec2InstanceMetadata", ["role, instance"; 4]);
    in_environment(
        &disabled,
        "Ec2InstanceMetadata",
        [FAILS, "role, instance", FAILS, FAILS],
    );
    in_environment(&[], "EcsContainer", [FAILS; 4]);
    let full = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/");
    in_environment(&[full], "EcsContainer", ["role, container"; 4]);
    let empty = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "");
    let found = [FAILS, "role, container", "role, container", FAILS];
    in_environment(&[full, empty], "EcsContainer", found);
    in_environment(&[], "Environment", [FAILS; 4]);
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
    ];
    in_environment(&keys, "Environment", ["role, environment"; 4]);
    let found = [
        "nothing",
        "nothing",
        "role, environment",
        "role, environment",
    ];
    in_environment(&keys, "environment", found);
}

#[test]
fn variables_with_a_file_that_is_not_there_stop_python() {
    let config = format!("[profile p]\n{PROCESS}");
    let fails = ["fails: env", "process", "process", "process"];
    let role = ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/R");
    for set in [
        &[("AWS_CA_BUNDLE", "/nope.pem")][..],
        &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/nope")],
        &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/nope"), role],
        &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/there")],
    ] {
        check_in(set, "p", &config, "", fails);
    }
    check(&format!("{config}ca_bundle = /nope.pem\n"), "", fails);
    let token = ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nope");
    let role = format!("[profile p]\n{ROLE}source_profile = s\n[profile s]\n{KEYS}");
    check_in(&[token], "p", &role, "", ["role, clear key"; 4]);
    check_in(
        &[("AWS_CA_BUNDLE", "/there")],
        "p",
        &config,
        "",
        ALL_PROCESS,
    );
}

#[test]
fn an_empty_variable_of_a_file_hides_it_from_botocore_and_rust() {
    let config = format!("[profile p]\n{PROCESS}");
    let empty = [("AWS_CONFIG_FILE", "")];
    check_in(
        &empty,
        "p",
        &config,
        "",
        ["nothing", "process", "process", "nothing"],
    );
    let empty = [("AWS_SHARED_CREDENTIALS_FILE", "")];
    let found = ["nothing", "clear key", "clear key", "nothing"];
    check_in(&empty, "p", "", &format!("[p]\n{KEYS}"), found);
}

#[test]
fn the_default_profile_with_a_prefix_comes_first_but_in_python() {
    let config = format!("[profile default]\n{PROCESS}[default]\nregion = eu-central-1\n");
    check_in(
        &[],
        "default",
        &config,
        "",
        ["nothing", "process", "process", "process"],
    );
}

/// A shell of Unix reads the line.
#[cfg(unix)]
#[test]
fn a_line_with_an_open_quote_fails_everywhere() {
    for line in ["/bin/cat \"/x/cp.json", "/bin/cat '/x", "/bin/cat /x\\"] {
        let config = format!("[profile p]\ncredential_process = {line}\n");
        check(&config, "", ["fails: line"; 4]);
    }
    check(
        "[profile p]\ncredential_process = /bin/cat \"it's\"\n",
        "",
        ["process"; 4],
    );
}

#[test]
fn a_container_on_another_machine_gives_nothing() {
    let config = "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/R\ncredential_source = EcsContainer\n";
    let words = |url: &str, expect| {
        let set = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)];
        check_in(&set, "p", config, "", expect);
    };
    words("http://example.com/x", ["fails: env"; 4]);
    words("http://127.0.0.1/x", ["role, container"; 4]);
}

#[test]
fn half_of_an_identity_center_role_is_refused() {
    let config = "[sso-session s]\nsso_region = eu-central-1\nsso_start_url = https://example.com\n[profile p]\nsso_session = s\nsso_account_id = 123456789012\n";
    check(config, "", ["fails: sso"; 4]);
    check(&format!("{config}sso_role_name = R\n"), "", ["sso"; 4]);
    let role = "sso_account_id = 123456789012\nsso_role_name = R\n";
    // Without a role, Python ignores the session.
    let only = "[profile p]\nsso_session = s\n[sso-session s]\nsso_region = r\nsso_start_url = u\n";
    check(
        only,
        "",
        ["nothing", "fails: sso", "fails: sso", "fails: sso"],
    );
    for center in ["sso_region = r\n", "sso_start_url = u\n", ""] {
        let section =
            format!("[profile p]\nsso_session = s\n{role}[sso-session s]\noutput = x\n{center}");
        check(&section, "", ["fails: sso"; 4]);
        let old = format!("[profile p]\n{role}{center}");
        check(&old, "", ["fails: sso"; 4]);
    }
    let old = format!("[profile p]\n{role}sso_region = r\nsso_start_url = u\n");
    check(&old, "", ["sso"; 4]);
    let split = format!(
        "[profile p]\nsso_session = s\nsso_region = r\n{role}[sso-session s]\nsso_start_url = u\n"
    );
    check(
        &split,
        "",
        ["fails: sso", "fails: sso", "fails: sso", "fails: profile"],
    );
}

#[test]
fn botocore_counts_what_is_written_without_a_value_for_an_identity_center() {
    let role = "sso_account_id = 123456789012\nsso_role_name = R\n";
    let center = "[sso-session s]\nsso_start_url = u\nsso_region = r\n";
    let rest = ["sso", "sso", "fails: profile"];
    let with = |words: [&'static str; 3], first| [first, words[0], words[1], words[2]];
    // A contradiction, also in a key that is nothing of the Identity Center.
    let config = format!("[profile p]\nsso_session = s\nsso_start_url =\n{role}{center}");
    check(&config, "", with(rest, "fails: profile"));
    let config = format!("[profile p]\nsso_session = s\nregion = a\n{role}{center}region = b\n");
    check(&config, "", with(["sso"; 3], "fails: profile"));
    let config = format!("[profile p]\nsso_session = s\nregion = a\n{role}{center}region = a\n");
    check(&config, "", ["sso"; 4]);
    // A name and an account that are not there.
    let config = format!("[profile p]\nsso_session =\n{role}{KEYS}");
    let rest = ["clear key", "clear key", "fails: session"];
    check(&config, "", with(rest, "fails: session"));
    let config = format!("[profile p]\nsso_account_id =\n{KEYS}");
    let rest = ["clear key", "clear key", "fails: sso"];
    check(&config, "", with(rest, "fails: sso"));
}

#[test]
fn a_comment_behind_a_value_is_part_of_it_to_python() {
    let role = format!("[profile p]\n{ROLE}source_profile = s # mine\n[profile s]\n{KEYS}");
    let found = [
        "nothing",
        "role, clear key",
        "role, clear key",
        "role, clear key",
    ];
    check(&role, "", found);
    let line = "[profile p]\ncredential_process = cat f # hi\n";
    check(line, "", ["fails: shell", "process", "process", "process"]);
    let center = "sso_session = s # corp\nsso_account_id = 123456789012\nsso_role_name = R\n";
    let section = "[sso-session s]\nsso_region = r\nsso_start_url = u\n";
    check(
        &format!("[profile p]\n{center}{section}"),
        "",
        ["fails: session", "sso", "sso", "sso"],
    );
}

#[test]
fn an_indented_comment_is_part_of_a_value_to_rust_or_refused() {
    let role = format!("[profile p]\n{ROLE}source_profile = s\n  # mine\n[profile s]\n{KEYS}");
    let found = [
        "role, clear key",
        "role, clear key",
        "role, clear key",
        "nothing",
    ];
    check(&role, "", found);
    let found = ["process", "process", "process", "fails: file"];
    for config in [
        format!("[profile p]\n  # mine\n{PROCESS}"),
        format!("  ; mine\n[profile p]\n{PROCESS}"),
        format!("[profile p]\n{PROCESS}[profile q]\ns3 =\n  # mine\n  x = 1\n"),
    ] {
        check(&config, "", found);
    }
    // A commented-out setting is a setting to Rust.
    let config = format!("[profile p]\n{PROCESS}s3 =\n  # n = 20\n  m = 1\n");
    check(&config, "", ["process"; 4]);
}

#[test]
fn a_file_that_python_cannot_parse_costs_every_profile() {
    let fails = ["fails: file", "process", "process", "process"];
    let config = format!("[profile p]\n{PROCESS}");
    check(&format!("{config}[]\n"), "", fails);
    check(&config, "[]\n", fails);
    check(
        &format!("{config}[profile q]\nregion = eu\rwest\n"),
        "",
        fails,
    );
    // The next line is a line of its own to Python, and a good one.
    for rest in ["output = json", "# mine", " west", ""] {
        let config = format!("{config}[profile q]\nregion = eu\r{rest}\n");
        check(&config, "", ALL_PROCESS);
    }
}

#[test]
fn an_empty_key_in_the_credentials_file_is_taken_by_python() {
    let config = format!("[profile p]\n{PROCESS}");
    let empty = "[p]\naws_access_key_id =\naws_secret_access_key =\n";
    check(
        &config,
        empty,
        ["fails: empty key", "process", "process", "process"],
    );
    check(&config, "[p]\naws_secret_access_key =\n", ALL_PROCESS);
    check(
        &format!("{config}aws_access_key_id =\naws_secret_access_key =\n"),
        "",
        ALL_PROCESS,
    );
}

#[test]
fn the_token_key_of_old_sdks_is_read_by_python_alone() {
    let keys = "[p]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n";
    check("", keys, ["fails: token"; 4]);
    check(
        "",
        &format!("{keys}aws_security_token = t\n"),
        ["session", "fails: token", "fails: token", "fails: token"],
    );
    check(
        "",
        &format!("{keys}aws_session_token = t\n"),
        ["session"; 4],
    );
}

#[test]
fn a_role_beside_other_sources_divides_the_sdks() {
    let web = "web_identity_token_file = /token\n";
    let source = format!("[profile s]\n{KEYS}");
    let role = "role_arn = arn:aws:iam::123456789012:role/R\n";
    check(
        &format!("{source}[profile p]\n{role}source_profile = s\n{web}"),
        "",
        [
            "web identity",
            "role, clear key",
            "web identity",
            "web identity",
        ],
    );
    check(
        &format!("[profile p]\n{KEYS}{web}"),
        "",
        [
            "fails: profile",
            "clear key",
            "fails: profile",
            "fails: profile",
        ],
    );
    // A profile that is its own source.
    let own = format!("[profile p]\n{role}source_profile = p\n{PROCESS}");
    check(
        &format!("{own}{KEYS}"),
        "",
        [
            "role, process",
            "role, clear key",
            "fails: profile",
            "role, process",
        ],
    );
    check(
        &format!("{own}aws_secret_access_key = x\n"),
        "",
        [
            "role, process",
            "process",
            "fails: profile",
            "role, process",
        ],
    );
    // A cycle.
    check(
        &format!(
            "[profile p]\n{KEYS}{role}source_profile = s\n[profile s]\n{role}source_profile = p\n"
        ),
        "",
        ["nothing", "role, clear key", "role, clear key", "nothing"],
    );
    // A cycle without the requested profile.
    check(
        &format!(
            "[profile p]\n{role}source_profile = s\n[profile s]\n{role}source_profile = t\n[profile t]\n{role}source_profile = s\n"
        ),
        "",
        ["nothing"; 4],
    );
}

#[test]
fn a_long_chain_of_roles_is_followed_to_its_end() {
    let role = "role_arn = arn:aws:iam::123456789012:role/R\n";
    // More than a recursive walk could follow.
    let count = 20_000;
    let link = |n: usize| format!("[profile p{n}]\n{role}source_profile = p{}\n", n + 1);
    let links: String = (0..count).map(link).collect();
    check_in(
        &[],
        "p0",
        &format!("{links}[profile p{count}]\n{KEYS}"),
        "",
        ["role, clear key"; 4],
    );
}

#[test]
fn what_is_written_without_a_value_counts_for_python_and_rust() {
    let source = format!("[profile s]\n{KEYS}");
    let role = "role_arn = arn:aws:iam::123456789012:role/R\n";
    check(
        &format!("[profile p]\n{KEYS}credential_process =\n"),
        "",
        ["fails: line", "clear key", "clear key", "fails: line"],
    );
    check(
        &format!("{source}[profile p]\n{KEYS}role_arn =\nsource_profile = s\n"),
        "",
        [
            "fails: profile",
            "clear key",
            "fails: profile",
            "fails: profile",
        ],
    );
    check(
        &format!("{source}[profile p]\n{role}source_profile = s\nmfa_serial =\n"),
        "",
        [
            "fails: profile",
            "role, clear key",
            "role, clear key",
            "role, clear key",
        ],
    );
}

#[test]
fn settings_of_the_identity_center_that_differ_are_refused_by_some() {
    let center = "[profile p]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = R\n";
    let session = "[sso-session s]\nsso_region = r\nsso_start_url = u\n";
    for other in ["sso_region = other\n", "sso_start_url = other\n"] {
        check(
            &format!("{center}{other}{session}"),
            "",
            ["fails: profile", "sso", "fails: profile", "fails: profile"],
        );
    }
    check(
        &format!("{center}sso_region = r\n{session}"),
        "",
        ["sso", "sso", "sso", "fails: profile"],
    );
}

#[test]
fn the_name_of_a_credential_source_is_compared_as_it_is_by_some() {
    check(
        "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/R\ncredential_source = ec2instancemetadata\n",
        "",
        ["nothing", "nothing", "role, instance", "role, instance"],
    );
}

#[test]
fn javascript_does_not_find_some_names_that_all_its_objects_have() {
    let role = "role_arn = arn:aws:iam::123456789012:role/R\n";
    for (name, in_config) in [
        ("__proto__", "nothing"),
        ("constructor", "keyward"),
        ("toString", "keyward"),
    ] {
        let config = format!("[profile {name}]\n{LINE}");
        let others = "keyward";
        check_in(&[], name, &config, "", [others, in_config, others, others]);
        let credentials = format!("[{name}]\n{KEYS}");
        let others = "clear key";
        check_in(
            &[],
            name,
            "",
            &credentials,
            [others, "nothing", others, others],
        );
        let source =
            format!("[profile p]\n{role}source_profile = {name}\n[profile {name}]\n{KEYS}");
        let others = "role, clear key";
        check(&source, "", [others, "nothing", others, others]);
    }
}

#[test]
fn quotation_marks_around_a_value_are_no_part_of_it_to_go() {
    let role = "role_arn = arn:aws:iam::123456789012:role/R\n";
    check(
        &format!("[profile p]\n{role}source_profile = \"s\"\n[profile s]\n{KEYS}"),
        "",
        ["nothing", "nothing", "role, clear key", "nothing"],
    );
}

/// As `reading` of `scripts/interop` shows with the SDK itself.
#[test]
fn rust_joins_both_files_and_takes_what_is_empty() {
    let source = "aws_access_key_id =\naws_secret_access_key =\n";
    let words = |config: &str, credentials: &str, rust: &str| {
        let set = ConfigSet::load(Some(("config", config)), Some(("credentials", credentials)));
        let surroundings = Surroundings {
            now: "2026-11-21T09:00:00Z".parse().unwrap(),
            variable: &|_| None,
            exists: &|_| true,
            readable: &|_| true,
        };
        let matrix = Matrix::judge(["p".parse().unwrap()], &set.unwrap(), &surroundings);
        assert_eq!(matrix.0[0].1[3].word(), rust, "{config}{credentials}");
    };
    words("", &format!("[p]\n{source}"), "fails: empty key");
    words("", "[p]\naws_secret_access_key = x\n", "fails: half key");
    let credentials = format!("[p]\n{}", KEYS.replacen('\n', "\n  more\n", 1));
    words("", &credentials, "fails: key");
    let kind = format!("[profile p]\ncredential_source = Environment\n{KEYS}");
    words(&kind, "", "fails: env");
    let center = format!("[profile p]\nsso_session =\n{KEYS}");
    words(&center, "", "fails: session");
    // Half a key of a source does not keep its program from being used.
    let half = "role_arn = arn:aws:iam::123456789012:role/R\nsource_profile = s\n[profile s]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n";
    let half = format!("[profile p]\n{half}{PROCESS}");
    words(&half, "", "role, process");
}
