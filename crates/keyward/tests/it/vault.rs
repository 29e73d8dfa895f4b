//! `vault slot`, `vault passphrase`, `vault export` and `import`.

use crate::practice::{KEY_ID, Practice, SECRET};

fn slots(practice: &Practice) -> Vec<String> {
    let listed = practice.run(&["vault", "slot", "list", "--json"]).ok();
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    listed
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| slot["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Whether the vault opens, without any session to hide behind.
fn opens(practice: &Practice) -> i32 {
    practice
        .run(&["env", "bare", "--no-session", "--format", "json"])
        .code
}

#[test]
fn a_second_slot_opens_the_vault_and_the_first_can_go() {
    let mut practice = Practice::with_key();
    let before = std::fs::read(practice.path().join("keyward/vault.age")).unwrap();
    practice.write("second", "another passphrase\n");
    let second = practice.path().join("second").display().to_string();
    let add = [
        "vault",
        "slot",
        "add",
        "passphrase",
        "--name",
        "second",
        "--passphrase-file",
        &second,
    ];
    let _ = practice.run(&add).ok();
    assert_eq!(slots(&practice), ["passphrase", "second"]);
    assert_eq!(practice.run(&add).code, 2, "a name is taken once");
    let _ = practice
        .run(&["vault", "slot", "remove", "passphrase", "--yes"])
        .ok();
    assert_eq!(opens(&practice), 4);
    practice.set("KEYWARD_PASSPHRASE_FILE", second);
    assert_eq!(opens(&practice), 0);
    let said = practice
        .run(&["vault", "slot", "remove", "second", "--yes"])
        .fails_with(2);
    assert!(said.contains("last slot"), "{said}");
    let after = std::fs::read(practice.path().join("keyward/vault.age")).unwrap();
    assert_eq!(
        before, after,
        "slots came and went without the secrets being rewritten"
    );
}

#[test]
fn a_changed_passphrase_is_the_only_one() {
    let mut practice = Practice::with_key();
    practice.write("new", "a newer passphrase\n");
    let new = practice.path().join("new").display().to_string();
    let _ = practice
        .run(&["vault", "passphrase", "--new-passphrase-file", &new])
        .ok();
    assert_eq!(opens(&practice), 4);
    practice.set("KEYWARD_PASSPHRASE_FILE", new);
    assert_eq!(opens(&practice), 0);
}

#[cfg(unix)]
#[test]
fn a_command_slot_keeps_the_identity_elsewhere() {
    let mut practice = Practice::with_key();
    let kept = practice.path().join("kept").display().to_string();
    let (read, store) = (
        format!("cat {kept}"),
        format!("sh -c 'umask 077; cat > {kept}'"),
    );
    let _ = practice
        .run(&[
            "vault", "slot", "add", "command", "--read", &read, "--store", &store,
        ])
        .ok();
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    assert_eq!(opens(&practice), 0);
    std::fs::remove_file(kept).unwrap();
    let ran = practice.run(&["env", "bare", "--no-session"]);
    assert!(ran.code == 3 || ran.code == 4, "{}", ran.code);
    assert!(
        ran.stderr.contains("slot `command` is passed over"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_copy_brings_the_keys_to_another_machine() {
    let practice = Practice::with_key();
    practice.write("copy-passphrase", "of the copy\n");
    let (copy, phrase) = (
        practice.path().join("copy.age"),
        practice.path().join("copy-passphrase"),
    );
    let (copy, phrase) = (copy.display().to_string(), phrase.display().to_string());
    let export = ["vault", "export", &copy, "--copy-passphrase-file", &phrase];
    let _ = practice.run(&export).ok();
    assert_eq!(practice.run(&export).code, 1, "a copy is never overwritten");
    assert!(
        !std::fs::read(&copy)
            .unwrap()
            .windows(SECRET.len())
            .any(|bytes| bytes == SECRET.as_bytes())
    );

    let other = Practice::start();
    let wrong = practice.run(&["vault", "import", &copy, "--copy-passphrase-file", &copy]);
    assert_ne!(wrong.code, 0);
    let import = ["vault", "import", &copy, "--copy-passphrase-file", &phrase];
    let ran = other.run(&import);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        other
            .run(&["env", "alice", "--no-session", "--format", "json"])
            .ok()
            .contains(KEY_ID)
    );
    assert!(other.run(&import).stderr.contains("same"));
}

#[test]
fn a_new_vault_needs_a_person_or_a_passphrase() {
    let mut practice = Practice::start();
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let said = practice
        .run_with_input(&["add", "alice", "--stdin", "--no-verify"], &key)
        .fails_with(3);
    assert!(said.contains("KEYWARD_PASSPHRASE_FILE"), "{said}");
    assert!(!practice.path().join("keyward/vault.age").exists());
}

/// Only a kernel keyring keeps a vault open; where there is none there is nothing to show.
#[cfg(target_os = "linux")]
#[test]
fn a_vault_stays_open_only_as_long_as_allowed() {
    let mut practice = Practice::with_key();
    let kept = practice.run(&["vault", "status", "--json"]).ok();
    if !kept.contains("kernel keyring") {
        println!("SKIPPED: no kernel keyring");
        return;
    }
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    assert_eq!(
        opens(&practice),
        3,
        "without the setting every command asks"
    );
    let phrase = practice.path().join("passphrase").display().to_string();
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nunlock_for = \"1h\"\n",
    );
    practice.set("KEYWARD_PASSPHRASE_FILE", phrase);
    assert_eq!(opens(&practice), 0);
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    assert_eq!(opens(&practice), 0, "the vault is still open");
    let _ = practice.run(&["lock"]).ok();
    assert_eq!(opens(&practice), 3, "locked");
}
