//! A home whose calls go through the proxy.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use keyward_core::id::MfaSerial;
use keyward_sandbox::Sandbox;
use keyward_testkit::{Home, Ran};

use super::proxy::Proxy;
use crate::account::Rehearsal;
use crate::rotate::Rotation;

/// The practice account behind the proxy.
pub(super) enum Stage {
    /// A team, with Alice's key in the vault.
    Team(Rotation),
    /// Empty accounts, with the keys of their root users in the config file.
    Empty(Rehearsal),
}

/// A stage and its proxy.
pub(super) struct Place {
    pub(super) stage: Stage,
    pub(super) proxy: Proxy,
}

impl Place {
    pub(super) fn new(stage: Stage) -> Self {
        let port = match &stage {
            Stage::Team(team) => team.account.port(),
            Stage::Empty(empty) => empty.server.port(),
        };
        let proxy = Proxy::start(port);
        let mut place = Self { stage, proxy };
        let url = place.proxy.url();
        let home = place.home_mut();
        home.set("KEYWARD_SIGNIN_URL", format!("{url}/federation"));
        home.set("KEYWARD_CONSOLE_URL", format!("{url}/console"));
        home.set("AWS_ENDPOINT_URL", url);
        place
    }

    pub(super) fn home(&self) -> &Home {
        match &self.stage {
            Stage::Team(team) => &team.0.home,
            Stage::Empty(empty) => &empty.home,
        }
    }

    pub(super) fn home_mut(&mut self) -> &mut Home {
        match &mut self.stage {
            Stage::Team(team) => &mut team.0.home,
            Stage::Empty(empty) => &mut empty.home,
        }
    }

    pub(super) fn server(&self) -> &Sandbox {
        match &self.stage {
            Stage::Team(team) => &team.account,
            Stage::Empty(empty) => &empty.server,
        }
    }

    /// `keyward account VERB account.toml --yes`.
    pub(super) fn account(&self, verb: &str) -> Ran {
        self.home().run(&["account", verb, "account.toml", "--yes"])
    }

    /// Runs with a code of a device that was not spent.
    pub(super) fn with_code(&self, serial: &str, words: &[&str]) -> Ran {
        let serial: MfaSerial = serial.parse().unwrap();
        let code = self.server().fresh_code(&serial).unwrap();
        let mut command = self.home().command(words);
        command.env("KEYWARD_MFA_CODE", code.expose());
        keyward_testkit::finish(command, "")
    }

    /// Sends the last two codes of Alice's phone, whose clock is slow.
    pub(super) fn resync(&self) -> Ran {
        let serial: MfaSerial = crate::practice::SERIAL.parse().unwrap();
        let first = self.server().fresh_code(&serial).unwrap();
        let second = self.server().next_code(&serial).unwrap();
        let codes = format!("{},{}", first.expose(), second.expose());
        self.home()
            .run(&["mfa", "resync", "alice", "--codes", &codes])
    }

    /// Runs a command that shows an address on standard error, and opens it.
    pub(super) fn approved(&self, words: &[&str]) -> Ran {
        let mut child = self.start(words);
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        loop {
            let from = said.len();
            if errors.read_line(&mut said).unwrap() == 0 {
                break;
            }
            if let Some(url) = said[from..].trim().strip_prefix("http://") {
                visit(&format!("http://{url}"));
            }
        }
        let ended = child.wait_with_output().unwrap();
        Ran {
            code: ended.status.code().unwrap_or(-1),
            stdout: String::from_utf8(ended.stdout).unwrap(),
            stderr: said,
        }
    }

    /// Runs a command that opens an address with `browser.sh`, and opens what that notes.
    pub(super) fn in_browser(&self, words: &[&str]) -> Ran {
        let mut child = self.start(words);
        while child.try_wait().unwrap().is_none() {
            let tabs = self.home().read("tabs");
            if tabs.ends_with('\n') {
                std::fs::remove_file(self.home().path().join("tabs")).unwrap();
                visit(tabs.trim_end());
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let ended = child.wait_with_output().unwrap();
        Ran {
            code: ended.status.code().unwrap_or(-1),
            stdout: String::from_utf8(ended.stdout).unwrap(),
            stderr: String::from_utf8(ended.stderr).unwrap(),
        }
    }

    fn start(&self, words: &[&str]) -> Child {
        let mut command = self.home().command(words);
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }
}

/// Opens an address as a browser does, and follows where it is sent.
fn visit(url: &str) {
    let Some(rest) = url.strip_prefix("http://") else {
        return;
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let Ok(mut stream) = TcpStream::connect(host) else {
        return;
    };
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    let mut answer = String::new();
    if stream.write_all(request.as_bytes()).is_err() || stream.read_to_string(&mut answer).is_err()
    {
        return;
    }
    let location = answer
        .lines()
        .find_map(|line| line.strip_prefix("location: "));
    if let Some(next) = location {
        visit(next);
    }
}
