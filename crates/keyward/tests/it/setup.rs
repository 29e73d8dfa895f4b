//! `setup`: lines that every SDK follows, and nothing else in the file touched.

use crate::practice::{CONFIG, Practice};

fn line(practice: &Practice, profile: &str) -> String {
    let config = practice.read(".aws/config");
    let section = config
        .split("[profile ")
        .find(|section| section.starts_with(&format!("{profile}]")))
        .unwrap_or_default();
    section
        .lines()
        .find_map(|line| line.strip_prefix("credential_process = "))
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn a_key_only_profile_gets_a_line_that_runs() {
    let mut practice = Practice::with_key();
    let _ = practice.run(&["setup", "alice"]).ok();
    let line = line(&practice, "alice");
    assert!(line.ends_with(" credential-process alice"), "{line}");
    let without: Vec<String> = practice
        .read(".aws/config")
        .lines()
        .filter(|line| !line.starts_with("credential_process"))
        .map(str::to_owned)
        .collect();
    assert_eq!(without, CONFIG.lines().collect::<Vec<_>>());

    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let mut words = shlex::split(&line).unwrap().into_iter();
    let mut command = practice.command_of(words.next().unwrap());
    command.args(words);
    let document = keyward_testkit::finish(command, "").ok();
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["Version"], 1);

    let before = practice.read(".aws/config");
    let _ = practice.run(&["setup", "alice"]).ok();
    assert_eq!(practice.read(".aws/config"), before, "a second run changes");
}

#[test]
fn a_role_is_reached_through_its_source() {
    let practice = Practice::with_key();
    let said = practice.run(&["setup", "chained"]);
    assert!(said.stderr.contains("`alice`"), "{}", said.stderr);
    let _ = said.ok();
    assert!(line(&practice, "alice").ends_with(" credential-process alice"));
    assert_eq!(line(&practice, "chained"), "");
    let plan = practice.run(&["explain", "chained"]).ok();
    assert!(plan.contains("role/Deploy"), "{plan}");
}

#[test]
fn a_serial_beside_a_role_is_moved_only_when_asked() {
    let practice = Practice::with_key();
    let said = practice.run(&["setup", "on-role"]).fails_with(2);
    assert!(said.contains("--move-mfa"), "{said}");
    assert_eq!(practice.read(".aws/config"), CONFIG);
    let _ = practice.run(&["setup", "on-role", "--move-mfa"]).ok();
    assert!(line(&practice, "bare").ends_with(" credential-process bare"));
    let dump = practice.run(&["config", "dump", "--json"]).ok();
    let dump: serde_json::Value = serde_json::from_str(&dump).unwrap();
    assert!(dump["profiles"]["on-role"]["mfa_serial"].is_null());
    assert!(dump["profiles"]["bare"]["mfa_serial"].is_string());
}

#[test]
fn a_source_without_profile_in_its_header_gets_a_section_that_sdks_read() {
    let practice = Practice::with_key();
    practice.config(
        "[bare]\nmfa_arn = arn:aws:iam::123456789012:mfa/alice\n\n[profile day]\nsource_profile = bare\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\n",
    );
    let _ = practice.run(&["setup", "day"]).ok();
    let config = practice.read(".aws/config");
    assert!(config.contains("[profile bare]\nmfa_serial = "), "{config}");
    let plan = practice.run(&["explain", "day", "--json"]).ok();
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(
        plan["plan"]["hops"][0]["mfa_serial"],
        "arn:aws:iam::123456789012:mfa/alice"
    );
}

#[test]
fn what_sdks_would_go_past_is_refused() {
    let practice = Practice::with_key();
    practice.config(
        "[profile clear]\nregion = eu-central-1\n[profile taken]\ncredential_process = /bin/other\n",
    );
    practice.write(
        ".aws/credentials",
        "[clear]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
    );
    let said = practice.run(&["setup", "clear"]).fails_with(2);
    assert!(said.contains("keyward import credentials"), "{said}");
    let said = practice.run(&["setup", "taken"]).fails_with(2);
    assert!(said.contains("another program"), "{said}");
    let _ = practice.run(&["setup", "--all"]).ok();
    assert!(
        !practice
            .read(".aws/config")
            .contains("credential-process clear")
    );
    assert!(
        practice
            .read(".aws/config")
            .contains("credential-process alice")
    );
}

#[test]
fn edits_at_once_lose_nothing() {
    let practice = Practice::with_key();
    let names: Vec<String> = (0..8).map(|number| format!("w{number}")).collect();
    let key = format!("{}\n{}\n", crate::practice::KEY_ID, crate::practice::SECRET);
    std::thread::scope(|scope| {
        for name in &names {
            let arguments = ["add", name.as_str(), "--stdin", "--no-verify"];
            let (practice, key) = (&practice, key.as_str());
            scope.spawn(move || practice.run_with_input(&arguments, key).ok());
        }
    });
    let config = practice.read(".aws/config");
    for name in &names {
        let added = format!("[profile {name}]\nregion");
        assert!(config.contains(&added), "{name}: {config}");
    }
    std::thread::scope(|scope| {
        for name in &names {
            scope.spawn(|| practice.run(&["setup", name.as_str()]).ok());
        }
    });
    for name in &names {
        let config = practice.read(".aws/config");
        assert!(!line(&practice, name).is_empty(), "{name}: {config}");
    }
}

#[test]
fn sessions_of_roles_are_named_after_the_person() {
    let practice = Practice::start();
    let key = format!("{}\n{}\n", crate::practice::KEY_ID, crate::practice::SECRET);
    let _ = practice
        .run_with_input(&["add", "alice", "--stdin"], &key)
        .ok();
    practice.write(
        ".aws/config",
        &CONFIG.replace(
            "[profile partner]\n",
            "[profile partner]\nrole_session_name = partner-alice\n",
        ),
    );
    let ran = practice.run(&["setup", "chained", "partner"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for name in ["on-source", "chained"] {
        let said = format!("{name}: `role_session_name = alice`");
        assert!(ran.stderr.contains(&said), "{}", ran.stderr);
    }
    assert!(
        !ran.stderr.contains("partner: `role_session_name"),
        "{}",
        ran.stderr
    );
    let dump = practice.run(&["config", "dump", "--json"]).ok();
    let dump: serde_json::Value = serde_json::from_str(&dump).unwrap();
    let name = |profile: &str| dump["profiles"][profile]["role_session_name"].clone();
    assert_eq!(name("on-source"), "alice");
    assert_eq!(name("chained"), "alice");
    assert_eq!(name("partner"), "partner-alice");
    assert!(name("long").is_null(), "it was not asked for");
    let again = practice.run(&["setup", "chained", "partner"]);
    assert!(
        !again.stderr.contains("role_session_name"),
        "{}",
        again.stderr
    );
}

#[test]
fn what_cannot_be_set_up_names_the_mend() {
    let mut practice = Practice::with_key();
    let said = practice.run(&["setup", "nope"]).fails_with(2);
    assert!(
        said.starts_with("error: there is no profile `nope`"),
        "{said}"
    );
    assert!(!said.contains("keyward explain"), "{said}");
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let _ = practice.run(&["refresh", "alice"]).ok();
    let said = practice.run(&["setup", "alice"]).fails_with(2);
    assert!(said.contains("out of `[alice]`"), "{said}");
    assert!(!said.contains("keyward import"), "{said}");
}
