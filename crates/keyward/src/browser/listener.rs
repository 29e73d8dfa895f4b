//! A loopback port for a browser on this machine, and the requests that arrive there. One thread
//! serves a few connections, each for a short time, so that other local users can neither exhaust
//! memory nor hold up the browser.
//!
//! It has no runtime, in contrast to `keyward-loopback`: the thread that asks the user at the
//! terminal polls it, and either of the two may bring the answer.

use std::collections::VecDeque;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// The pause between two checks for a new connection.
pub(crate) const PACE: Duration = Duration::from_millis(20);
/// The time that a visitor has to send its request. Browsers open some connections for later.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer, in bytes. The system accepts this much in one write.
const ANSWER: Duration = Duration::from_secs(1);
/// The number of visitors that are kept. For one more, the oldest goes.
const MOST: usize = 64;
const LONGEST_REQUEST: usize = 16 * 1024;
const END: &[u8] = b"\r\n\r\n";

/// An open port.
#[derive(Debug)]
pub(crate) struct LoopbackListener {
    listener: TcpListener,
    address: SocketAddr,
    connections: VecDeque<Connection>,
}

/// A client that has connected, and the bytes that it has sent so far.
#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    message: Zeroizing<Vec<u8>>,
    since: Instant,
}

/// The state of a connection after a read.
enum Received {
    /// There may be more.
    NotAll,
    /// A whole request.
    All(Zeroizing<String>),
    /// It closed, took too long, or sent too much.
    Nothing,
}

/// A client whose whole request has arrived.
#[derive(Debug)]
pub(crate) struct BrowserRequest {
    stream: TcpStream,
    peer: SocketAddr,
    host: String,
    /// The request up to its empty line.
    head: Zeroizing<String>,
}

impl LoopbackListener {
    /// Opens a free port.
    pub(crate) fn open() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok(Self {
            listener,
            address,
            connections: VecDeque::new(),
        })
    }

    /// The address that it listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next caller with a complete request, if there is one now.
    pub(crate) fn next(&mut self) -> Option<BrowserRequest> {
        self.let_in();
        let mut turn = 0;
        while let Some(connection) = self.connections.get_mut(turn) {
            match connection.receive() {
                Received::NotAll => turn += 1,
                Received::Nothing => drop(self.connections.remove(turn)),
                Received::All(head) => {
                    let Connection { stream, peer, .. } = self.connections.remove(turn)?;
                    return Some(BrowserRequest {
                        stream,
                        peer,
                        host: self.address.to_string(),
                        head,
                    });
                }
            }
        }
        None
    }

    fn let_in(&mut self) {
        // No more than are kept, so that each is read once before it may be closed.
        for _ in 0..MOST {
            match self.listener.accept() {
                Ok((stream, peer)) => self.keep(stream, peer),
                Err(error) => match error.kind() {
                    // A client that left early does not affect the others.
                    io::ErrorKind::Interrupted
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::ConnectionReset => {}
                    // No client is waiting, or the system lacks a resource for now.
                    _ => return,
                },
            }
        }
    }

    fn keep(&mut self, stream: TcpStream, peer: SocketAddr) {
        if stream.set_nonblocking(true).is_err() {
            return;
        }
        if self.connections.len() == MOST {
            self.connections.pop_front();
        }
        self.connections.push_back(Connection {
            stream,
            peer,
            // All of it at once: growing would leave copies behind.
            message: Zeroizing::new(Vec::with_capacity(LONGEST_REQUEST)),
            since: Instant::now(),
        });
    }
}

impl Connection {
    fn receive(&mut self) -> Received {
        let mut cache_entry = Zeroizing::new([0_u8; 1024]);
        while self.message.len() + cache_entry.len() <= LONGEST_REQUEST {
            let known = self.message.len();
            match self.stream.read(cache_entry.as_mut_slice()) {
                Ok(0) => return Received::Nothing,
                Ok(count) => self.message.extend_from_slice(&cache_entry[..count]),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    return match self.since.elapsed() < PATIENCE {
                        true => Received::NotAll,
                        false => Received::Nothing,
                    };
                }
                Err(_) => return Received::Nothing,
            }
            // The end may have begun in the piece before.
            let from = known.saturating_sub(END.len() - 1);
            let end = self.message[from..]
                .windows(END.len())
                .position(|w| w == END);
            if let Some(end) = end {
                return match std::str::from_utf8(&self.message[..from + end]) {
                    Ok(head) => Received::All(Zeroizing::new(head.to_owned())),
                    Err(_) => Received::Nothing,
                };
            }
        }
        Received::Nothing
    }
}

impl BrowserRequest {
    /// The address of the caller.
    pub(crate) fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Returns the target of a request that a browser makes when its window opens this port's own
    /// address. A page elsewhere that rebinds its own name to 127.0.0.1 still sends that name. A
    /// request for a picture or a frame, or by a script, states its purpose.
    pub(crate) fn target(&self) -> Option<&str> {
        target(&self.head, &self.host)
    }

    /// Answers with a status, headers that end their lines, and a page.
    pub(crate) fn answer(mut self, status: &str, headers: &str, page: &str) -> io::Result<()> {
        let text = Zeroizing::new(format!(
            "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nreferrer-policy: no-referrer\r\n\
             cache-control: no-store\r\nconnection: close\r\n\r\n{page}",
            page.len()
        ));
        self.stream.set_nonblocking(false)?;
        self.stream.set_write_timeout(Some(ANSWER))?;
        // One write: the process may end as soon as the answer is on its way.
        self.stream.write_all(text.as_bytes())?;
        self.stream.flush()
    }
}

/// The target of a request for a window whose only host is the given one.
///
/// Source: <https://www.w3.org/TR/fetch-metadata/>; browsers that do not know it send nothing.
fn target<'r>(head: &'r str, host: &str) -> Option<&'r str> {
    let mut lines = head.split("\r\n");
    let words: Vec<&str> = lines.next()?.split(' ').collect();
    let ["GET", target, "HTTP/1.1" | "HTTP/1.0"] = words.as_slice() else {
        return None;
    };
    let headers: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(':')).collect();
    let values = |wanted: &'static str| {
        let of_name = move |(name, _): &&(&str, &str)| name.eq_ignore_ascii_case(wanted);
        headers
            .iter()
            .filter(of_name)
            .map(|(_, value)| value.trim())
    };
    let is_here = values("host").eq([host]);
    let is_window = values("sec-fetch-dest").all(|for_what| for_what == "document");
    (is_here && is_window).then_some(*target)
}

#[cfg(test)]
mod tests;
