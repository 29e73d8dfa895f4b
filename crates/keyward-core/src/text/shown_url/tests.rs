//! No part of a name or password is shown, and nothing else is lost.

use super::shown_url;

#[test]
fn name_and_password_are_left_out() {
    for (url, shown) in [
        ("https://sts.amazonaws.com/", "https://sts.amazonaws.com/"),
        ("http://u:p@127.0.0.1:1/x", "http://127.0.0.1:1"),
        ("http://u:p@[::1]:80/x?y#z", "http://[::1]:80"),
        ("http://u@example.com", "http://example.com"),
        ("http://u:p@w@example.com?a", "http://example.com"),
        ("ftp://u:p@example.com", "ftp://example.com"),
        ("", ""),
    ] {
        assert_eq!(shown_url(url), shown);
    }
}

#[test]
fn doubtful_text_is_hidden() {
    for url in [
        "u:p@example.com",
        "http:/u:p@example.com",
        "https//u:p@example.com",
        "http://u:le/aky@example.com",
        "http://u:le?aky@example.com",
        "http://u:le#aky@example.com",
        "http://u:p@le/aky@example.com",
        "http://u:le://aky@example.com",
        "http://u:p@le aky",
        "http://u:p@",
        "://u:p@example.com",
    ] {
        assert_eq!(shown_url(url), "***", "{url}");
    }
}
