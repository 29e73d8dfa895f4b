//! The callers that count as the browser.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use super::*;

fn check(target: &str, expect: &str) {
    let message = match judge(target, "the-state") {
        Some(Ok(code)) => format!("code {}", code.expose()),
        Some(Err(error)) => error.to_string(),
        None => "stranger".to_owned(),
    };
    assert_eq!(message, expect, "{target}");
}

#[test]
fn only_the_answer_to_this_very_question_is_taken() {
    check("/oauth/callback?code=a%2Bb&state=the-state", "code a+b");
    check(
        "/oauth/callback?error=access_denied&error_description=no%0A+way&state=the-state",
        "the sign-in page answered `no way`",
    );
    // Nor does it move the cursor, or turn the line around.
    check(
        "/oauth/callback?error=%1B]52;c;eA%07%C2%9B%E2%80%AE%D8%9Cx&state=the-state",
        "the sign-in page answered `]52;c;eAx`",
    );
    for stranger in [
        "/oauth/callback?code=x&state=another",
        "/oauth/callback?code=x",
        "/oauth/callback?error=access_denied&state=another",
        "/oauth/callback?state=the-state",
        "/oauth/callback?code=&state=the-state",
        "/oauth/callback",
        "/favicon.ico",
        "/other?code=x&state=the-state",
        "/oauth/callback?code=x&state=the-state&state=another",
        "/oauth/callback?code=x&state=another&state=the-state",
        "/oauth/callback?code=x&code=y&state=the-state",
        "http://127.0.0.1/oauth/callback?code=x&state=the-state",
    ] {
        check(stranger, "stranger");
    }
}

#[test]
fn a_browser_that_never_comes_is_not_waited_for_for_ever() {
    let callback = Callback::open().unwrap();
    let result = callback.wait("state", Duration::ZERO);
    assert_eq!(result.unwrap_err(), CallbackError::TimedOut);
}

/// Asks with a code and a state, and a host.
fn ask(to: SocketAddr, state: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(to).unwrap();
    write!(
        stream,
        "GET {PATH}?code=x&state={state} HTTP/1.1\r\nHost: {host}\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn strangers_neither_answer_for_the_browser_nor_end_the_wait() {
    let callback = Callback::open().unwrap();
    let to = callback.listener.address();
    assert_eq!(
        callback.redirect_uri(),
        format!("http://127.0.0.1:{}/oauth/callback", to.port())
    );
    let waiting = std::thread::spawn(move || callback.wait("s", Duration::from_secs(600)));
    // Many connections that send nothing.
    let silent: Vec<TcpStream> = (0..200).map(|_| TcpStream::connect(to).unwrap()).collect();
    let own = to.to_string();
    for (state, host) in [
        ("t", own.as_str()),
        ("ss", &own),
        ("", &own),
        ("s", "evil.example"),
        ("s", "localhost"),
    ] {
        let refused = ask(to, state, host);
        assert!(refused.starts_with("HTTP/1.1 400 "), "{refused}");
    }
    let page = ask(to, "s", &own);
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    assert!(page.contains("You are signed in."), "{page}");
    assert!(page.contains("default-src 'none'"), "{page}");
    assert_eq!(waiting.join().unwrap().unwrap().expose(), "x");
    drop(silent);
    assert!(TcpStream::connect(to).is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn connections_cost_no_threads() {
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
    let mut listener = LoopbackListener::open().unwrap();
    let before = threads();
    let silent: Vec<TcpStream> = (0..300)
        .map(|_| {
            let stream = TcpStream::connect(listener.address()).unwrap();
            assert!(listener.next().is_none());
            stream
        })
        .collect();
    // Other tests of this process begin and end meanwhile.
    assert!(threads() < before + silent.len() / 2);
}
