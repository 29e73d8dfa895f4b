//! `refresh` and `assume`: temporary credentials in the credentials file, and nothing else
//! touched there.

use keyward_testkit::Canaries;

use crate::practice::{KEY_ID, Practice, SECRET, SERIAL};

/// Returns the identity of a section of the credentials file, as AWS reports it, read without
/// keyward's vault.
fn whoami(practice: &Practice, section: &str) -> String {
    let text = practice.read(".aws/credentials");
    let (_, after) = text
        .split_once(&format!("[{section}]\n"))
        .unwrap_or_else(|| panic!("no [{section}] in\n{text}"));
    let mut command = practice.command(&["whoami", "--json"]);
    for line in after.lines().take_while(|line| !line.starts_with('[')) {
        if let Some((key, value)) = line.split_once(" = ") {
            command.env(key.to_uppercase(), value);
        }
    }
    keyward_testkit::finish(command, "").ok()
}

#[test]
fn a_session_stands_in_the_file_and_the_rest_stays() {
    let mut practice = Practice::with_key();
    let before = "# mine\n[other]\naws_access_key_id=AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY\n";
    practice.write(".aws/credentials", before);
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let said = practice.run(&["refresh", "alice"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let after = practice.read(".aws/credentials");
    assert!(after.starts_with(before), "{after}");
    assert!(after.contains("x_security_token_expires = 20"), "{after}");
    assert!(!after.contains(SECRET));
    assert!(whoami(&practice, "alice").contains(":user/alice"));
    let mut canaries = Canaries::new();
    let token = after
        .lines()
        .find_map(|line| line.strip_prefix("aws_session_token = "));
    canaries.plant("the token", token.unwrap());
    canaries.absent_from(&said);

    let _ = practice.run(&["refresh", "alice"]).ok();
    assert_eq!(practice.read(".aws/credentials"), after, "the same session");
}

#[test]
fn a_lock_and_a_removal_name_the_sessions_that_stay_in_the_file() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let foreign = "[mine]\naws_access_key_id=AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY\n";
    practice.write(".aws/credentials", foreign);
    assert_eq!(practice.run(&["refresh", "alice"]).code, 0);
    for words in [
        &["remove", "alice", "--sessions-only"][..],
        &["remove", "alice", "--yes"],
        &["lock"],
    ] {
        let said = practice.run(words).stderr.replace('\n', " ");
        assert!(said.contains("warning: `[alice]` of "), "{said}");
        assert!(said.contains("works until 20"), "{said}");
        assert!(said.contains("remove the lines below `[alice]`"), "{said}");
        assert!(!said.contains("[mine]"), "{said}");
    }
    let file = practice.read(".aws/credentials");
    let (before, end) = file.split_once("x_security_token_expires = ").unwrap();
    let ended = format!("{before}x_security_token_expires = 2020{}", &end[4..]);
    practice.write(".aws/credentials", &ended);
    let said = practice.run(&["lock"]).stderr;
    assert!(!said.contains("in the clear"), "{said}");
}

#[test]
fn a_role_made_from_a_refreshed_session_bears_the_person_s_name() {
    let mut practice = Practice::start();
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let add = ["add", "alice", "--stdin", "--no-config"];
    let _ = practice.run_with_input(&add, &key).ok();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let _ = practice.run(&["refresh", "alice"]).ok();
    let _ = practice.run(&["credential-process", "on-source"]).ok();
    let journal = practice.account.journal();
    let assumed = journal.iter().find(|entry| entry.action == "AssumeRole");
    assert_eq!(assumed.unwrap().param("RoleSessionName"), Some("alice"));
}

#[cfg(unix)]
#[test]
fn the_file_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let practice = Practice::with_key();
    practice.write(".aws/credentials", "");
    let path = practice.path().join(".aws/credentials");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let _ = practice.run(&["refresh", "bare"]).ok();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_long_lived_key_is_not_written_over() {
    let practice = Practice::with_key();
    let before =
        format!("[bare]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
    practice.write(".aws/credentials", &before);
    let said = practice.run(&["refresh", "bare"]).fails_with(2);
    assert!(said.contains("long-lived"), "{said}");
    assert_eq!(practice.read(".aws/credentials"), before);
    let _ = practice.run(&["refresh", "bare", "--as", "bare-now"]).ok();
    assert!(practice.read(".aws/credentials").starts_with(&before));
    assert!(whoami(&practice, "bare-now").contains(":user/alice"));
}

#[test]
fn one_code_for_an_account_whose_key_has_no_profile_in_its_header() {
    let mut practice = Practice::with_key();
    practice.config(
        "[bare]\nmfa_serial = arn:aws:iam::123456789012:mfa/alice\n\n[profile day]\nsource_profile = bare\n\n[profile day-ro]\nsource_profile = day\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\n",
    );
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let _ = practice.run(&["refresh", "day"]).ok();
    assert!(whoami(&practice, "day").contains(":user/alice"));
    practice.set("KEYWARD_MFA_CODE", "");
    practice.account.clear_journal();
    let said = practice.run(&["whoami", "day-ro"]).ok();
    assert!(said.contains(":assumed-role/ReadOnly/"), "{said}");
    assert_eq!(practice.calls("GetSessionToken"), 0);
    // The session in the file ends; the next refresh starts from the key again.
    let ended = practice
        .read(".aws/credentials")
        .lines()
        .fold(String::new(), |text, line| {
            match line.strip_prefix("x_security_token_expires") {
                Some(_) => text + "x_security_token_expires = 2020-01-01T00:00:00Z\n",
                None => text + line + "\n",
            }
        });
    practice.write(".aws/credentials", &ended);
    let _ = practice.run(&["refresh", "day"]).ok();
    assert!(!practice.read(".aws/credentials").contains("2020"));
}

#[test]
fn a_role_is_not_written_where_sdks_would_go_past_it() {
    let practice = Practice::with_key();
    let said = practice.run(&["refresh", "on-source"]).fails_with(2);
    assert!(said.contains("--as on-source-session"), "{said}");
    assert_eq!(practice.read(".aws/credentials"), "");
}

/// A practice account whose accounts have names.
fn named() -> Practice {
    let mut practice = Practice::with_key();
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nassume_from = \"alice\"\n[accounts]\nmain = \"123456789012\"\npartner = \"111122223333\"\nplayground = \"444455556666\"\n",
    );
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    practice
}

#[test]
fn a_role_by_the_name_of_its_account() {
    let practice = named();
    let lines = practice
        .run(&["assume", "main", "ReadOnly", "--export", "bash"])
        .ok();
    assert!(lines.contains("unset AWS_ACCESS_KEY_ID\n"), "{lines}");
    assert!(
        lines.contains("export AWS_PROFILE='main-ReadOnly'\n"),
        "{lines}"
    );
    assert!(
        lines.contains("export AWS_REGION='eu-central-1'\n"),
        "{lines}"
    );
    for section in ["main-ReadOnly", "main ReadOnly"] {
        let said = whoami(&practice, section);
        assert!(
            said.contains(":assumed-role/ReadOnly/"),
            "{section}: {said}"
        );
    }
    let before = practice.read(".aws/credentials");
    let _ = practice.run(&["assume", "mai", "ReadOnly"]).ok();
    assert_eq!(practice.read(".aws/credentials"), before, "written twice");
    assert!(practice.run(&["log"]).ok().contains("main-ReadOnly"));
}

#[test]
fn a_part_that_fits_several_accounts_names_them() {
    let said = named().run(&["assume", "p", "ReadOnly"]).fails_with(2);
    assert!(said.contains("partner (111122223333)"), "{said}");
    assert!(said.contains("playground (444455556666)"), "{said}");
}

#[test]
fn several_keys_need_a_choice() {
    let practice = Practice::with_key();
    let said = practice
        .run(&["assume", "123456789012", "ReadOnly"])
        .fails_with(2);
    assert!(said.contains("alice, bare"), "{said}");
}

#[test]
fn a_session_that_has_ended_names_the_command_that_writes_the_next() {
    let mut practice = Practice::with_key();
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nassume_from = \"alice\"\n[accounts]\nmain = \"123456789012\"\n",
    );
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    for (words, section, again) in [
        (
            &["refresh", "on-source", "--as", "copy"][..],
            "copy",
            "keyward refresh on-source --as copy",
        ),
        (
            &["assume", "main", "ReadOnly"],
            "main-ReadOnly",
            "keyward assume main ReadOnly",
        ),
    ] {
        let _ = practice.run(words).ok();
        let ended: String = practice
            .read(".aws/credentials")
            .lines()
            .map(|line| match line.split_once(" = ") {
                Some((key @ "x_security_token_expires", _)) => {
                    format!("{key} = 2020-01-01T00:00:00Z\n")
                }
                _ => format!("{line}\n"),
            })
            .collect();
        practice.write(".aws/credentials", &ended);
        let said = practice.run(&["credential-process", section]).fails_with(1);
        assert!(said.contains(&format!("hint: {again}\n")), "{said}");
        let _ = practice.run(words).ok();
        let _ = practice.run(&["credential-process", section]).ok();
    }
}

