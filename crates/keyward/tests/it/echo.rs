//! The terminal after a hidden question and after the list of profiles: it shows what is typed,
//! whatever ended them. The terminals are real ones; `setsid` gives each to a program as its own.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process};
use rustix::termios::{LocalModes, tcgetattr};

use crate::practice::{Practice, until};

/// keyward at its passphrase question on a terminal.
pub(crate) struct Asked {
    pub(crate) practice: Practice,
    pub(crate) keys: File,
    screen: File,
    pub(crate) child: Child,
}

/// The command that gives a program the terminal as its own.
pub(crate) const ITS_OWN: &str = "exec setsid --ctty \"$@\"";

/// Both ends of a new terminal of 24 lines.
pub(crate) struct Terminal {
    /// What a person types and sees.
    pub(crate) keys: File,
    /// The streams of a program.
    pub(crate) screen: File,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        Self::of(80)
    }

    /// One with that many columns.
    pub(crate) fn of(columns: u16) -> Self {
        use rustix::fs::OFlags;
        use rustix::io::{FdFlags, fcntl_setfd};
        use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
        use rustix::termios::{Winsize, tcsetwinsize};
        use std::os::unix::fs::OpenOptionsExt;
        let keys = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        // A program that has the person's end itself never sees the terminal close.
        fcntl_setfd(&keys, FdFlags::CLOEXEC).unwrap();
        grantpt(&keys).unwrap();
        unlockpt(&keys).unwrap();
        let name = ptsname(&keys, Vec::new()).unwrap().into_string().unwrap();
        let not_ours = i32::try_from(OFlags::NOCTTY.bits()).unwrap();
        let mut options = File::options();
        options.read(true).write(true).custom_flags(not_ours);
        let screen = options.open(name).unwrap();
        let size = Winsize {
            ws_row: 24,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&screen, size).unwrap();
        Self {
            keys: File::from(keys),
            screen,
        }
    }

    /// Makes the terminal the three streams of a command.
    pub(crate) fn attach(&self, command: &mut Command) {
        let end = || Stdio::from(self.screen.try_clone().unwrap());
        command.stdin(end()).stdout(end()).stderr(end());
    }
}

impl Asked {
    fn start() -> Self {
        Self::start_by(ITS_OWN)
    }

    fn start_by(shell: &str) -> Self {
        let mut asked = Self::run(shell);
        // Text that is typed before the question is forgotten.
        asked.reads_until("Vault passphrase: ");
        assert!(!asked.shows());
        asked
    }

    /// Runs keyward by a line for the shell, which gets its words.
    fn run(shell: &str) -> Self {
        let practice = Practice::with_key();
        let code = practice.code();
        let words = ["exec", "alice", "--mfa-code", &code, "--", "true"];
        Self::say(practice, shell, &words, "dumb")
    }

    /// Runs keyward with these words on a terminal of some kind.
    pub(crate) fn say(practice: Practice, shell: &str, words: &[&str], kind: &str) -> Self {
        let terminal = Terminal::new();
        let own = practice.command(words);
        let mut command = Command::new("sh");
        command
            .args(["-c", shell, "sh"])
            .arg(own.get_program())
            .args(own.get_args());
        command.env_clear();
        for (name, value) in own.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        command
            .env_remove("KEYWARD_PASSPHRASE_FILE")
            .env("TERM", kind);
        command.current_dir(practice.path());
        terminal.attach(&mut command);
        let child = command.spawn().unwrap();
        let Terminal { keys, screen } = terminal;
        Self {
            practice,
            keys,
            screen,
            child,
        }
    }

    /// Reads what the screen shows up to some words.
    pub(crate) fn reads_until(&mut self, wanted: &str) -> String {
        self.reads_until_it(|text| text.contains(wanted))
    }

