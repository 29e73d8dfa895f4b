use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::*;

/// A slow judge.
fn slowly(own_peer: OwnPeer) -> Judge {
    Judge {
        at_once: |_, _| None,
        slowly: own_peer,
    }
}

fn started(judge: Judge) -> (Server, BearerToken) {
    let token = BearerToken::random().unwrap();
    let options = Options {
        port: 0,
        token: token.clone(),
        now: Box::new(|| Timestamp::from_second(1_800_000_000)),
        permit: Box::new(|| Ok(())),
    };
    (
        Server::start_judging(Vec::new(), options, judge).unwrap(),
        token,
    )
}

/// Returns the server's answer to a request; nothing, if it closes the connection.
fn answer(server: &Server, token: &BearerToken) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    let (port, token) = (server.port(), token.expose());
    let request = format!(
        "GET /v1/credentials/x HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {token}\r\n\r\n"
    );
    let mut answer = String::new();
    // A connection that was closed at once may refuse the request already.
    let _ = stream.write_all(request.as_bytes());
    let _ = stream.read_to_string(&mut answer);
    answer
}

/// As many silent connections as other users may have, each of them accepted.
fn occupied(server: &Server) -> Vec<TcpStream> {
    let connect = |_| TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    (0..CONNECTIONS - OWN_CONNECTIONS).map(connect).collect()
}

#[test]
fn other_users_do_not_get_the_last_places() {
    let (server, token) = started(slowly(|_, _| false));
    assert!(answer(&server, &token).starts_with("HTTP/1.1 404"));
    let occupied = occupied(&server);
    assert_eq!(answer(&server, &token), "");
    drop(occupied);
}

#[test]
fn programs_of_this_user_get_the_last_places() {
    let (server, token) = started(slowly(|_, _| true));
    let occupied = occupied(&server);
    for _ in 0..2 * OWN_CONNECTIONS {
        assert!(answer(&server, &token).starts_with("HTTP/1.1 404"));
    }
    drop(occupied);
}

#[test]
fn the_connection_that_has_waited_longest_gives_up_its_place() {
    let (server, token) = started(slowly(|_, _| true));
    let connect = || TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    // One that has sent half of a request, and more than there are places.
    let mut first = connect();
    first.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let mut others: Vec<TcpStream> = (0..CONNECTIONS + 20).map(|_| connect()).collect();
    assert!(answer(&server, &token).starts_with("HTTP/1.1 404"));
    let mut said = String::new();
    let _ = first.read_to_string(&mut said);
    assert_eq!(said, "");
    // One for each that came after the places were full, and no more; [`HEAD_TIMEOUT`] ends all.
    let is_closed = |stream: &mut TcpStream| {
        stream.set_nonblocking(true).unwrap();
        let read = stream.read(&mut [0]);
        !read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    };
    let closed = others
        .iter_mut()
        .filter_map(|it| is_closed(it).then_some(()));
    assert!(closed.count() <= 22);
    // The last one is still served.
    let last = others.last_mut().unwrap();
    last.set_nonblocking(false).unwrap();
    last.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let _ = last.read_to_string(&mut said);
    assert!(said.starts_with("HTTP/1.1 4"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_system_says_whose_a_connection_is() {
    let judge = Judge {
        at_once: peer_uid::at_once,
        slowly: is_own_peer,
    };
    let (server, token) = started(judge);
    let occupied = occupied(&server);
    assert!(answer(&server, &token).starts_with("HTTP/1.1 404"));
    drop(occupied);
}
