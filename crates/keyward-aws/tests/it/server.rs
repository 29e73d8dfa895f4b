//! A server on the loopback interface that sends scripted answers and records the requests.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use keyward_aws::{Aws, CallError, Settings};
use keyward_core::chain::Endpoints;
use keyward_core::{Credentials, Timestamp};

pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub(crate) const TOKEN: &str = "FwoGZXIvYXdzEXAMPLETOKEN";
/// 2026-01-01T00:00:00Z, the local time of every test.
pub(crate) const NOW: i64 = 1_767_225_600;
/// The same as an HTTP date.
const DATE: &str = "Thu, 01 Jan 2026 00:00:00 GMT";

/// One scripted answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    content_type: &'static str,
    date: &'static str,
    body: Option<String>,
}

impl Reply {
    /// A result of STS, wrapped as AWS wraps it.
    pub(crate) fn sts(action: &str, result: &str) -> Self {
        Self::ok(action, result, "https://sts.amazonaws.com/doc/2011-06-15/")
    }

    /// A result of IAM.
    pub(crate) fn iam(action: &str, result: &str) -> Self {
        Self::ok(action, result, "https://iam.amazonaws.com/doc/2010-05-08/")
    }

    fn ok(action: &str, result: &str, namespace: &str) -> Self {
        Self::of(
            200,
            format!(
                "<{action}Response xmlns=\"{namespace}\"><{action}Result>{result}</{action}Result>\
                 <ResponseMetadata><RequestId>7a62c49f-347e-4fc4-9331-6e8eEXAMPLE</RequestId>\
                 </ResponseMetadata></{action}Response>"
            ),
        )
    }

    /// An error as STS and IAM send it.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::of(
            status,
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
                 <Message>{message}</Message></Error><RequestId>req-1</RequestId></ErrorResponse>"
            ),
        )
    }

    /// A page that is not an answer of AWS.
    pub(crate) fn html(status: u16) -> Self {
        Self {
            content_type: "text/html",
            ..Self::of(status, "<html><body>sign in".into())
        }
    }

    /// Accepts the request and hangs up.
    pub(crate) fn hang_up() -> Self {
        Self {
            body: None,
            ..Self::of(0, String::new())
        }
    }

    /// The same, dated otherwise.
    pub(crate) fn dated(self, date: &'static str) -> Self {
        Self { date, ..self }
    }

    fn of(status: u16, body: String) -> Self {
        Self {
            status,
            content_type: "text/xml",
            date: DATE,
            body: Some(body),
        }
    }
}

/// The server; ends when dropped.
pub(crate) struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Sends `replies` in order, the last one again and again.
    pub(crate) fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let over = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let (asked, over) = (Arc::clone(&asked), Arc::clone(&over));
            move || {
                for stream in listener.incoming() {
                    if over.load(Ordering::SeqCst) {
                        return;
                    }
                    let count = asked.lock().unwrap().len();
                    let reply = replies.get(count).or(replies.last()).unwrap();
                    serve(stream.unwrap(), reply, &asked);
                }
            }
        });
        Self {
            address,
            asked,
            over,
            thread: Some(thread),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far: head and body in one text, percent-decoding left to the tests.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// A façade whose every service is this server.
    pub(crate) fn aws(&self) -> Aws {
        Aws::new(settings(&self.url()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking());
        }
    }
}

fn serve(stream: TcpStream, reply: &Reply, asked: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream);
    let (mut text, mut length) = (String::new(), 0);
    loop {
        let start = text.len();
        if reader.read_line(&mut text).unwrap_or(0) == 0 {
            return;
        }
        let line = text[start..].trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    text.push_str(std::str::from_utf8(&body).unwrap());
    asked.lock().unwrap().push(text);
    let Some(body) = &reply.body else { return };
    let Reply {
        status,
        content_type,
        date,
        ..
    } = reply;
    write!(
        reader.get_mut(),
        "HTTP/1.1 {status} X\r\ndate: {date}\r\ncontent-type: {content_type}\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
}

/// Settings with one endpoint for every service.
pub(crate) fn settings(url: &str) -> Settings {
    Settings {
        endpoints: Endpoints {
            sts: Some(url.into()),
            iam: Some(url.into()),
            sso_oidc: Some(url.into()),
            ..Endpoints::default()
        },
        region: Some("eu-central-1".parse().unwrap()),
        partition_hint: None,
        now: || Timestamp::from_second(NOW),
        proxy_from_env: false,
    }
}

/// A long-lived key.
pub(crate) fn key() -> Credentials {
    Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".parse().unwrap(),
        secret_access_key: SECRET.parse().unwrap(),
        session_token: None,
        expires_at: None,
        account_id: Some("123456789012".parse().unwrap()),
    }
}

/// A session.
pub(crate) fn session() -> Credentials {
    Credentials {
        access_key_id: "ASIAIOSFODNN7EXAMPLE".parse().unwrap(),
        session_token: Some(TOKEN.parse().unwrap()),
        ..key()
    }
}

/// All that a person would see of an error: message, causes, next steps.
pub(crate) fn shown(error: &CallError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(link) = cause {
        text.push_str(&format!("\n  {link}"));
        cause = link.source();
    }
    for step in error.next_steps() {
        text.push_str(&format!("\nnext: {step:?}"));
    }
    text
}
