//! The hints about a profile's mistakes.

use keyward_core::chain::{Flags, Inputs, LastCacheKeys, SimilarNames, StoredKeys, resolve};
use keyward_core::config::ConfigSet;

use super::*;

/// The hint about `asked` in these files.
fn hint(config: &str, credentials: &str, asked: &str) -> String {
    let set = ConfigSet::load(Some(("config", config)), Some(("credentials", credentials)));
    let error = resolve(&Inputs {
        profile: &asked.parse().unwrap(),
        config: &set.unwrap(),
        stored_keys: &StoredKeys::default(),
        environment: &|_| None,
        flags: &Flags::default(),
        similar_names: SimilarNames::Listed,
        last_cache_keys: &LastCacheKeys::default(),
    });
    fix(&error.unwrap_err())
}

#[test]
fn names_in_hints_are_one_word_to_a_shell() {
    let role = "role_arn = arn:aws:iam::123456789012:role/a\n";
    let config = format!("[profile a]\n{role}source_profile = $(touch pwned)\n");
    let pasted = hint(&config, "", "a");
    assert!(
        pasted.contains("`keyward add '$(touch pwned)'`"),
        "{pasted}"
    );
    let flag = hint("[profile a]\n", "", "--force");
    assert!(flag.contains("`keyward add -- --force`"), "{flag}");
}

#[test]
fn a_name_with_the_words_of_its_header_is_written_alone() {
    let base = "[profile base]\nregion = x\n";
    for written in ["profile base", "\"base\"", "'base'", "\"profile base\""] {
        for key in ["source_profile", "include_profile"] {
            let role = "role_arn = arn:aws:iam::123456789012:role/a\n";
            let config = format!("{base}[profile a]\n{role}{key} = {written}\n");
            assert_eq!(
                hint(&config, "", "a"),
                format!("write the name alone: `{key} = base`")
            );
        }
        assert_eq!(hint(base, "", written), "name the profile alone: `base`");
    }
    let unknown = hint(base, "", "profile other");
    assert!(unknown.starts_with("see `keyward list`"), "{unknown}");
}

#[test]
fn a_section_that_is_ignored_is_named_with_the_reason() {
    let config = "[profile b c]\nregion = x\n[bare]\n[profile  d!]\n[profile good-one]\n";
    let credentials = "[own]\n[profile other]\n[good one]\n";
    for (asked, at, way) in [
        ("b c", "config:1 ", "rename it"),
        ("bare", "config:3 ", "write `[profile bare]`"),
        ("d!", "config:4 ", "rename it"),
        ("other", "credentials:2 ", "write `[other]`"),
        ("good one", "credentials:3 ", "use `good-one`"),
    ] {
        let fix = hint(config, credentials, asked);
        assert!(fix.starts_with(at) && fix.contains(way), "{fix}");
    }
    let plain = hint(config, credentials, "elsewhere");
    assert!(plain.starts_with("see `keyward list`"), "{plain}");
}

#[test]
fn an_sso_session_whose_name_tools_ignore_is_named_with_its_line() {
    let profile =
        "[profile p]\nsso_session = My Corp\nsso_account_id = 123456789012\nsso_role_name = R\n";
    let session = "[sso-session My Corp]\nsso_region = eu-central-1\n";
    let there = hint(&format!("{profile}{session}"), "", "p");
    assert!(
        there.starts_with("config:5 has `[sso-session My Corp]`"),
        "{there}"
    );
    let absent = hint(profile, "", "p");
    assert_eq!(absent, "add a section `[sso-session My Corp]`");
    let near = hint(&format!("{profile}[sso-session my-corp]\n"), "", "p");
    assert!(near.starts_with("correct the name"), "{near}");
}

#[test]
fn quotation_marks_around_a_value_are_the_mistake() {
    let config = "[profile r]\nrole_arn = \"arn:aws:iam::123456789012:role/R\"\nsource_profile = s\n[profile s]\nregion = eu-central-1\n";
    assert_eq!(
        hint(
            config,
            "[s]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
            "r"
        ),
        "remove the quotes"
    );
}

