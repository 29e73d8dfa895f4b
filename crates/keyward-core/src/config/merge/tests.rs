use crate::config::{ConfigSet, FileKind, Property};

/// Both files, and their profiles: a line `key = value (file:line)` each.
#[track_caller]
fn check_keys(config: &str, credentials: &str, wanted: &[&str]) {
    let set = load(config, credentials);
    let mut found = Vec::new();
    for profile in set.profiles() {
        found.push(format!("[{}] ({})", profile.name, profile.origin));
        for (key, Property { value, origin }) in profile.section.iter() {
            found.push(format!("{key} = {value} ({origin})"));
        }
    }
    assert_eq!(found, wanted);
}

#[track_caller]
fn load(config: &str, credentials: &str) -> ConfigSet {
    ConfigSet::load(Some(("config", config)), Some(("credentials", credentials))).unwrap()
}

#[test]
fn the_credentials_file_wins_key_by_key() {
    check_keys(
        "[profile b]\nk = 1\nm = 2\n[default]\n",
        "[a]\nn = 3\n[b]\nK = 4\n",
        &[
            "[b] (config:1)",
            "k = 4 (credentials:4)",
            "m = 2 (config:3)",
            "[default] (config:4)",
            "[a] (credentials:1)",
            "n = 3 (credentials:2)",
        ],
    );
}

#[test]
fn both_ways_to_write_default_meet_the_credentials_file() {
    check_keys(
        "[default]\nk = 1\n[profile default]\nm = 2\n",
        "[default]\nn = 3\n",
        &[
            "[default] (config:3)",
            "m = 2 (config:4)",
            "n = 3 (credentials:2)",
        ],
    );
}

#[test]
fn each_file_has_its_own_headers() {
    check_keys(
        "[a]\nk=1\n",
        "[profile a]\nk=1\n[in valid 2]\nk=2\n[sso-session s]\n",
        &[],
    );
    check_keys(
        "",
        "[sso-sessionfoo]\n[  b  ]\n",
        &["[sso-sessionfoo] (credentials:1)", "[b] (credentials:2)"],
    );
}

#[test]
fn a_name_with_a_blank_is_read_where_the_aws_cli_wrote_it() {
    check_keys(
        "[profile \"a b\"]\nregion = x\n",
        "[a b]\nk = 1\n",
        &[
            "[a b] (config:1)",
            "region = x (config:2)",
            "k = 1 (credentials:2)",
        ],
    );
}

#[test]
fn sections_that_are_no_profiles_are_kept_apart() {
    let set = load(
        "[sso-session s]\nsso_region = x\n[services s]\nsts =\n  Endpoint_URL = http://localhost:1\n\
         [AcmeAccount]\nrole_arn = r\n[plugins]\ncli = x\n[default]\nm=1\n[profile default]\n",
        "[profile p]\nk=1\n",
    );
    assert_eq!(set.sso_session("s").unwrap().value("sso_region"), Some("x"));
    assert_eq!(
        set.services("s").unwrap().nested("sts", "endpoint_url"),
        Some("http://localhost:1")
    );
    assert_eq!(
        set.ignored("AcmeAccount").unwrap().value("role_arn"),
        Some("r")
    );
    let ignored: Vec<&str> = set.ignored_sections().map(|(name, _)| name).collect();
    assert_eq!(ignored, ["AcmeAccount", "plugins", "default", "profile p"]);
    assert_eq!(set.sso_sessions().count(), 1);
    assert_eq!(set.all_services().count(), 1);
}

#[test]
fn the_last_of_two_nested_values_wins() {
    let set = load(
        "[services s]\nsts =\n  endpoint_url = http://a\n  ENDPOINT_URL=http://b # c\nsso =\n  x = 1\n\
         [services s]\nsso =\n  y = 2\n",
        "",
    );
    let services = set.services("s").unwrap();
    // A comment after a nested value is part of it, as in the SDKs.
    assert_eq!(services.nested("sts", "endpoint_url"), Some("http://b # c"));
    assert_eq!(services.nested("sso", "x"), None);
    assert_eq!(services.nested("sso", "y"), Some("2"));
    assert_eq!(services.nested("iam", "y"), None);
}

