//! One table of requests and their answers.

use hyper::Request;

use super::{is_local, judge};
use crate::token::BearerToken;

const PORT: u16 = 4711;
const PATH: &str = "/v1/credentials/alice";

/// Judges a request; `AUTH` in it means the right token.
fn check(method: &str, path: &str, headers: &[(&str, &str)], expect: Result<&str, u16>) {
    let token = BearerToken::random().unwrap();
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, value.replace("AUTH", token.expose()));
    }
    let judged = judge(&request.body(()).unwrap(), PORT, &token);
    let found = judged
        .as_ref()
        .map(|profile| profile.as_str())
        .map_err(|refusal| refusal.status.as_u16());
    assert_eq!(found, expect, "{method} {path} {headers:?}");
}

const OWN: (&str, &str) = ("Host", "127.0.0.1:4711");
const AUTH: (&str, &str) = ("Authorization", "AUTH");

#[test]
fn the_right_request_is_answered() {
    check("GET", PATH, &[OWN, AUTH], Ok("alice"));
    check(
        "GET",
        "/v1/credentials/Acme%20Dev",
        &[OWN, AUTH],
        Ok("Acme Dev"),
    );
    for host in ["localhost:4711", "LOCALHOST:4711", "[::1]:4711"] {
        check("GET", PATH, &[("Host", host), AUTH], Ok("alice"));
    }
}

#[test]
fn a_foreign_host_is_refused_first() {
    for host in [
        "evil.example:4711",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1:04711",
        "127.0.0.1.evil.example:4711",
        "localhost.:4711",
        "user@127.0.0.1:4711",
        "",
    ] {
        check("GET", PATH, &[("Host", host), AUTH], Err(400));
    }
    check("GET", PATH, &[AUTH], Err(400));
    check("GET", PATH, &[OWN, OWN, AUTH], Err(400));
    check("POST", PATH, &[("Host", "evil.example:4711")], Err(400));
    check(
        "GET",
        "http://evil.example:4711/v1/credentials/alice",
        &[OWN, AUTH],
        Err(400),
    );
}

#[test]
fn only_get_is_taken() {
    for method in ["POST", "PUT", "HEAD", "OPTIONS", "DELETE"] {
        check(method, PATH, &[OWN, AUTH], Err(405));
    }
}

#[test]
fn a_wrong_token_is_refused_before_the_path() {
    for value in ["", "x", "AUTHx", "Bearer AUTH", " "] {
        check("GET", PATH, &[OWN, ("Authorization", value)], Err(403));
        check(
            "GET",
            "/nowhere",
            &[OWN, ("Authorization", value)],
            Err(403),
        );
    }
    check("GET", PATH, &[OWN], Err(403));
    check("GET", PATH, &[OWN, AUTH, AUTH], Err(403));
}

#[test]
fn an_unknown_path_is_not_found() {
    for path in [
        "/",
        "/v1/credentials/",
        "/v1/credentials/a/b",
        "/role-arn/x",
    ] {
        check("GET", path, &[OWN, AUTH], Err(404));
    }
}

#[test]
fn only_this_machine_may_connect() {
    for (peer, local) in [
        ("127.0.0.1:1", true),
        ("127.8.8.8:1", true),
        ("[::1]:1", true),
        ("[::ffff:127.0.0.1]:1", true),
        ("192.0.2.1:1", false),
        ("10.0.0.1:1", false),
        ("169.254.170.2:1", false),
        ("[::ffff:192.0.2.1]:1", false),
        ("[2001:db8::1]:1", false),
        ("0.0.0.0:1", false),
    ] {
        assert_eq!(is_local(peer.parse().unwrap()), local, "{peer}");
    }
}
