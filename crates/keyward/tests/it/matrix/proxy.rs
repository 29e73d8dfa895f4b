//! A proxy before a practice account. It records the name of each call and can spoil the answers to one
//! of them.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// The fault in the answers to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// AWS refuses the call.
    Refused,
    /// AWS has an error of its own.
    Broken,
    /// AWS throttles the call.
    Throttled,
    /// The call is carried out, and no answer comes.
    Late,
    /// The call is carried out, and the connection closes.
    Dropped,
    /// The call is carried out, and the answer is the page of a captive portal.
    Garbage,
    /// The call is carried out, and half of the answer comes.
    Truncated,
    /// The call is carried out, and the answer does not end.
    Endless,
}

impl Fault {
    pub(super) const ALL: [Self; 8] = [
        Self::Refused,
        Self::Broken,
        Self::Throttled,
        Self::Late,
        Self::Dropped,
        Self::Garbage,
        Self::Truncated,
        Self::Endless,
    ];

    /// Whether the practice account carries the call out.
    pub(super) fn is_carried_out(self) -> bool {
        !matches!(self, Self::Refused | Self::Broken | Self::Throttled)
    }
}

/// A terminal escape sequence that must not reach the output.
pub(super) const ESCAPE: &str = "\u{1b}]0;owned\u{7}";

#[derive(Debug, Default)]
struct State {
    seen: Mutex<Vec<String>>,
    fault: Mutex<Option<(String, Fault)>>,
    /// Calls whose next answer is lost.
    lost: Mutex<Vec<String>>,
    over: AtomicBool,
}

/// A running proxy. Dropping it stops it.
pub(super) struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Starts one in front of a server on the loopback interface.
    pub(super) fn start(upstream: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let state: Arc<State> = Arc::default();
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.over.load(Ordering::SeqCst) {
                    return;
                }
                let state = Arc::clone(&shared);
                // The client may close its connection early.
                std::thread::spawn(move || serve(stream.ok()?, upstream, &state));
            }
        });
        Self {
            address,
            state,
            thread: Some(thread),
        }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Spoils the answers of a call from now on.
    pub(super) fn spoil(&self, action: &str, fault: Fault) {
        *self.state.fault.lock().unwrap() = Some((action.to_owned(), fault));
        self.state.seen.lock().unwrap().clear();
    }

    /// Drops the next answer to another call, so that the program must look up its result.
    pub(super) fn lose(&self, action: &str) {
        self.state.lost.lock().unwrap().push(action.to_owned());
    }

    /// Stops spoiling answers.
    pub(super) fn heal(&self) {
        *self.state.fault.lock().unwrap() = None;
        self.state.seen.lock().unwrap().clear();
    }

    /// The calls since the last change of the fault.
    pub(super) fn seen(&self) -> Vec<String> {
        self.state.seen.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::SeqCst);
        // Wakes the thread from its wait.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A request: its bytes, its path, its body, and the service that its signature names.
struct Request {
    bytes: Vec<u8>,
    path: String,
    body: String,
    is_ec2: bool,
}

impl Request {
    fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let start = head.len();
            if reader.read_line(&mut head).ok()? == 0 {
                return None;
            }
            let line = head[start..].trim_end().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line.starts_with("connection:") {
                head.truncate(start);
            }
            if line.is_empty() {
                head.truncate(start);
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let path = head.split(' ').nth(1)?.split('?').next()?.to_owned();
        let is_ec2 = head.contains("/ec2/aws4_request");
        // The end of the connection is then the end of the answer.
        let mut bytes = format!("{head}connection: close\r\n\r\n").into_bytes();
        bytes.extend_from_slice(&body);
        Some(Self {
            bytes,
            path,
            body: String::from_utf8_lossy(&body).into_owned(),
            is_ec2,
        })
    }

    /// The name of the call.
    fn action(&self) -> String {
        let named = match self.path.as_str() {
            "/federation/credentials" => "GetRoleCredentials",
            "/assignment/accounts" => "ListAccounts",
            "/assignment/roles" => "ListAccountRoles",
            "/logout" => "Logout",
            "/client/register" => "RegisterClient",
            "/device_authorization" => "StartDeviceAuthorization",
            "/token" => "CreateToken",
            "/v1/token" => "CreateOAuth2Token",
            "/federation" => "GetSigninToken",
            CONTAINER => "Credentials",
            METADATA_TOKEN => "Token",
            METADATA_ROLES => "Roles",
            METADATA_ROLE => "Role",
            _ => {
                let mut parts = self.body.split('&');
                return parts
                    .find_map(|part| part.strip_prefix("Action="))
                    .unwrap_or(&self.path)
                    .to_owned();
            }
        };
        named.to_owned()
    }

