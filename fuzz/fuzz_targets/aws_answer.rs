//! Any bytes as what AWS and the endpoints beside it answer, where keyward reads it without the SDK:
//! EC2's XML, error messages, the token of a console sign-in, the credential report, documents of
//! credentials. Nothing panics, a problem names a line of the text, and a secret that comes back is
//! never shown.
#![no_main]

use keyward_account::audit::input::{CredentialReport, CredentialReportError, saved};
use keyward_core::Timestamp;
use keyward_core::text::is_unseen;
use libfuzzer_sys::fuzz_target;

// These readers are private to their crates, so this file includes their source.
#[path = "../../crates/keyward/src/session/source/document.rs"]
mod document;
#[path = "../../crates/keyward/src/session/source/container/message.rs"]
mod endpoint_message;
#[path = "../../crates/keyward-aws/src/signin/id_token.rs"]
mod id_token;
#[allow(dead_code, reason = "the crate uses more of it")]
#[path = "../../crates/keyward-aws/src/error/message.rs"]
mod message;
#[path = "../../crates/keyward-aws/src/account/region/texts.rs"]
mod texts;

/// Separates the code, the message and the request id of an error.
const SEPARATOR: char = '\u{1}';

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const CODE: &str = "123456";

fuzz_target!(|bytes: &[u8]| {
    let now = Timestamp::from_second(1_795_000_000);
    for form in [document::Form::Process, document::Form::Endpoint] {
        match document::read(bytes, form, now) {
            Ok(credentials) => {
                assert!(credentials.expires_at.is_none_or(|end| end > now));
                assert!(!credentials.secret_access_key.expose().is_empty());
            }
            Err(error) => unseen(&error.to_string()),
        }
    }
    if let Some(said) = endpoint_message::message(bytes, Some(SECRET)) {
        unseen(&said);
        assert!(!said.contains(SECRET));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    error_message(text);
    elements(text);
    report(text, now);
    if let Some(subject) = id_token::subject(text) {
        assert!(!subject.to_string().contains(char::is_control));
    }
    let claims = data_encoding::BASE64URL_NOPAD.encode(bytes);
    if let Some(subject) = id_token::subject(&format!("e30.{claims}.x")) {
        let subject = subject.to_string();
        assert!(subject.bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(text.contains("sub"), "{subject}");
    }
    let _ = saved::summary(text);
    let _ = saved::password_policy(text);
});

/// Text that a terminal shows as it is.
fn unseen(text: &str) {
    assert!(!text.is_empty() && !text.contains(is_unseen), "{text:?}");
}

fn error_message(text: &str) {
    let mut parts = text.splitn(3, SEPARATOR);
    let (code, words) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let said = message::AwsMessage::new(code, words, parts.next(), &[SECRET, CODE, ""]);
    let shown = said.to_string();
    unseen(&shown);
    assert!(!shown.contains(SECRET) && !shown.contains(CODE), "{shown}");
    assert!(said.message().chars().count() <= 601);
}

/// The values that are found are parts of the text, in its order, without a tag of their own name.
fn elements(text: &str) {
    for name in ["zoneName", "Code", "publicIp"] {
        let mut from = 0;
        for found in texts::texts(text, name) {
            let at = found.as_ptr() as usize - text.as_ptr() as usize;
            assert!(at >= from && !found.contains(&format!("</{name}>")));
            from = at + found.len();
        }
    }
}

fn report(text: &str, now: Timestamp) {
    let lines = text.lines().count();
    match CredentialReport::parse(text, Some(now)) {
        Ok(report) => assert!(report.rows.len() < lines),
        Err(CredentialReportError::NoColumn(column)) => assert!(!column.is_empty()),
        Err(
            CredentialReportError::Ragged { line, .. } | CredentialReportError::Cell { line, .. },
        ) => assert!((2..=lines).contains(&line)),
    }
}
