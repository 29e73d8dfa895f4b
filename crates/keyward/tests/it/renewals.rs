//! The memory of a server that renews: nothing where a person takes part in each renewal, and
//! nothing of what a renewal made after a lock that came in its middle. The person is played by the
//! desktop's dialog program.

use std::os::unix::fs::PermissionsExt;

use crate::mfa::{BOB, KEYS, enrolled_long_ago};
use crate::practice::{Practice, SERIAL, until};
use crate::serve::{Running, get, serve};

/// A desktop whose user enters the passphrase and the code, after a line of the test's own.
struct Desktop {
    practice: Practice,
}

impl Desktop {
    fn new(settings: &str) -> Self {
        let mut practice = Practice::with_key();
        practice.write(
            "keyward/config.toml",
            &format!("passphrase_work = 2\n{settings}"),
        );
        practice.write(
            "bin/zenity",
            "#!/bin/sh\nprintf '%s\\n' \"$*\" >> \"$HOME/asked\"\n\
             [ ! -e \"$HOME/first\" ] || . \"$HOME/first\"\n\
             case $* in *assphrase*) cat \"$HOME/passphrase\" ;; *) cat \"$HOME/code\" ;; esac\n",
        );
        let path = practice.path().join("bin/zenity");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let own = std::env::var("PATH").unwrap_or_default();
        let bin = practice.path().join("bin").display().to_string();
        practice.set("PATH", format!("{bin}:{own}"));
        practice.set("DISPLAY", ":7");
        practice.set("KEYWARD_PASSPHRASE_FILE", "");
        let desktop = Self { practice };
        desktop.has_code();
        desktop
    }

    /// The person's phone shows a code that was not used yet.
    fn has_code(&self) {
        let code = self.practice.account.fresh_code(&SERIAL.parse().unwrap());
        self.practice.write("code", code.unwrap().expose());
    }

    /// Before the person answers, this happens.
    fn before_the_answer(&self, script: &str) {
        self.practice.write("first", script);
    }

    /// Returns the number of times that the passphrase was asked for.
    fn passphrases(&self) -> usize {
        self.practice.read("asked").matches("assphrase").count()
    }

    /// Without a screen, no person can answer.
    #[track_caller]
    fn assert_needs_the_person(&self, profile: &str) {
        let mut command = self.practice.command(&["credential-process", profile]);
        command.env_remove("DISPLAY");
        let _ = keyward_testkit::finish(command, "").fails_with(3);
    }
}

/// Removes the one session that is kept, without which a renewal needs its key and a code again,
/// and says what it was.
fn forget_the_session(practice: &Practice) -> String {
    let folder = practice.path().join("keyward/sessions");
    let files = std::fs::read_dir(&folder).unwrap();
    let sidecars: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    let [sidecar] = &sidecars[..] else {
        panic!("{sidecars:?}");
    };
    let entry: serde_json::Value =
        serde_json::from_slice(&std::fs::read(sidecar).unwrap()).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    entry["access_key_id"].as_str().unwrap().to_owned()
}

/// A server of two profiles whose sessions are so short that each request renews them.
fn two_profiles(desktop: &Desktop) -> (Running, [String; 2], String) {
    desktop.practice.config(&format!(
        "[profile alice]\nregion = eu-central-1\nmfa_serial = {SERIAL}\n\
         [profile bare]\nregion = eu-central-1\nmfa_serial = {SERIAL}\n"
    ));
    let (running, printed) = serve(&desktop.practice, &["alice", "bare"]);
    let url = |profile: &str| printed["profiles"][profile].as_str().unwrap().to_owned();
    let token = std::fs::read_to_string(printed["token_file"].as_str().unwrap()).unwrap();
    (running, [url("alice"), url("bare")], token)
}

#[test]
fn each_renewal_that_a_person_takes_part_in_opens_the_vault_anew() {
    let desktop = Desktop::new("session_duration = \"15m\"\n");
    let (_running, urls, token) = two_profiles(&desktop);
    assert_eq!(desktop.passphrases(), 1);
    let first = forget_the_session(&desktop.practice);
    for (renewed, url) in urls.iter().enumerate() {
        desktop.has_code();
        // The remaining credentials go out meanwhile.
        until(|| get(url, &token).1["AccessKeyId"] != first);
        let _ = forget_the_session(&desktop.practice);
        assert_eq!(desktop.passphrases(), 2 + renewed);
        assert_eq!(desktop.practice.calls("GetSessionToken"), 2 + renewed);
    }
}

#[test]
fn a_lock_at_the_question_of_a_renewal_is_not_undone_by_its_answer() {
    let keyward = env!("CARGO_BIN_EXE_keyward");
    let desktop = Desktop::new("session_duration = \"15m\"\n");
    let (_running, urls, token) = two_profiles(&desktop);
    let _ = forget_the_session(&desktop.practice);
    desktop.has_code();
    desktop.before_the_answer(&format!(
        "case $* in *mfa/alice*) {keyward} lock 2>/dev/null; touch \"$HOME/locked\" ;; esac"
    ));
    // The remaining credentials go out, or the lock is faster.
    let _ = get(&urls[0], &token);
    until(|| desktop.practice.path().join("locked").exists());
    // The code typed afterwards is sent, and its credentials are discarded.
    until(|| desktop.practice.calls("GetSessionToken") == 2);
    for url in &urls {
        let (status, body) = get(url, &token);
        assert_eq!((status, &body["code"]), (403, &"Locked".into()), "{body}");
    }
    desktop.assert_needs_the_person("alice");
}

#[test]
fn a_key_in_the_files_whose_seed_is_in_the_vault_is_renewed_without_a_person() {
    let practice = enrolled_long_ago();
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nsession_duration = \"15m\"\n",
    );
    let (id, secret) = KEYS;
    practice.write(
        ".aws/credentials",
        &format!("[in-file]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"),
    );
    practice.config(&format!(
        "[profile in-file]\nregion = eu-west-1\nmfa_serial = {BOB}\n"
    ));
    let (_running, printed) = serve(&practice, &["in-file"]);
    let url = printed["profiles"]["in-file"].as_str().unwrap();
    let token = std::fs::read_to_string(printed["token_file"].as_str().unwrap()).unwrap();
    // Neither a cached session nor a passphrase is left.
    let first = forget_the_session(&practice);
    std::fs::remove_file(practice.path().join("passphrase")).unwrap();
    until(|| get(url, &token).1["AccessKeyId"] != first);
    assert_eq!(practice.calls("GetSessionToken"), 2);
}
