//! Who is believed to be the browser.

use super::*;

fn check(target: &str, host: &str, expect: &str) {
    let expected = Expected {
        state: Zeroizing::new("the-state".to_owned()),
        host: "127.0.0.1:4000".to_owned(),
    };
    let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n");
    let said = match judge(&request, &expected) {
        Verdict::Answer(Ok(code)) => format!("code {}", code.expose()),
        Verdict::Answer(Err(error)) => error.to_string(),
        Verdict::Stranger => "stranger".to_owned(),
    };
    assert_eq!(said, expect, "{target} at {host}");
}

#[test]
fn only_the_answer_to_this_very_question_is_taken() {
    const HERE: &str = "127.0.0.1:4000";
    check(
        "/oauth/callback?code=a%2Bb&state=the-state",
        HERE,
        "code a+b",
    );
    check(
        "/oauth/callback?error=access_denied&error_description=no%0A+way&state=the-state",
        HERE,
        "the sign-in page answered `no way`",
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
    ] {
        check(stranger, HERE, "stranger");
    }
    for host in ["evil.example", "127.0.0.1:4001", "localhost:4000"] {
        check("/oauth/callback?code=x&state=the-state", host, "stranger");
    }
}

#[test]
fn a_browser_that_never_comes_is_not_waited_for_for_ever() {
    let callback = Callback::open().unwrap();
    let result = callback.wait("state", Duration::ZERO);
    assert_eq!(result.unwrap_err(), CallbackError::TimedOut);
}
