//! No secret where it was not asked for.

use keyward_testkit::Canaries;

use crate::practice::{KEY_ID, Practice, SECRET};

#[test]
fn no_secret_is_left_anywhere_but_in_age_files() {
    let mut practice = Practice::start();
    let mut canaries = Canaries::new();
    canaries.plant("the secret key", SECRET);
    canaries.plant("the passphrase", keyward_testkit::PASSPHRASE);
    let added = practice.run_with_input(
        &["-vv", "add", "alice", "--stdin", "--force"],
        &format!("{KEY_ID}\n{SECRET}\n"),
    );
    assert_eq!(added.code, 0, "{}", added.stderr);
    canaries.absent_from(&added);

    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let document = practice.run(&["credential-process", "on-source"]).ok();
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    for half in ["SecretAccessKey", "SessionToken"] {
        canaries.plant(half, document[half].as_str().unwrap());
    }
    for command in [
        &["-vv", "exec", "on-source", "--", "true"][..],
        &["-vv", "exec", "chained", "--", "true"],
        &["-vv", "list"],
        &["list", "--json"],
        &["-vv", "explain", "on-source", "--json"],
        &["-vv", "whoami", "on-source"],
        &["vault", "status"],
        &["-vv", "log"],
        &["log", "--json"],
        &["-vv", "status"],
        &["status", "--json"],
        &["-vv", "doctor"],
        &["doctor", "--json", "--fix"],
        &["-vv", "setup", "on-source"],
        &["-vv", "login", "on-source", "--switch-role"],
        &["switch", "on-source", "--shell", "bash"],
        &["config", "dump", "--json"],
        &["-vv", "exec", "no-such-profile", "--", "true"],
        &["-vv", "exec", "partner", "--duration", "3h", "--", "true"],
    ] {
        canaries.absent_from(&practice.run(command));
    }
    canaries.absent_below(practice.path(), &["passphrase"]);
}

/// Every command line of the program itself is made by the test, so this watches the programs that
/// it starts: their arguments must not contain a secret.
#[cfg(target_os = "linux")]
#[test]
fn no_secret_stands_in_an_argument_list() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let mut canaries = Canaries::new();
    canaries.plant("the secret key", SECRET);
    canaries.plant("the passphrase", keyward_testkit::PASSPHRASE);
    let said = practice
        .run(&[
            "exec",
            "on-source",
            "--",
            "sh",
            "-c",
            "cat /proc/[0-9]*/cmdline; printf '\\n%s' \"$AWS_SECRET_ACCESS_KEY\"",
        ])
        .ok();
    let (lines, secret) = said.rsplit_once('\n').unwrap();
    canaries.plant("the session's secret", secret);
    let found = canaries.found_in(lines.as_bytes());
    assert!(found.is_empty(), "{found:?} in an argument list");
}
