//! The paths for tests in other languages, and who may not use them.

use std::time::Duration;

use keyward_sandbox::{Accounts, Sandbox};
use serde_json::Value;

use crate::client::{Answer, Key, PHONE, exchange, get, phone, start, sts};

fn send(sandbox: &Sandbox, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
    );
    exchange(sandbox.port(), &request).unwrap()
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn the_phone_the_clock_and_the_journal_are_reached_over_http() {
    let sandbox = start();
    let shown = json(&get(&sandbox, &format!("/_practice/code?serial={PHONE}")));
    assert_eq!(shown["code"], sandbox.code(&phone()).unwrap().expose());
    assert_eq!(shown["next"], sandbox.next_code(&phone()).unwrap().expose());
    assert_eq!(shown["seconds_left"], 30);
    let moved = send(
        &sandbox,
        "POST",
        "/_practice/advance",
        "host: localhost\r\n",
        r#"{"seconds": 60}"#,
    );
    assert_eq!(json(&moved)["now"], "2026-11-21T09:01:00Z");
    sts(&sandbox, &Key::alice(), "GetCallerIdentity", &[]).is("OK");
    let journal = json(&get(&sandbox, "/_practice/journal"));
    assert_eq!(journal[0]["action"], "GetCallerIdentity");
    assert_eq!(
        journal[0]["principal"],
        "arn:aws:iam::123456789012:user/alice"
    );
    let fault = r#"{"action":"GetCallerIdentity","effect":"throttle"}"#;
    let host = "host: [::1]:1\r\n";
    assert_eq!(
        send(&sandbox, "POST", "/_practice/faults", host, fault).status,
        200
    );
    sts(&sandbox, &Key::alice(), "GetCallerIdentity", &[]).is("400 Throttling: Rate exceeded");
    assert_eq!(
        send(&sandbox, "DELETE", "/_practice/faults", host, "").status,
        200
    );
    sts(&sandbox, &Key::alice(), "GetCallerIdentity", &[]).is("OK");
    assert_eq!(
        send(&sandbox, "DELETE", "/_practice/journal", host, "").status,
        200
    );
    assert!(sandbox.journal().is_empty());
    let state = get(&sandbox, "/_practice/state");
    let kept = Accounts::from_json(&state.body).unwrap().to_json();
    assert_eq!(kept, sandbox.with_accounts(|accounts| accounts.to_json()));
    let first = Accounts::practice().to_json();
    assert!(kept.contains("last_used") && !first.contains("last_used"));
}

#[test]
fn mistakes_are_answered_with_a_reason() {
    let sandbox = start();
    let check = |method: &str, path: &str, body: &str, status: u16| {
        let answer = send(&sandbox, method, path, "host: 127.0.0.1\r\n", body);
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
    };
    check("GET", "/_practice/code", "", 400);
    check(
        "GET",
        "/_practice/code?serial=arn:aws:iam::123456789012:mfa/none",
        "",
        400,
    );
    check("POST", "/_practice/advance", "{}", 400);
    for (path, example) in [
        ("/_practice/advance", r#"{"seconds": N}"#),
        ("/_practice/faults", r#"{"action": "AssumeRole""#),
    ] {
        let answer = send(&sandbox, "POST", path, "host: 127.0.0.1\r\n", "");
        let said = json(&answer)["error"].as_str().unwrap().to_owned();
        assert!(said.contains(example), "{path}: {said}");
    }
    check("POST", "/_practice/faults", "{}", 400);
    check("POST", "/_practice/journal", "", 404);
    check("GET", "/_practice/else", "", 404);
}

#[test]
fn only_loopback_names_are_answered() {
    let sandbox = start();
    let check = |host: &str, status: u16| {
        let answer = send(&sandbox, "GET", "/_practice/journal", host, "");
        assert_eq!(answer.status, status, "{host}");
    };
    check("host: 127.0.0.1\r\n", 200);
    check("host: localhost:80\r\n", 200);
    check("host: [::1]\r\n", 200);
    check("host: evil.example\r\n", 403);
    check("host: 127.0.0.1.evil.example\r\n", 403);
    check("host: localhost.evil.example:80\r\n", 403);
    check("host: 192.168.0.1\r\n", 403);
    check("host: [::2]\r\n", 403);
    check("", 403);
    check("host: 127.0.0.1\r\norigin: http://evil.example\r\n", 403);
    check("host: 127.0.0.1\r\nsec-fetch-site: cross-site\r\n", 403);
    check("host: 127.0.0.1\r\nsec-fetch-site: same-origin\r\n", 200);
}

#[test]
fn a_request_without_end_is_cut_off() {
    let sandbox = start();
    let body = "a".repeat(1024 * 1024 + 1);
    assert_eq!(
        send(&sandbox, "POST", "/", "host: 127.0.0.1\r\n", &body).status,
        413
    );
}

#[test]
fn a_dropped_sandbox_frees_its_port() {
    let sandbox = start();
    let port = sandbox.port();
    drop(sandbox);
    let listener = std::net::TcpListener::bind(("127.0.0.1", port));
    assert!(listener.is_ok(), "{listener:?}");
    let taken = keyward_sandbox::Sandbox::start(
        Accounts::practice(),
        keyward_sandbox::Options {
            port,
            ..Default::default()
        },
    );
    assert_eq!(
        taken.unwrap_err().to_string(),
        format!("cannot listen on 127.0.0.1, port `{port}`")
    );
}

#[test]
fn sandboxes_do_not_share_their_clocks() {
    let (one, other) = (start(), start());
    one.advance(Duration::from_secs(60));
    assert_eq!(other.clock().now().to_string(), "2026-11-21T09:00:00Z");
}
