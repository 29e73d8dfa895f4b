//! The endpoints that keyward asks, and the parts of their answers that it shows.

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
    // The message ends with the host, because a path may be a secret.
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

#[test]
fn what_an_endpoint_says_is_one_plain_line_without_secrets() {
    let token = "Bearer hunter2";
    let check = |body: serde_json::Value, expect: Option<&str>| {
        let message = message::message(body.to_string().as_bytes(), Some(token));
        assert_eq!(message.as_deref(), expect, "{body}");
    };
    let json = |message: &str| serde_json::json!({"code": "Locked", "message": message});
    check(
        json("locked by keyward lock"),
        Some("locked by keyward lock"),
    );
    check(
        serde_json::json!({"Code": "Locked", "Message": "end it", "message": ""}),
        Some("end it"),
    );
    check(serde_json::json!({"code": "Locked"}), Some("Locked"));
    check(serde_json::json!({"message": 7}), None);
    check(serde_json::json!("locked"), None);
    check(
        json("a\r\nerror: b\u{1b}[2J\u{202e}c\u{200b}\u{61c}"),
        Some("a error: b [2J c"),
    );
    check(json("no Bearer hunter2 here"), Some("no *** *** here"));
    check(
        json("key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY, sorry"),
        Some("*** sorry"),
    );
    let long = format!("{}…", "é ".repeat(100));
    check(json(&"é ".repeat(300)), Some(&long));
    assert_eq!(message::message(b"<html>", None), None);
}
