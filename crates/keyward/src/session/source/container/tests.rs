//! Which endpoints are asked.

use super::*;

fn check(relative: Option<&str>, full: Option<&str>, expect: &str) {
    let said = url(relative, full).unwrap_or_else(|error| error.to_string());
    assert_eq!(said, expect);
}

#[test]
fn a_path_goes_to_the_agent_and_comes_first() {
    check(Some("/v2/x"), None, "http://169.254.170.2/v2/x");
    check(
        Some("v2/x"),
        Some("http://127.0.0.1/y"),
        "http://169.254.170.2/v2/x",
    );
}

#[test]
fn only_near_hosts_are_asked_without_tls() {
    for good in [
        "http://127.0.0.1:8000/x",
        "http://127.8.9.10/x",
        "http://localhost/x?y",
        "http://[::1]:80/x",
        "http://169.254.170.2/x",
        "http://169.254.170.23/v1/credentials",
        "http://[fd00:ec2::23]/v1/credentials",
        "https://example.com/x",
    ] {
        check(None, Some(good), good);
    }
    for foreign in [
        "http://example.com/x",
        "http://169.254.169.254/x",
        "http://127.0.0.1@example.com/x",
        "http://127.0.0.1.example.com/x",
        "http://localhost.example.com/x",
    ] {
        let expect = EndpointError::Foreign(foreign.to_owned()).to_string();
        check(None, Some(foreign), &expect);
    }
    check(
        None,
        Some("file:///x"),
        "`file:///x` is not an `https://` or `http://` URL",
    );
    check(None, None, &EndpointError::Unset.to_string());
}
