//! Slots of age plugins, played by a script: what a plugin sees of keyward's environment.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;

use keyward_testkit::{Canaries, PASSPHRASE};

use crate::practice::Practice;

/// A plugin that wraps nothing: it returns its input unchanged. It notes its environment, and fails
/// where a file says so.
pub(crate) const PLUGIN: &str = r#"#!/bin/sh
env >> "$HOME/seen"
[ -e "$HOME/broken" ] && exit 1
body() { b=; while read -r l; do b="$l"; [ ${#l} -lt 64 ] && break; done; }
say() { printf '%s\n%s\n' "-> $1" "$2"; read -r h; body; }
key=; while read -r header; do
  body
  case "$header" in
  "-> wrap-file-key") key="$b" ;;
  "-> recipient-stanza 0 keywardtest") key="$b" ;;
  "-> done") break ;;
  esac
done
case "$1" in
--age-plugin=recipient-v1) say "recipient-stanza 0 keywardtest" "$key" ;;
--age-plugin=identity-v1) say "file-key 0" "$key" ;;
esac
printf -- '-> done\n\n'
"#;
pub(crate) const IDENTITY: &str = "AGE-PLUGIN-KEYWARDTEST-1GEMPPK";
const CODE: &str = "135790";

/// Alice's vault, with a slot of the plugin that is tried first.
fn with_plugin() -> Practice {
    let mut practice = Practice::with_key();
    practice.write("bin/age-plugin-keywardtest", PLUGIN);
    let path = practice.path().join("bin/age-plugin-keywardtest");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let bin = practice.path().join("bin").display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    practice.set("PATH", format!("{bin}:{path}"));
    practice.set("KEYWARD_MFA_CODE", CODE);
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nslot_order = [\"plugin\"]\n",
    );
    let words = ["vault", "slot", "add", "plugin", "--identity", IDENTITY];
    let _ = practice.run(&words).ok();
    practice
}

/// Opens the vault; returns what is explained.
fn open(practice: &Practice) -> String {
    let ran = practice.run(&["-v", "exec", "bare", "--no-session", "--", "true"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.stderr
}

#[test]
fn a_plugin_sees_neither_passphrase_nor_code() {
    let mut practice = with_plugin();
    assert!(open(&practice).contains("opened by its slot `plugin`"));
    // The passphrase itself, in place of its file.
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    practice.set("KEYWARD_PASSPHRASE", PASSPHRASE);
    assert!(open(&practice).contains("opened by its slot `plugin`"));
    let seen = practice.read("seen");
    assert_eq!(
        seen.matches("\nHOME=").count() + usize::from(seen.starts_with("HOME=")),
        3,
        "{seen}"
    );
    for name in ["KEYWARD_PASSPHRASE", "KEYWARD_MFA_CODE"] {
        assert!(!seen.contains(name), "{name} in {seen}");
    }
    let mut canaries = Canaries::new();
    canaries.plant("the passphrase", PASSPHRASE);
    canaries.plant("the code", CODE);
    assert!(canaries.found_in(seen.as_bytes()).is_empty());
}

#[test]
fn a_plugin_that_fails_or_is_missing_gives_way_to_the_next_slot() {
    let practice = with_plugin();
    practice.write("broken", "");
    let said = open(&practice);
    assert!(said.contains("slot `plugin` is skipped"), "{said}");
    assert!(said.contains("opened by its slot `passphrase`"), "{said}");
    std::fs::remove_file(practice.path().join("bin/age-plugin-keywardtest")).unwrap();
    let said = open(&practice);
    assert!(
        said.contains("`age-plugin-keywardtest` is not available"),
        "{said}"
    );
    assert!(said.contains("opened by its slot `passphrase`"), "{said}");
}

#[test]
fn without_such_variables_the_plugin_is_started_as_ever() {
    let mut practice = with_plugin();
    practice.write("seen", "");
    for name in ["KEYWARD_PASSPHRASE_FILE", "KEYWARD_MFA_CODE"] {
        practice.set(name, "");
    }
    assert!(open(&practice).contains("opened by its slot `plugin`"));
    assert!(practice.read("seen").contains("HOME="));
}
