//! Waiting for another keyward that was stopped while it holds a lock: the waiting command names
//! that process, and without a terminal gives up in time.

use std::fs::File;

use keyward_core::chain::CacheKey;
use keyward_testkit::Ran;

use crate::practice::{KEY_ID, Practice, SECRET, SERIAL};

/// Holds a lock as a keyward that was stopped does.
fn hold(practice: &Practice, name: &str) -> File {
    let path = practice.path().join("keyward/locks").join(name);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .unwrap();
    file.lock().unwrap();
    file
}

fn impatient() -> Practice {
    let mut practice = Practice::with_key();
    practice.set("KEYWARD_TEST_PATIENCE_MS", "200");
    practice
}

/// The command gave up with exit code 3 and named the process that it waited for.
#[track_caller]
fn gave_up(ran: Ran) -> String {
    let said = ran.fails_with(3);
    // If `/proc/locks` is hidden, as in some sandboxes, the holder is unknown.
    let hidden = std::fs::read_to_string("/proc/locks").is_ok_and(|text| text.is_empty());
    let pid = format!("process {}", std::process::id());
    assert!(hidden || said.contains(&pid), "{said}");
    said
}

#[test]
fn commands_that_write_the_vault_wait_for_its_holder_in_bounds() {
    let practice = impatient();
    practice.write("second", "another passphrase\n");
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let commands: [(&[&str], &str); 5] = [
        (
            &["add", "new", "--stdin", "--no-verify", "--no-config"],
            &key,
        ),
        (&["remove", "bare", "--yes"], ""),
        (
            &[
                "vault",
                "slot",
                "add",
                "passphrase",
                "--name",
                "second",
                "--passphrase-file",
                "second",
            ],
            "",
        ),
        (&["vault", "restore", "--yes", "--force"], ""),
        (
            &["vault", "passphrase", "--new-passphrase-file", "second"],
            "",
        ),
    ];
    let held = hold(&practice, "vault.lock");
    for (words, input) in commands {
        let said = gave_up(practice.run_with_input(words, input));
        assert!(said.contains("changing the vault"), "{words:?}: {said}");
    }
    drop(held);
    for (words, input) in commands {
        let ran = practice.run_with_input(words, input);
        assert_eq!(ran.code, 0, "{words:?}: {}", ran.stderr);
    }
}