#[test]
fn many_keys_are_joined_as_few_are() {
    let mut config = String::from("[default]\n");
    for n in 0..100 {
        config.push_str(&format!("k{n} = {n}\n"));
    }
    config.push_str("K7 = x\n");
    let set = load(&config, "");
    let profile = set.profile(&"default".parse().unwrap()).unwrap();
    assert_eq!(profile.section.iter().count(), 100);
    assert_eq!(profile.section.value("k7"), Some("x"));
    assert_eq!(profile.section.iter().nth(7).unwrap().0, "k7");
}

#[test]
fn a_file_that_does_not_exist_is_empty() {
    let set = ConfigSet::load(None, None).unwrap();
    assert_eq!(set.profiles().count(), 0);
}

/// A config file and its diagnostics, as `line: start of the message`.
#[track_caller]
fn check(kind: FileKind, text: &str, wanted: &[&str]) {
    let file = Some(("f", text));
    let set = match kind {
        FileKind::Config => ConfigSet::load(file, None),
        FileKind::Credentials => ConfigSet::load(None, file),
    }
    .unwrap();
    let found: Vec<String> = set
        .diagnostics()
        .iter()
        .map(|d| format!("{}: {}", d.origin.line, d.message))
        .collect();
    assert_eq!(found.len(), wanted.len(), "{text:?} gives {found:#?}");
    for (found, wanted) in found.iter().zip(wanted) {
        assert!(
            found.starts_with(wanted),
            "{text:?}: wanted {wanted:?}, found {found:?}"
        );
    }
}

