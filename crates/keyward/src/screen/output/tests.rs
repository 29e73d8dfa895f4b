use keyward_core::Timestamp;

use super::*;

fn session() -> Credentials {
    Credentials {
        access_key_id: "ASIAIOSFODNN7EXAMPLE".parse().unwrap(),
        secret_access_key: "wJalr'tnF\"EMI/K7".parse().unwrap(),
        session_token: Some("token==".parse().unwrap()),
        expires_at: Some(Timestamp::from_second(1_769_860_800)),
        account_id: Some("123456789012".parse().unwrap()),
    }
}

fn check(format: Format, expect: &str) {
    let text = render(
        format,
        &"dev".parse().unwrap(),
        &session(),
        Some(&"eu-central-1".parse().unwrap()),
    );
    assert_eq!(text.as_str(), expect);
}

#[test]
fn bash_quotes_and_removes_what_would_win() {
    check(
        Format::Bash,
        "unset AWS_SECURITY_TOKEN\nunset AWS_PROFILE\nunset AWS_DEFAULT_PROFILE\n\
         export AWS_ACCESS_KEY_ID='ASIAIOSFODNN7EXAMPLE'\n\
         export AWS_SECRET_ACCESS_KEY='wJalr'\\''tnF\"EMI/K7'\n\
         export AWS_SESSION_TOKEN='token=='\n\
         export AWS_CREDENTIAL_EXPIRATION='2026-01-31T12:00:00Z'\n\
         export AWS_SESSION_EXPIRATION='2026-01-31T12:00:00Z'\n\
         export AWS_REGION='eu-central-1'\nexport AWS_DEFAULT_REGION='eu-central-1'\n",
    );
}

#[test]
fn json_is_the_process_protocol() {
    check(
        Format::Json,
        "{\"Version\":1,\"AccessKeyId\":\"ASIAIOSFODNN7EXAMPLE\",\"SecretAccessKey\":\"wJalr'tnF\\\"EMI/K7\",\
         \"SessionToken\":\"token==\",\"Expiration\":\"2026-01-31T12:00:00Z\",\"AccountId\":\"123456789012\"}\n",
    );
}

#[test]
fn ini_is_a_section_of_the_credentials_file() {
    check(
        Format::Ini,
        "[dev]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalr'tnF\"EMI/K7\n\
         aws_session_token = token==\nx_security_token_expires = 2026-01-31T12:00:00Z\nregion = eu-central-1\n",
    );
}

#[test]
fn a_long_lived_key_leaves_no_old_token_behind() {
    let mut key = session();
    key.session_token = None;
    key.expires_at = None;
    let text = render(Format::Fish, &"dev".parse().unwrap(), &key, None);
    assert!(text.contains("set -e AWS_SESSION_TOKEN\n"));
    assert!(text.contains("set -e AWS_CREDENTIAL_EXPIRATION\n"));
    assert!(!text.contains("set -gx AWS_SESSION_TOKEN"));
}

#[test]
fn odd_values_of_other_sources_stay_text_in_every_form() {
    let mut odd = session();
    odd.session_token = Some("a$(id)`b\"c%d\u{2019}e".parse().unwrap());
    let text = |format| render(format, &"dev".parse().unwrap(), &odd, None);
    assert!(text(Format::Dotenv).contains("AWS_SESSION_TOKEN=\"a\\$(id)\\`b\\\"c%d\u{2019}e\"\n"));
    let refused = |format| refuse_lossy(format, &odd, None).err();
    let said = refused(Format::Cmd).unwrap().to_string();
    assert!(said.contains("AWS_SECRET_ACCESS_KEY"), "{said}");
    assert!(refused(Format::Powershell).is_none());
    let mut plain = session();
    plain.secret_access_key = "wJalrXUtnFEMI/K7".parse().unwrap();
    assert!(refuse_lossy(Format::Cmd, &plain, None).is_ok());
    plain.session_token = Some("a%b".parse().unwrap());
    assert!(refuse_lossy(Format::Cmd, &plain, None).is_err());
    assert!(text(Format::Powershell).contains("= ('a$(id)`b\"c%d' + [char]0x2019 + 'e')\n"));
}

#[test]
fn each_shell_has_its_own_quotes() {
    for (format, secret, profile) in [
        (
            Format::Tcsh,
            r#"setenv AWS_SECRET_ACCESS_KEY 'wJalr'\''tnF"EMI/K7';"#,
            "unsetenv AWS_PROFILE;",
        ),
        (
            Format::Nu,
            r#"$env.AWS_SECRET_ACCESS_KEY = "wJalr'tnF\"EMI/K7""#,
            "hide-env --ignore-errors AWS_PROFILE",
        ),
        (
            Format::Xonsh,
            r#"$AWS_SECRET_ACCESS_KEY = 'wJalr\'tnF"EMI/K7'"#,
            "__xonsh__.env.pop('AWS_PROFILE', None)",
        ),
        (
            Format::Elvish,
            r#"set-env AWS_SECRET_ACCESS_KEY 'wJalr''tnF"EMI/K7'"#,
            "unset-env AWS_PROFILE",
        ),
    ] {
        let text = render(format, &"dev".parse().unwrap(), &session(), None);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.contains(&secret), "{}", text.as_str());
        assert!(lines.contains(&profile), "{}", text.as_str());
    }
}

#[test]
fn what_is_set_can_be_removed_again() {
    for format in Format::value_variants() {
        let removed = render_unset(*format);
        let runs = !matches!(
            format,
            Format::Dotenv | Format::Docker | Format::Json | Format::Ini
        );
        assert_eq!(removed.is_some(), runs, "{format:?}");
        let Some(removed) = removed else { continue };
        let variables = variables(&session(), Some(&"eu-central-1".parse().unwrap()));
        let set = variables.set.iter().map(|(name, _)| name);
        for name in set.chain(&variables.unset) {
            assert!(removed.contains(name), "{format:?}: {name}");
        }
    }
}

#[test]
fn every_shell_can_be_named() {
    for (name, format) in [
        ("zsh", Format::Bash),
        ("sh", Format::Bash),
        ("csh", Format::Tcsh),
        ("pwsh", Format::Powershell),
        ("env", Format::Docker),
        ("export-env", Format::Bash),
    ] {
        assert_eq!(Format::from_str(name, false), Ok(format), "{name}");
    }
}
