//! The address on 127.0.0.1 that a browser comes back to. It listens nowhere else, takes one
//! answer that carries the right state, and is gone.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

use keyward_core::secret::GrantCode;
use zeroize::Zeroizing;

/// The address as it is registered; any port will do.
pub(super) const REGISTERED: &str = "http://127.0.0.1/oauth/callback";
const PATH: &str = "/oauth/callback";
/// How often a new connection is looked for.
const PACE: Duration = Duration::from_millis(20);
/// How long one connection may take to say what it wants. Browsers open some for later.
const CONNECTION: Duration = Duration::from_secs(10);
const LONGEST_REQUEST: u64 = 16 * 1024;

/// An open address.
#[derive(Debug)]
pub(in crate::session::source) struct Callback {
    listener: TcpListener,
    port: u16,
}

/// Why no code came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::session::source) enum CallbackError {
    /// The person turned it down, or the service did.
    #[error("the sign-in page answered `{0}`")]
    Refused(String),
    /// Nobody came.
    #[error("the browser did not come back in time")]
    TimedOut,
    /// The port was lost.
    #[error("the port on 127.0.0.1 was lost")]
    Lost,
}

impl Callback {
    /// Opens one on a free port.
    pub(in crate::session::source) fn open() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    /// The address with its port.
    pub(in crate::session::source) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// Waits for the browser.
    pub(in crate::session::source) fn wait(
        self,
        state: &str,
        limit: Duration,
    ) -> Result<GrantCode, CallbackError> {
        let until = Instant::now() + limit;
        let expected = Arc::new(Expected {
            state: Zeroizing::new(state.to_owned()),
            host: format!("127.0.0.1:{}", self.port),
        });
        let (found, answers) = mpsc::channel();
        loop {
            match self.listener.accept() {
                Ok((stream, _)) => {
                    let (expected, found) = (Arc::clone(&expected), found.clone());
                    // Apart, so that one silent connection cannot keep the others waiting.
                    std::thread::spawn(move || serve(stream, &expected, &found));
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    if let Ok(answer) = answers.recv_timeout(PACE) {
                        return answer;
                    }
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(CallbackError::Lost),
            }
            if Instant::now() >= until {
                return Err(CallbackError::TimedOut);
            }
        }
    }
}

struct Expected {
    state: Zeroizing<String>,
    host: String,
}

/// What a request means.
#[derive(Debug)]
enum Verdict {
    /// The answer that was waited for.
    Answer(Result<GrantCode, CallbackError>),
    /// Something else: a wrong state, another page, another host.
    Stranger,
}

fn serve(
    mut stream: TcpStream,
    expected: &Expected,
    found: &Sender<Result<GrantCode, CallbackError>>,
) {
    let Some(request) = head(&mut stream) else {
        return;
    };
    let (status, text, answer) = match judge(&request, expected) {
        Verdict::Answer(Ok(code)) => (
            "200 OK",
            "You are signed in. You can close this page and go back to the terminal.",
            Some(Ok(code)),
        ),
        Verdict::Answer(Err(error)) => (
            "200 OK",
            "You are not signed in. The terminal says why; you can close this page.",
            Some(Err(error)),
        ),
        Verdict::Stranger => (
            "400 Bad Request",
            "This page is not what it should be.",
            None,
        ),
    };
    let body =
        format!("<!doctype html><meta charset=\"utf-8\"><title>keyward</title><p>{text}</p>\n");
    // The page first: the process may end as soon as it has the answer.
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         content-security-policy: default-src 'none'\r\nreferrer-policy: no-referrer\r\n\
         cache-control: no-store\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.flush();
    if let Some(answer) = answer {
        // Nobody waits for a second answer.
        let _ = found.send(answer);
    }
}

/// The request up to its empty line.
pub(super) fn head(stream: &mut TcpStream) -> Option<Zeroizing<String>> {
    stream.set_nonblocking(false).ok()?;
    stream.set_read_timeout(Some(CONNECTION)).ok()?;
    stream.set_write_timeout(Some(CONNECTION)).ok()?;
    let mut bytes = Zeroizing::new(Vec::new());
    let mut limited = stream.take(LONGEST_REQUEST);
    let mut chunk = Zeroizing::new([0_u8; 1024]);
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        match limited.read(&mut *chunk).ok()? {
            0 => return None,
            count => bytes.extend_from_slice(&chunk[..count]),
        }
    }
    String::from_utf8(bytes.to_vec()).ok().map(Zeroizing::new)
}

fn judge(request: &str, expected: &Expected) -> Verdict {
    let mut lines = request.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (words.next(), words.next().unwrap_or_default());
    // A page elsewhere that rebinds its own name to 127.0.0.1 still sends that name.
    let hosts: Vec<&str> = lines
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("host"))
        .map(|(_, value)| value.trim())
        .collect();
    let Some((PATH, query)) = target.split_once('?') else {
        return Verdict::Stranger;
    };
    if method != Some("GET") || hosts != [expected.host.as_str()] {
        return Verdict::Stranger;
    }
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| Zeroizing::new(value.into_owned()))
    };
    if value("state").is_none_or(|state| *state != *expected.state) {
        return Verdict::Stranger;
    }
    if let Some(error) = value("error") {
        let words = value("error_description").unwrap_or(error);
        let shown = words
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect();
        return Verdict::Answer(Err(CallbackError::Refused(shown)));
    }
    match value("code").and_then(|code| code.parse().ok()) {
        Some(code) => Verdict::Answer(Ok(code)),
        None => Verdict::Stranger,
    }
}

#[cfg(test)]
mod tests;
