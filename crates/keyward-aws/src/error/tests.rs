//! Words of errors, without a server.

use super::*;

#[test]
fn aws_words_are_one_line_without_secrets() {
    let message = AwsMessage::new(
        "Code",
        " a secret-token\nb secret-token ",
        Some("id-1"),
        &["secret-token", ""],
    );
    assert_eq!(
        message.to_string(),
        "AWS says `Code`: a *** b *** (request id-1)"
    );
    // A terminal receives printable characters only, whatever the server sends.
    let message = AwsMessage::new(
        "Co\u{1b}]52;c;eA==\u{7}de",
        "a\u{9b}2J\u{202e}b\u{200b}\u{61c}\u{feff}",
        Some("id\r\n1"),
        &[],
    );
    assert_eq!(
        message.to_string(),
        "AWS says `Co ]52;c;eA== de`: a 2J b    (request id  1)"
    );
    let long = AwsMessage::new("Code", &"é".repeat(2000), None, &[]);
    assert_eq!(long.message().chars().count(), 601);
    assert_eq!(
        AwsMessage::new("Code", "", None, &[]).to_string(),
        "AWS says `Code`"
    );
}

#[test]
fn a_secret_is_struck_out_of_code_and_request_id_too() {
    let message = AwsMessage::new("No123456", "no", Some("id-123456"), &["123456"]);
    assert_eq!(message.to_string(), "AWS says `No***`: no (request id-***)");
    let long = AwsMessage::new(&"x".repeat(2000), "", None, &[]);
    assert_eq!(long.code().chars().count(), 601);
}

#[test]
fn a_wrong_clock_is_described_by_how_far_it_is_off() {
    assert_eq!(show_skew(Some(3600)), "is 1h behind");
    assert_eq!(show_skew(Some(-90)), "is 1m 30s ahead");
    assert_eq!(show_skew(None), "is wrong");
}

#[test]
fn a_chain_of_causes_is_told_without_repeating_itself() {
    let inner = std::io::Error::other("disk on fire");
    let outer = std::io::Error::other(inner);
    assert_eq!(Because::of(&outer).to_string(), "disk on fire");
}
