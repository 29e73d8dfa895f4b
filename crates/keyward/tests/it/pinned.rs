//! A vault whose files were changed outside keyward: every command that opens it refuses, names
//! the change and the command that accepts it.

use std::path::{Path, PathBuf};

use crate::practice::{KEY_ID, Practice, SECRET};

const KEEPS: [&str; 2] = ["vault.age", "index.json"];

fn file(practice: &Practice, name: &str) -> PathBuf {
    practice.path().join("keyward").join(name)
}

fn read(practice: &Practice) -> Vec<(PathBuf, Vec<u8>)> {
    KEEPS
        .map(|name| file(practice, name))
        .into_iter()
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

fn put_back(files: &[(PathBuf, Vec<u8>)]) {
    for (path, content) in files {
        std::fs::write(path, content).unwrap();
    }
}

/// A home whose vault and list were put back to before `bare` was removed.
fn rolled_back() -> Practice {
    let practice = Practice::with_key();
    let before = read(&practice);
    let _ = practice.run(&["remove", "bare", "--yes"]).ok();
    put_back(&before);
    practice
}

fn write_private(path: &Path, text: &str) {
    write_private_bytes(path, text.as_bytes());
}

fn write_private_bytes(path: &Path, content: &[u8]) {
    std::fs::write(path, content).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn an_older_vault_is_refused_by_each_command_that_opens_it() {
    let practice = rolled_back();
    let key = format!("{KEY_ID}\n{SECRET}\n");
    practice.write("second", "another passphrase\n");
    for words in [
        &["add", "new", "--stdin", "--no-config", "--no-verify"][..],
        &["env", "bare", "--no-session"],
        &["remove", "alice", "--yes"],
        &["rotate", "alice"],
        &["vault", "status"],
        &[
            "vault",
            "export",
            "copy",
            "--copy-passphrase-file",
            "second",
        ],
        &["vault", "passphrase", "--new-passphrase-file", "second"],
        &[
            "vault",
            "slot",
            "add",
            "passphrase",
            "--name",
            "b",
            "--passphrase-file",
            "second",
        ],
    ] {
        let vault = std::fs::read(file(&practice, "vault.age")).unwrap();
        let ran = practice.run_with_input(words, &key);
        assert_eq!(ran.code, 4, "{words:?}: {}", ran.stderr);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains("is an older state"), "{words:?}: {said}");
        assert!(said.contains("keyward vault accept"), "{words:?}: {said}");
        assert_eq!(std::fs::read(file(&practice, "vault.age")).unwrap(), vault);
    }
    let said = practice.run(&["list"]).stderr;
    assert!(said.contains("were changed since"), "{said}");
    let found = practice.run(&["doctor", "--json"]).stdout;
    assert!(found.contains("vault-changed"), "{found}");
}

#[test]
fn an_older_vault_that_is_accepted_is_used_from_then_on() {
    let practice = rolled_back();
    let said = practice.run(&["vault", "accept"]).fails_with(3);
    assert!(said.contains("--yes"), "{said}");
    let ran = practice.run(&["vault", "accept", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("bare"), "{}", ran.stderr);
    let _ = practice.run(&["env", "bare", "--no-session"]).ok();
    let _ = practice.run(&["remove", "bare", "--yes"]).ok();
    let ran = practice.run(&["vault", "accept", "--yes"]);
    assert!(ran.stderr.contains("nothing to accept"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn a_vault_that_lacks_the_last_changes_of_this_machine_is_accepted_knowingly() {
    let mut practice = Practice::with_key();
    let store = |practice: &Practice, name: &str| {
        let words = ["add", name, "--stdin", "--no-config", "--no-verify"];
        let ran = practice.run_with_input(&words, &format!("{KEY_ID}\n{SECRET}\n"));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    };
    let common = std::fs::read(file(&practice, "vault.age")).unwrap();
    store(&practice, "here");
    let here = std::fs::read(file(&practice, "vault.age")).unwrap();
    // The other machine, which has not got that change when it writes.
    std::fs::write(file(&practice, "vault.age"), common).unwrap();
    let elsewhere = practice.path().join("elsewhere").display().to_string();
    practice.set("XDG_STATE_HOME", elsewhere);
    store(&practice, "there");
    store(&practice, "there-too");
    practice.set("XDG_STATE_HOME", "");

    let words = ["env", "bare", "--no-session"];
    let said = practice.run(&words).fails_with(4);
    assert!(said.contains("without the last changes"), "{said}");
    assert!(said.contains("look for the other copy"), "{said}");
    let there = std::fs::read(file(&practice, "vault.age")).unwrap();
    std::fs::write(file(&practice, "vault.age"), here).unwrap();
    let _ = practice.run(&words).ok();
    std::fs::write(file(&practice, "vault.age"), there).unwrap();
    let ran = practice.run(&["vault", "accept", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("without the last changes"),
        "{}",
        ran.stderr
    );
    let _ = practice.run(&words).ok();
}

#[cfg(unix)]
#[test]
fn a_planted_slot_is_neither_run_nor_given_a_key() {
    let practice = Practice::with_key();
    let trace = practice.path().join("ran");
    let read = serde_json::json!(["touch", trace.display().to_string()]);
    let slot = serde_json::json!({
        "version": 1, "kind": "command", "created": "2026-01-01T00:00:00Z", "read": read,
    });
    write_private(&file(&practice, "slots/helper.json"), &slot.to_string());
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let add = ["add", "new", "--stdin", "--no-config", "--no-verify"];
    let said = practice.run_with_input(&add, &key).fails_with(4);
    assert!(said.contains("the slot `helper` was added"), "{said}");
    assert!(!trace.exists());
    let listed = practice.run(&["vault", "slot", "list"]);
    assert!(listed.stdout.contains("helper"), "{}", listed.stdout);
    assert!(
        listed.stderr.contains("the slot `helper` was added"),
        "{}",
        listed.stderr
    );
    let said = practice.run(&["explain", "bare"]).stderr;
    assert!(said.contains("files were changed"), "{said}");
    let said = practice.run(&["vault", "accept"]).fails_with(3);
    assert!(said.contains("`helper` would run: touch"), "{said}");
    assert!(!trace.exists());
    let _ = practice
        .run(&["vault", "slot", "remove", "helper", "--yes"])
        .ok();
    assert_eq!(practice.run_with_input(&add, &key).code, 0);
}

#[test]
fn a_planted_vault_gets_no_passphrase_and_no_key() {
    let practice = Practice::with_key();
    let other = Practice::with_key();
    for name in [
        "vault.age",
        "index.json",
        "slots/passphrase.age",
        "slots/passphrase.json",
    ] {
        std::fs::copy(file(&other, name), file(&practice, name)).unwrap();
    }
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let add = ["add", "new", "--stdin", "--no-config", "--no-verify"];
    let said = practice.run_with_input(&add, &key).fails_with(4);
    assert!(said.contains("the slot `passphrase` was changed"), "{said}");
    let _ = practice.run(&["vault", "accept", "--yes"]).ok();
    assert_eq!(practice.run_with_input(&add, &key).code, 0);
}

#[test]
fn a_folder_that_moved_and_one_that_was_made_anew_open() {
    let mut practice = Practice::with_key();
    let moved = practice.path().join("elsewhere");
    std::fs::rename(practice.path().join("keyward"), &moved).unwrap();
    practice.set("KEYWARD_HOME", moved.display().to_string());
    let _ = practice.run(&["env", "bare", "--no-session"]).ok();

    std::fs::remove_dir_all(&moved).unwrap();
    practice.write("elsewhere/config.toml", "passphrase_work = 2\n");
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let add = ["add", "bare", "--stdin", "--no-config", "--no-verify"];
    // This machine has seen a vault there, whose disk may not be mounted.
    let said = practice.run_with_input(&add, &key).fails_with(4);
    assert!(said.contains("this machine has seen it"), "{said}");
    assert!(said.contains("keyward vault accept"), "{said}");
    let said = practice.run(&["vault", "accept"]).fails_with(3);
    assert!(said.contains("--yes"), "{said}");
    let _ = practice.run(&["vault", "accept", "--yes"]).ok();
    let ran = practice.run_with_input(&add, &key);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let _ = practice.run(&["env", "bare", "--no-session"]).ok();
}

#[test]
fn a_vault_that_is_gone_is_not_made_anew_over_its_slots() {
    let practice = Practice::with_key();
    let names = ["vault.age", "vault.age.previous", "index.json"];
    let kept = names.map(|name| std::fs::read(file(&practice, name)).unwrap());
    for name in names {
        std::fs::remove_file(file(&practice, name)).unwrap();
    }
    let slot = std::fs::read(file(&practice, "slots/passphrase.age")).unwrap();
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let add = ["add", "extra", "--stdin", "--no-config", "--no-verify"];
    let said = practice.run_with_input(&add, &key).fails_with(4);
    assert!(said.contains("slots` has its slots"), "{said}");
    for words in [&["whoami", "bare"][..], &["vault", "status"], &["doctor"]] {
        let ran = practice.run(words);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains("is missing, but there was one"), "{said}");
    }
    for (name, content) in names.iter().zip(kept) {
        write_private_bytes(&file(&practice, name), &content);
    }
    assert_eq!(
        std::fs::read(file(&practice, "slots/passphrase.age")).unwrap(),
        slot
    );
    let _ = practice.run(&["env", "bare", "--no-session"]).ok();
}

#[test]
fn a_replaced_vault_is_announced_where_its_key_is_not_found() {
    let practice = rolled_back();
    let said = practice.run(&["whoami", "nobody"]).fails_with(2);
    assert!(said.contains("were changed since"), "{said}");
    assert!(said.contains("keyward vault status"), "{said}");
}

#[test]
fn no_variable_of_keyward_turns_pins_off() {
    let mut practice = rolled_back();
    practice.set("KEYWARD_PRACTICE_URL", "http://127.0.0.1:1");
    let said = practice.run(&["env", "bare", "--no-session"]).fails_with(4);
    assert!(said.contains("is an older state"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_practice_home_has_pins_of_its_own() {
    let practice = Practice::start();
    let script = r#"
        slot='{"version":1,"kind":"command","created":"2026-01-01T00:00:00Z","read":["false"]}'
        (umask 077; echo "$slot" > "$KEYWARD_HOME/slots/zz.json")
        "$0" env alice --no-session
    "#;
    let ran = practice.run(&[
        "sandbox",
        "--",
        "sh",
        "-c",
        script,
        env!("CARGO_BIN_EXE_keyward"),
    ]);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("the slot `zz` was added"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_planted_slot_is_not_relied_on_when_another_is_removed() {
    let practice = Practice::with_key();
    let slot = serde_json::json!({
        "version": 1, "kind": "command", "created": "2026-01-01T00:00:00Z", "read": ["false"],
    });
    write_private(&file(&practice, "slots/zz.json"), &slot.to_string());
    let remove = ["vault", "slot", "remove", "passphrase", "--yes"];
    let said = practice.run(&remove).fails_with(4);
    assert!(said.contains("the slot `zz` was added"), "{said}");
    let _ = practice
        .run(&["vault", "slot", "remove", "zz", "--yes"])
        .ok();
    let _ = practice.run(&["env", "bare", "--no-session"]).ok();
}

#[test]
fn a_cached_session_is_handed_out_without_a_look_at_the_pin() {
    let mut practice = Practice::with_key();
    let code = practice
        .account
        .fresh_code(&crate::practice::SERIAL.parse().unwrap());
    practice.set("KEYWARD_MFA_CODE", code.unwrap().expose());
    let _ = practice.run(&["credential-process", "alice"]).ok();
    let pins = practice.path().join(".local/state/keyward");
    for entry in std::fs::read_dir(&pins).unwrap() {
        std::fs::write(entry.unwrap().path(), "damaged").unwrap();
    }
    let _ = practice.run(&["credential-process", "alice"]).ok();
    let said = practice.run(&["env", "bare", "--no-session"]).fails_with(4);
    assert!(said.contains("is damaged"), "{said}");
    let _ = practice.run(&["vault", "accept", "--yes"]).ok();
    let _ = practice.run(&["env", "bare", "--no-session"]).ok();
}
