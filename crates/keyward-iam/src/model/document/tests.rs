use super::*;

const PLAIN: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}]}"#;

#[test]
fn a_document_is_read_percent_encoded_or_plain() {
    let encoded: String = PLAIN.bytes().map(|b| format!("%{b:02X}")).collect();
    let plain = Document::read(PolicyKind::Identity, PLAIN);
    assert!(plain.policy().is_some());
    assert_eq!(Document::read(PolicyKind::Identity, &encoded), plain);
}

#[test]
fn an_escape_inside_plain_json_is_no_encoding() {
    let text = PLAIN.replace(r#""Resource":"*""#, r#""Resource":"arn:aws:s3:::b/%41""#);
    let read = Document::read(PolicyKind::Identity, &text);
    assert!(read.to_json().contains("%41"));
}

#[test]
fn what_cannot_be_read_is_kept_as_text() {
    let read = Document::read(PolicyKind::Identity, "%7B%22x%22%7D");
    assert!(matches!(&read, Document::Unread { text, .. } if text == "{\"x\"}"));
    assert_eq!(read.policy(), None);
}

#[test]
fn escapes_are_decoded_and_bad_ones_kept() {
    let check = |text: &str, expect: &str| assert_eq!(percent_decode(text), expect);
    check(
        "%7B%22Version%22%3A%222012-10-17%22%7D",
        "{\"Version\":\"2012-10-17\"}",
    );
    check("{\"a\": \"b\"}", "{\"a\": \"b\"}");
    check("caf%C3%A9", "café");
    check("100%", "100%");
    check("%zz%+1%4", "%zz%+1%4");
    check("%é", "%é");
}