#[test]
fn what_the_tools_read_differently_is_reported() {
    use FileKind::{Config, Credentials};
    for (kind, text, wanted) in [
        (
            Config,
            "[default] # x\nregion = y\n# z\n[profile a];\n[plugins]\n",
            &[][..],
        ),
        (
            Config,
            "[default]\nregion = y # z\n",
            &["2: the AWS CLI and boto3 read the comment"],
        ),
        (Config, "[default] # [x]\n", &["1: the AWS CLI reads a `]`"]),
        (
            Config,
            "[default]\n[default]\n",
            &["2: `[default]` is on line 1 already"],
        ),
        (
            Config,
            "[profile a]\n[profile  a]\n",
            &[
                "2: the SDK for JavaScript accepts one blank before the name",
                "2: `[profile  a]` is on line 1 already",
            ],
        ),
        (
            Config,
            "[x]\n[x]\n",
            &[
                "1: the AWS tools ignore",
                "2: the AWS tools ignore",
                "2: `[x]` is on line 1 already",
            ],
        ),
        (
            Config,
            "[default]\nk=1\nK=2\nm=3\n",
            &["3: `K` is on line 2 already"],
        ),
        (
            Config,
            "[default]\n[profile default]\n",
            &["1: the SDKs ignore `[default]` because"],
        ),
        (
            Config,
            "[profile a]\n[profile 'a']\n",
            &["2: the SDKs ignore a quoted", "2: the SDKs read `a`"],
        ),
        (
            Config,
            "[default]\nmfa_arn = m\n",
            &["2: the AWS tools do not know `mfa_arn`"],
        ),
        (
            Config,
            "[default]\nduration_seconds = 1h\n",
            &["2: `duration_seconds` is not a whole"],
        ),
        (
            Config,
            "[default]\nduration_seconds = 3600\n[profile a]\nduration_seconds =\n",
            &[],
        ),
        (
            Config,
            "[default]\nin valid = 1\n",
            &["2: the SDKs ignore this line"],
        ),
        (
            Config,
            "[default]\na:b = 1\n",
            &["2: the AWS CLI and boto3 end the key"],
        ),
        (
            Config,
            "[default]\nk = 1\n # x\n",
            &["2: an indented comment below `k` is part of its value"],
        ),
        (
            Config,
            "  # x\n[default]\n  ; y\nk =\n  # z\n  n = 1\n",
            &[
                "1: an indented comment above the first header",
                "2: an indented comment below a header",
                "4: an indented comment below `k` makes the SDK for Rust refuse",
            ],
        ),
        (
            Config,
            "[default]\ns3 =\n  # n = 20\n\t;m=1 # why\n  o = 1\n",
            &[],
        ),
        (
            Config,
            "[default]\ns3 =\n  # n # m = 20\n  o = 1\n",
            &["2: an indented comment below `s3` makes the SDK for Rust refuse"],
        ),
        (
            Config,
            "[default]\nk = 1\rj = 2\r\n",
            &["2: the AWS CLI and boto3 end a line"],
        ),
        (
            Config,
            "[default]\nk = 1\r2\r\n",
            &["2: a line ends at its carriage return for Python"],
        ),
        (Config, "[]\n", &["1: the header has no name: the AWS CLI"]),
        (Config, "[ ]\n", &["1: the header has no name, so"]),
        (
            Config,
            "[AcmeAccount]\n",
            &["1: the AWS tools ignore `[AcmeAccount]`"],
        ),
        (
            Config,
            "[\"Acme\"]\n",
            &[
                "1: the AWS tools ignore `[\"Acme\"]`: in the config file a profile is written `[profile Acme]`",
            ],
        ),
        (
            Config,
            "[Acme]\n[profile Acme]\nk = 1\n",
            &["1: the AWS tools ignore `[Acme]`, and there is a `[profile Acme]`"],
        ),
        (
            Config,
            "[DEFAULT]\n",
            &["1: the SDKs ignore `[DEFAULT]`, but the AWS CLI"],
        ),
        (
            Config,
            "[sso-sesion x]\n",
            &["1: the AWS tools ignore `[sso-sesion x]`"],
        ),
        (
            Config,
            "[profile a!]\n",
            &["1: boto3 and the AWS CLI read `[profile a!]`, but not every SDK does"],
        ),
        (
            Config,
            "[ profile a]\n",
            &["1: the AWS CLI and boto3 take the blanks"],
        ),
        (
            Config,
            "[profile \"a b\"]\n",
            &["1: the SDKs ignore a quoted name"],
        ),
        (
            Credentials,
            "[a]\nk = 1\n [b]\nm = 2\n",
            &["3: an indented header continues the value above"],
        ),
        (
            Config,
            "[profile a]\nregion = x\n\n# note\n\tRole_arn = r\n",
            &["5: an indented key continues the value above"],
        ),
        (Config, "[profile a]\ns3 =\n  role_arn = r\n", &[]),
        (Config, "[profile a]\nk = x\n  --role=r\n  y\n", &[]),
        (Credentials, "[a]\n[default]\n", &[]),
        (
            Credentials,
            "[ a]\n",
            &["1: the AWS CLI and boto3 take the blanks"],
        ),
        (
            Credentials,
            "[a!]\n",
            &["1: boto3 and the AWS CLI read `[a!]`, but not every SDK does"],
        ),
        (
            Config,
            "[profile größe]\n",
            &["1: boto3 and the AWS CLI read `[profile größe]`, but not every SDK does"],
        ),
        (
            Config,
            "[profile o'brien]\n",
            &["1: boto3, the AWS CLI and most SDKs ignore `[profile o'brien]`"],
        ),
        (
            Credentials,
            "[o'brien]\n",
            &["1: boto3 and the AWS CLI read `[o'brien]`, but not every SDK does"],
        ),
        (
            Config,
            "[profile a b]\n",
            &["1: boto3, the AWS CLI and most SDKs ignore `[profile a b]`"],
        ),
        (
            Config,
            "[profile\u{a0}a]\n",
            &["1: the header contains a no-break space (U+00A0)"],
        ),
        (
            Config,
            "[profile a\u{a0}]\n",
            &["1: the header contains a no-break space (U+00A0)"],
        ),
        (
            Credentials,
            "[\u{a0}a]\n",
            &["1: the header contains a no-break space (U+00A0)"],
        ),
        (
            Config,
            "[profile a]\nrole-arn = b\nsource_profil = c\nregion = d\n",
            &[
                "2: no AWS tool reads `role-arn`; write `role_arn`",
                "3: no AWS tool reads `source_profil`; write `source_profile`",
            ],
        ),
        (
            Config,
            "[default]\nregion\u{a0}= a\noutput = b\u{200b}\n",
            &[
                "2: the key contains a no-break space (U+00A0)",
                "3: the value of `output` begins or ends with a zero-width space (U+200B)",
            ],
        ),
        (
            Config,
            "[profile\ta]\n[profile b ]\n",
            &[
                "1: the SDK for Go does not find the name behind a tab",
                "2: the SDK for JavaScript accepts one blank before the name and none after it",
            ],
        ),
        (
            Credentials,
            "[a]\nAWS_ACCESS_KEY_ID = b\nRegion = c\n",
            &["2: the SDK for JavaScript reads `aws_access_key_id` in lower case only"],
        ),
        (
            Credentials,
            "[a b]\n",
            &["1: the SDKs ignore `[a b]`, whose name has a blank"],
        ),
        (
            Credentials,
            "[profile a]\n",
            &["1: the SDKs ignore `[profile a]`: in the credentials"],
        ),
        (
            Credentials,
            "[sso-session a]\n",
            &["1: the AWS tools read `[sso-session a]` in"],
        ),
    ] {
        check(kind, text, wanted);
    }
}

