//! A stop on 127.0.0.1 between keyward and the page that a browser is to open: the browser's
//! arguments, which every user of the machine may read, name the stop, and the stop sends the
//! browser on. Its path is random and good for one request, by a program of this user where the
//! system tells whose a connection is.

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use super::callback::head;

/// How often a new connection is looked for.
const PACE: Duration = Duration::from_millis(20);
/// How long a browser that failed may still come: some hand over to another that is slower.
const GRACE: Duration = Duration::from_secs(1);

/// An open stop.
pub(super) struct Hop {
    listener: TcpListener,
    port: u16,
    sign: Arc<Sign>,
}

/// What each connection must know.
struct Sign {
    host: String,
    path: Zeroizing<String>,
    link: Zeroizing<String>,
    used: AtomicBool,
}

/// What is heard while a stop is open.
pub(super) enum News {
    /// The browser was sent on.
    SentOn,
    /// The program that was to start the browser ended.
    Ended(ExitStatus),
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HopError {
    /// The browser failed.
    #[error("it ended with {0} and opened nothing")]
    Failed(ExitStatus),
    /// It never came, or cannot reach this machine's 127.0.0.1.
    #[error("it did not come to 127.0.0.1 within {} s", .0.as_secs())]
    Nobody(Duration),
    /// The port was lost.
    #[error("the port on 127.0.0.1 was lost")]
    Lost,
}

impl Hop {
    /// Opens one on a free port.
    pub(super) fn open(link: &str) -> io::Result<Self> {
        // It is about to stand in a header.
        if !link.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the link is no plain address",
            ));
        }
        let mut random = Zeroizing::new([0_u8; 32]);
        getrandom::fill(&mut *random).map_err(|e| io::Error::other(e.to_string()))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        Ok(Self {
            listener,
            port,
            sign: Arc::new(Sign {
                host: format!("127.0.0.1:{port}"),
                path: Zeroizing::new(format!("/{}", BASE64URL_NOPAD.encode(&*random))),
                link: Zeroizing::new(link.to_owned()),
                used: AtomicBool::new(false),
            }),
        })
    }

    /// The address that leads here.
    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.sign.path.as_str())
    }

    /// Waits until a browser was sent on.
    pub(super) fn serve(
        self,
        limit: Duration,
        (tell, news): (Sender<News>, Receiver<News>),
    ) -> Result<(), HopError> {
        let mut until = Instant::now() + limit;
        let mut failed = None;
        loop {
            match self.listener.accept() {
                Ok((stream, peer)) if is_ours(peer.port(), self.port) => {
                    let (sign, tell) = (Arc::clone(&self.sign), tell.clone());
                    // Apart, so that one silent connection cannot keep the others waiting.
                    std::thread::spawn(move || answer(stream, &sign, &tell));
                }
                Ok(_) => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => match news.recv_timeout(PACE) {
                    Ok(News::SentOn) => return Ok(()),
                    Ok(News::Ended(status)) if !status.success() => {
                        failed = Some(status);
                        until = until.min(Instant::now() + GRACE);
                    }
                    Ok(News::Ended(_)) | Err(RecvTimeoutError::Timeout) => {}
                    // This end holds a sender itself.
                    Err(RecvTimeoutError::Disconnected) => return Err(HopError::Lost),
                },
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(HopError::Lost),
            }
            if Instant::now() >= until {
                return Err(failed.map_or(HopError::Nobody(limit), HopError::Failed));
            }
        }
    }
}

fn answer(mut stream: TcpStream, sign: &Sign, tell: &Sender<News>) {
    let Some(request) = head(&mut stream) else {
        return;
    };
    let known = is_for(&request, sign);
    let first = known && !sign.used.swap(true, Ordering::SeqCst);
    let (status, location) = if first {
        let link = Zeroizing::new(format!("location: {}\r\n", sign.link.as_str()));
        ("302 Found", link)
    } else if known {
        ("410 Gone", Zeroizing::default())
    } else {
        ("404 Not Found", Zeroizing::default())
    };
    // One write: the process may end as soon as it has the news.
    let text = Zeroizing::new(format!(
        "HTTP/1.1 {status}\r\n{}content-length: 0\r\nreferrer-policy: no-referrer\r\n\
         cache-control: no-store\r\nconnection: close\r\n\r\n",
        location.as_str()
    ));
    let sent = stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.flush());
    if first && sent.is_ok() {
        // Nobody waits any more where this fails.
        let _ = tell.send(News::SentOn);
    }
}

/// Whether a request asks for this stop, by its own address.
fn is_for(request: &str, sign: &Sign) -> bool {
    let mut lines = request.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let asked = words.next() == Some("GET")
        && words
            .next()
            .is_some_and(|path| path.as_bytes() == sign.path.as_bytes());
    let hosts: Vec<&str> = lines
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("host"))
        .map(|(_, value)| value.trim())
        .collect();
    asked && hosts == [sign.host.as_str()]
}

/// Whether a connection was made by this user, or by root, who could do anything anyway. The path
/// stands in an argument list, where another user's program might read it and be faster than the
/// browser. Where the system does not tell, it is believed.
#[cfg(target_os = "linux")]
fn is_ours(from: u16, to: u16) -> bool {
    let own = rustix::process::geteuid().as_raw();
    ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .find_map(|table| owner(&table, from, to))
        .is_none_or(|uid| uid == own || uid == 0)
}

#[cfg(not(target_os = "linux"))]
fn is_ours(_from: u16, _to: u16) -> bool {
    true
}

/// The user whose socket is connected from one port of this machine to another.
///
/// Source: proc_net_tcp in the kernel's documentation: addresses are hexadecimal, the user is the
/// eighth field.
#[cfg(target_os = "linux")]
fn owner(table: &str, from: u16, to: u16) -> Option<u32> {
    let ends_in = |field: &str, port: u16| {
        field
            .split_once(':')
            .is_some_and(|(_, hex)| u16::from_str_radix(hex, 16) == Ok(port))
    };
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [_, local, remote, _, _, _, _, uid, ..] = fields.as_slice() else {
            return None;
        };
        (ends_in(local, from) && ends_in(remote, to)).then(|| uid.parse().ok())?
    })
}

/// The news of one stop: a sender for whoever has some, and both ends for the stop.
pub(super) type Line = (Sender<News>, Receiver<News>);

/// What became of a browser that was started.
pub(crate) struct Led {
    outcome: Receiver<Result<(), HopError>>,
}

impl Led {
    /// Serves the stop on a thread of its own.
    pub(super) fn start(hop: Hop, limit: Duration, line: Line) -> Self {
        let (done, outcome) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            // Whoever does not care has dropped the other end.
            let _ = done.send(hop.serve(limit, line));
        });
        Self { outcome }
    }

    /// Waits until the browser has been sent on.
    pub(crate) fn wait(self) -> Result<(), HopError> {
        self.outcome.recv().unwrap_or(Err(HopError::Lost))
    }
}

#[cfg(test)]
mod tests;