#[test]
fn keys_are_not_written_beside_a_credential_process() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let _ = practice.run(&["setup", "alice"]).ok();
    let said = practice.run(&["refresh", "alice"]).fails_with(2);
    assert!(said.contains(".aws/config:4: `alice` has"), "{said}");
    assert!(said.contains("--as alice-session"), "{said}");
    assert_eq!(practice.read(".aws/credentials"), "");
    let _ = practice
        .run(&["refresh", "alice", "--as", "alice-session"])
        .ok();
    let _ = practice.run(&["doctor"]).ok();
    let said = practice
        .run(&["refresh", "on-source", "--as", "alice"])
        .fails_with(2);
    assert!(said.contains("credential_process"), "{said}");
}

#[test]
fn what_is_no_name_of_a_role_reaches_nobody() {
    let practice = named();
    for (role, hint) in [
        (
            "arn:aws:iam::123456789012:role/ReadOnly",
            "keyward assume main ReadOnly\n",
        ),
        (
            "arn:aws:iam::123456789012:role/team/ReadOnly",
            "keyward assume main team/ReadOnly\n",
        ),
        ("/ReadOnly", "keyward assume main ReadOnly\n"),
        ("team//ReadOnly", "a name is made of"),
        ("ReadOnly/", "keyward assume main ReadOnly\n"),
        ("Read Only", "a name is made of"),
        ("", "a name is made of"),
    ] {
        let said = practice.run(&["assume", "main", role]).fails_with(2);
        assert!(said.contains(hint), "{role}: {said}");
    }
    assert!(practice.account.journal().is_empty());
}

