//! A redirect on 127.0.0.1 to the page that a browser should open. Every user of the machine can read
//! the browser's arguments, so they name only the redirect. Its path is random and valid for one
//! request. If the system reports the owner of a connection, keyward redirects only programs of this
//! user.

use std::io;
use std::net::SocketAddr;
use std::process::ExitStatus;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use super::listener::{BrowserRequest, LoopbackListener, PACE};

/// The time to wait for a browser after its launcher failed, because some launchers hand over to a
/// slower process.
const GRACE: Duration = Duration::from_secs(1);
/// The time to wait for the user's own browser after a client that the system does not attribute to
/// this user, such as a browser behind another user's relay, which will not come again.
const AFTER_STRANGER: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });

/// An open redirect.
pub(crate) struct OneTimeRedirect {
    listener: LoopbackListener,
    path: Zeroizing<String>,
    link: Zeroizing<String>,
}

/// The result of one client's request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LauncherExit {
    /// The client was redirected.
    SentOn,
    /// The client asked for another path, or disconnected before the answer.
    Nothing,
    /// The client knew the path, but does not belong to this user.
    Stranger,
}

/// Clients other than the browser that was redirected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Besides {
    /// No client knew the path.
    None,
    /// A client knew the path, but the system does not attribute it to this user. It received nothing.
    Stranger,
}

/// The reasons why no browser was redirected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RedirectError {
    /// The browser failed.
    #[error("it ended with {0} and opened nothing")]
    Failed(ExitStatus),
    /// The browser did not connect, or cannot reach this machine's 127.0.0.1.
    #[error("it did not connect to 127.0.0.1 within {} s", .0.as_secs())]
    NoConnection(Duration),
    /// The system does not attribute the only client to this user.
    #[error(
        "the program that connected to 127.0.0.1 instead is not known to be yours, and received nothing"
    )]
    Stranger,
    /// The caller no longer waits.
    #[error("the port on 127.0.0.1 was lost")]
    Lost,
}

impl OneTimeRedirect {
    /// Opens one on a free port.
    pub(crate) fn open(link: &str) -> io::Result<Self> {
        // The link goes into a header.
        if !link.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the link is not a plain address",
            ));
        }
        let mut random = Zeroizing::new([0_u8; 32]);
        getrandom::fill(&mut *random).map_err(|e| io::Error::other(e.to_string()))?;
        Ok(Self {
            listener: LoopbackListener::open()?,
            path: Zeroizing::new(format!("/{}", BASE64URL_NOPAD.encode(&*random))),
            link: Zeroizing::new(link.to_owned()),
        })
    }

    /// The address of this redirect.
    pub(crate) fn address(&self) -> String {
        format!("http://{}{}", self.listener.address(), self.path.as_str())
    }

    /// Waits until a browser has been redirected or the caller is gone. Also receives the exit status of
    /// the browser launcher.
    fn serve(
        mut self,
        limit: Duration,
        ended: &Receiver<ExitStatus>,
        wanted: &Weak<()>,
    ) -> Result<Besides, RedirectError> {
        let mut until = Instant::now() + limit;
        let mut why = RedirectError::NoConnection(limit);
        let mut told = false;
        let mut besides = Besides::None;
        loop {
            let came = self.listener.next();
            match came.map(|caller| self.answer(caller, keyward_serve::is_own_peer)) {
                Some(LauncherExit::SentOn) => return Ok(besides),
                Some(LauncherExit::Stranger) => {
                    besides = Besides::Stranger;
                    why = RedirectError::Stranger;
                    until = until.min(Instant::now() + AFTER_STRANGER);
                }
                Some(LauncherExit::Nothing) => {}
                None => match ended.recv_timeout(PACE) {
                    Ok(status) => {
                        told = true;
                        if !status.success() {
                            until = until.min(Instant::now() + GRACE);
                            if besides == Besides::None {
                                why = RedirectError::Failed(status);
                            }
                        }
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) if told => std::thread::sleep(PACE),
                    // It was not started.
                    Err(RecvTimeoutError::Disconnected) => return Err(RedirectError::Lost),
                },
            }
            if Instant::now() >= until || wanted.strong_count() == 0 {
                return Err(why);
            }
        }
    }

    fn answer(
        &self,
        caller: BrowserRequest,
        is_ours: impl Fn(SocketAddr, SocketAddr) -> bool,
    ) -> LauncherExit {
        if caller.target() != Some(self.path.as_str()) {
            // The caller does not wait for a foreign client to read its answer.
            let _ = caller.answer("404 Not Found", "", "");
            return LauncherExit::Nothing;
        }
        // The path is in an argument list, where another user's program might read it and connect before
        // the browser.
        if !is_ours(caller.peer(), self.listener.address()) {
            let page =
                "keyward does not know this program as yours. The terminal says what to do.\n";
            let _ = caller.answer("403 Forbidden", "content-type: text/plain\r\n", page);
            return LauncherExit::Stranger;
        }
        let location = Zeroizing::new(format!("location: {}\r\n", self.link.as_str()));
        match caller.answer("302 Found", &location, "") {
            Ok(()) => LauncherExit::SentOn,
            // A browser may drop a connection and connect again.
            Err(_) => LauncherExit::Nothing,
        }
    }
}

/// A started browser. Dropping this closes the redirect.
#[must_use]
pub(crate) struct Led {
    outcome: Receiver<Result<Besides, RedirectError>>,
    _wanted: Arc<()>,
}

impl Led {
    /// Serves the redirect on a separate thread.
    pub(crate) fn start(
        redirect: OneTimeRedirect,
        limit: Duration,
        ended: Receiver<ExitStatus>,
    ) -> io::Result<Self> {
        let (done, outcome) = std::sync::mpsc::channel();
        let wanted = Arc::new(());
        let watched = Arc::downgrade(&wanted);
        std::thread::Builder::new().spawn(move || {
            // A caller that does not need the outcome has dropped the other end.
            let _ = done.send(redirect.serve(limit, &ended, &watched));
        })?;
        Ok(Self {
            outcome,
            _wanted: wanted,
        })
    }

    /// Waits until the browser has been redirected.
    pub(crate) fn wait(self) -> Result<Besides, RedirectError> {
        self.outcome.recv().unwrap_or(Err(RedirectError::Lost))
    }
}

#[cfg(test)]
mod tests;
