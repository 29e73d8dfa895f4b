//! `status`: the credentials of the shell, read only from the environment and the session cache.

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

#[test]
fn a_profile_that_leads_nowhere_has_no_session_to_come() {
    let mut practice = Practice::with_key();
    practice.set("AWS_PROFILE", "nope");
    let said = practice.run(&["status"]).fails_with(2);
    assert!(said.contains("there is no profile `nope`"), "{said}");
    let ran = practice.run(&["status", "--json"]);
    assert_eq!(ran.code, 2);
    let said: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(said["error"].as_str().unwrap().contains("nope"), "{said}");
    assert_eq!(practice.run(&["status", "--prompt"]).ok(), "nope");
}

/// Seconds from now until a time that a command printed.
fn left(end: &serde_json::Value) -> i64 {
    let end: keyward_core::Timestamp = end.as_str().unwrap().parse().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    end.as_second() - i64::try_from(now.unwrap().as_secs()).unwrap()
}

#[test]
fn time_left_is_counted_by_this_machines_clock() {
    for offset in [1200, -1200] {
        let mut practice = Practice::with_key();
        practice.account.clock().set_offset(offset);
        let code = practice.code();
        practice.set("KEYWARD_MFA_CODE", code);
        practice.set("AWS_PROFILE", "on-source");
        let given = practice.run(&["credential-process", "on-source"]).ok();
        let given: serde_json::Value = serde_json::from_str(&given).unwrap();
        let lasts = |end, seconds: i64| {
            let left = left(end);
            assert!(
                (seconds - 60..=seconds + 2).contains(&left),
                "{offset}: {left}"
            );
        };
        lasts(&given["Expiration"], 3600);
        let listed = practice.run(&["list", "--json"]).ok();
        let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
        let mut rows = listed.as_array().unwrap().iter();
        let row = rows.find(|row| row["profile"] == "on-source").unwrap();
        lasts(&row["sessions"][0]["expires_at"], 12 * 3600);
        lasts(&row["sessions"][1]["expires_at"], 3600);
        let said = practice.run(&["status", "--json"]).ok();
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        lasts(&said["expires_at"], 12 * 3600);
    }
}
