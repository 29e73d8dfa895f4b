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
    std::fs::write(path, text).unwrap();
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
    let ran = practice.run_with_input(&add, &key);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
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
