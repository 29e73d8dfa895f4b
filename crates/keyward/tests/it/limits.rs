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
            // This test does not check the wait of a server.
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

#[cfg(all(target_os = "linux", debug_assertions))]
#[test]
fn a_passphrase_that_needs_more_memory_than_there_is_is_refused_in_words() {
    let practice = ready();
    practice.write("keyward/config.toml", "passphrase_work = 22\n");
    for words in [
        "vault passphrase --new-passphrase-file passphrase",
        "vault slot add passphrase --name second --passphrase-file passphrase",
        "vault export copy --copy-passphrase-file passphrase",
    ] {
        let line = format!("ulimit -v 3000000; \"$0\" {words}");
        let said = sh(&practice, &line, "").fails_with(1);
        assert!(said.contains("takes 4096 MiB of memory"), "{words}: {said}");
        assert!(said.contains("ulimit -v"), "{words}: {said}");
    }
    // The old slot still opens the vault.
    let _ = practice.run(&["env", "bare", "--no-session"]).ok();
    // A slot that takes more than there is.
    let slot = practice.path().join("keyward/slots/passphrase.age");
    let text = String::from_utf8_lossy(&std::fs::read(&slot).unwrap()).into_owned();
    let stanza = text
        .lines()
        .find(|line| line.starts_with("-> scrypt"))
        .unwrap();
    let heavy = stanza.replace(" 2", " 22");
    let file = std::fs::read(&slot).unwrap();
    let at = stanza.len() + text.find(stanza).unwrap();
    let mut changed = heavy.into_bytes();
    changed.splice(..0, file[..text.find(stanza).unwrap()].iter().copied());
    changed.extend_from_slice(&file[at..]);
    std::fs::write(&slot, changed).unwrap();
    std::fs::remove_dir_all(practice.path().join(".local")).unwrap();
    let line = "ulimit -v 3000000; \"$0\" env bare --no-session";
    let ran = sh(&practice, line, "");
    assert!(ran.stderr.contains("takes 4096 MiB"), "{}", ran.stderr);
    assert!(ran.code == 1 || ran.code == 4, "{}", ran.code);
}

#[test]
fn data_for_a_closed_output_is_a_failure() {
    let practice = ready();
    for words in [
        "list",
        "env bare --no-session",
        "credential-process alice",
        "log --json",
    ] {
        // A shell that does more than one thing stays the parent.
        let closed = sh(&practice, &format!("\"$0\" {words} >&-; exit $?"), "");
        assert_eq!(closed.code, 1, "{words}: {}", closed.stderr);
        let said = "cannot write to standard output";
        assert!(closed.stderr.contains(said), "{}", closed.stderr);
        let unwritable = sh(
            &practice,
            &format!("\"$0\" {words} 1</dev/null; exit $?"),
            "",
        );
        assert_eq!(unwritable.code, 1, "{words}: {}", unwritable.stderr);
    }
    // keyward accepts an intentional `/dev/null`.
    let thrown = sh(&practice, "\"$0\" list >/dev/null; exit $?", "");
    assert_eq!(thrown.code, 0, "{}", thrown.stderr);
    let mut by_program = practice.command(&["list"]);
    let status = by_program
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    let mut by_its_shell = practice.command_of("sh");
    by_its_shell.args(["-c", "\"$0\" list; exit $?", env!("CARGO_BIN_EXE_keyward")]);
    let status = by_its_shell
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}

/// Programs such as `timeout` pass their closed output on.
#[cfg(target_os = "linux")]
#[test]
fn output_that_was_closed_before_a_wrapper_is_closed() {
    let practice = ready();
    for words in [
        "list",
        "credential-process alice",
        "exec alice -- /bin/echo data",
    ] {
        let line = format!("timeout 60 \"$0\" {words} >&-; exit $?");
        let closed = sh(&practice, &line, "");
        assert_eq!(closed.code, 1, "{words}: {}", closed.stderr);
        let line = format!("timeout 60 \"$0\" {words} >/dev/null; exit $?");
        assert_eq!(sh(&practice, &line, "").code, 0, "{words}");
    }
}

/// A program may close its own output and pass `/dev/null` to its child, as a service does.
#[cfg(target_os = "linux")]
#[test]
fn the_closed_output_of_another_program_is_not_that_of_keyward() {
    let practice = ready();
    for words in ["list", "credential-process alice", "exec alice -- true"] {
        let line = format!(
            "echo one | xargs sh -c 'exec \"$0\" {words} 1<>/dev/null' \"$0\" >&-; exit $?"
        );
        let ran = sh(&practice, &line, "");
        assert_eq!(ran.code, 0, "{words}: {}", ran.stderr);
    }
}

