//! No part of a name or password is shown, and nothing else is lost.

use super::without_user;

#[test]
fn name_and_password_are_left_out() {
    for (url, shown) in [
        ("https://sts.amazonaws.com/", "https://sts.amazonaws.com/"),
        ("http://u:p@127.0.0.1:1/x", "http://127.0.0.1:1/x"),
        ("http://u@example.com", "http://example.com"),
        ("http://u:p@w@example.com?a@b", "http://example.com?a@b"),
        ("http://example.com/a@b", "http://example.com/a@b"),
        ("ftp://u:p@example.com", "ftp://example.com"),
        ("u:p@example.com", "example.com"),
        ("", ""),
    ] {
        assert_eq!(without_user(url), shown);
    }
}