#[test]
fn diagnostics_and_debug_output_hold_no_secret() {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let text = format!(
        "[default]\naws_secret_access_key = {secret} # {secret}\naws_secret_access_key = {secret}\n\
         duration_seconds = {secret}\naws_session_token {secret}==\n"
    );
    let set = load("", &text);
    assert_eq!(set.diagnostics().len(), 4);
    assert!(!format!("{set:?}").contains(secret));
    let file = crate::config::ConfigFile::parse(FileKind::Credentials, "f", &text).unwrap();
    assert!(!format!("{file:?}").contains(secret));
}

#[test]
fn headers_whose_word_and_name_are_glued_are_told_where_the_blank_goes() {
    for (sign, name) in [
        (":", "p"),
        ("-", "p"),
        ("_", "p"),
        (".", "a.b"),
        ("/", "team/dev"),
        ("=", "p"),
    ] {
        let wanted = format!(
            "1: the AWS tools ignore `[profile{sign}{name}]`: a blank comes after `profile`, as in `[profile {name}]`; a profile of the name `profile{sign}{name}` is written"
        );
        check(
            FileKind::Config,
            &format!("[profile{sign}{name}]\nregion = a\n"),
            &[&wanted],
        );
        let set = load(&format!("[profile{sign}{name}]\n"), "");
        assert!(set.ignored_profile(name).is_some(), "{sign}");
    }
    check(
        FileKind::Config,
        "[sso-session:corp]\nsso_region = a\n",
        &[
            "1: the AWS tools ignore `[sso-session:corp]`: a blank comes after `sso-session`, as in `[sso-session corp]`",
        ],
    );
    let set = load("[sso-session:corp]\n", "");
    assert!(set.ignored_section("sso-session", "corp").is_some());
    // A name alone.
    check(
        FileKind::Config,
        "[profiles]\n[profile-]\n",
        &[
            "1: the AWS tools ignore `[profiles]`: in",
            "2: the AWS tools ignore `[profile-]`: in",
        ],
    );
}

#[test]
fn values_of_another_form_are_told_the_wanted_one() {
    let section = "[sso-session s]\n";
    for (line, wanted) in [
        ("region = us-east-1a", Some("`region` is a region")),
        ("region = us-gov-west-1b", Some("`region` is a region")),
        (
            "sso_region = eu-central-1c",
            Some("`sso_region` is a region"),
        ),
        ("region = us-east-1", None),
        ("region = ru-1a", None),
        ("region = auto", None),
        ("region =", None),
        (
            "sso_start_url = x.awsapps.com/start",
            Some("`sso_start_url` is an address"),
        ),
        ("sso_start_url = https://x.awsapps.com/start", None),
        (
            "sso_role_name = arn:aws:iam::123456789012:role/R",
            Some("`sso_role_name` is the name"),
        ),
        ("sso_role_name = AdministratorAccess", None),
        (
            "endpoint_url = localhost:4566",
            Some("`endpoint_url` is an address"),
        ),
        ("endpoint_url = http://localhost:4566", None),
        ("endpoint_url =", None),
    ] {
        let wanted: Vec<String> = wanted.iter().map(|text| format!("2: {text}")).collect();
        let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
        check(FileKind::Config, &format!("{section}{line}\n"), &wanted);
    }
}
