//! Percent-encoded policy documents.

use super::*;

#[test]
fn policy_documents_are_decoded_and_bad_escapes_kept() {
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
