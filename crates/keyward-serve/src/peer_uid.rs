//! The owner of a connection from this machine to one of our ports, if the system reports it: on
//! Linux, the user of the socket at its other end. It goes by both addresses of that socket, since
//! a number of a port alone may be another user's choice.

#[cfg(target_os = "linux")]
mod socket_diag;

use std::net::SocketAddr;

/// Whether a program of this user made the connection, and the connection is still open. Returns
/// `true` if the system does not report the owner. The caller holds its own end of the connection.
/// The check takes microseconds, or milliseconds if the kernel cannot be asked about one socket.
#[cfg(target_os = "linux")]
#[must_use]
pub fn is_own_peer(peer: SocketAddr, local: SocketAddr) -> bool {
    at_once(peer, local).unwrap_or_else(|| is_in_tables(peer, local))
}

/// The same without waiting; none if the kernel cannot be asked about one socket.
#[cfg(target_os = "linux")]
pub(crate) fn at_once(peer: SocketAddr, local: SocketAddr) -> Option<bool> {
    let own = rustix::process::geteuid().as_raw();
    Some(socket_diag::user(peer, local)? == socket_diag::User::Is(own))
}

/// This system does not report the owner.
#[cfg(not(target_os = "linux"))]
#[allow(clippy::unnecessary_wraps, reason = "Linux may not know")]
pub(crate) fn at_once(_peer: SocketAddr, _local: SocketAddr) -> Option<bool> {
    Some(true)
}

/// The same by the tables of all sockets.
#[cfg(target_os = "linux")]
fn is_in_tables(peer: SocketAddr, local: SocketAddr) -> bool {
    use std::time::Duration;
    /// The system does not list all rows at one instant, so the check may miss a row.
    const LOOKS: u8 = 5;
    const PAUSE: Duration = Duration::from_millis(2);
    let own = rustix::process::geteuid().as_raw();
    for look in 0..LOOKS {
        if look > 0 {
            std::thread::sleep(PAUSE);
        }
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(std::fs::read_to_string);
        if tables.iter().all(Result::is_err) {
            return true;
        }
        let users = tables
            .iter()
            .flatten()
            .flat_map(|table| users(table, peer, local));
        let mut users = users.peekable();
        if users.peek().is_some() {
            // Root is refused too: other users may make a service of root connect here.
            return users.all(|uid| uid == own);
        }
    }
    false
}

/// Whether a program of this user made the connection. This system does not report the owner.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn is_own_peer(_peer: SocketAddr, _local: SocketAddr) -> bool {
    true
}

/// The users of the sockets in a table that are connected from one address to another, which at any
/// instant is one socket at most. A closing or closed connection has no user.
///
/// Source: proc_net_tcp in the kernel's documentation: addresses are hexadecimal, the state is the
/// fourth field, the user the eighth.
#[cfg(target_os = "linux")]
fn users(table: &str, from: SocketAddr, to: SocketAddr) -> impl Iterator<Item = u32> {
    const ESTABLISHED: &str = "01";
    table.lines().skip(1).filter_map(move |line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [_, local, remote, ESTABLISHED, _, _, _, uid, ..] = fields.as_slice() else {
            return None;
        };
        let wanted = from != to && address(local)? == from && address(remote)? == to;
        wanted.then(|| uid.parse().ok())?
    })
}

/// An address as the tables write it: each four bytes of it as one number of this machine. An
/// IPv4 address that a program used as an IPv6 one is the IPv4 address.
#[cfg(target_os = "linux")]
fn address(field: &str) -> Option<SocketAddr> {
    use std::net::{IpAddr, Ipv6Addr};
    let (ip, port) = field.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |at: usize| {
        let digits = ip.get(at * 8..at * 8 + 8)?;
        Some(u32::from_str_radix(digits, 16).ok()?.to_ne_bytes())
    };
    let ip: IpAddr = match ip.len() {
        8 => word(0)?.into(),
        32 => {
            let words = [word(0)?, word(1)?, word(2)?, word(3)?];
            let bytes: [u8; 16] = words.concat().try_into().ok()?;
            Ipv6Addr::from(bytes).to_canonical()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests;
