//! A person at a terminal, who types a line and answers what keyward asks.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use keyward_testkit::PASSPHRASE;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::worlds::World;
use crate::echo::{ITS_OWN, Terminal};
use crate::password::{NEW, OLD};
use crate::practice::{KEY_ID, SECRET};

/// The end of a line.
pub(super) struct Ended {
    pub(super) code: i32,
    /// What the terminal showed.
    pub(super) screen: String,
}

/// A person who gets no question for this long gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a person types when the screen ends like this, after another answer.
fn answer(world: &World, screen: &str, before: &str) -> Option<String> {
    let last = screen.trim_end().lines().last()?;
    let of = |words: &str| last.contains(words);
    // The cursor waits behind a question.
    if screen.ends_with('\n') {
        return of("Ctrl-C ends it").then(|| "\u{3}".to_owned());
    }
    Some(if of("[y/N]") || of("[Y/n]") {
        "y\n".to_owned()
    } else if of("once to confirm") {
        before.to_owned()
    } else if of("MFA code for ") {
        format!("{}\n", world.code()?)
    } else if of("granted's files") {
        format!("{}\n", crate::import::PASSPHRASE)
    } else if of("Old console password") {
        format!("{OLD}\n")
    } else if of("New password") {
        format!("{NEW}\n")
    } else if of("assphrase") {
        format!("{PASSPHRASE}\n")
    } else if of("Access key id") {
        format!("{KEY_ID}\n")
    } else if of("Secret access key") {
        format!("{SECRET}\n")
    } else {
        return None;
    })
}

/// Types a line at a new terminal, for a shell that has it as its own.
pub(super) fn types(world: &World, line: &str) -> Ended {
    let mut terminal = Terminal::new();
    let mut command = world.home().command_of("sh");
    command
        .args(["-c", ITS_OWN, "sh", "bash", "-o", "pipefail", "-c", line])
        .env_remove("KEYWARD_PASSPHRASE_FILE")
        .env("TERM", "dumb");
    terminal.attach(&mut command);
    let mut child = command.spawn().unwrap();
    let (mut screen, mut answered, mut answers) = (String::new(), 0, 0);
    let mut before = String::new();
    let mut heard = Instant::now();
    loop {
        let ended = child.try_wait().unwrap();
        if let Some(piece) = read(&mut terminal) {
            screen.push_str(&piece);
            heard = Instant::now();
        } else if let Some(status) = ended {
            let code = status.code().unwrap_or(-1);
            return Ended { code, screen };
        } else if let Some(typed) = answer(world, &screen[answered..], &before) {
            answered = screen.len();
            answers += 1;
            assert!(answers < 20, "`{line}` asks again and again: {screen}");
            terminal.keys.write_all(typed.as_bytes()).unwrap();
            before = typed;
        } else if heard.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            screen.push_str("\nand then nothing");
            return Ended { code: -1, screen };
        }
    }
}

/// What comes to the screen within a moment.
fn read(terminal: &mut Terminal) -> Option<String> {
    let moment = Timespec {
        tv_sec: 0,
        tv_nsec: 20_000_000,
    };
    let mut ends = [PollFd::new(&terminal.keys, PollFlags::IN)];
    if poll(&mut ends, Some(&moment)).ok()? == 0 {
        return None;
    }
    let mut piece = [0; 4096];
    let count = terminal.keys.read(&mut piece).ok()?;
    Some(String::from_utf8_lossy(&piece[..count]).replace('\r', ""))
}
