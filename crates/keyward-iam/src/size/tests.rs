//! The quota length of documents.

use super::non_whitespace_chars;

#[test]
fn white_space_is_free_and_characters_count_once() {
    for (document, expect) in [("", 0), (" \n\t\r", 0), ("{ \"a\": 1 }", 7), ("ä é", 2)] {
        assert_eq!(non_whitespace_chars(document), expect, "{document:?}");
    }
}
