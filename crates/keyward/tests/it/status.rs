//! `status`: what the shell holds, told from the environment and the kept sessions alone.

use keyward_testkit::finish;

use crate::practice::Practice;

#[test]
fn a_named_profile_shows_its_kept_session() {
    let mut practice = Practice::with_key();
    practice.set("AWS_PROFILE", "on-source");
    assert_eq!(practice.run(&["status", "--prompt"]).ok(), "on-source");
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let _ = practice.run(&["credential-process", "on-source"]).ok();
    practice.account.clear_journal();
    let said = practice.run(&["status", "--prompt"]).ok();
    let fresh = said.starts_with("on-source 11h5") || said == "on-source 12h00m";
    assert!(fresh, "{said}");
    let said = practice.run(&["status", "--json"]).ok();
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["profile"], "on-source");
    assert!(said["seconds_left"].as_u64().unwrap() > 11 * 3600);
    assert_eq!(said["key"]["due"], false);
    assert!(practice.account.journal().is_empty(), "status asked AWS");
}

#[test]
fn credentials_in_the_environment_come_first() {
    let practice = Practice::start();
    let told = |end: &str| {
        let mut command = practice.command(&["status", "--prompt"]);
        command
            .env("KEYWARD_PROFILE", "readonly")
            .env("AWS_PROFILE", "other")
            .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
            .env("AWS_CREDENTIAL_EXPIRATION", end);
        finish(command, "").ok()
    };
    assert_eq!(told("2020-01-01T00:00:00Z"), "readonly expired");
    assert_eq!(told(""), "readonly");
    assert!(told("2999-01-01T00:00:00Z").starts_with("readonly "));
}

#[test]
fn a_prompt_without_a_profile_is_empty() {
    let practice = Practice::start();
    assert_eq!(practice.run(&["status", "--prompt"]).ok(), "");
    practice.config("[profile broken\n");
    assert_eq!(practice.run(&["status", "--prompt"]).ok(), "");
}

#[test]
fn a_key_past_its_age_is_mentioned() {
    let practice = Practice::with_key();
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nkey_max_age = \"0s\"\n",
    );
    let said = practice.run(&["status"]);
    assert!(said.stderr.contains("keyward rotate"), "{}", said.stderr);
}
