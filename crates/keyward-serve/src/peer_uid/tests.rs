//! The reported owner of a connection.

use std::net::{Ipv4Addr, TcpListener, TcpStream};

use super::*;

/// A table as the kernel writes it, from rows of local address, remote address, state and user.
fn table(rows: &[(&str, &str, &str, u32)]) -> String {
    // The kernel writes each four bytes as a number of its own byte order.
    let native = |field: &str| {
        let (ip, port) = field.split_once(':').unwrap();
        let words = ip.as_bytes().chunks(8).map(|word| {
            let word = std::str::from_utf8(word).unwrap();
            let word = u32::from_str_radix(word, 16).unwrap();
            format!("{:08X}", u32::from_ne_bytes(word.to_be_bytes()))
        });
        format!("{}:{port}", words.collect::<String>())
    };
    let mut text = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n".to_owned();
    for (number, (local, remote, state, uid)) in rows.iter().enumerate() {
        let (local, remote) = (native(local), native(remote));
        text += &format!(
            "{number:4}: {local} {remote} {state} 00000000:00000000 00:00000000 00000000 {uid:5}        0 {number} 1 0000000000000000 20 4 30 10 -1\n"
        );
    }
    text
}

fn check(rows: &[(&str, &str, &str, u32)], peer: &str, expect: &[u32]) {
    let local = "127.0.0.1:41153".parse().unwrap();
    let found: Vec<u32> = users(&table(rows), peer.parse().unwrap(), local).collect();
    assert_eq!(found, expect, "{peer}");
}

/// 41153, where keyward listens.
const HERE: &str = "7F000001:A0C1";
const KEYWARD: u32 = 1000;
const OTHER: u32 = 1001;

#[test]
fn the_user_of_a_connection_is_the_one_at_its_other_end() {
    let rows = [
        (HERE, "00000000:0000", "0A", KEYWARD),
        (HERE, "7F000001:C35A", "01", KEYWARD),
        ("7F000001:C35A", HERE, "01", OTHER),
        ("7F000001:C35A", "7F000001:01BB", "01", KEYWARD),
    ];
    check(&rows, "127.0.0.1:50010", &[OTHER]);
    check(&rows, "127.0.0.1:50011", &[]);
    check(&rows, "127.0.0.2:50010", &[]);
    // A socket with equal ends has no owner.
    check(&[(HERE, HERE, "01", KEYWARD)], "127.0.0.1:41153", &[]);
}

#[test]
fn a_port_number_that_somebody_chose_makes_a_connection_nobody_elses() {
    // From 127.0.0.2, and from the number of the very port that it goes to: keyward's own end of
    // it reads the same but for the address, whichever comes first.
    let own = (HERE, "7F000002:A0C1", "01", KEYWARD);
    let theirs = ("7F000002:A0C1", HERE, "01", OTHER);
    for rows in [[own, theirs], [theirs, own]] {
        check(&rows, "127.0.0.2:41153", &[OTHER]);
    }
    // The same with an IPv6 socket: it is in the other table, and keyward's end in the first.
    check(&[own], "127.0.0.2:41153", &[]);
    let mapped = |ip: &str| format!("0000000000000000 0000FFFF {ip}").replace(' ', "");
    let (from, to) = (mapped("7F000002:A0C1"), mapped(HERE));
    check(&[(&from, &to, "01", OTHER)], "127.0.0.2:41153", &[OTHER]);
    check(&[(&to, &from, "01", KEYWARD)], "127.0.0.2:41153", &[]);
}

#[test]
fn a_connection_that_does_not_stand_is_nobodys() {
    // The kernel reports user 0 for closing and closed sockets.
    for state in ["04", "05", "06", "07", "08", "0B"] {
        check(&[("7F000001:C35A", HERE, state, 0)], "127.0.0.1:50010", &[]);
    }
}

#[test]
fn lines_that_are_no_rows_are_passed_over() {
    let local: SocketAddr = "127.0.0.1:41153".parse().unwrap();
    let good = table(&[("7F000001:C35A", HERE, "01", OTHER)]);
    let text = good.replace(
        "  sl",
        "  sl\n\nx: y\n 0: 1: 2: 01 a b c 5\n 0: 0:é 2:g 01 a b c 5\n",
    );
    let found: Vec<u32> = users(&text, "127.0.0.1:50010".parse().unwrap(), local).collect();
    assert_eq!(found, [OTHER]);
}

/// The number of a socket, which the table ends its rows with.
fn inode(stream: &TcpStream) -> u64 {
    rustix::fs::fstat(stream).unwrap().st_ino
}

#[test]
fn a_live_connection_from_the_same_port_number_is_told_by_its_own_end() {
    use rustix::net::{AddressFamily, SocketType, bind, connect, socket};
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let local = listener.local_addr().unwrap();
    let peer = SocketAddr::new(Ipv4Addr::new(127, 0, 0, 2).into(), local.port());
    let client = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&client, &peer).unwrap();
    connect(&client, &local).unwrap();
    let client = TcpStream::from(client);
    let (accepted, from) = listener.accept().unwrap();
    assert_eq!(from, peer);
    if std::fs::read_to_string("/proc/net/tcp").is_err() {
        keyward_testkit::skipped("there is no `/proc/net/tcp`");
        return;
    }
    // Of the two rows with this number at both ends, it is the client's that counts. The kernel may
    // list a row twice, or not at all, while other sockets come and go.
    let rows = |inode: u64| {
        let of =
            move |line: &&str| line.split_ascii_whitespace().nth(9) == Some(&inode.to_string());
        for _ in 0..50 {
            let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
            if let Some(row) = table.lines().find(of) {
                return format!("head\n{row}\n");
            }
        }
        panic!("no row has the inode {inode}")
    };
    let own = rustix::process::geteuid().as_raw();
    let theirs: Vec<u32> = users(&rows(inode(&client)), peer, local).collect();
    assert_eq!(theirs, [own]);
    assert_eq!(users(&rows(inode(&accepted)), peer, local).count(), 0);
    assert!(is_own_peer(peer, local));
    // A closed socket has no owner.
    drop(client);
    assert!(!is_own_peer(peer, local));
}
