//! Which endpoints stay on this machine.

use super::*;

#[test]
fn only_plain_loopback_endpoints_go_without_tls_and_proxy() {
    let check = |endpoint: &str, expect: bool| {
        assert_eq!(is_plain_loopback(endpoint), expect, "{endpoint}")
    };
    check("http://127.0.0.1:5000", true);
    check("http://127.0.0.1:5000/", true);
    check("http://localhost", true);
    check("http://[::1]:80/x", true);
    check("https://127.0.0.1:5000", false);
    check("http://127.0.0.1.example.com", false);
    check("http://sts.example.com?x=http://127.0.0.1", false);
    check("http://10.0.0.1", false);
}