#[test]
fn what_cannot_be_seen_in_a_header_is_named_first() {
    let profile =
        "[profile p]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = R\n";
    for (config, credentials, asked, at) in [
        ("[profile\u{a0}c]\nregion = x\n", "", "c", "config:1"),
        ("", "[profile\u{a0}c]\nregion = x\n", "c", "credentials:1"),
        ("", "[c\u{a0}]\nregion = x\n", "c", "credentials:1"),
        (
            &*format!("{profile}[sso-session\u{a0}corp]\nsso_region = x\n"),
            "",
            "p",
            "config:5",
        ),
    ] {
        let expect = format!("{at} contains a no-break space (U+00A0) in its header");
        let fix = hint(config, credentials, asked);
        assert!(fix.starts_with(&expect), "{fix}");
    }
    let behind = hint("[profile c\u{200b}]\nregion = x\n", "", "c");
    let expect = "config:1 contains a zero-width space (U+200B) in its header";
    assert!(behind.starts_with(expect), "{behind}");
}

#[test]
fn only_the_tools_that_ignore_a_name_are_named() {
    let profile =
        "[profile p]\nsso_session = größe\nsso_account_id = 123456789012\nsso_role_name = R\n";
    let session = hint(
        &format!("{profile}[sso-session größe]\nsso_region = x\n"),
        "",
        "p",
    );
    let expect = "config:5 has `[sso-session größe]`, but the SDKs for JavaScript and Rust ignore";
    assert!(session.starts_with(expect), "{session}");
    let letters = hint("", "[größe]\nregion = x\n", "größe");
    let expect = "credentials:1 has `[größe]`, a name that the SDK for Rust does not read";
    assert!(letters.starts_with(expect), "{letters}");
    let blank = hint("", "[my team]\nregion = x\n", "my team");
    assert!(
        blank.contains("not the SDKs for JavaScript and Rust"),
        "{blank}"
    );
}

#[test]
fn a_misspelt_header_is_named_with_its_line() {
    let profile =
        "[profile p]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = R\n";
    for header in ["sso_session s", "sso session s", "Sso-Session s"] {
        let config = format!("{profile}[{header}]\nsso_region = eu-central-1\n");
        // A blank in the prefix makes another name.
        let expect = match header.starts_with("sso session") {
            true => "add a section `[sso-session s]`".to_owned(),
            false => format!(
                "config:5 has `[{header}]`: write `[sso-session s]`, since AWS tools ignore another header"
            ),
        };
        assert_eq!(hint(&config, "", "p"), expect);
    }
    for header in ["Profile c", "profiles c", "profil c"] {
        let fix = hint(&format!("[{header}]\nregion = eu-central-1\n"), "", "c");
        let expect = format!("config:1 has `[{header}]`: write `[profile c]`");
        assert!(fix.starts_with(&expect), "{fix}");
    }
    // Another kind of section is not meant.
    let services = "[services c]\nsts =\n  endpoint_url = http://x\n";
    let fix = hint(services, "", "c");
    assert!(fix.contains("keyward add c"), "{fix}");
}

#[test]
fn a_line_end_in_a_variable_is_no_line_of_a_file() {
    let of = |place| ResolveError::InvalidKeyId {
        place,
        source: KeyIdFault::Character('\n'),
    };
    let variable = of(ValueOrigin::Variable("AWS_ACCESS_KEY_ID"));
    assert_eq!(fix(&variable), "set the variable again, without a line end");
    let said = hint(
        "",
        "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n  x\naws_secret_access_key = x\n",
        "a",
    );
    assert!(said.starts_with("remove the indented line"), "{said}");
}

#[test]
fn a_chain_that_is_too_long_is_shortened_at_its_lines() {
    for key in ["source_profile", "include_profile"] {
        let config: String = (0..100)
            .map(|number| {
                let role = "role_arn = arn:aws:iam::123456789012:role/r";
                let next = number + 1;
                format!("[profile p{number}]\n{role}\n{key} = p{next}\n")
            })
            .collect();
        let fix = hint(&config, "", "p0");
        assert!(
            fix.starts_with("shorten the chain") && fix.contains(key),
            "{fix}"
        );
    }
}

#[test]
fn no_part_of_a_key_is_in_a_hint() {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let half = format!("[a]\naws_secret_access_key = {secret}\n");
    let swapped = format!(
        "[a]\naws_access_key_id = {secret}\naws_secret_access_key = AKIAIOSFODNN7EXAMPLE\n"
    );
    for credentials in [half, swapped] {
        let said = hint("", &credentials, "a");
        assert!(!said.is_empty() && !said.contains(&secret[..8]), "{said}");
    }
}
