//! Failures on the way: named for what they are, and repeated only if that is safe.

use std::io::Write;
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use keyward_aws::{Aws, CallError, NetworkKind, Timeouts};

use crate::server::{Reply, Server, key, settings, shown};
use crate::sts::session_token_reply;

fn kind(error: &CallError) -> NetworkKind {
    match error {
        CallError::Network { kind, .. } => *kind,
        other => panic!("not a network failure: {other:?}"),
    }
}

#[test]
fn a_request_with_a_code_whose_fate_is_unknown_is_not_repeated() {
    let serial = "arn:aws:iam::123456789012:mfa/alice".parse().unwrap();
    let code = "123456".parse().unwrap();
    for reply in [
        Reply::hang_up(),
        Reply::html(500),
        Reply::error(503, "ServiceUnavailable", "later"),
    ] {
        let server = Server::start(vec![reply, session_token_reply()]);
        let result = server.aws().get_session_token(
            &key(),
            Duration::from_secs(900),
            Some((&serial, &code)),
        );
        assert!(result.is_err());
        assert_eq!(server.asked().len(), 1);
        // Without a code the same request is harmless, and is repeated.
        server
            .aws()
            .get_session_token(&key(), Duration::from_secs(900), None)
            .unwrap();
    }
}

#[test]
fn a_request_without_a_code_is_repeated() {
    let server = Server::start(vec![
        Reply::hang_up(),
        Reply::html(500),
        session_token_reply(),
    ]);
    server
        .aws()
        .get_session_token(&key(), Duration::from_secs(900), None)
        .unwrap();
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn a_key_is_never_made_twice() {
    let server = Server::start(vec![Reply::hang_up()]);
    let error = server.aws().create_access_key(&key(), None).unwrap_err();
    assert_eq!(kind(&error), NetworkKind::Lost);
    assert!(
        shown(&error).contains("ListBeforeRetry"),
        "{}",
        shown(&error)
    );
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_refused_connection_names_the_endpoint() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}");
    let serial = "arn:aws:iam::123456789012:mfa/alice".parse().unwrap();
    let code = "123456".parse().unwrap();
    let error = Aws::new(settings(&url))
        .get_session_token(&key(), Duration::from_secs(900), Some((&serial, &code)))
        .unwrap_err();
    assert_eq!(kind(&error), NetworkKind::Connect);
    let text = shown(&error);
    assert!(
        text.contains(&format!("no connection to `{url}`")),
        "{text}"
    );
    assert!(text.to_lowercase().contains("refused"), "{text}");
    assert!(!text.contains("123456"), "{text}");
}

#[test]
fn a_silent_server_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let patience = Timeouts {
        attempt: Duration::from_millis(100),
        ..Timeouts::default()
    };
    let error = Aws::new(settings(&url))
        .with_timeouts(patience)
        .create_access_key(&key(), None)
        .unwrap_err();
    assert_eq!(kind(&error), NetworkKind::Timeout);
    // One connection only: a second attempt could make a second key.
    silent.set_nonblocking(true).unwrap();
    assert!(silent.accept().is_ok());
    assert!(silent.accept().is_err());
}

#[test]
fn a_call_is_not_repeated_after_the_end_that_it_was_given() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    silent.set_nonblocking(true).unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let aws = Aws::new(settings(&url)).with_timeouts(Timeouts {
        attempt: Duration::from_millis(200),
        ..Timeouts::default()
    });
    let attempts = |end| {
        aws.end_repetitions_at(end);
        let error = aws.get_caller_identity(&key()).unwrap_err();
        assert_eq!(kind(&error), NetworkKind::Timeout);
        std::iter::from_fn(|| silent.accept().ok()).count()
    };
    assert_eq!(attempts(None), 3);
    assert_eq!(attempts(Some(Instant::now())), 1);
    // A long run sets another end for each of its walks.
    assert_eq!(attempts(Some(Instant::now() + Duration::from_secs(60))), 3);
}

/// A chain of many calls would otherwise have that time for each.
#[test]
fn calls_after_the_end_share_eight_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let aws = Aws::new(settings(&url)).with_timeouts(Timeouts {
        attempt: Duration::from_secs(30),
        ..Timeouts::default()
    });
    aws.end_repetitions_at(Instant::now().checked_sub(Duration::from_secs(8)));
    let begun = Instant::now();
    let error = aws.get_caller_identity(&key()).unwrap_err();
    assert_eq!(kind(&error), NetworkKind::Timeout);
    assert!(begun.elapsed() < Duration::from_secs(6));
}

#[test]
fn a_server_without_tls_is_named_as_such_and_tried_again_since_nothing_was_sent() {
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", plain.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    // The thread ends with the test process.
    std::thread::spawn({
        let connections = Arc::clone(&connections);
        move || {
            for stream in plain.incoming() {
                connections.fetch_add(1, Ordering::SeqCst);
                stream
                    .unwrap()
                    .write_all(b"HTTP/1.1 400 X\r\n\r\n")
                    .unwrap();
            }
        }
    });
    let error = Aws::new(settings(&url))
        .create_access_key(&key(), None)
        .unwrap_err();
    assert_eq!(kind(&error), NetworkKind::Tls, "{}", shown(&error));
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}