    /// Reads what the screen shows until it is what is looked for.
    fn reads_until_it(&mut self, is: impl Fn(&str) -> bool) -> String {
        let mut seen = Vec::new();
        let mut piece = [0; 4096];
        loop {
            let long = Timespec {
                tv_sec: 120,
                tv_nsec: 0,
            };
            let ready = poll(&mut [PollFd::new(&self.keys, PollFlags::IN)], Some(&long));
            let text = String::from_utf8_lossy(&seen);
            assert_eq!(ready, Ok(1), "it never comes: {text:?}");
            let count = self.keys.read(&mut piece).unwrap();
            seen.extend_from_slice(&piece[..count]);
            let text = String::from_utf8_lossy(&seen);
            if is(&text) {
                return text.into_owned();
            }
        }
    }

    /// Whether the terminal shows what is typed.
    fn shows(&self) -> bool {
        let modes = tcgetattr(&self.screen).unwrap().local_modes;
        modes.contains(LocalModes::ECHO)
    }
}

#[test]
fn a_signal_gives_the_echo_back_and_ends_the_program() {
    use std::os::unix::process::ExitStatusExt;
    for signal in [
        Signal::TERM,
        Signal::HUP,
        Signal::INT,
        Signal::QUIT,
        Signal::USR1,
        Signal::ALARM,
        Signal::VTALARM,
    ] {
        let mut asked = Asked::start();
        kill_process(Pid::from_child(&asked.child), signal).unwrap();
        let ended = asked.child.wait().unwrap();
        assert_eq!(ended.signal(), Some(signal.as_raw()));
        assert!(asked.shows(), "{signal:?}");
    }
}

#[test]
fn a_rare_signal_gives_the_echo_back_and_ends_the_program() {
    // The signal of readable files, and the last real-time signal.
    for number in [Signal::IO.as_raw(), 64] {
        let mut asked = Asked::start();
        let mut kill = Command::new("kill");
        kill.args([format!("-{number}"), asked.child.id().to_string()]);
        assert!(kill.status().unwrap().success());
        let ended = asked.child.wait().unwrap();
        assert_eq!(ended.code(), Some(128 + number));
        assert!(asked.shows(), "{number}");
    }
}

#[test]
fn ctrl_c_gives_the_echo_back() {
    let mut asked = Asked::start();
    asked.keys.write_all(b"half a passphrase\x03").unwrap();
    assert!(!asked.child.wait().unwrap().success());
    assert!(asked.shows());
    assert_eq!(asked.practice.account.journal().len(), 0);
}

#[test]
fn a_corrected_passphrase_is_accepted_and_never_shown() {
    let mut asked = Asked::start();
    let line = format!("{}x\x7f\n", keyward_testkit::PASSPHRASE);
    asked.keys.write_all(line.as_bytes()).unwrap();
    assert!(asked.child.wait().unwrap().success());
    assert!(asked.shows());
    // The line end is the last that the terminal shows of it.
    let seen = asked.reads_until("\r\n");
    assert!(!seen.contains(keyward_testkit::PASSPHRASE), "{seen:?}");
}

#[test]
fn a_passphrase_typed_while_another_is_tried_is_neither_shown_nor_taken() {
    let practice = Practice::with_key();
    let words = ["vault", "passphrase"];
    let mut asked = Asked::say(practice, ITS_OWN, &words, "dumb");
    asked.reads_until("Vault passphrase: ");
    asked.keys.write_all(b"not this one\n").unwrap();
    asked.reads_until("\r\n");
    // The work on the first has begun, or is about to.
    asked.keys.write_all(b"typed ahead\n").unwrap();
    let seen = asked.reads_until("Vault passphrase: ");
    assert!(seen.contains("That is not the passphrase."), "{seen:?}");
    assert!(!seen.contains("typed ahead"), "{seen:?}");
    let line = format!("{}\n", keyward_testkit::PASSPHRASE);
    asked.keys.write_all(line.as_bytes()).unwrap();
    let seen = asked.reads_until("New passphrase: ");
    assert!(!seen.contains("That is not the passphrase."), "{seen:?}");
    asked.keys.write_all(b"\x03").unwrap();
    assert!(!asked.child.wait().unwrap().success());
    assert!(asked.shows());
}

