//! The values of `BROWSER`.

use super::*;

#[test]
fn the_first_browser_of_a_list_is_taken() {
    for (value, expect) in [
        ("firefox", &["firefox"][..]),
        ("firefox:lynx", &["firefox"]),
        (
            ":chromium --new-window %s",
            &["chromium", "--new-window", "%s"],
        ),
        ("'my browser' -x", &["my browser", "-x"]),
    ] {
        assert_eq!(Browser::named(value).unwrap().words, expect);
    }
    assert!(Browser::named(":").is_none());
}
