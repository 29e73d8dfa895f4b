//! The user of one socket, queried from the kernel by its addresses. Reading the tables of all sockets takes
//! milliseconds, which other users could multiply by connecting. Refuses IPv6 addresses, and returns nothing
//! if the kernel has no such service.
//!
//! Source: <https://man7.org/linux/man-pages/man7/sock_diag.7.html>

use std::net::{SocketAddr, SocketAddrV4};

use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with,
};

/// The owner of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum User {
    /// The user with this number.
    Is(u32),
    /// The connection has ended.
    Gone,
}

/// The user of the socket that is connected from one address to another. None if the kernel does not report
/// it.
pub(super) fn user(from: SocketAddr, to: SocketAddr) -> Option<User> {
    let (SocketAddr::V4(from), SocketAddr::V4(to)) = (from, to) else {
        return None;
    };
    if from == to {
        return Some(User::Gone);
    }
    match ask(from, to)? {
        SocketState::Established(uid) => Some(User::Is(uid)),
        SocketState::Other => Some(User::Gone),
        // A kernel without the service returns the same answer. The caller's own end certainly
        // exists.
        SocketState::Nothing => match ask(to, from)? {
            SocketState::Nothing => None,
            SocketState::Established(_) | SocketState::Other => Some(User::Gone),
        },
    }
}

/// The kernel's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SocketState {
    /// A connected socket, with its user.
    Established(u32),
    /// A socket that is closing, or only listens.
    Other,
    Nothing,
}

/// The length of a message's head.
const HEAD: usize = 16;
/// Both the number of the question and that of its answer.
const BY_FAMILY: u16 = 20;

fn ask(local: SocketAddrV4, remote: SocketAddrV4) -> Option<SocketState> {
    let socket = socket_with(
        AddressFamily::NETLINK,
        SocketType::DGRAM,
        SocketFlags::CLOEXEC,
        Some(SOCK_DIAG),
    )
    .ok()?;
    let kernel = SocketAddrNetlink::new(0, 0);
    sendto(
        &socket,
        &question(local, remote),
        SendFlags::empty(),
        &kernel,
    )
    .ok()?;
    let mut answer = [0; 1024];
    // The kernel answers before the question's call returns.
    let (length, _) = recv(&socket, &mut answer[..], RecvFlags::DONTWAIT).ok()?;
    read(answer.get(..length)?)
}

/// `struct nlmsghdr` and `struct inet_diag_req_v2`: one TCP socket of IPv4.
fn question(local: SocketAddrV4, remote: SocketAddrV4) -> Vec<u8> {
    const LENGTH: u32 = 72;
    const REQUEST: u16 = 1;
    const INET: u8 = 2;
    const TCP: u8 = 6;
    /// The number of the loopback interface, for a socket that is bound to it.
    const LOOPBACK: u32 = 1;
    let mut bytes = Vec::with_capacity(LENGTH as usize);
    bytes.extend(LENGTH.to_ne_bytes());
    bytes.extend(BY_FAMILY.to_ne_bytes());
    bytes.extend(REQUEST.to_ne_bytes());
    // Sequence and sender.
    bytes.extend([0; 8]);
    bytes.extend([INET, TCP, 0, 0]);
    // Every state.
    bytes.extend(u32::MAX.to_ne_bytes());
    bytes.extend(local.port().to_be_bytes());
    bytes.extend(remote.port().to_be_bytes());
    for address in [local.ip(), remote.ip()] {
        bytes.extend(address.octets());
        bytes.extend([0; 12]);
    }
    bytes.extend(LOOPBACK.to_ne_bytes());
    // No cookie.
    bytes.extend([0xff; 8]);
    bytes
}

/// `struct inet_diag_msg`, or `struct nlmsgerr`.
fn read(answer: &[u8]) -> Option<SocketState> {
    const ERROR: u16 = 2;
    const ESTABLISHED: u8 = 1;
    /// The offset of the user, after addresses and queues.
    const UID: usize = HEAD + 64;
    let word = |at: usize| Some(u32::from_ne_bytes(answer.get(at..at + 4)?.try_into().ok()?));
    let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    match kind {
        ERROR => {
            let missing = rustix::io::Errno::NOENT.raw_os_error();
            let code = word(HEAD)?.cast_signed();
            (code == -missing).then_some(SocketState::Nothing)
        }
        BY_FAMILY if *answer.get(HEAD + 1)? == ESTABLISHED => {
            Some(SocketState::Established(word(UID)?))
        }
        BY_FAMILY => Some(SocketState::Other),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
