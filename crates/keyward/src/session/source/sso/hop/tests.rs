//! Who is sent on, and how often.

use std::io::{Read as _, Write as _};
use std::sync::mpsc::channel;

use super::*;

const LINK: &str = "https://signin.aws.amazon.com/federation?Action=login&SigninToken=secret";

fn ask(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_first_who_knows_the_path_is_sent_on_and_nobody_else() {
    let hop = Hop::open(LINK).unwrap();
    let (port, address) = (hop.port, hop.address());
    let path = address
        .strip_prefix(&format!("http://127.0.0.1:{port}"))
        .unwrap()
        .to_owned();
    assert_eq!(path.len(), 1 + 43);
    assert!(!address.contains("secret"));
    let serving = std::thread::spawn(move || hop.serve(Duration::from_secs(600), channel()));
    let get = |path: &str, host: &str| {
        ask(
            port,
            &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n"),
        )
    };
    let own = format!("127.0.0.1:{port}");
    for (path, host) in [
        ("/", own.as_str()),
        (&path[..path.len() - 1], &own),
        (&format!("{path}x"), &own),
        (&path, "evil.example"),
        (&path, &format!("localhost:{port}")),
    ] {
        let refused = get(path, host);
        assert!(refused.starts_with("HTTP/1.1 404 "), "{refused}");
        assert!(!refused.contains("secret"));
    }
    // A browser that only looks ahead does not spend the path.
    let looked = ask(
        port,
        &format!("HEAD {path} HTTP/1.1\r\nHost: {own}\r\n\r\n"),
    );
    assert!(looked.starts_with("HTTP/1.1 404 "), "{looked}");
    let sent = get(&path, &own);
    assert!(sent.starts_with("HTTP/1.1 302 "), "{sent}");
    assert!(
        sent.contains(&format!("\r\nlocation: {LINK}\r\n")),
        "{sent}"
    );
    assert!(sent.contains("referrer-policy: no-referrer"), "{sent}");
    assert!(sent.contains("cache-control: no-store"), "{sent}");
    assert_eq!(serving.join().unwrap(), Ok(()));
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
}

#[test]
fn a_second_request_at_the_same_instant_gets_nothing() {
    let sign = Arc::new(Sign {
        host: "127.0.0.1:1".to_owned(),
        path: Zeroizing::new("/p".to_owned()),
        link: Zeroizing::new(LINK.to_owned()),
        used: AtomicBool::new(false),
    });
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, news) = channel();
    let serving = std::thread::spawn(move || {
        for _ in 0..2 {
            answer(listener.accept().unwrap().0, &sign, &tell);
        }
    });
    let request = "GET /p HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n";
    assert!(ask(port, request).starts_with("HTTP/1.1 302 "));
    assert!(ask(port, request).starts_with("HTTP/1.1 410 "));
    serving.join().unwrap();
    assert_eq!(news.iter().count(), 1);
}

#[test]
fn a_browser_that_never_comes_is_not_waited_for_for_ever() {
    let limit = Duration::from_millis(30);
    let hop = Hop::open(LINK).unwrap();
    assert_eq!(hop.serve(limit, channel()), Err(HopError::Nobody(limit)));
}

#[test]
fn a_link_that_would_be_more_than_one_header_is_refused() {
    for link in ["https://a/\r\nset-cookie: x", "https://a/ b", "https://ä/"] {
        assert!(Hop::open(link).is_err(), "{link}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_owner_of_a_connection_is_read_from_the_systems_table() {
    let table = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:A0C1 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1
   1: 0100007F:C35A 0100007F:A0C1 01 00000000:00000000 00:00000000 00000000  1001        0 2 1
   2: 0100007F:A0C1 0100007F:C35A 01 00000000:00000000 00:00000000 00000000  1000        0 3 1
";
    for (from, to, expect) in [
        (0xC35A, 0xA0C1, Some(1001)),
        (0xA0C1, 0xC35A, Some(1000)),
        (0xC35B, 0xA0C1, None),
    ] {
        assert_eq!(owner(table, from, to), expect);
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let to = listener.local_addr().unwrap().port();
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).unwrap();
    let from = stream.local_addr().unwrap().port();
    if let Ok(table) = std::fs::read_to_string("/proc/net/tcp") {
        let own = rustix::process::geteuid().as_raw();
        assert!(owner(&table, from, to).is_none_or(|uid| uid == own));
    }
    assert!(is_ours(from, to));
}
