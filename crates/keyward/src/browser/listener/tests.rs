//! The listener reads each caller, however many there are and whatever they send.

use super::*;

fn connect(listener: &LoopbackListener) -> TcpStream {
    TcpStream::connect(listener.address()).unwrap()
}

fn wait_for(listener: &mut LoopbackListener) -> BrowserRequest {
    loop {
        if let Some(caller) = listener.next() {
            return caller;
        }
        std::thread::yield_now();
    }
}

fn read(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_request_is_heard_in_whatever_pieces_it_comes() {
    let mut listener = LoopbackListener::open().unwrap();
    let host = listener.address().to_string();
    let request = format!("GET /a?b HTTP/1.1\r\nHost: {host}\r\n\r\n");
    for cut in [1, 5, request.len() - 3, request.len() - 1] {
        let mut stream = connect(&listener);
        stream.write_all(&request.as_bytes()[..cut]).unwrap();
        while listener
            .connections
            .iter()
            .all(|connection| connection.message.is_empty())
        {
            assert!(listener.next().is_none());
        }
        stream.write_all(&request.as_bytes()[cut..]).unwrap();
        let caller = wait_for(&mut listener);
        assert_eq!(caller.target(), Some("/a?b"));
        assert_eq!(caller.peer(), stream.local_addr().unwrap());
        caller.answer("200 OK", "x: y\r\n", "page").unwrap();
        let answer = read(stream);
        assert!(
            answer.starts_with("HTTP/1.1 200 OK\r\nx: y\r\n"),
            "{answer}"
        );
        assert!(answer.ends_with("\r\n\r\npage"), "{answer}");
        assert!(answer.contains("\r\ncontent-length: 4\r\n"), "{answer}");
        assert!(listener.connections.is_empty());
    }
}

#[test]
fn silent_visitors_neither_pile_up_nor_keep_others_waiting() {
    let mut listener = LoopbackListener::open().unwrap();
    let mut silent = Vec::new();
    for _ in 0..3 * MOST {
        silent.push(connect(&listener));
        assert!(listener.next().is_none());
        assert!(listener.connections.len() <= MOST);
    }
    assert_eq!(listener.connections.len(), MOST);
    let mut stream = connect(&listener);
    let host = listener.address().to_string();
    write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
    assert_eq!(wait_for(&mut listener).target(), Some("/"));
    // Those who came first had to go.
    assert_eq!(read(silent.swap_remove(0)), "");
}

#[test]
fn who_says_too_much_or_nothing_or_no_text_is_let_go() {
    let mut listener = LoopbackListener::open().unwrap();
    let long = vec![b'x'; LONGEST_REQUEST];
    for words in [&long[..], b"", b"GET /\xff HTTP/1.1\r\n\r\n"] {
        let mut stream = connect(&listener);
        // The listener may close it before the whole request has arrived.
        let _ = stream.write_all(words);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        while listener.connections.is_empty() {
            assert!(listener.next().is_none());
            if stream.take_error().unwrap().is_some() || stream.read(&mut [0]).is_ok_and(|n| n == 0)
            {
                break;
            }
        }
        while !listener.connections.is_empty() {
            assert!(listener.next().is_none());
        }
    }
}

#[test]
fn only_a_get_with_this_very_host_asks_for_something() {
    const HOST: &str = "127.0.0.1:4000";
    let check = |head: &str, expect: Option<&str>| {
        assert_eq!(target(head, HOST), expect, "{head}");
    };
    check(
        "GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:4000",
        Some("/a?b=c"),
    );
    check(
        "GET / HTTP/1.0\r\nx: y\r\nhOST:127.0.0.1:4000 \r\nz: y",
        Some("/"),
    );
    check(
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:4000\r\nSec-Fetch-Site: none\r\nSec-Fetch-Dest: document",
        Some("/"),
    );
    for stranger in [
        "HEAD / HTTP/1.1\r\nHost: 127.0.0.1:4000",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:4000\r\nSec-Fetch-Dest: image",
        "GET / HTTP/1.1\r\nSec-Fetch-Dest: iframe\r\nHost: 127.0.0.1:4000",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:4000\r\nSec-Fetch-Dest: empty\r\nSec-Fetch-Dest: document",
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:4000",
        "GET / HTTP/1.1",
        "GET / HTTP/1.1\r\nHost: evil.example",
        "GET / HTTP/1.1\r\nHost: evil.example:4000",
        "GET / HTTP/1.1\r\nHost: localhost:4000",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:4001",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:4000.evil.example",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:4000\r\nHost: evil.example",
        "GET / HTTP/1.1\r\nX-Forwarded-Host: 127.0.0.1:4000",
        "GET / HTTP/2\r\nHost: 127.0.0.1:4000",
        "GET /\r\nHost: 127.0.0.1:4000",
        "GET / x HTTP/1.1\r\nHost: 127.0.0.1:4000",
        "",
    ] {
        check(stranger, None);
    }
}
