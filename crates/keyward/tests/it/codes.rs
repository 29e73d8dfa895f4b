//! Where codes come from besides a flag and a terminal: programs of the desktop and of keys,
//! played here by scripts.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;

use crate::practice::Practice;

/// A practice home with a program of its own first in the search path.
fn with_program(name: &str, script: &str) -> Practice {
    let mut practice = Practice::with_key();
    practice.write(&format!("bin/{name}"), &format!("#!/bin/sh\n{script}\n"));
    let path = practice.path().join("bin").join(name);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let bin = practice.path().join("bin").display().to_string();
    practice.set(
        "PATH",
        format!("{bin}:{}", std::env::var("PATH").unwrap_or_default()),
    );
    let code = practice.code();
    practice.write("code", &format!("{code}\n"));
    practice
}

fn desktop() -> Practice {
    let mut practice = with_program(
        "zenity",
        "env >> \"$HOME/seen\"; printf '%s\\n' \"$*\" >> \"$HOME/asked\"; cat \"$HOME/code\"",
    );
    practice.set("DISPLAY", ":7");
    practice
}

#[test]
fn a_desktop_without_a_terminal_is_asked_in_a_dialog() {
    let practice = desktop();
    let _ = practice.run(&["credential-process", "on-source"]).ok();
    let asked = practice.read("asked");
    assert_eq!(asked.lines().count(), 1, "{asked}");
    assert!(asked.contains("mfa/alice"), "{asked}");
    assert!(!practice.read("seen").contains("KEYWARD_PASSPHRASE"));
}

#[test]
fn a_wrong_code_is_asked_for_again_in_the_dialog_and_told() {
    let practice = desktop();
    let right = practice.code();
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    practice.write("code", &format!("{wrong}\n"));
    let _ = practice
        .run(&["credential-process", "on-source"])
        .fails_with(1);
    let asked = practice.read("asked");
    assert_eq!(asked.matches("mfa/alice").count(), 3, "{asked}");
    assert_eq!(asked.matches("did not take").count(), 2, "{asked}");
}

#[test]
fn whoever_wants_no_dialogs_gets_none() {
    let practice = desktop();
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\ndialogs = false\n",
    );
    let _ = practice
        .run(&["credential-process", "on-source"])
        .fails_with(3);
    assert_eq!(practice.read("asked"), "");
}

#[test]
fn a_machine_without_a_display_opens_no_dialog() {
    let mut practice = desktop();
    practice.set("DISPLAY", "");
    let _ = practice
        .run(&["credential-process", "on-source"])
        .fails_with(3);
    assert_eq!(practice.read("asked"), "");
}

#[test]
fn a_key_that_holds_the_seed_is_asked_by_its_program() {
    let practice = with_program(
        "ykman",
        "printf '%s\\n' \"$*\" >> \"$HOME/asked\"; cat \"$HOME/code\"",
    );
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nykman = \"AWS:alice@123456789012\"\n",
    );
    let _ = practice.run(&["credential-process", "on-source"]).ok();
    assert_eq!(
        practice.read("asked"),
        "oath accounts code --single AWS:alice@123456789012\n"
    );
}

#[test]
fn the_profiles_own_program_comes_before_the_key() {
    let practice = with_program("ykman", "echo 000000");
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nykman = \"AWS:alice\"\n",
    );
    practice.config(&format!(
        "{}\n[profile by-program]\nsource_profile = alice\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\nmfa_process = cat \"$HOME/code\"\n",
        crate::practice::CONFIG
    ));
    let _ = practice.run(&["credential-process", "by-program"]).ok();
}

#[test]
fn a_desktop_without_a_terminal_is_asked_for_the_passphrase_too() {
    let mut practice = desktop();
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    practice.write("code", &format!("{}\n", keyward_testkit::PASSPHRASE));
    let _ = practice.run(&["credential-process", "on-source"]).ok();
    let asked = practice.read("asked");
    assert_eq!(
        asked,
        "--entry --title keyward --hide-text --text Vault passphrase\n"
    );
    // Nobody answers the second time.
    let _ = practice.run(&["lock"]).ok();
    practice.write("bin/zenity", "#!/bin/sh\nexit 1\n");
    let _ = practice
        .run(&["credential-process", "on-source"])
        .fails_with(4);
}
