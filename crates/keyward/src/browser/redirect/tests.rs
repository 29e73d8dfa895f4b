//! The browsers that are redirected, and how often.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc::channel;

use super::*;

const LINK: &str = "https://signin.aws.amazon.com/federation?Action=login&SigninToken=secret";
const LONG: Duration = Duration::from_secs(600);

fn ask(to: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(to).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

fn read(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A request for a stop as a browser makes it.
fn get(redirect: &OneTimeRedirect) -> String {
    let (path, host) = (redirect.path.as_str(), redirect.listener.address());
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")
}

/// Serves one redirect.
fn serve(
    redirect: OneTimeRedirect,
    limit: Duration,
    ended: &Receiver<ExitStatus>,
) -> Result<Besides, RedirectError> {
    let wanted = Arc::new(());
    redirect.serve(limit, ended, &Arc::downgrade(&wanted))
}

/// The outcome of the next caller, where the test says whether a connection is ours.
fn outcome(redirect: &mut OneTimeRedirect, ours: bool) -> LauncherExit {
    loop {
        if let Some(caller) = redirect.listener.next() {
            return redirect.answer(caller, |_, _| ours);
        }
        std::thread::yield_now();
    }
}

#[test]
fn the_first_who_knows_the_path_is_sent_on_and_nobody_else() {
    let redirect = OneTimeRedirect::open(LINK).unwrap();
    let (to, address) = (redirect.listener.address(), redirect.address());
    let path = address
        .strip_prefix(&format!("http://127.0.0.1:{}", to.port()))
        .unwrap()
        .to_owned();
    assert_eq!(path.len(), 1 + 43);
    assert!(!address.contains("secret"));
    let (_browser, ended) = channel();
    let serving = std::thread::spawn(move || serve(redirect, LONG, &ended));
    let get = |path: &str, host: &str| {
        read(ask(
            to,
            &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n"),
        ))
    };
    let own = to.to_string();
    for (path, host) in [
        ("/", own.as_str()),
        (&path[..path.len() - 1], &own),
        (&format!("{path}x"), &own),
        (&path, "evil.example"),
        (&path, &format!("localhost:{}", to.port())),
    ] {
        let refused = get(path, host);
        assert!(refused.starts_with("HTTP/1.1 404 "), "{refused}");
        assert!(!refused.contains("secret"));
    }
    // A browser that only looks ahead does not spend the path.
    let looked = read(ask(
        to,
        &format!("HEAD {path} HTTP/1.1\r\nHost: {own}\r\n\r\n"),
    ));
    assert!(looked.starts_with("HTTP/1.1 404 "), "{looked}");
    // A speculative connection delays no client.
    let _silent = TcpStream::connect(to).unwrap();
    let sent = get(&path, &own);
    assert!(sent.starts_with("HTTP/1.1 302 "), "{sent}");
    assert!(
        sent.contains(&format!("\r\nlocation: {LINK}\r\n")),
        "{sent}"
    );
    assert!(sent.contains("referrer-policy: no-referrer"), "{sent}");
    assert!(sent.contains("cache-control: no-store"), "{sent}");
    assert_eq!(serving.join().unwrap(), Ok(Besides::None));
    assert!(TcpStream::connect(to).is_err());
}

#[test]
fn a_second_request_at_the_same_instant_gets_nothing() {
    let redirect = OneTimeRedirect::open(LINK).unwrap();
    let request = get(&redirect);
    let streams = [(), ()].map(|()| ask(redirect.listener.address(), &request));
    let (_browser, ended) = channel();
    assert_eq!(serve(redirect, LONG, &ended), Ok(Besides::None));
    let answers = streams.map(|mut stream| {
        let mut answer = String::new();
        // It may be cut off.
        let _ = stream.read_to_string(&mut answer);
        answer
    });
    let led = answers.iter().filter(|answer| answer.contains("secret"));
    assert_eq!(led.count(), 1, "{answers:?}");
}

#[test]
fn who_is_not_ours_gets_nothing_and_spends_nothing() {
    let mut redirect = OneTimeRedirect::open(LINK).unwrap();
    let request = get(&redirect);
    for _ in 0..3 {
        let stranger = ask(redirect.listener.address(), &request);
        assert_eq!(outcome(&mut redirect, false), LauncherExit::Stranger);
        let told = read(stranger);
        assert!(told.starts_with("HTTP/1.1 403 "), "{told}");
        assert!(!told.contains(LINK), "{told}");
    }
    let browser = ask(redirect.listener.address(), &request);
    assert_eq!(outcome(&mut redirect, true), LauncherExit::SentOn);
    assert!(read(browser).contains(LINK));
}

#[test]
fn a_browser_that_never_comes_is_not_waited_for_for_ever() {
    let limit = Duration::from_millis(30);
    let redirect = OneTimeRedirect::open(LINK).unwrap();
    let (_browser, ended) = channel();
    assert_eq!(
        serve(redirect, limit, &ended),
        Err(RedirectError::NoConnection(limit))
    );
    // keyward does not wait for a launcher that did not start.
    let (browser, ended) = channel();
    drop(browser);
    let redirect = OneTimeRedirect::open(LINK).unwrap();
    assert_eq!(serve(redirect, LONG, &ended), Err(RedirectError::Lost));
}

#[test]
fn a_stop_that_nobody_wants_any_more_is_closed() {
    let redirect = OneTimeRedirect::open(LINK).unwrap();
    let to = redirect.listener.address();
    let (_browser, ended) = channel();
    drop(Led::start(redirect, LONG, ended).unwrap());
    let until = Instant::now() + LONG;
    while TcpStream::connect(to).is_ok() {
        assert!(Instant::now() < until);
        std::thread::yield_now();
    }
}

#[test]
fn a_link_that_would_be_more_than_one_header_is_refused() {
    for link in ["https://a/\r\nset-cookie: x", "https://a/ b", "https://ä/"] {
        assert!(OneTimeRedirect::open(link).is_err(), "{link}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn who_asked_and_cannot_be_found_any_more_is_told_of() {
    if std::fs::read_to_string("/proc/net/tcp").is_err() {
        keyward_testkit::skipped("there is no `/proc/net/tcp`");
        return;
    }
    let (_browser, ended) = channel();
    let redirect = OneTimeRedirect::open(LINK).unwrap();
    drop(ask(redirect.listener.address(), &get(&redirect)));
    let start = Instant::now();
    assert_eq!(serve(redirect, LONG, &ended), Err(RedirectError::Stranger));
    assert!(start.elapsed() < LONG, "nobody else is waited for so long");
    // The browser still receives its address.
    let redirect = OneTimeRedirect::open(LINK).unwrap();
    drop(ask(redirect.listener.address(), &get(&redirect)));
    let browser = ask(redirect.listener.address(), &get(&redirect));
    assert_eq!(serve(redirect, LONG, &ended), Ok(Besides::Stranger));
    assert!(read(browser).contains(LINK));
}
