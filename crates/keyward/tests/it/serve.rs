//! Credentials over loopback: what the child and the clients see, signals, and the token file.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdout, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::practice::Practice;

/// A home with a code at hand.
pub(crate) fn ready() -> Practice {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    practice
}

/// A running keyward, which ends when the test does.
pub(crate) struct Running {
    pub(crate) child: Child,
    out: BufReader<ChildStdout>,
}

impl Running {
    pub(crate) fn start(practice: &Practice, words: &[&str]) -> Self {
        Self::of(practice.command(words))
    }

    fn of(mut command: std::process::Command) -> Self {
        let mut child = command
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    /// Returns the output up to a line, without that line.
    pub(crate) fn says_until(&mut self, last: &str) -> String {
        let mut said = String::new();
        loop {
            let mut line = String::new();
            assert_ne!(self.out.read_line(&mut line).unwrap(), 0, "ended: {said}");
            if line.trim_end() == last {
                return said;
            }
            said.push_str(&line);
        }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Closes its input and waits.
    pub(crate) fn end(mut self) -> ExitStatus {
        drop(self.child.stdin.take());
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A variable in the output of `env`.
pub(crate) fn variable<'a>(environment: &'a str, name: &str) -> Option<&'a str> {
    environment
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
}

/// Reads a URL as SDKs do.
pub(crate) fn get(url: &str, token: &str) -> (u16, serde_json::Value) {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap());
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (
        head[9..12].parse().unwrap(),
        serde_json::from_str(body).unwrap(),
    )
}

/// Returns the identity of the answered credentials, as AWS reports it.
fn whoami(practice: &Practice, document: &serde_json::Value) -> String {
    let mut command = practice.command(&["whoami", "--json"]);
    for (name, field) in [
        ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
        ("AWS_SESSION_TOKEN", "Token"),
    ] {
        command.env(name, document[field].as_str().unwrap());
    }
    keyward_testkit::finish(command, "").ok()
}

#[test]
fn a_child_gets_an_address_and_no_key() {
    let practice = ready();
    let mut running = Running::start(
        &practice,
        &[
            "exec",
            "on-source",
            "--server",
            "--",
            "sh",
            "-c",
            "env; echo end; read line; exit 7",
        ],
    );
    let environment = running.says_until("end");
    for absent in [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "KEYWARD_MFA_CODE",
        "KEYWARD_PASSPHRASE_FILE",
    ] {
        assert_eq!(variable(&environment, absent), None, "{absent}");
    }
    assert_eq!(variable(&environment, "KEYWARD_PROFILE"), Some("on-source"));
    assert_eq!(variable(&environment, "AWS_REGION"), Some("eu-central-1"));
    let url = variable(&environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI").unwrap();
    let token = variable(&environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN").unwrap();
    let (status, document) = get(url, token);
    assert_eq!(status, 200);
    assert!(document["Expiration"].is_string());
    assert!(whoami(&practice, &document).contains(":assumed-role/ReadOnly/"));
    assert_eq!(get(url, "wrong").0, 403);
    // Served from memory: neither the check above nor a second look asked AWS again.
    let calls = (
        practice.calls("GetSessionToken"),
        practice.calls("AssumeRole"),
    );
    assert_eq!(calls, (1, 1));
    assert_eq!(get(url, token), (200, document));
    assert_eq!(running.end().code(), Some(7));
    let host = url.split('/').nth(2).unwrap();
    assert!(TcpStream::connect(host).is_err(), "the server goes with it");
}

#[test]
fn exec_with_a_server_ends_as_its_child_ends() {
    let practice = ready();
    for (command, code) in [
        (&["sh", "-c", "exit 3"][..], 3),
        (&["sh", "-c", "kill -KILL $$"], 128 + 9),
        (&["no-such-program"], 127),
    ] {
        let mut words = vec!["exec", "alice", "--server", "--"];
        words.extend(command);
        assert_eq!(practice.run(&words).code, code, "{command:?}");
    }
}

#[test]
fn a_script_without_an_interpreter_line_is_the_shells_with_a_server_and_without() {
    use std::os::unix::fs::PermissionsExt as _;
    let practice = ready();
    let code = practice.code();
    practice.write("bin/job", "echo \"$0 $1 $KEYWARD_PROFILE\"\nexit 4\n");
    let script = practice.path().join("bin/job");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let own = std::env::var("PATH").unwrap();
    let path = format!("{}:{own}", practice.path().join("bin").display());
    for program in ["bin/job", "job", script.to_str().unwrap()] {
        let run = |server: &[&str]| {
            let words = [
                &["exec", "alice", "--mfa-code", &code],
                server,
                &["--", program, "a b"],
            ];
            let mut command = practice.command(&words.concat());
            command.env("PATH", &path);
            keyward_testkit::finish(command, "")
        };
        let (with, without) = (run(&["--server"]), run(&[]));
        assert_eq!(without.code, 4, "{program}: {}", without.stderr);
        assert_eq!(
            (with.code, &with.stdout),
            (4, &without.stdout),
            "{}",
            with.stderr
        );
        assert!(with.stdout.ends_with("job a b alice\n"), "{}", with.stdout);
    }
}

#[test]
fn signals_that_no_terminal_delivers_are_passed_on() {
    let practice = ready();
    for (signal, name) in [
        (Signal::TERM, "TERM"),
        (Signal::HUP, "HUP"),
        (Signal::INT, "INT"),
        (Signal::QUIT, "QUIT"),
        (Signal::USR1, "USR1"),
        (Signal::USR2, "USR2"),
        (Signal::ALARM, "ALRM"),
        (Signal::VTALARM, "VTALRM"),
        (Signal::ABORT, "ABRT"),
        #[cfg(target_os = "linux")]
        (Signal::POWER, "PWR"),
    ] {
        let script =
            format!("trap 'echo caught; exit 9' {name}; echo ready; while read x; do :; done");
        let mut running = Running::start(
            &practice,
            &["exec", "alice", "--server", "--", "sh", "-c", &script],
        );
        assert_eq!(running.says_until("ready"), "");
        running.signal(signal);
        assert_eq!(running.says_until("caught"), "", "{name}");
        let status = running.child.wait().unwrap();
        assert_eq!((status.code(), status.signal()), (Some(9), None), "{name}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_cannot_be_passed_on_ends_the_child() {
    let practice = ready();
    let script = "trap 'echo caught; exit 9' TERM; echo ready; while read x; do :; done";
    let words = ["exec", "alice", "--server", "--", "sh", "-c", script];
    let mut running = Running::start(&practice, &words);
    assert_eq!(running.says_until("ready"), "");
    let mut kill = std::process::Command::new("kill");
    kill.args(["-64", &running.child.id().to_string()]);
    assert!(kill.status().unwrap().success());
    assert_eq!(running.says_until("caught"), "");
    assert_eq!(running.child.wait().unwrap().code(), Some(9));
}

#[cfg(target_os = "linux")]
#[test]
fn a_child_that_is_stopped_without_a_terminal_stays_stopped() {
    let practice = ready();
    let script = "echo $$; while read x; do echo got-$x; done";
    let mut shell = practice.command_of("setsid");
    shell.args(["--wait", env!("CARGO_BIN_EXE_keyward"), "exec", "alice"]);
    shell.args(["--server", "--", "sh", "-c", script]);
    shell.stdin(std::process::Stdio::piped());
    shell.stdout(std::process::Stdio::piped());
    let mut child = shell.spawn().unwrap();
    let mut said = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    let pid = Pid::from_raw(line.trim().parse().unwrap()).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    let state = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", line.trim())).unwrap();
        let (_, rest) = stat.rsplit_once(") ").unwrap();
        rest.chars().next().unwrap()
    };
    crate::practice::until(|| state() == 'T');
    // Longer than keyward looks after the child.
    std::thread::sleep(std::time::Duration::from_millis(600));
    assert_eq!(state(), 'T');
    kill_process(pid, Signal::CONT).unwrap();
    let mut keys = child.stdin.take().unwrap();
    keys.write_all(b"word\n").unwrap();
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert_eq!(line, "got-word\n");
    drop(keys);
    assert!(child.wait().unwrap().success());
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_is_ignored_stays_ignored() {
    let practice = ready();
    // As under `nohup`. The child finds out by sending the signal to itself.
    for (before, code) in [("trap '' HUP", 4), (":", 128 + 1)] {
        let child = "kill -HUP $$; exit 4";
        let mut shell = practice.command_of("sh");
        shell.args([
            "-c",
            &format!("{before}; exec \"$0\" exec alice --server -- sh -c '{child}'"),
            env!("CARGO_BIN_EXE_keyward"),
        ]);
        assert_eq!(keyward_testkit::finish(shell, "").code, code, "{before}");
    }
}

#[test]
fn a_person_who_is_needed_is_asked_before_the_child_starts() {
    let practice = Practice::with_key();
    let ran = practice.run(&["exec", "alice", "--server", "--", "touch", "started"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(!practice.path().join("started").exists());
}

#[test]
fn a_long_lived_key_is_not_served() {
    let practice = ready();
    let ran = practice.run(&["exec", "bare", "--server", "--no-session", "--", "true"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("only temporary credentials are served"));
}

#[test]
fn nested_calls_replace_one_another() {
    let practice = ready();
    let program = env!("CARGO_BIN_EXE_keyward");
    // The sessions of both, as the code and the passphrase do not reach the inner call.
    for profile in ["on-source", "partner"] {
        let _ = practice.run(&["credential-process", profile]).ok();
    }
    let address = [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    ];
    let keys = ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"];
    for (outer, inner, present, absent) in [
        (&["exec", "on-source"][..], &["partner"][..], keys, address),
        (
            &["exec", "on-source"],
            &["partner", "--server"],
            address,
            keys,
        ),
        (
            &["exec", "on-source", "--server"],
            &["partner"],
            keys,
            address,
        ),
        (
            &["exec", "on-source", "--server"],
            &["partner", "--server"],
            address,
            keys,
        ),
    ] {
        let mut words = outer.to_vec();
        words.extend(["--", program, "exec"]);
        words.extend(inner);
        words.extend(["--", "env"]);
        let said = practice.run(&words).ok();
        assert_eq!(variable(&said, "KEYWARD_PROFILE"), Some("partner"));
        assert_eq!(variable(&said, "AWS_VAULT"), Some("partner"));
        for name in present {
            assert_eq!(
                said.lines()
                    .filter(|line| line.starts_with(&format!("{name}=")))
                    .count(),
                1,
                "{name} in {words:?}"
            );
        }
        for name in absent {
            assert_eq!(variable(&said, name), None, "{name} in {words:?}");
        }
    }
}

#[test]
fn standard_output_is_the_childs_alone() {
    let practice = ready();
    // A cold vault, warnings, explanations: every possible message.
    for flags in [&["-v"][..], &["-v", "--server"]] {
        let mut words = vec!["exec", "on-role"];
        words.extend(flags);
        words.extend(["--", "sh", "-c", "printf 'A=1\\nB=2\\n'"]);
        let ran = practice.run(&words);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "A=1\nB=2\n"));
    }
}

/// A `serve --json` and what it printed.
pub(crate) fn serve(practice: &Practice, words: &[&str]) -> (Running, serde_json::Value) {
    let mut all = vec!["serve", "--json"];
    all.extend(words);
    serving(practice.command(&all))
}

/// A command that serves with `--json`, and what it prints.
pub(crate) fn serving(command: std::process::Command) -> (Running, serde_json::Value) {
    let mut running = Running::of(command);
    let printed = running.says_until("}") + "}";
    let printed = serde_json::from_str(&printed).unwrap();
    (running, printed)
}

#[test]
fn several_profiles_are_served_until_a_signal() {
    let practice = ready();
    for signal in [Signal::TERM, Signal::INT] {
        let (mut running, printed) = serve(&practice, &["on-source", "partner"]);
        let file = printed["token_file"].as_str().unwrap();
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let token = std::fs::read_to_string(file).unwrap();
        for (profile, arn) in [
            (
                "on-source",
                "arn:aws:sts::123456789012:assumed-role/ReadOnly/",
            ),
            (
                "partner",
                "arn:aws:sts::111122223333:assumed-role/ReadOnly/",
            ),
        ] {
            let (status, document) = get(printed["profiles"][profile].as_str().unwrap(), &token);
            assert_eq!(status, 200, "{profile}: {document}");
            assert!(whoami(&practice, &document).contains(arn));
        }
        let url = printed["profiles"]["partner"].as_str().unwrap();
        assert_eq!(get(&url.replace("partner", "alice"), &token).0, 404);
        running.signal(signal);
        assert_eq!(running.child.wait().unwrap().code(), Some(0));
        assert!(!std::path::Path::new(file).exists());
    }
}

#[test]
fn any_signal_that_ends_a_server_removes_its_token_file() {
    let practice = ready();
    for signal in [
        Signal::HUP,
        Signal::USR1,
        Signal::USR2,
        Signal::ALARM,
        Signal::VTALARM,
        Signal::PROF,
        Signal::ABORT,
        Signal::XCPU,
    ] {
        let (mut running, printed) = serve(&practice, &["on-source"]);
        running.signal(signal);
        assert_eq!(running.child.wait().unwrap().code(), Some(0), "{signal:?}");
        let file = printed["token_file"].as_str().unwrap();
        assert!(!std::path::Path::new(file).exists(), "{signal:?}");
    }
}

#[test]
fn what_is_left_goes_out_when_nobody_can_be_asked() {
    let practice = ready();
    // A quarter of an hour is so short that every request first tries to get something longer.
    let config =
        crate::practice::CONFIG.replace("duration_seconds = 14400", "duration_seconds = 900");
    practice.config(&config);
    let (_running, printed) = serve(&practice, &["long"]);
    let url = printed["profiles"]["long"].as_str().unwrap();
    let token = std::fs::read_to_string(printed["token_file"].as_str().unwrap()).unwrap();
    // Without its sessions keyward would need a new code.
    std::fs::remove_dir_all(practice.path().join("keyward/sessions")).unwrap();
    let (status, document) = get(url, &token);
    assert_eq!(status, 200, "{document}");
    assert!(whoami(&practice, &document).contains(":assumed-role/ReadOnly/"));
    // The code of the start is not tried a second time.
    assert_eq!(practice.calls("GetSessionToken"), 1);
}

#[test]
fn the_printed_lines_can_be_evaluated() {
    let practice = ready();
    let mut running = Running::start(&practice, &["serve", "on-source", "--token-file", "it's"]);
    assert_eq!(running.says_until("# on-source"), "");
    let mut lines = String::new();
    for _ in 0..2 {
        running.out.read_line(&mut lines).unwrap();
    }
    let mut shell = practice.command_of("sh");
    shell.args([
        "-c",
        &format!("{lines}echo \"$AWS_CONTAINER_CREDENTIALS_FULL_URI\" && cat \"$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE\""),
    ]);
    let said = keyward_testkit::finish(shell, "").ok();
    let (url, token) = said.split_once('\n').unwrap();
    assert_eq!(get(url, token).0, 200);
}

#[test]
fn a_token_file_is_never_written_over_something_else() {
    let practice = ready();
    practice.write("precious", "do not touch");
    let ran = practice.run(&["serve", "alice", "--token-file", "precious"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert_eq!(practice.read("precious"), "do not touch");
}

#[test]
fn a_token_file_makes_no_folders() {
    let practice = ready();
    let said = practice
        .run(&["serve", "alice", "--token-file", "no/such/token"])
        .fails_with(1);
    assert!(said.contains("no/such/token` cannot be written"), "{said}");
    assert!(!practice.path().join("no").exists());
}

#[test]
fn the_token_of_a_killed_server_is_replaced() {
    let practice = ready();
    let (mut running, printed) = serve(&practice, &["alice", "--token-file", "token"]);
    let old = practice.read("token");
    running.signal(Signal::KILL);
    let _ = running.child.wait().unwrap();
    assert_eq!(practice.read("token"), old);
    let (_running, again) = serve(&practice, &["alice", "--token-file", "token"]);
    assert_eq!(again["token_file"], printed["token_file"]);
    assert_ne!(practice.read("token"), old);
}