    fn is_query(&self) -> bool {
        self.path == "/" && self.body.contains("Action=")
    }
}

/// The path of a container's credentials, and those of the instance metadata service.
pub(super) const CONTAINER: &str = "/container";
const METADATA_TOKEN: &str = "/latest/api/token";
const METADATA_ROLES: &str = "/latest/meta-data/iam/security-credentials/";
const METADATA_ROLE: &str = "/latest/meta-data/iam/security-credentials/worker";

fn serve(stream: TcpStream, upstream: u16, state: &State) -> Option<()> {
    let request = Request::read(&stream)?;
    let action = request.action();
    state.seen.lock().unwrap().push(action.clone());
    let was_lost = {
        let mut lost = state.lost.lock().unwrap();
        let found = lost.iter().position(|lost| *lost == action);
        found.map(|at| lost.remove(at)).is_some()
    };
    if was_lost {
        return forward(&request, upstream).map(drop);
    }
    let fault = state.fault.lock().unwrap().clone();
    let fault = fault.filter(|(spoiled, _)| *spoiled == action);
    let Some((_, fault)) = fault else {
        return send(&stream, &forward(&request, upstream)?);
    };
    match fault {
        Fault::Refused => {
            let message = format!("not today {ESCAPE}");
            send(&stream, &refusal(&request, 403, "AccessDenied", &message))
        }
        Fault::Broken => send(
            &stream,
            b"HTTP/1.1 500 X\r\ncontent-type: text/html\r\ncontent-length: 6\r\nconnection: close\r\n\r\n<html>",
        ),
        Fault::Throttled => {
            let code = match request.is_query() {
                true => "Throttling",
                false => "TooManyRequestsException",
            };
            send(&stream, &refusal(&request, 429, code, "Rate exceeded"))
        }
        Fault::Late => {
            let _ = forward(&request, upstream);
            // Until the client stops waiting.
            let _ = (&stream).read(&mut [0]);
            Some(())
        }
        Fault::Dropped => forward(&request, upstream).map(drop),
        Fault::Garbage => {
            let _ = forward(&request, upstream);
            let page = format!("<html><p>{ESCAPE}sign in to the wireless network");
            let length = page.len();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length";
            send(&stream, format!("{head}: {length}\r\n\r\n{page}").as_bytes())
        }
        Fault::Truncated => {
            let answer = forward(&request, upstream)?;
            let body = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
            send(&stream, &answer[..body + (answer.len() - body) / 2])
        }
        Fault::Endless => {
            let _ = forward(&request, upstream);
            send(
                &stream,
                b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\nconnection: close\r\n\r\n<a>",
            )?;
            let more = vec![b'x'; 1 << 16];
            while send(&stream, &more).is_some() {}
            Some(())
        }
    }
}

fn send(mut stream: &TcpStream, bytes: &[u8]) -> Option<()> {
    stream.write_all(bytes).ok()
}

/// The answer of the practice account, or a fixed answer to a request that the practice account does not
/// support.
fn forward(request: &Request, upstream: u16) -> Option<Vec<u8>> {
    match request.action().as_str() {
        "AssumeRoleWithWebIdentity" => return Some(web_identity()),
        "Credentials" | "Role" => return Some(answer("application/json", &document())),
        "Token" => return Some(answer("text/plain", "a-token-of-the-service")),
        "Roles" => return Some(answer("text/plain", "worker\n")),
        _ => {}
    }
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, upstream)).ok()?;
    stream.write_all(&request.bytes).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(answer)
}

fn web_identity() -> Vec<u8> {
    let end = super::in_an_hour();
    let secret = crate::practice::SECRET;
    let body = format!(
        "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <AssumeRoleWithWebIdentityResult><Credentials>\
         <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
         <SessionToken>t</SessionToken><Expiration>{end}</Expiration></Credentials>\
         </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
    );
    answer("text/xml", &body)
}

/// The credentials of a container or an instance.
fn document() -> String {
    let fields = serde_json::json!({
        "Code": "Success", "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "SecretAccessKey": crate::practice::SECRET, "Token": "t", "Expiration": super::in_an_hour(),
    });
    fields.to_string()
}

fn answer(kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A refusal in the format of the service.
fn refusal(request: &Request, status: u16, code: &str, message: &str) -> Vec<u8> {
    let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    let (kind, body) = match (request.is_query(), request.is_ec2) {
        (true, true) => (
            "text/xml",
            format!("<Response><Errors>{error}</Errors><RequestID>r</RequestID></Response>"),
        ),
        (true, false) => (
            "text/xml",
            format!("<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>"),
        ),
        (false, _) => {
            let fields = serde_json::json!({
                "__type": code, "message": message, "error": code, "error_description": message,
            });
            ("application/json", fields.to_string())
        }
    };
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\nx-amzn-errortype: {code}\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
