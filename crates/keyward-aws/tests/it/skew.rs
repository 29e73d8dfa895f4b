//! A wrong clock is measured, corrected once, remembered and reported.

use std::time::Duration;

use keyward_aws::CallError;

use crate::server::{Reply, Server, key, shown};
use crate::sts::session_token_reply;

fn expired() -> Reply {
    Reply::error(
        403,
        "SignatureDoesNotMatch",
        "Signature expired: 20260101T000000Z is now earlier than 20260101T004500Z (20260101T010000Z - 15 min.)",
    )
}

/// One hour after the tests' local time.
const HOUR_LATER: &str = "Thu, 01 Jan 2026 01:00:00 GMT";

#[test]
fn a_slow_clock_is_corrected_once_and_remembered() {
    let server = Server::start(vec![
        expired().dated(HOUR_LATER),
        session_token_reply().dated(HOUR_LATER),
        session_token_reply().dated(HOUR_LATER),
    ]);
    let aws = server.aws();
    assert_eq!(aws.skew(), None);
    let serial = "arn:aws:iam::123456789012:mfa/alice".parse().unwrap();
    let code = "123456".parse().unwrap();
    // The code is unspent: the signature was refused before it was looked at.
    aws.get_session_token(&key(), Duration::from_secs(900), Some((&serial, &code)))
        .unwrap();
    assert_eq!(aws.skew(), Some(3600));
    aws.get_session_token(&key(), Duration::from_secs(900), None)
        .unwrap();
    let signed: Vec<String> = server
        .asked()
        .iter()
        .map(|request| {
            let at = request.to_lowercase().find("x-amz-date: ").unwrap() + 12;
            request[at..at + 16].to_owned()
        })
        .collect();
    assert_eq!(
        signed,
        ["20260101T000000Z", "20260101T010000Z", "20260101T010000Z"]
    );
}

#[test]
fn a_clock_that_cannot_be_corrected_is_reported() {
    let server = Server::start(vec![expired().dated(HOUR_LATER)]);
    let error = server.aws().get_caller_identity(&key()).unwrap_err();
    assert!(
        matches!(
            error,
            CallError::ClockSkew {
                seconds: Some(3600),
                ..
            }
        ),
        "{error:?}"
    );
    assert!(
        shown(&error).contains("this machine's clock is 1h behind"),
        "{}",
        shown(&error)
    );
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn a_wrong_secret_is_not_taken_for_a_wrong_clock() {
    let server = Server::start(vec![Reply::error(
        403,
        "SignatureDoesNotMatch",
        "does not match",
    )]);
    let aws = server.aws();
    let error = aws.get_caller_identity(&key()).unwrap_err();
    assert!(matches!(error, CallError::WrongSecret { .. }), "{error:?}");
    assert_eq!((server.asked().len(), aws.skew()), (1, None));
}

#[test]
fn an_answer_without_a_usable_date_corrects_nothing() {
    let server = Server::start(vec![expired().dated("yesterday")]);
    let aws = server.aws();
    let error = aws.get_caller_identity(&key()).unwrap_err();
    assert!(
        matches!(error, CallError::ClockSkew { seconds: None, .. }),
        "{error:?}"
    );
    assert_eq!((server.asked().len(), aws.skew()), (1, None));
}

#[test]
fn an_end_is_told_by_the_local_clock() {
    let ends = |date| {
        let server = Server::start(vec![session_token_reply().dated(date)]);
        let given = server.aws();
        let given = given.get_session_token(&key(), Duration::from_secs(900), None);
        given.unwrap().expires_at.unwrap().as_second()
    };
    let agreed = ends("Thu, 01 Jan 2026 00:00:00 GMT");
    // AWS tolerates these without a word, so that nothing is refused and nothing corrected.
    assert_eq!(ends("Thu, 01 Jan 2026 00:04:00 GMT"), agreed - 240);
    assert_eq!(ends("Wed, 31 Dec 2025 23:56:00 GMT"), agreed + 240);
    // An answer is under way for some time.
    assert_eq!(ends("Thu, 01 Jan 2026 00:00:20 GMT"), agreed);
    assert_eq!(ends("yesterday"), agreed);
}
