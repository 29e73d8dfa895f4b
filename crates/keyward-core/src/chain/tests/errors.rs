//! Mistakes in the files: each names its line.

use super::*;

#[test]
fn unknown_names_suggest_near_ones() {
    let case = given(
        "
        [profile production]
        credential_process = tool
        [profile staging]
        source_profile = prodction
        role_arn = staging
        [profile mixed]
        include_profile = Staging
        [profile X]
        source_profile = y
        ",
    )
    .stored("root");
    case.refuses("x", "there is no profile `x`; there is `X`")
        .refuses(
            "X",
            "config:10: `source_profile` of profile `X` names `y`, which does not exist",
        )
        .refuses("Production", "there is no profile `Production`; there is `production`")
        .refuses("prod", "there is no profile `prod`; there is `production`")
        .refuses("rot", "there is no profile `rot`; there is `root`")
        .refuses("elsewhere", "there is no profile `elsewhere`")
        .refuses(
            "staging",
            "config:5: `source_profile` of profile `staging` names `prodction`, which does not exist; there is `production`",
        )
        .refuses(
            "mixed",
            "config:8: `include_profile` of profile `mixed` names `Staging`, which does not exist; there is `staging`",
        );
}

#[test]
fn a_misspelt_sso_session_suggests_the_one_that_exists() {
    given(
        "
        [sso-session groups]
        sso_region = us-east-1
        [profile dev]
        sso_session = grups
        sso_account_id = 123456789012
        sso_role_name = Admin
        ",
    )
    .refuses(
        "dev",
        "config:5: profile `dev` names the sso-session `grups`, which does not exist; there is `groups`",
    );
}

#[test]
fn circles_are_refused_with_the_way_round() {
    given(
        "
        [profile a]
        role_arn = a
        source_profile = b
        [profile b]
        role_arn = b
        source_profile = c
        [profile c]
        role_arn = c
        source_profile = b
        [profile x]
        include_profile = y
        [profile y]
        include_profile = x
        [profile self]
        include_profile = self
        [profile in1]
        role_arn = in1
        source_profile = in2
        [profile in2]
        role_arn = in2
        source_profile = b3
        [profile b3]
        role_arn = b3
        source_profile = c3
        [profile c3]
        role_arn = c3
        source_profile = d3
        [profile d3]
        role_arn = d3
        source_profile = b3
        ",
    )
    .refuses("a", "config:10: `source_profile` forms a cycle: b → c → b")
    .refuses("x", "config:14: `include_profile` forms a cycle: x → y → x")
    .refuses(
        "self",
        "config:16: `include_profile` forms a cycle: self → self",
    )
    .refuses(
        "in1",
        "config:31: `source_profile` forms a cycle: b3 → c3 → d3 → b3",
    )
    .refuses(
        "d3",
        "config:28: `source_profile` forms a cycle: d3 → b3 → c3 → d3",
    );
}

#[test]
fn a_role_needs_exactly_one_source() {
    given(
        "
        [profile both]
        role_arn = both
        source_profile = base
        credential_source = Environment
        [profile base]
        credential_process = tool
        [profile neither]
        role_arn = neither
        [profile itself]
        role_arn = itself
        source_profile = itself
        [profile odd]
        role_arn = odd
        credential_source = Environmnet
        [profile env]
        role_arn = env
        credential_source = Environment
        ",
    )
    .refuses("both", "config:4: profile `both` has both `source_profile` and `credential_source` (config:5)")
    .refuses("neither", "config:9: profile `neither` has a `role_arn` but nothing to assume the role with")
    .refuses("itself", "config:11: profile `itself` has a `role_arn` but nothing to assume the role with")
    .refuses("odd", "config:15: `Environmnet` is not a `credential_source`")
    .refuses("env", "config:18: profile `env` takes its key from the environment, but AWS_ACCESS_KEY_ID is not set");
}

#[test]
fn halves_are_refused() {
    given(
        "
        [profile id]
        aws_access_key_id = AKIAIOSFODNN7EXAMPLE
        [profile secret]
        aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
        [profile token]
        aws_access_key_id = ASIAIOSFODNN7EXAMPLE
        aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
        [profile account]
        sso_account_id = 123456789012
        [profile role]
        sso_role_name = Admin
        [profile url]
        sso_account_id = 123456789012
        sso_role_name = Admin
        sso_region = us-east-1
        [profile nosession]
        sso_session = moon
        sso_account_id = 123456789012
        sso_role_name = Admin
        [profile noaccount]
        sso_session = moon
        [profile token-file]
        web_identity_token_file = /run/token
        ",
    )
    .refuses(
        "token-file",
        "config:24: profile `token-file` has `web_identity_token_file` but no `role_arn`",
    )
    .refuses(
        "id",
        "config:3: profile `id` has `aws_access_key_id` but no `aws_secret_access_key`",
    )
    .refuses(
        "secret",
        "config:5: profile `secret` has `aws_secret_access_key` but no `aws_access_key_id`",
    )
    .refuses(
        "token",
        "config:7: the key of profile `token` is temporary but has no `aws_session_token`",
    )
    .refuses(
        "account",
        "config:10: profile `account` has `sso_account_id` but no `sso_role_name`",
    )
    .refuses(
        "role",
        "config:12: profile `role` has `sso_role_name` but no `sso_account_id`",
    )
    .refuses(
        "url",
        "config:14: profile `url` has `sso_account_id` but no `sso_start_url`",
    )
    .refuses(
        "nosession",
        "config:18: profile `nosession` names the sso-session `moon`, which does not exist",
    )
    .refuses(
        "noaccount",
        "config:22: profile `noaccount` has `sso_session` but no `sso_account_id`",
    );
}

