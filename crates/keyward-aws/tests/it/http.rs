//! Plain HTTP beside the SDK: what is sent unchanged, and what no error repeats.

use std::error::Error as _;

use keyward_aws::{HttpError, HttpRequest, Method};
use zeroize::Zeroizing;

use crate::server::{Reply, SECRET, Server, TOKEN};

fn request(method: Method, url: String) -> HttpRequest {
    HttpRequest {
        method,
        url,
        headers: vec![("authorization", Zeroizing::new(format!("Bearer {TOKEN}")))],
        body: Zeroizing::new(SECRET.as_bytes().to_vec()),
    }
}

fn shown(error: &HttpError) -> String {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    format!("{error} {cause} {error:?}")
}

#[test]
fn a_request_is_sent_as_it_is_and_any_status_is_an_answer() {
    for (method, word, status) in [
        (Method::Get, "GET", 200),
        (Method::Post, "POST", 404),
        (Method::Put, "PUT", 302),
    ] {
        let server = Server::start(vec![Reply::html(status)]);
        let url = format!("{}/repos/x?page=2", server.url());
        let answer = server.aws().http(request(method, url)).unwrap();
        assert_eq!(answer.status, status);
        assert_eq!(answer.body.as_slice(), b"<html><body>sign in");
        let asked = server.asked();
        assert_eq!(asked.len(), 1, "nothing is repeated or followed");
        assert!(asked[0].starts_with(&format!("{word} /repos/x?page=2 ")));
        assert!(asked[0].contains(&format!("authorization: Bearer {TOKEN}")));
        assert!(asked[0].ends_with(SECRET));
    }
}

#[test]
fn no_error_repeats_a_header_a_body_or_a_query() {
    let server = Server::start(vec![Reply::hang_up()]);
    let aws = server.aws();
    for url in [
        format!("{}/?secret={SECRET}", server.url()),
        format!("http://127.0.0.1:1/?secret={SECRET}"),
        format!("ftp://127.0.0.1/?secret={SECRET}"),
    ] {
        let error = aws.http(request(Method::Put, url)).unwrap_err();
        let text = shown(&error);
        assert!(!text.contains(SECRET) && !text.contains(TOKEN), "{text}");
    }
    assert_eq!(server.asked().len(), 1, "nothing is sent twice");
    let mut broken = request(Method::Get, server.url());
    broken.headers = vec![("authorization", Zeroizing::new(format!("{TOKEN}\r\nx: y")))];
    let error = aws.http(broken).unwrap_err();
    assert!(matches!(error, HttpError::Request(_)), "{error:?}");
    assert!(!shown(&error).contains(TOKEN));
    let debug = format!("{:?}", request(Method::Get, server.url()));
    assert!(!debug.contains(TOKEN) && !debug.contains(SECRET), "{debug}");
}

#[test]
fn a_request_without_an_answer_has_the_next_steps_of_a_call() {
    use keyward_aws::NextStep::{CheckConnection, CheckNetwork};
    let server = Server::start(vec![Reply::hang_up()]);
    for (url, step) in [
        (server.url(), CheckNetwork),
        ("http://127.0.0.1:1/".to_owned(), CheckConnection),
    ] {
        let error = server.aws().http(request(Method::Get, url)).unwrap_err();
        assert_eq!(error.next_steps(), [step], "{error:?}");
    }
}