#[test]
fn ctrl_c_while_a_passphrase_is_tried_gives_the_echo_back() {
    let mut asked = Asked::start();
    asked.keys.write_all(b"not this one\n").unwrap();
    asked.reads_until("\r\n");
    asked.keys.write_all(b"\x03").unwrap();
    assert!(!asked.child.wait().unwrap().success());
    assert!(asked.shows());
}

#[test]
fn a_secret_pasted_behind_a_mistyped_id_reaches_nobody() {
    let practice = Practice::start();
    practice.config("");
    let line =
        "exec setsid --ctty sh -c '\"$@\"; echo code-$?; read -r rest; echo rest-$rest' sh \"$@\"";
    let mut asked = Asked::say(practice, line, &["add", "work"], "dumb");
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    asked.reads_until("Access key id: ");
    for _ in 0..4 {
        let paste = format!("AKIA123\n{secret}\n");
        asked.keys.write_all(paste.as_bytes()).unwrap();
        let seen = asked.reads_until("Access key id: ");
        assert!(
            seen.contains("Not taken: that is not an access key id"),
            "{seen}"
        );
    }
    let paste = format!("AKIA123\n{secret}\n");
    asked.keys.write_all(paste.as_bytes()).unwrap();
    asked.reads_until("code-2");
    asked.keys.write_all(b"typed\n").unwrap();
    asked.reads_until("rest-typed");
}

#[test]
fn a_short_new_passphrase_is_refused_and_one_is_generated_on_enter() {
    let practice = Practice::with_key();
    let words = ["vault", "passphrase"];
    let mut asked = Asked::say(practice, ITS_OWN, &words, "dumb");
    let mut answer = |question: &str, line: &str| {
        let seen = asked.reads_until(question);
        until(|| !asked.shows());
        asked.keys.write_all(line.as_bytes()).unwrap();
        asked.keys.write_all(b"\n").unwrap();
        seen
    };
    answer("Vault passphrase: ", keyward_testkit::PASSPHRASE);
    answer("New passphrase: ", "x");
    let seen = answer("New passphrase: ", "");
    assert!(seen.contains("has 1 of at least 10 characters"), "{seen}");
    let seen = asked.reads_until("Type it once to confirm: ");
    let mut lines = seen.lines().map(str::trim);
    let made = lines.find(|line| line.split('-').count() == 4 && line.len() == 23);
    let made = made
        .unwrap_or_else(|| panic!("none in {seen:?}"))
        .to_owned();
    until(|| !asked.shows());
    let typed = format!("{made}\n");
    asked.keys.write_all(typed.as_bytes()).unwrap();
    assert!(asked.child.wait().unwrap().success());
    asked.practice.write("made", &made);
    let made = asked.practice.path().join("made").display().to_string();
    asked.practice.set("KEYWARD_PASSPHRASE_FILE", made);
    let _ = asked.practice.run(&["lock"]);
    let words = ["exec", "bare", "--no-session", "--", "true"];
    let _ = asked.practice.run(&words).ok();
}

#[test]
fn a_generated_passphrase_stays_the_same_and_the_end_names_the_next_step() {
    let practice = Practice::with_key();
    let words = ["vault", "passphrase"];
    let mut asked = Asked::say(practice, ITS_OWN, &words, "dumb");
    let mut answer = |question: &str, line: &str| {
        let seen = asked.reads_until(question);
        until(|| !asked.shows());
        asked.keys.write_all(line.as_bytes()).unwrap();
        asked.keys.write_all(b"\n").unwrap();
        seen
    };
    answer("Vault passphrase: ", keyward_testkit::PASSPHRASE);
    let mut made = Vec::new();
    for _ in 0..3 {
        answer("New passphrase: ", "");
        let seen = answer("Type it once to confirm: ", "mistyped");
        let mut lines = seen.lines().map(str::trim);
        let line = lines.find(|line| line.split('-').count() == 4 && line.len() == 23);
        made.push(line.unwrap().to_owned());
    }
    assert!(made.iter().all(|other| *other == made[0]), "{made:?}");
    let seen = asked.reads_until("KEYWARD_PASSPHRASE_FILE");
    assert!(seen.contains("hint: run the command again"), "{seen}");
    assert!(!asked.child.wait().unwrap().success());
}

