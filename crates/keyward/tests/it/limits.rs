//! Limits of the shell: few open files, small files, no core dumps. keyward says what is missing,
//! and a command that it runs gets the limits that the person has.

use keyward_testkit::{Ran, finish};

use crate::practice::{KEY_ID, Practice, SECRET};
use crate::serve::ready;

/// Runs a line of the shell that calls keyward as `$0`.
fn sh(practice: &Practice, line: &str, input: &str) -> Ran {
    let mut command = practice.command_of("sh");
    command.args(["-c", line, env!("CARGO_BIN_EXE_keyward")]);
    finish(command, input)
}

#[test]
fn few_open_files_are_an_error_and_no_panic() {
    let practice = ready();
    let mut refused = 0;
    for files in 4..20 {
        for words in [
            "credential-process alice",
            "whoami alice",
            "serve alice </dev/null",
        ] {
            let line = format!("ulimit -n {files}; exec timeout 20 \"$0\" {words}");
            let ran = sh(&practice, &line, "");
            assert_ne!(ran.code, 101, "{files} files, {words}: {}", ran.stderr);
            assert!(!ran.stderr.contains("panicked"), "{files}: {}", ran.stderr);
            if ran.stderr.contains("Too many open files") {
                refused += 1;
            }
            // What a server waits for is not the matter here.
            if ran.code == 0 {
                return;
            }
        }
    }
    assert!(refused > 0);
}

#[test]
fn files_that_may_not_grow_are_an_error_and_no_signal() {
    let practice = Practice::with_key();
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let line = "ulimit -f 0; exec \"$0\" add new --stdin --no-verify --no-config";
    let ran = sh(&practice, line, &key);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("File too large"), "{}", ran.stderr);
    // And the vault is as it was.
    let _ = practice.run(&["env", "bare", "--no-session"]).ok();
}

#[test]
fn command_gets_the_core_limit_of_the_person() {
    let practice = ready();
    for soft in ["0", "\"$(ulimit -H -c)\""] {
        for exec in ["exec bare --no-session", "exec alice --server"] {
            let line =
                format!("ulimit -S -c {soft}; ulimit -c; \"$0\" {exec} -- sh -c 'ulimit -c'");
            let ran = sh(&practice, &line, "");
            assert_eq!(ran.code, 0, "{}", ran.stderr);
            let limits: Vec<&str> = ran.stdout.lines().collect();
            assert!(
                matches!(limits.as_slice(), [ours, theirs] if ours == theirs),
                "{exec}: {limits:?}"
            );
        }
    }
}
