//! Any bytes on a connection of the credentials server: nothing panics, credentials are for a GET with
//! the token and the server's own name alone, and no answer holds the token. The bytes are read by the
//! HTTP library that the server uses, with the server's limits.
#![no_main]

use std::cell::RefCell;
use std::convert::Infallible;
use std::sync::LazyLock;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

// The server's library shows the world only the whole server, so its judge is taken in as it is.
#[path = "../../crates/keyward-serve/src/path.rs"]
mod path;
#[allow(dead_code, reason = "the connection's own check has no bytes to fuzz")]
#[path = "../../crates/keyward-serve/src/route.rs"]
mod route;
#[allow(dead_code, reason = "the program uses more of it")]
#[path = "../../crates/keyward-serve/src/token.rs"]
mod token;

const PORT: u16 = 4711;
/// As in the server.
const LONGEST_HEAD: usize = 8 * 1024;
/// Replaces the token in an input, since each process has another token.
const TOKEN_HERE: &[u8] = b"{TOKEN}";

static TOKEN: LazyLock<token::BearerToken> =
    LazyLock::new(|| token::BearerToken::random().expect("random numbers"));

thread_local! {
    static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    /// How many requests of this input got credentials.
    static SERVED: RefCell<usize> = const { RefCell::new(0) };
}

fuzz_target!(|input: &[u8]| {
    let bytes = with_token(input);
    SERVED.with_borrow_mut(|served| *served = 0);
    let answer = RUNTIME.with(|runtime| runtime.block_on(converse(&bytes)));
    let secret = TOKEN.expose().as_bytes();
    assert!(!contains(&answer, secret), "an answer holds the token");
    if !contains(&bytes, secret) {
        assert_eq!(
            SERVED.with_borrow(|served| *served),
            0,
            "served without the token"
        );
    }
});

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn with_token(input: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = input;
    while let Some(at) = rest.windows(TOKEN_HERE.len()).position(|w| w == TOKEN_HERE) {
        bytes.extend_from_slice(&rest[..at]);
        bytes.extend_from_slice(TOKEN.expose().as_bytes());
        rest = &rest[at + TOKEN_HERE.len()..];
    }
    bytes.extend_from_slice(rest);
    bytes
}

/// Sends the bytes and reads all that comes back.
async fn converse(bytes: &[u8]) -> Vec<u8> {
    let (mut client, server) = tokio::io::duplex(1 << 20);
    client.write_all(bytes).await.expect("there is room");
    client.shutdown().await.expect("the server still reads");
    let _ = http1::Builder::new()
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(server), service_fn(answer))
        .await;
    let mut answer = Vec::new();
    client
        .read_to_end(&mut answer)
        .await
        .expect("the server has ended");
    answer
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let judged = route::judge(&request, PORT, &TOKEN);
    assert_eq!(route::judge(&request, PORT, &TOKEN), judged);
    let mut response = Response::new(Full::new(Bytes::new()));
    match judged {
        Ok(profile) => {
            SERVED.with_borrow_mut(|served| *served += 1);
            assert_eq!(request.method(), "GET");
            assert!(request.uri().authority().is_none());
            let headers = request.headers();
            assert_eq!(headers.get_all("host").iter().count(), 1);
            let host = headers["host"].to_str().expect("a name");
            let names = ["127.0.0.1", "[::1]", "localhost"].map(|name| format!("{name}:{PORT}"));
            assert!(names.contains(&host.to_ascii_lowercase()), "{host}");
            assert_eq!(headers.get_all("authorization").iter().count(), 1);
            assert_eq!(headers["authorization"], TOKEN.expose());
            assert_eq!(path::profile(&path::of(&profile)), Some(profile));
        }
        Err(refusal) => {
            assert!([400, 403, 404, 405].contains(&refusal.status.as_u16()));
            assert!(!refusal.code.is_empty() && !refusal.message.is_empty());
            *response.status_mut() = refusal.status;
        }
    }
    Ok(response)
}