#[test]
fn a_signal_that_the_starter_ignores_ends_nothing() {
    let mut asked = Asked::start_by("trap '' HUP; exec setsid --ctty \"$@\"");
    kill_process(Pid::from_child(&asked.child), Signal::HUP).unwrap();
    let line = format!("{}\n", keyward_testkit::PASSPHRASE);
    asked.keys.write_all(line.as_bytes()).unwrap();
    assert!(asked.child.wait().unwrap().success());
}

#[test]
fn a_job_in_the_background_is_told_so() {
    let line = "exec setsid --ctty sh -c 'set -m; \"$@\" & wait $!' sh \"$@\"";
    let mut asked = Asked::run(line);
    // Lines end where the terminal does, which may be within what is looked for.
    let words = |seen: &str| seen.split_whitespace().collect::<Vec<_>>().join(" ");
    let seen =
        asked.reads_until_it(|seen| words(seen).contains("runs in the background of its terminal"));
    assert_eq!(asked.child.wait().unwrap().code(), Some(3), "{seen}");
}

#[test]
fn a_question_that_was_put_into_the_background_ends_by_a_signal() {
    let line = "exec setsid --ctty sh -c 'set -m; \"$@\"; echo moved; read -r _' sh \"$@\"";
    let mut asked = Asked::start_by(line);
    let shell = asked.child.id();
    let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children"));
    let keyward = Pid::from_raw(children.unwrap().trim().parse().unwrap()).unwrap();
    let held = rustix::process::pidfd_open(keyward, PidfdFlags::empty()).unwrap();
    // The shell takes the terminal back from a job that stops.
    kill_process(keyward, Signal::STOP).unwrap();
    asked.reads_until("moved");
    kill_process(keyward, Signal::TERM).unwrap();
    // Its wait for the line stops it in the background each time it continues.
    until(|| {
        let _ = kill_process(keyward, Signal::CONT);
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        poll(&mut [PollFd::new(&held, PollFlags::IN)], Some(&now)) == Ok(1)
    });
    asked.keys.write_all(b"\n").unwrap();
    assert!(asked.child.wait().unwrap().success());
}

/// A server that asks for the passphrase, since it cannot renew without the vault.
fn server_that_asks() -> Asked {
    let mut practice = Practice::with_key();
    // A quarter of an hour is so short that every request first tries to get something longer.
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nsession_duration = \"15m\"\n",
    );
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let _ = practice.run(&["exec", "alice", "--", "true"]).ok();
    let line = format!("{ITS_OWN} > printed");
    let mut asked = Asked::say(practice, &line, &["serve", "--json", "alice"], "dumb");
    asked.reads_until("Ctrl-C ends it");
    let printed: serde_json::Value = serde_json::from_str(&asked.practice.read("printed")).unwrap();
    std::fs::remove_dir_all(asked.practice.path().join("keyward/sessions")).unwrap();
    let url = printed["profiles"]["alice"].as_str().unwrap();
    let token = std::fs::read_to_string(printed["token_file"].as_str().unwrap()).unwrap();
    // The remaining credentials go out while the person is asked.
    assert_eq!(crate::serve::get(url, &token).0, 200);
    asked.reads_until("Vault passphrase: ");
    assert!(!asked.shows());
    asked
}

#[test]
fn a_server_that_ends_while_it_asks_gives_the_echo_back() {
    for signal in [None, Some(Signal::TERM), Some(Signal::HUP)] {
        let mut asked = server_that_asks();
        match signal {
            None => asked.keys.write_all(b"half a passphrase\x03").unwrap(),
            Some(signal) => kill_process(Pid::from_child(&asked.child), signal).unwrap(),
        }
        assert_eq!(asked.child.wait().unwrap().code(), Some(0));
        assert!(asked.shows(), "{signal:?}");
    }
}

