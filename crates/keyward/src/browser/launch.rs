//! A browser on this machine, if the person can see one: `BROWSER`, else what the desktop opens
//! addresses with. Over SSH and in WSL a browser here is not where the person is, or cannot reach
//! 127.0.0.1 of this side. It puts no link into an argument list: other users may read it, and a
//! shell of `BROWSER` may interpret it. The argument is keyward's own address, which leads to the
//! link once. If that cannot be, no browser is started.

use std::io;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

pub(crate) use super::redirect::{Besides, RedirectError};
use super::redirect::{Led, OneTimeRedirect};
use crate::environment as env;

/// The time that a browser has to start. One that comes later finds the way closed.
const START: Duration = Duration::from_secs(60);
/// Time limit when the user also sees the link. The caller waits at least as long.
const SIGN_IN: Duration = Duration::from_secs(600);

/// The commands that open an address.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    words: Vec<String>,
}

/// The browser here, if there is one.
pub(crate) fn here() -> Option<Browser> {
    let remote = ["SSH_CONNECTION", "SSH_TTY", "WSL_DISTRO_NAME"];
    if remote.iter().any(|name| env::get(name).is_some()) {
        return None;
    }
    if let Some(named) = env::get(env::BROWSER) {
        return Browser::named(&named);
    }
    let opener: &[&str] = if cfg!(target_os = "macos") {
        &["open"]
    } else if cfg!(windows) {
        &["rundll32.exe", "url.dll,FileProtocolHandler"]
    } else if env::get("DISPLAY").is_some() || env::get("WAYLAND_DISPLAY").is_some() {
        &["xdg-open"]
    } else {
        return None;
    };
    Some(Browser {
        words: opener.iter().map(|&word| word.to_owned()).collect(),
    })
}

impl Browser {
    /// The first of the commands that `BROWSER` lists, `:` between them.
    pub(crate) fn named(value: &str) -> Option<Self> {
        let first = match cfg!(windows) {
            true => value,
            false => value.split(':').find(|command| !command.is_empty())?,
        };
        let words = shlex::split(first).filter(|words| !words.is_empty());
        Some(Self {
            words: words.unwrap_or_else(|| vec![first.to_owned()]),
        })
    }

    /// Starts the browser on a page whose link the user also sees, and does not wait: some browsers run
    /// until their window closes. The redirect stays open while the caller keeps the outcome.
    pub(crate) fn open(&self, url: &str) -> io::Result<Led> {
        self.start_at(OneTimeRedirect::open(url)?, SIGN_IN)
    }

    /// Starts the browser on a page whose link no other user may see. The outcome says whether the
    /// browser has it.
    pub(crate) fn lead(&self, link: &str) -> io::Result<Led> {
        self.start_at(OneTimeRedirect::open(link)?, START)
    }

    fn start_at(&self, redirect: OneTimeRedirect, limit: Duration) -> io::Result<Led> {
        let (tell, ended) = channel();
        let address = redirect.address();
        // Listen first, so that the browser never arrives too early.
        let led = Led::start(redirect, limit, ended)?;
        self.start(&address, tell)?;
        Ok(led)
    }

    fn start(&self, url: &str, tell: Sender<ExitStatus>) -> io::Result<()> {
        let mut words: Vec<String> = self
            .words
            .iter()
            .map(|word| word.replace("%s", url))
            .collect();
        if words == self.words {
            words.push(url.to_owned());
        }
        let mut words = words.into_iter();
        let program = words.next().unwrap_or_default();
        let mut command = Command::new(program);
        command.args(words);
        for name in env::SECRETS {
            command.env_remove(name);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        // Collected when it ends, if this process still lives then.
        std::thread::Builder::new().spawn(move || {
            if let Ok(status) = child.wait() {
                // The caller stops listening once the browser was redirected.
                let _ = tell.send(status);
            }
        })?;
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests;
