//! The pace of asking, without a clock, and what a person is shown.

use super::*;

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// The pauses made until the answers ran out or the code was over, and whether a token came.
fn check(answers: Vec<DeviceAnswer>, life: u64, expect: (&[u64], bool)) {
    let mut answers = answers.into_iter();
    let mut pauses = Vec::new();
    let ask = || Ok(answers.next().unwrap_or(DeviceAnswer::Pending));
    let outcome = poll(seconds(5), seconds(life), ask, |pause| {
        pauses.push(pause.as_secs());
    });
    let outcome = outcome.unwrap();
    assert_eq!(
        (pauses.as_slice(), matches!(outcome, Outcome::Token(_))),
        expect
    );
}

fn token() -> DeviceAnswer {
    DeviceAnswer::Token(SsoToken {
        access_token: "access".parse().unwrap(),
        life: seconds(3600),
        refresh_token: None,
    })
}

#[test]
fn a_waiting_device_keeps_the_pace_that_it_is_told() {
    use DeviceAnswer::{Declined, Over, Pending, SlowDown};
    check(vec![token()], 600, (&[5], true));
    check(vec![Pending, Pending, token()], 600, (&[5, 5, 5], true));
    // Slower after each warning, and never faster again.
    check(
        vec![SlowDown, Pending, SlowDown, token()],
        600,
        (&[5, 10, 10, 15], true),
    );
    // The code ends before the next turn.
    check(Vec::new(), 17, (&[5, 5, 5], false));
    check(vec![SlowDown], 14, (&[5], false));
    // Any answer after the service asked for it.
    check(vec![Pending, Over, token()], 600, (&[5, 5], false));
    check(vec![Declined, token()], 600, (&[5], false));
}

#[test]
fn only_a_plain_address_and_a_plain_code_are_shown() {
    let check = |page: &str,
                 complete: Option<&str>,
                 code: &str,
                 expect: Result<(&str, &str), ShownError>| {
        let device = DeviceAuthorization {
            device_code: "device".parse().unwrap(),
            user_code: code.to_owned(),
            verification_uri: page.to_owned(),
            verification_uri_complete: complete.map(str::to_owned),
            life: seconds(600),
            interval: seconds(5),
        };
        assert_eq!(shown(&device), expect, "{page:?} {complete:?} {code:?}");
    };
    const PAGE: &str = "https://device.sso.eu-central-1.amazonaws.com/";
    for page in [
        PAGE,
        "https://device.sso.eu-central-1.amazonaws.com/?user_code=ABCD-EFGH",
        "https://x.awsapps.com/start/#/device?user_code=ABCD-EFGH",
        "http://127.0.0.1:41235/device",
        "http://localhost:4566/device",
        "http://[::1]/device",
    ] {
        check(page, None, "ABCD-EFGH", Ok((page, "ABCD-EFGH")));
        check(PAGE, Some(page), "ABCD-EFGH", Ok((page, "ABCD-EFGH")));
    }
    for page in [
        "",
        "x",
        "--new-instance",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://device.example/",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.1:x/",
        "http://127.0.0.1@evil.example/",
        "http://127.0.0.1:80@evil.example/",
        "https://device.sso.eu-central-1.amazonaws.com@evil.example/",
        "https://",
        "https:///x",
        "HTTPS://a/",
        " https://a/",
        "https://a/ b",
        "https://a/\n",
        "https://a/\u{1b}]52;c;eA==\u{7}",
        "https://a/\u{9b}2J",
        "https://a/\u{202e}",
        "https://ä/",
    ] {
        check(page, None, "ABCD-EFGH", Err(ShownError::Page));
        check(PAGE, Some(page), "ABCD-EFGH", Err(ShownError::Page));
    }
    for code in ["", "AB CD", "AB\u{1b}[2J", "ABC\n", "Ä", &"A".repeat(65)] {
        check(PAGE, None, code, Err(ShownError::Code));
    }
}