#[test]
fn the_name_with_a_blank_leads_to_the_one_without() {
    let practice = named();
    let _ = practice.run(&["assume", "main", "ReadOnly"]).ok();
    let said = practice
        .run(&["exec", "main ReadOnly", "--", "true"])
        .fails_with(2);
    assert!(said.contains("use `main-ReadOnly`"), "{said}");
    assert!(!said.contains("[profile main"), "{said}");
}

#[test]
fn an_old_key_is_told_by_the_commands_of_every_day() {
    let practice = named();
    let settings = practice.read("keyward/config.toml");
    practice.write(
        "keyward/config.toml",
        &format!("key_max_age = \"1s\"\n{settings}"),
    );
    // The key was stored a moment ago.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    for words in [&["refresh", "alice"][..], &["assume", "main", "ReadOnly"]] {
        let ran = practice.run(words);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(
            ran.stderr.contains("should be replaced after 1s"),
            "{}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains("hint: keyward rotate alice\n"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn a_role_of_another_company_takes_an_external_id() {
    let practice = named();
    let words = ["assume", "partner", "ReadOnly"];
    let _ = practice.run(&words).fails_with(1);
    let _ = practice
        .run(&[&words[..], &["--external-id", "practice"]].concat())
        .ok();
    let said = whoami(&practice, "partner-ReadOnly");
    assert!(
        said.contains("111122223333:assumed-role/ReadOnly/"),
        "{said}"
    );
}

#[test]
fn a_long_lived_key_beside_an_old_token_is_never_written_over() {
    let practice = Practice::with_key();
    let kept = format!(
        "[work]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\naws_session_token = yesterday\n"
    );
    practice.write(".aws/credentials", &kept);
    let said = practice
        .run(&["refresh", "bare", "--as", "work"])
        .fails_with(2);
    assert!(said.contains("holds a long-lived key"), "{said}");
    assert_eq!(practice.read(".aws/credentials"), kept);
}

#[test]
fn what_another_tool_left_about_its_session_goes_with_it() {
    let practice = Practice::with_key();
    practice.write(
        ".aws/credentials",
        "[work]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n\
         aws_session_token = t\naws_security_token = t\nexpiration = 2099-01-01 00:00:00\noutput = json\n",
    );
    let _ = practice.run(&["refresh", "bare", "--as", "work"]).ok();
    let written = practice.read(".aws/credentials");
    assert!(!written.contains("aws_security_token"), "{written}");
    assert!(!written.contains("\nexpiration"), "{written}");
    assert!(written.contains("output = json"), "{written}");
}

#[test]
fn the_published_setup_of_a_tutorial_gets_a_session_with_mfa() {
    let mut practice = Practice::start();
    practice.write(
        ".aws/credentials",
        &format!("[AcmeAccount]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"),
    );
    practice.config(&format!(
        "[AcmeAccount]\nmfa_serial = {SERIAL}\nregion = eu-central-1\n[profile acme]\nsource_profile = AcmeAccount\n"
    ));
    let shown = practice.run(&["explain", "acme"]);
    assert!(shown.stdout.contains("code from"), "{}", shown.stdout);
    assert!(
        shown
            .stderr
            .contains("takes `mfa_serial` and `region` from the section `[AcmeAccount]`"),
        "{}",
        shown.stderr
    );
    let said = practice.run(&["refresh", "acme"]).fails_with(3);
    assert!(said.contains("MFA"), "{said}");
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let _ = practice.run(&["refresh", "acme"]).ok();
    let call = &practice.account.journal()[0];
    assert_eq!(call.action, "GetSessionToken");
    assert!(
        practice
            .read(".aws/credentials")
            .contains("[acme]\naws_access_key_id = ASIA")
    );
}