/// The runtime of keyward opens `/dev/null` in the place of a closed stream, so that a child would
/// write into the void. `env` leaves the stream closed, and its child says that it could not write.
#[cfg(target_os = "linux")]
#[test]
fn the_child_of_exec_learns_that_a_shell_closed_its_output() {
    let practice = ready();
    let bare = "exec bare --no-session";
    for words in [bare, "exec alice", "exec --server alice"] {
        let line = format!("\"$0\" {words} -- /bin/echo data >&-; exit $?");
        let ran = sh(&practice, &line, "");
        assert_eq!(ran.code, 1, "{words}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("Bad file descriptor"),
            "{words}: {}",
            ran.stderr
        );
        let line = format!("\"$0\" {words} -- sh -c 'test -e /proc/self/fd/2' 2>&-; exit $?");
        let ran = sh(&practice, &line, "");
        assert_eq!(ran.code, 1, "{words}");
        // An intentional `/dev/null` stays.
        let line = format!("\"$0\" {words} -- /bin/echo data >/dev/null 2>/dev/null; exit $?");
        assert_eq!(sh(&practice, &line, "").code, 0, "{words}");
    }
    let mut by_program = practice.command(&["exec", "alice", "--", "/bin/echo", "data"]);
    let status = by_program.stdout(std::process::Stdio::null()).status();
    assert!(status.unwrap().success());
}

#[test]
fn root_certificates_that_cannot_be_read_are_an_error_that_names_the_variable() {
    let mut practice = Practice::with_key();
    practice.set("AWS_ENDPOINT_URL", "https://127.0.0.1:1");
    practice.write("text", "not a certificate");
    let missing = practice.path().join("missing").display().to_string();
    let text = practice.path().join("text").display().to_string();
    let home = practice.path().display().to_string();
    let commands: [(&[&str], i32); 4] = [
        (&["whoami", "bare"], 2),
        (&["credential-process", "bare"], 2),
        (&["mfa", "list", "bare"], 2),
        // The file cannot be fetched.
        (
            &["init", "--from", "https://127.0.0.1:1/team.toml", "-y"],
            1,
        ),
    ];
    for (variable, value) in [
        ("SSL_CERT_FILE", missing.as_str()),
        ("SSL_CERT_FILE", text.as_str()),
        ("SSL_CERT_FILE", home.as_str()),
        ("SSL_CERT_FILE", "/dev/zero"),
        ("SSL_CERT_DIR", missing.as_str()),
    ] {
        practice.set("SSL_CERT_FILE", "");
        practice.set("SSL_CERT_DIR", "");
        practice.set(variable, value);
        for (words, code) in commands {
            let said = practice.run(words).fails_with(code);
            assert!(said.contains(variable) && said.contains(value), "{said}");
            assert!(said.contains("hint: correct `SSL_CERT_"), "{said}");
        }
    }
}

#[test]
fn a_practice_account_with_few_open_files_is_an_error_and_no_panic() {
    let practice = Practice::with_key();
    for words in ["sandbox -- true", "demo </dev/null"] {
        for files in 4..14 {
            let line = format!("ulimit -n {files}; exec timeout 60 \"$0\" {words}");
            let ran = sh(&practice, &line, "");
            assert_ne!(ran.code, 101, "{files} files, {words}: {}", ran.stderr);
            assert!(!ran.stderr.contains("panicked"), "{files}: {}", ran.stderr);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn help_and_version_that_cannot_be_written_are_failures() {
    let practice = Practice::start();
    for words in [
        "--help",
        "--version",
        "exec --help",
        "vault slot --help",
        "help",
        "version",
    ] {
        for target in [">&-", ">/dev/full"] {
            let ran = sh(&practice, &format!("\"$0\" {words} {target}; exit $?"), "");
            assert_eq!(ran.code, 1, "{words} {target}: {}", ran.stderr);
            let said = "cannot write to standard output";
            assert!(ran.stderr.contains(said), "{words}: {}", ran.stderr);
        }
        let ran = sh(&practice, &format!("\"$0\" {words} | true; exit 0"), "");
        assert_eq!(ran.stderr, "", "{words}");
    }
}

/// A socket that keeps each write apart.
#[cfg(target_os = "linux")]
#[test]
fn a_long_table_is_written_in_large_parts() {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
    let practice = Practice::start();
    let profiles: String = (0..200)
        .map(|number| format!("[profile p{number}]\nregion = eu-central-1\n"))
        .collect();
    practice.config(&profiles);
    let (kind, flags) = (SocketType::SEQPACKET, SocketFlags::CLOEXEC);
    let (here, there) = socketpair(AddressFamily::UNIX, kind, flags, None).unwrap();
    let status = practice
        .command(&["list"])
        .stdout(std::process::Stdio::from(there))
        .status()
        .unwrap();
    assert!(status.success());
    let mut part = vec![0; 1 << 20];
    let mut parts = Vec::new();
    let flags = rustix::net::RecvFlags::DONTWAIT;
    while let Ok((length, _)) = rustix::net::recv(&here, part.as_mut_slice(), flags)
        && length > 0
    {
        parts.push(length);
    }
    assert!(
        parts.iter().sum::<usize>() > 4000 && parts.len() <= 2,
        "{parts:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_small_stack_is_enough() {
    let practice = Practice::with_key();
    for words in ["list", "doctor", "exec bare --no-session -- true"] {
        let ran = sh(
            &practice,
            &format!("ulimit -s 128; exec \"$0\" {words}"),
            "",
        );
        assert!(ran.code < 2, "{words}: {} {}", ran.code, ran.stderr);
    }
}