#[test]
fn a_ca_bundle_that_cannot_be_used_is_an_error_and_no_panic() {
    let folder = std::env::temp_dir().join(format!("keyward-aws-ca-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let check = |content: Option<&str>, expect: &str| {
        let path = folder.join("ca.pem");
        let _ = std::fs::remove_file(&path);
        if let Some(content) = content {
            std::fs::File::create(&path)
                .unwrap()
                .write_all(content.as_bytes())
                .unwrap();
        }
        let mut settings = settings("https://127.0.0.1:1");
        settings.endpoints.ca_bundle = Some(path.display().to_string());
        let error = Aws::new(settings).get_caller_identity(&key()).unwrap_err();
        assert!(matches!(error, CallError::CaBundle { .. }), "{error:?}");
        let text = shown(&error);
        assert!(
            text.contains(expect) && text.contains("NameCaBundle"),
            "{text}"
        );
    };
    check(None, "No such file");
    check(Some("not a certificate"), "no PEM certificate");
    check(
        Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        "",
    );
    check(
        Some("-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----\n"),
        "",
    );
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn fips_with_a_custom_endpoint_is_refused_with_the_reason() {
    let server = Server::start(vec![Reply::html(400)]);
    let mut settings = settings(&server.url());
    settings.endpoints.fips = true;
    let error = Aws::new(settings).get_caller_identity(&key()).unwrap_err();
    assert!(matches!(error, CallError::Request { .. }), "{error:?}");
    assert!(shown(&error).contains("FIPS"), "{}", shown(&error));
}

/// Set in the child process of the proxy test.
const CHILD: &str = "KEYWARD_TEST_BEHIND_PROXY";

#[test]
fn a_proxy_from_the_environment_is_used_where_it_should_be() {
    if std::env::var_os(CHILD).is_some() {
        // The environment of a process cannot be changed safely, so the test runs itself.
        let mut settings = settings("http://sts.example.invalid");
        settings.proxy_from_env = true;
        Aws::new(settings)
            .get_session_token(&key(), Duration::from_secs(900), None)
            .unwrap();
        return;
    }
    let proxy = Server::start(vec![session_token_reply()]);
    let status = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "network::a_proxy_from_the_environment_is_used_where_it_should_be",
        ])
        .env(CHILD, "1")
        .env("HTTP_PROXY", proxy.url())
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .unwrap();
    assert!(
        status.status.success(),
        "{}",
        String::from_utf8_lossy(&status.stdout)
    );
    assert_eq!(proxy.asked().len(), 1);
    assert!(
        proxy.asked()[0].starts_with("POST http://sts.example.invalid/"),
        "{}",
        proxy.asked()[0]
    );
}

/// Runs one test of this file again in a process with these variables, and returns what it printed.
fn again_with(test: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "--nocapture", &format!("network::{test}")]);
    command.env(CHILD, "1");
    for name in [
        "PROXY",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
    ] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    let ran = command.envs(variables.iter().copied()).output().unwrap();
    assert!(ran.status.success());
    String::from_utf8(ran.stdout).unwrap()
}

#[test]
fn a_proxy_that_cannot_be_used_is_named_and_never_passed_by() {
    if std::env::var_os(CHILD).is_some() {
        let mut settings = settings("https://sts.example.invalid");
        settings.proxy_from_env = true;
        let error = Aws::new(settings).get_caller_identity(&key()).unwrap_err();
        println!("{}", shown(&error));
        return;
    }
    let test = "a_proxy_that_cannot_be_used_is_named_and_never_passed_by";
    let message = again_with(test, &[("HTTPS_PROXY", "http://user:pass@proxy:eighty")]);
    assert!(
        message.contains("HTTPS_PROXY does not name a usable proxy") && !message.contains("pass@"),
        "{message}"
    );
    let message = again_with(test, &[("https_proxy", "http://proxy.invalid:3128")]);
    assert!(
        message
            .contains("the proxy of https_proxy did not connect to `https://sts.example.invalid`"),
        "{message}"
    );
    assert!(!message.contains("region"), "{message}");
    // The proxy that refuses is to blame, too.
    let message = again_with(test, &[("https_proxy", "http://127.0.0.1:9")]);
    assert!(message.contains("the proxy of https_proxy"), "{message}");
    // So is the one that speaks no TLS, although its address says so.
    let plain = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://{}", plain.local_addr().unwrap());
    std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        for stream in plain.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let message = again_with(test, &[("https_proxy", &address)]);
    assert!(
        message.contains("no trusted connection to the proxy of https_proxy"),
        "{message}"
    );
    assert!(message.contains("CheckProxyScheme"), "{message}");
    let past = [
        ("https_proxy", "http://127.0.0.1:9"),
        ("no_proxy", "sts.example.invalid:443"),
    ];
    let message = again_with(test, &past);
    assert!(message.contains("no address is known for"), "{message}");
}

#[test]
fn an_answer_without_end_is_given_up() {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let endless = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request);
        let mut sent = 0_usize;
        let chunk = [b'x'; 64 << 10];
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n\r\n");
        // Write until the client closes the connection.
        while stream.write_all(&chunk).is_ok() {
            sent += chunk.len();
        }
        sent
    });
    let error = Aws::new(settings(&url))
        .get_caller_identity(&key())
        .unwrap_err();
    assert!(
        matches!(
            &error,
            CallError::Network {
                kind: NetworkKind::TooLong,
                ..
            }
        ),
        "{error:?}"
    );
    // The machine's buffers hold some of what was sent.
    assert!(endless.join().unwrap() < 96 << 20);
}