/// The modes that a list changes.
fn modes(asked: &Asked) -> LocalModes {
    let all = tcgetattr(&asked.screen).unwrap().local_modes;
    all & (LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
}

#[test]
fn a_signal_at_the_list_gives_the_terminal_back_and_ends_the_program() {
    use std::os::unix::process::ExitStatusExt;
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let mut asked = Asked::say(Practice::with_key(), ITS_OWN, &[], "xterm");
        let before = LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        asked.reads_until("Esc leaves");
        assert_eq!(modes(&asked), LocalModes::empty());
        kill_process(Pid::from_child(&asked.child), signal).unwrap();
        assert_eq!(asked.child.wait().unwrap().signal(), Some(signal.as_raw()));
        assert_eq!(modes(&asked), before, "{signal:?}");
        // The cursor is seen, and pasting is what it was.
        let seen = asked.reads_until("\x1b[J");
        assert!(seen.contains("\x1b[?2004l\x1b[?25h"), "{seen:?}");
    }
}

#[test]
fn a_filter_that_fits_nothing_says_so_and_esc_leaves_no_trace() {
    let mut asked = Asked::say(Practice::with_key(), ITS_OWN, &[], "xterm");
    asked.reads_until("Esc leaves");
    asked.keys.write_all(b"zzz").unwrap();
    asked.reads_until("no profile has a name like that");
    // Enter selects nothing, and the list is shown again.
    asked.keys.write_all(b"\r").unwrap();
    asked.reads_until_it(|seen| {
        let again = seen.split_once("\x1b[1A\r\x1b[J");
        again.is_some_and(|(_, list)| list.contains("no profile has a name like that"))
    });
    asked.keys.write_all(b"\x7f\x7f\x7f").unwrap();
    asked.reads_until("alice");
    asked.keys.write_all(b"\x1b").unwrap();
    let seen = asked.reads_until("\x1b[1A\r\x1b[J");
    assert!(!seen.contains("cancel"), "{seen:?}");
    assert_eq!(asked.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_terminal_that_draws_nothing_gets_numbers() {
    let mut asked = Asked::say(Practice::with_key(), ITS_OWN, &[], "dumb");
    let seen = asked.reads_until("Enter leaves): ");
    assert!(seen.contains("   1  alice"), "{seen:?}");
    asked.keys.write_all(b"7x\n").unwrap();
    asked.reads_until("Not taken");
    asked.keys.write_all(b"1\n").unwrap();
    let seen = asked.reads_until("alice (a number, Enter leaves): ");
    assert!(seen.contains("copy the line"), "{seen:?}");
    assert!(!seen.contains('\x1b'), "{seen:?}");
    asked.keys.write_all(b"\n").unwrap();
    assert_eq!(asked.child.wait().unwrap().code(), Some(0));
}

/// A question of a program without an answer.
const QUESTION: &str = "stty -echo < /dev/tty; exec sleep 600";

#[track_caller]
fn leaves_the_echo_on(mut practice: Practice, words: &[&str], code: i32) {
    // A slow machine may not get to the question in a short time.
    for limit in ["2000", "10000", "60000"] {
        practice.set("KEYWARD_TEST_PATIENCE_MS", limit);
        let mut asked = Asked::say(practice, ITS_OWN, words, "dumb");
        let mut stood = false;
        until(|| {
            stood |= !asked.shows();
            asked.child.try_wait().unwrap().is_some()
        });
        assert_eq!(asked.child.wait().unwrap().code(), Some(code));
        assert!(asked.shows());
        if stood {
            return;
        }
        practice = asked.practice;
    }
    panic!("the question never stands");
}

#[test]
fn a_program_that_is_ended_at_a_question_leaves_the_echo_on() {
    let practice = Practice::with_key();
    practice.config(&format!(
        "[profile w]\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\nweb_identity_token_process = {QUESTION}\n",
    ));
    leaves_the_echo_on(practice, &["exec", "w", "--", "true"], 1);
}

#[test]
fn so_does_a_keeper_of_the_vault() {
    let practice = Practice::with_key();
    practice.write("keep.sh", "cat > kept\n");
    practice.write(
        "read.sh",
        &format!("test -e hang || exec cat kept\n{QUESTION}\n"),
    );
    let words = ["sh read.sh", "--store", "sh keep.sh"];
    let words = [&["vault", "slot", "add", "command", "--read"][..], &words].concat();
    let _ = practice.run(&words).ok();
    let words = ["vault", "slot", "remove", "passphrase", "--yes"];
    let _ = practice.run(&words).ok();
    practice.write("hang", "");
    leaves_the_echo_on(practice, &["env", "bare", "--no-session"], 3);
}

/// A shell with job control on a terminal, in which `$KW` is keyward.
fn shell() -> Asked {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    practice.set("KW", env!("CARGO_BIN_EXE_keyward"));
    practice.set("PS1", "ready> ");
    let _ = practice.run(&["exec", "alice", "--", "true"]).ok();
    Asked::say(practice, "exec setsid --ctty bash --norc -i", &[], "dumb")
}

#[test]
fn a_shell_beside_a_server_is_suspended_and_continued_like_any_job() {
    let mut asked = shell();
    let mut type_and_see = |line: &str, seen: &[&str]| {
        asked.keys.write_all(line.as_bytes()).unwrap();
        let _ = asked.reads_until_it(|text| {
            let mut rest = text;
            seen.iter().all(|wanted| match rest.split_once(wanted) {
                Some((_, after)) => {
                    rest = after;
                    true
                }
                None => false,
            })
        });
    };
    // A shell drops what is typed before it shows its prompt.
    const PROMPT: &str = "ready> ";
    const INNER: &str = "inner> ";
    type_and_see("", &[PROMPT]);
    for _ in 0..2 {
        let line = "\"$KW\" exec alice --server -- env PS1='inner> ' bash --norc -i\n";
        type_and_see(line, &["\n", INNER]);
        type_and_see("echo within-$((40 + 2))\n", &["within-42", INNER]);
        for _ in 0..2 {
            type_and_see("suspend\n", &["Stopped", PROMPT]);
            type_and_see("echo outside-$((40 + 2))\n", &["outside-42", PROMPT]);
            type_and_see("fg\n", &["exec alice", "\n", INNER]);
            type_and_see("echo again-$((40 + 2))\n", &["again-42", INNER]);
        }
        type_and_see("exit\n", &["exit", "exit", PROMPT]);
    }
    type_and_see("echo code-$?\n", &["code-0", PROMPT]);
    asked.keys.write_all(b"exit\n").unwrap();
    assert!(asked.child.wait().unwrap().success());
}

#[test]
fn a_key_that_another_run_stores_during_the_question_is_kept_and_named() {
    let words = ["remove", "bare"];
    let mut asked = Asked::say(Practice::with_key(), ITS_OWN, &words, "dumb");
    asked.reads_until("Vault passphrase: ");
    let line = format!("{}\n", keyward_testkit::PASSPHRASE);
    asked.keys.write_all(line.as_bytes()).unwrap();
    asked.reads_until("from the vault?");
    let other = "AKIAI44QH8DHBEXAMPLE";
    let add = [
        "add",
        "bare",
        "--stdin",
        "--no-config",
        "--no-verify",
        "--force",
    ];
    let input = format!("{other}\nje7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY\n");
    let add = asked.practice.command(&add);
    let _ = keyward_testkit::finish(add, &input).ok();
    asked.keys.write_all(b"y\n").unwrap();
    let seen = asked.reads_until("still uses the key");
    let warning = format!("another run stored {other}");
    assert!(seen.contains(&warning), "{seen}");
    assert!(asked.child.wait().unwrap().success());
    let listed = asked.practice.read("keyward/index.json");
    assert!(listed.contains(other), "{listed}");
}
