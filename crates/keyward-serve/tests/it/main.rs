//! The server from outside, by bytes on a socket.

#![allow(clippy::unwrap_used, reason = "an unwrap in a test is its assertion")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use keyward_core::{Credentials, Timestamp};
use keyward_serve::{BearerToken, Options, Permit, Provider, Reason, Server, Source, Unavailable};

/// Returns the answer that it was made with.
struct Fixed(Result<Credentials, Unavailable>, AtomicBool);

impl Provider for Fixed {
    fn credentials(&self) -> Result<Credentials, Unavailable> {
        assert!(!self.1.load(Ordering::SeqCst), "asked after it forgot");
        self.0.clone()
    }

    fn forget(&self) {
        self.1.store(true, Ordering::SeqCst);
    }
}

/// A server for one profile that works and two that do not.
struct Stage {
    server: Server,
    token: BearerToken,
    providers: Vec<Arc<Fixed>>,
}

impl Stage {
    fn start() -> Self {
        Self::with(Box::new(|| Ok(())))
    }

    fn with(permit: Box<Permit>) -> Self {
        let token = BearerToken::random().unwrap();
        let credentials = Credentials {
            access_key_id: "ASIAIOSFODNN7EXAMPLE".parse().unwrap(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse().unwrap(),
            session_token: Some("token".parse().unwrap()),
            expires_at: Some(Timestamp::from_second(1_800_003_600)),
            account_id: Some("123456789012".parse().unwrap()),
        };
        let no = |reason, message: &str| {
            Err(Unavailable {
                reason,
                message: message.to_owned(),
            })
        };
        let sources = [
            ("Acme ReadOnly", Ok(credentials)),
            ("asks", no(Reason::PersonNeeded, "run `keyward exec asks`")),
            ("denied", no(Reason::Failed, "AWS says \"no\"")),
        ];
        let mut providers = Vec::new();
        let sources = sources.map(|(profile, answer)| {
            let provider = Arc::new(Fixed(answer, AtomicBool::new(false)));
            providers.push(Arc::clone(&provider));
            Source {
                profile: profile.parse().unwrap(),
                provider: provider as Arc<dyn Provider>,
                first: None,
            }
        });
        let options = Options {
            port: 0,
            token: token.clone(),
            now: Box::new(|| Timestamp::from_second(1_800_000_000)),
            permit,
        };
        Self {
            server: Server::start(sources.into(), options).unwrap(),
            token,
            providers,
        }
    }

    /// Sends a request with the right token and host; returns status, head and body.
    fn get(&self, path: &str) -> (u16, String, serde_json::Value) {
        let port = self.server.port();
        let token = self.token.expose();
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {token}\r\nConnection: close\r\n\r\n"
        ))
    }

    fn send(&self, request: &str) -> (u16, String, serde_json::Value) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.server.port())).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head[9..12].parse().unwrap();
        (
            status,
            head.to_lowercase(),
            serde_json::from_str(body).unwrap(),
        )
    }
}

#[test]
fn the_url_of_a_profile_gives_its_credentials() {
    let stage = Stage::start();
    let url = stage.server.url(&"Acme ReadOnly".parse().unwrap());
    let (_, path) = url.split_at(url.find("/v1").unwrap());
    let (status, head, body) = stage.get(path);
    assert_eq!(status, 200);
    assert!(head.contains("content-type: application/json"), "{head}");
    assert!(head.contains("cache-control: no-store"), "{head}");
    assert!(!head.contains("access-control"), "{head}");
    assert_eq!(
        body,
        serde_json::json!({
            "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "Token": "token",
            "Expiration": "2027-01-15T09:00:00Z",
            "AccountId": "123456789012",
        })
    );
}

#[test]
fn a_refused_client_is_not_asked_again_on_the_same_connection() {
    let stage = Stage::start();
    let port = stage.server.port();
    // Without `Connection: close`, the end of the answer shows that the server closed.
    let (status, head, _) = stage.send(&format!(
        "GET /v1/credentials/asks HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: wrong\r\n\r\n"
    ));
    assert_eq!(status, 403);
    assert!(head.contains("connection: close"), "{head}");
    let (_, head, _) = stage.get("/v1/credentials/nobody");
    assert!(head.contains("connection: close"), "{head}");
}

