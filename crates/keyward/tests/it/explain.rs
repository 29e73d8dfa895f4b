//! `explain`: it shows every step that a run makes.

use crate::practice::Practice;

#[test]
fn the_name_of_a_role_session_is_shown_before_it_is_used() {
    let mut practice = Practice::with_key();
    practice.set("USER", "ann");
    let shown = practice.run(&["explain", "partner"]).ok();
    assert!(shown.contains("     external id practice\n"), "{shown}");
    let name = shown
        .lines()
        .find_map(|line| line.strip_prefix("sessions of roles are named "))
        .and_then(|rest| rest.split(',').next())
        .unwrap();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let said = practice.run(&["whoami", "partner"]).ok();
    assert!(
        said.contains(&format!(":assumed-role/ReadOnly/{name}\n")),
        "{name}: {said}"
    );
    let shown = practice.run(&["explain", "alice"]).ok();
    assert!(!shown.contains("sessions of roles"), "{shown}");
}

#[test]
fn credentials_that_ended_are_told() {
    let practice = Practice::start();
    let file = |year: &str| {
        format!(
            "[saml]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\naws_session_token = t\nx_security_token_expires = {year}-01-01T00:00:00Z\n"
        )
    };
    for (year, told) in [("2020", true), ("2999", false)] {
        practice.write(".aws/credentials", &file(year));
        let ran = practice.run(&["explain", "saml"]);
        let said = ran.stderr.contains("ended at 2020-01-01");
        assert_eq!(said, told, "{}", ran.stderr);
        let _ = ran.ok();
        let listed = practice.run(&["list"]).ok();
        let line = listed.lines().find(|line| line.starts_with("saml"));
        assert_eq!(line.unwrap().ends_with("  ended"), told, "{listed}");
        assert_eq!(line.unwrap().contains("  session "), !told, "{listed}");
    }
}

#[test]
fn a_chain_of_any_length_ends_with_the_line_to_shorten() {
    let practice = Practice::start();
    let mut config = String::new();
    for number in 0..20_000 {
        config.push_str(&format!(
            "[profile p{number}]\nrole_arn = arn:aws:iam::123456789012:role/R\nsource_profile = p{}\n",
            number + 1
        ));
    }
    config.push_str(
        "[profile p20000]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n",
    );
    practice.config(&config);
    for words in [["credential-process", "p0"], ["explain", "p0"]] {
        let ran = practice.run(&words);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(
            ran.stderr.contains("config:192: `source_profile`"),
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    }
}

#[test]
fn an_unknown_setting_is_a_warning_with_a_suggestion() {
    let practice = Practice::with_key();
    let before = practice.read("keyward/config.toml");
    practice.write(
        "keyward/config.toml",
        &format!("sesion_duration = \"8h\"\n{before}"),
    );
    let ran = practice.run(&["explain", "alice"]);
    let warned = "config.toml:1: ignored the unknown setting `sesion_duration`\n\
                  hint: did you mean `session_duration`?\n";
    assert!(ran.stderr.ends_with(warned), "{}", ran.stderr);
    assert!(ran.ok().contains(", 12h,"));
    // A shell prompt and a completion stay clean.
    for words in [&["status", "--prompt"][..], &["completions", "bash"]] {
        assert_eq!(practice.run(words).stderr, "", "{words:?}");
    }
    practice.write("keyward/config.toml", &format!("version = 2\n{before}"));
    let said = practice.run(&["explain", "alice"]).fails_with(2);
    assert!(said.ends_with("hint: install a newer keyward\n"), "{said}");
}