#[test]
fn half_an_sso_session_is_the_fault_of_its_section() {
    given(
        "
        [sso-session moon]
        sso_region = us-east-1
        [sso-session empty]
        [profile half]
        sso_session = moon
        sso_account_id = 123456789012
        sso_role_name = Admin
        [profile none]
        sso_session = empty
        sso_account_id = 123456789012
        sso_role_name = Admin
        ",
    )
    .refuses(
        "half",
        "config:3: `[sso-session moon]`, which profile `half` names, has no `sso_start_url`",
    )
    .refuses(
        "none",
        "config:10: `[sso-session empty]`, which profile `none` names, has no `sso_start_url`",
    );
}

#[test]
fn values_of_the_wrong_shape_are_refused_with_their_line() {
    given(
        "
        [profile role]
        role_arn = arn:aws:iam::12:role/x
        source_profile = root
        [profile mfa]
        mfa_serial = short
        [profile region]
        region = Frankfurt am Main
        mfa_serial = M
        ",
    )
    .stored("root")
    .stored("mfa")
    .stored("region")
    .refuses(
        "role",
        "config:3: `role_arn` has a value that cannot be used: `arn:aws:iam::12:role/x` is not a role ARN \
         (such as arn:aws:iam::123456789012:role/ReadOnly)",
    )
    .refuses(
        "mfa",
        "config:6: `mfa_serial` has a value that cannot be used: `short` is not an MFA serial \
         (such as arn:aws:iam::123456789012:mfa/alice; 9 to 256 letters, digits or =/:,.@-_)",
    )
    .refuses(
        "region",
        "config:8: `region` has a value that cannot be used: `Frankfurt am Main` is not a region (such as eu-central-1)",
    );
}

/// A chain of `of` profiles above a key, each leading on by `key`.
fn long_chain(of: usize, key: &str) -> Given {
    let mut config = String::new();
    for number in 0..of {
        let own = match key {
            "source_profile" => "role_arn = R",
            _ => "region = eu-central-1",
        };
        config.push_str(&format!(
            "[profile p{number}]\n{own}\n{key} = p{}\n",
            number + 1
        ));
    }
    config.push_str(&format!(
        "[profile p{of}]\naws_access_key_id = {KEY}\naws_secret_access_key = s\n"
    ));
    given(&config)
}

#[test]
fn a_chain_of_any_length_ends_in_an_answer() {
    for key in ["source_profile", "include_profile"] {
        let longest = long_chain(LONGEST_CHAIN - 1, key);
        assert!(longest.resolve("p0").is_ok(), "{key}");
        for of in [LONGEST_CHAIN, LONGEST_CHAIN + 1, 20_000] {
            let error = long_chain(of, key).resolve("p0").unwrap_err();
            let expected = format!(
                "config:192: `{key}` leads on to profile `p64` after 64 profiles, and a chain may have no more"
            );
            assert_eq!(error.to_string(), expected);
            assert!(error.origin().is_some_and(|at| at.line == 192));
        }
    }
}

#[test]
fn similar_names_are_left_out_where_every_profile_is_resolved() {
    let case = given("[profile role]\nrole_arn = R\nsource_profile = bse\n[profile base]\n");
    let config = ConfigSet::load(Some(("config", case.config.as_str())), None).unwrap();
    let message = |similar_names| {
        let inputs = Inputs {
            profile: &"role".parse().unwrap(),
            config: &config,
            stored_keys: &StoredKeys::default(),
            environment: &|_| None,
            flags: &Flags::default(),
            similar_names,
            last_cache_keys: &LastCacheKeys::default(),
        };
        resolve(&inputs).unwrap_err().to_string()
    };
    assert!(message(SimilarNames::Listed).contains("there is `base`"));
    assert!(!message(SimilarNames::LeftOut).contains("`base`"));
}

#[test]
fn a_profile_behind_a_no_break_space_is_named_with_its_line() {
    let error = given("[profile\u{a0}carol]\nregion = eu-central-1\n")
        .resolve("carol")
        .unwrap_err();
    assert!(error.origin().is_some_and(|at| at.line == 1), "{error}");
}

#[test]
fn a_name_is_found_behind_the_word_of_its_header_and_in_quotes() {
    for (text, name) in [
        ("profile work", Some("work")),
        ("\"work\"", Some("work")),
        ("'profile work'", Some("work")),
        ("profile 'work'", Some("work")),
        ("profile  work", Some("work")),
        ("work", None),
        ("\"\"", None),
    ] {
        assert_eq!(bare_name(text), name, "{text}");
    }
}

#[test]
fn a_quote_is_open_until_its_like_comes_unescaped() {
    for (line, open) in [
        ("tool --json", false),
        ("tool 'two words'", false),
        ("tool 'two words", true),
        ("tool \"two words", true),
        ("tool \"it's\"", false),
        ("tool 'a\\'", false),
        ("tool \"a\\\"", true),
        ("tool it\\'s", false),
        ("tool \\", true),
    ] {
        assert_eq!(has_open_quote(line), open, "{line}");
    }
}
