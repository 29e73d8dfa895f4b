//! The phone of a practice account, seen from another process: asks the account's own path for
//! the code that a device shows.

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use keyward_core::id::MfaSerial;
use keyward_core::secret::MfaCode;
use serde::Deserialize;

/// The reasons why no code could be shown.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// The address does not belong to a practice account.
    #[error("`{0}` is not the address of a practice account (http://127.0.0.1:PORT)")]
    Address(String),
    /// Nothing answers there.
    #[error("no practice account answers")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The account has no such device.
    #[error("the practice account says: {0}")]
    Refused(String),
}

/// The output of a phone.
#[derive(Debug)]
pub enum Shown {
    /// A code that was neither used nor taken: the current one, or the next one, which AWS also accepts.
    Fresh(MfaCode),
    /// Both were used or taken; the next one comes after this number of seconds.
    Spent {
        /// Seconds until there is a next code.
        seconds_left: u64,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Code {
        code: String,
        next: String,
        spent: bool,
        next_spent: bool,
        seconds_left: u64,
    },
    Error {
        error: String,
    },
}

/// Whether a practice account answers at `url` and has this device.
#[must_use]
pub fn has_phone(url: &str, serial: &MfaSerial) -> bool {
    matches!(
        ask(url, serial, hyper::Method::GET),
        Ok(Answer::Code { .. })
    )
}

/// Takes a code of `serial` at the practice account at `url` that was neither used nor taken yet, if there is one.
///
/// # Errors
/// The address is wrong, nothing answers, or there is no such device.
pub fn phone_code(url: &str, serial: &MfaSerial) -> Result<Shown, PhoneError> {
    match ask(url, serial, hyper::Method::POST)? {
        Answer::Code {
            next_spent: true,
            seconds_left,
            ..
        } => Ok(Shown::Spent { seconds_left }),
        Answer::Code {
            code, next, spent, ..
        } => {
            let shown = if spent { next } else { code };
            let code = shown
                .parse()
                .map_err(|e: keyward_core::secret::InvalidSecret| {
                    PhoneError::Refused(e.to_string())
                })?;
            Ok(Shown::Fresh(code))
        }
        Answer::Error { error } => Err(PhoneError::Refused(error)),
    }
}

/// What the account says about the device. GET looks at it, POST takes a code.
fn ask(url: &str, serial: &MfaSerial, method: hyper::Method) -> Result<Answer, PhoneError> {
    let host = url
        .strip_prefix("http://")
        .filter(|host| host.starts_with("127.0.0.1:"));
    let host = host.ok_or_else(|| PhoneError::Address(url.to_owned()))?;
    let runtime = keyward_loopback::runtime().map_err(|e| PhoneError::Unreachable(e.into()))?;
    let body = runtime
        .block_on(send(host, serial, method))
        .map_err(PhoneError::Unreachable)?;
    serde_json::from_slice(&body).map_err(|e| PhoneError::Unreachable(e.into()))
}

async fn send(
    host: &str,
    serial: &MfaSerial,
    method: hyper::Method,
) -> Result<Bytes, Box<dyn std::error::Error + Send + Sync>> {
    let stream = tokio::net::TcpStream::connect(host).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // Only `+` and `=` of a serial need escaping in a query.
    let query = serial.as_str().replace('+', "%2B").replace('=', "%3D");
    let request = hyper::Request::builder()
        .method(method)
        .uri(format!("/_practice/code?serial={query}"))
        .header("host", host)
        .body(Empty::<Bytes>::new())?;
    let talk = async {
        let response = sender.send_request(request).await?;
        Ok(response.into_body().collect().await?.to_bytes())
    };
    tokio::select! {
        answer = talk => answer,
        ended = connection => Err(ended.err().map_or_else(|| "the connection closed early".into(), Into::into)),
    }
}