#[test]
fn errors_have_a_code_and_a_message() {
    let stage = Stage::start();
    for (path, status, code, message) in [
        (
            "/v1/credentials/asks",
            503,
            "PersonNeeded",
            "run `keyward exec asks`",
        ),
        ("/v1/credentials/denied", 500, "Failed", "AWS says \"no\""),
        (
            "/v1/credentials/bob",
            404,
            "NotFound",
            "this server has no credentials at that path",
        ),
    ] {
        let (found, head, body) = stage.get(path);
        assert_eq!(found, status, "{path}");
        assert!(head.contains("content-type: application/json"), "{head}");
        assert_eq!(
            body,
            serde_json::json!({"code": code, "message": message, "Code": code, "Message": message})
        );
    }
}

#[test]
fn a_wrong_token_or_host_gets_nothing() {
    let stage = Stage::start();
    let (port, token) = (stage.server.port(), stage.token.expose());
    let path = "/v1/credentials/Acme%20ReadOnly";
    for (method, host, authorization, status, code) in [
        (
            "GET",
            format!("127.0.0.1:{port}"),
            "wrong",
            403,
            "WrongToken",
        ),
        ("GET", format!("evil.example:{port}"), token, 400, "BadHost"),
        (
            "POST",
            format!("127.0.0.1:{port}"),
            token,
            405,
            "MethodNotAllowed",
        ),
    ] {
        let (found, _, body) = stage.send(&format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {authorization}\r\nConnection: close\r\n\r\n"
        ));
        assert_eq!(
            (found, &body["code"]),
            (status, &code.into()),
            "{method} {host}"
        );
    }
    let (found, _, _) = stage.send(&format!(
        "GET {path} HTTP/1.0\r\nAuthorization: {token}\r\n\r\n"
    ));
    assert_eq!(found, 400);
}

#[test]
fn one_connection_serves_several_requests() {
    let stage = Stage::start();
    let mut stream = TcpStream::connect(("127.0.0.1", stage.server.port())).unwrap();
    let request = format!(
        "GET /v1/credentials/denied HTTP/1.1\r\nHost: localhost:{}\r\nAuthorization: {}\r\n\r\n",
        stage.server.port(),
        stage.token.expose()
    );
    for _ in 0..3 {
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let mut byte = [0];
        while !answer.ends_with(b"}") {
            stream.read_exact(&mut byte).unwrap();
            answer.push(byte[0]);
        }
        assert!(answer.starts_with(b"HTTP/1.1 500"));
    }
}

#[test]
fn a_dropped_server_is_gone() {
    let stage = Stage::start();
    let port = stage.server.port();
    drop(stage.server);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn a_taken_port_is_told() {
    let stage = Stage::start();
    let options = Options {
        port: stage.server.port(),
        token: stage.token.clone(),
        now: Box::new(|| Timestamp::from_second(0)),
        permit: Box::new(|| Ok(())),
    };
    let error = Server::start(Vec::new(), options).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot listen on 127.0.0.1, port `{}`", stage.server.port())
    );
}

#[test]
fn a_request_that_is_too_long_is_refused() {
    let stage = Stage::start();
    let mut stream = TcpStream::connect(("127.0.0.1", stage.server.port())).unwrap();
    let _ = stream.write_all(&vec![b'x'; 64 * 1024]);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
}

#[test]
fn a_lock_is_final_and_everything_is_forgotten() {
    let says = Arc::new(Mutex::new(Ok(())));
    let asked = Arc::clone(&says);
    let stage = Stage::with(Box::new(move || asked.lock().unwrap().clone()));
    let path = "/v1/credentials/Acme%20ReadOnly";
    assert_eq!(stage.get(path).0, 200);
    let refusal = |reason, message: &str| {
        Err(Unavailable {
            reason,
            message: message.to_owned(),
        })
    };
    // A state that cannot be read for a moment refuses that moment's requests.
    *says.lock().unwrap() = refusal(Reason::Failed, "too many open files");
    let (status, _, body) = stage.get(path);
    assert_eq!((status, &body["code"]), (500, &"Failed".into()));
    *says.lock().unwrap() = Ok(());
    assert_eq!(stage.get(path).0, 200);

    *says.lock().unwrap() = refusal(Reason::Locked, "locked, run it again");
    for says_now in [None, Some(Ok(()))] {
        if let Some(now) = says_now {
            *says.lock().unwrap() = now;
        }
        for path in [path, "/v1/credentials/asks"] {
            let (status, _, body) = stage.get(path);
            assert_eq!((status, &body["code"]), (403, &"Locked".into()), "{path}");
            assert_eq!(body["message"], "locked, run it again");
        }
    }
    for provider in &stage.providers {
        assert!(provider.1.load(Ordering::SeqCst));
    }
    // A caller without the token learns nothing.
    let port = stage.server.port();
    let stranger = format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: x\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(stage.send(&stranger).0, 403);
}
