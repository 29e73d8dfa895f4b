//! Which endpoints are asked.

use super::*;

fn check(url: &str, expect: Result<(), EndpointError>) {
    let endpoint = ContainerEndpoint {
        url: url.to_owned(),
        token: None,
    };
    assert_eq!(trusted(&endpoint).map(|_| ()), expect, "{url}");
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
        check(good, Ok(()));
    }
    // What is shown ends with the host, since a path may be a secret.
    for (foreign, shown) in [
        ("http://example.com/x", "http://example.com"),
        ("http://169.254.169.254/x", "http://169.254.169.254"),
        ("http://127.0.0.1@example.com/x", "example.com"),
        (
            "http://127.0.0.1.example.com/x",
            "http://127.0.0.1.example.com",
        ),
        (
            "http://localhost.example.com/x",
            "http://localhost.example.com",
        ),
    ] {
        check(foreign, Err(EndpointError::Foreign(shown.to_owned())));
    }
    check(
        "file:///x",
        Err(EndpointError::NotUrl("file://".to_owned())),
    );
}
