//! The endpoints that stay on this machine or its host.

use super::*;

#[test]
fn only_plain_and_near_endpoints_go_without_tls_and_proxy() {
    let check = |endpoint: &str, expect: bool| {
        assert_eq!(is_plain_and_near(endpoint), expect, "{endpoint}")
    };
    check("http://127.0.0.1:5000", true);
    check("http://127.0.0.1:5000/", true);
    check("http://localhost", true);
    check("http://[::1]:80/x", true);
    check("http://169.254.170.2/v2", true);
    check("http://[fd00:ec2::254]/latest", true);
    check("https://127.0.0.1:5000", false);
    check("http://127.0.0.1.example.com", false);
    check("http://sts.example.com?x=http://127.0.0.1", false);
    check("http://10.0.0.1", false);
}