#[test]
fn a_list_that_cannot_be_made_anew_keeps_nobody_waiting() {
    let practice = impatient();
    let index = practice.path().join("keyward/index.json");
    let _held = hold(&practice, "vault.lock");
    let outdated = practice.read("keyward/index.json").replace("bare", "gone");
    let digest = outdated.find("\"vault\": \"").unwrap() + 10;
    let outdated = format!("{}0000{}", &outdated[..digest], &outdated[digest + 4..]);
    std::fs::write(&index, &outdated).unwrap();
    for _ in 0..2 {
        let ran = practice.run(&["credential-process", "bare"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    assert_eq!(practice.read("keyward/index.json"), outdated);
}

#[test]
fn a_device_whose_code_another_command_is_sending_is_waited_for_in_bounds() {
    let mut practice = impatient();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let name = CacheKey::of(&["the codes of a device", SERIAL]);
    let held = hold(&practice, &format!("{name}.lock"));
    let said = gave_up(practice.run(&["credential-process", "on-source"]));
    assert!(said.contains("code of the same device"), "{said}");
    drop(held);
    let ran = practice.run(&["credential-process", "on-source"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[test]
fn a_session_that_another_command_is_getting_is_waited_for_in_bounds() {
    let practice = impatient();
    let locks = practice.path().join("keyward/locks");
    let _ = practice.run(&["credential-process", "bare"]).ok();
    let names = std::fs::read_dir(locks).unwrap().flatten();
    let held: Vec<File> = names
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.len() > 64 && name.ends_with(".lock"))
        .map(|name| hold(&practice, &name))
        .collect();
    assert!(!held.is_empty());
    let _ = practice.run(&["remove", "bare", "--sessions-only"]).ok();
    let said = gave_up(practice.run(&["credential-process", "bare"]));
    assert!(said.contains("getting the same session"), "{said}");
}

#[test]
fn a_holder_that_was_stopped_can_be_continued_or_ended() {
    use std::process::Command;
    let practice = impatient();
    let lock = practice.path().join("keyward/locks/vault.lock");
    // `flock` of util-linux acquires the same lock, and its command is the one that is stopped.
    let holder = Command::new("flock")
        .arg(&lock)
        .args(["sh", "-c", "kill -STOP $PPID"])
        .spawn();
    let Ok(mut holder) = holder else {
        keyward_testkit::skipped("`flock` is not installed");
        return;
    };
    crate::practice::until(|| {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", holder.id()));
        stat.is_ok_and(|stat| stat.contains(") T "))
    });
    let said = practice.run(&["remove", "bare", "--yes"]).fails_with(3);
    let pid = holder.id();
    assert!(
        said.contains(&format!("process {pid}, which is stopped")),
        "{said}"
    );
    assert!(said.contains(&format!("kill -CONT {pid}")), "{said}");
    let _ = holder.kill();
    let _ = holder.wait();
}

#[test]
fn a_folder_whose_files_another_command_writes_is_waited_for_in_bounds() {
    let practice = impatient();
    let _ = practice.run(&["list"]).ok();
    let folder = practice.path().join(".aws").canonicalize().unwrap();
    let lock = keyward_vault::Paths::new(practice.path().join("keyward")).folder_lock(&folder);
    let name = lock
        .path()
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let _held = hold(&practice, &name);
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let said = gave_up(practice.run_with_input(&["add", "new", "--stdin", "--no-verify"], &key));
    assert!(said.contains("in the same folder"), "{said}");
    assert!(said.contains("stored AKIA"), "{said}");
    let said = gave_up(practice.run(&["refresh", "bare"]));
    assert!(said.contains("could not be written"), "{said}");
}

#[test]
fn a_lock_beside_a_stopped_command_names_it_and_says_what_is_forgotten() {
    let practice = impatient();
    let _ = practice.run(&["credential-process", "bare"]).ok();
    let held = hold(&practice, "session-identity.lock");
    let said = gave_up(practice.run(&["lock"]));
    assert!(said.contains("forgot 1 session"), "{said}");
    assert!(said.contains("saving a session"), "{said}");
    assert!(said.contains("then: keyward lock"), "{said}");
    drop(held);
    assert_eq!(practice.run(&["lock"]).code, 0);
}

#[test]
fn a_key_that_several_runs_remove_at_once_is_reported_as_removed_once() {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::Stdio;
    let practice = Practice::with_key();
    let held = hold(&practice, "vault.lock");
    let mut runs: Vec<_> = (0..3)
        .map(|_| {
            let mut command = practice.command(&["remove", "bare", "--yes"]);
            command.stdin(Stdio::null()).stderr(Stdio::piped());
            let mut child = command.spawn().unwrap();
            let stderr = BufReader::new(child.stderr.take().unwrap());
            (child, stderr)
        })
        .collect();
    // Each has opened the vault with the key in it, and waits to change it.
    for (_, stderr) in &mut runs {
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        assert!(line.contains("changing the vault"), "{line}");
    }
    drop(held);
    let mut said = Vec::new();
    for (mut child, mut stderr) in runs {
        let mut text = String::new();
        stderr.read_to_string(&mut text).unwrap();
        assert!(child.wait().unwrap().success(), "{text}");
        said.push(text);
    }
    let with = |words: &str| said.iter().filter(|text| text.contains(words)).count();
    assert_eq!(
        with(&format!("another run removed {KEY_ID}")),
        2,
        "{said:?}"
    );
    assert_eq!(with("removed"), 3, "{said:?}");
}
