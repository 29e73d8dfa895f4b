//! Plain HTTP over the connections that AWS calls use: the same TLS roots, proxies and patience.
//! For services beside AWS's own API, such as a repository host. Follows no redirect, sends
//! nothing twice, and shows neither headers nor bodies in errors, because both may be secret.

use std::fmt;

use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::date_time::{DateTime, Format};
use keyward_core::Timestamp;
use keyward_core::text::shown_url;
use zeroize::Zeroizing;

use crate::aws::Aws;
use crate::error::{Because, CallError, NetworkKind, NextStep, after_network_failure, kind_of};
use crate::transport::proxy_for;

/// No answer that is read here is longer.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes or starts.
    Post,
    /// Puts in place.
    Put,
}

impl Method {
    fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// A request.
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The URL: `https://…`, or `http://…`.
    pub url: String,
    /// Names and values; a value may be a secret.
    pub headers: Vec<(&'static str, Zeroizing<String>)>,
    /// The body; empty for none.
    pub body: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("url", &shown_url(&self.url))
            .finish_non_exhaustive()
    }
}

/// An answer, whatever its status.
pub struct HttpAnswer {
    /// Such as 200.
    pub status: u16,
    /// The body.
    pub body: Zeroizing<Vec<u8>>,
    /// The server's time, if it gives one.
    pub date: Option<Timestamp>,
}

impl HttpAnswer {
    /// The next step if the server refused only for the moment: a rate limit or a fault of its own.
    #[must_use]
    pub fn passing_refusal(&self) -> Option<NextStep> {
        (self.status == 429 || self.status >= 500).then_some(NextStep::Retry)
    }
}

impl fmt::Debug for HttpAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpAnswer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The reasons why a request got no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The request has no valid form.
    #[error("`{0}` is not an `https://` or `http://` URL that can be asked")]
    Request(String),
    /// The TLS roots or the event loop are unavailable.
    #[error(transparent)]
    Setup(#[from] CallError),
    /// No connection, or it broke off.
    #[error("`{url}` gave no answer")]
    Network {
        /// The URL without its query.
        url: String,
        /// The part that failed.
        kind: NetworkKind,
        /// The machine's words.
        #[source]
        because: Because,
    },
    /// It took too long.
    #[error("`{url}` gave no answer in time")]
    Timeout {
        /// The URL without its query.
        url: String,
    },
    /// The answer is larger than the limit.
    #[error("the answer of `{url}` is too long")]
    TooLong {
        /// The URL without its query.
        url: String,
    },
}

impl HttpError {
    /// The next steps, most likely first. Empty when no useful step is known.
    #[must_use]
    pub fn next_steps(&self) -> Vec<NextStep> {
        match self {
            Self::Setup(error) => error.next_steps(),
            Self::Request(_) => Vec::new(),
            Self::Network { kind, .. } => after_network_failure(*kind, false),
            Self::Timeout { .. } => after_network_failure(NetworkKind::Timeout, false),
            Self::TooLong { .. } => after_network_failure(NetworkKind::TooLong, false),
        }
    }
}

impl Aws {
    /// Sends one request unchanged and reads the whole answer.
    ///
    /// # Errors
    /// The server does not answer. A refusal by the server is an answer.
    pub fn http(&self, request: HttpRequest) -> Result<HttpAnswer, HttpError> {
        // The query last: it may begin within a password.
        let mut shown = shown_url(&request.url);
        shown.truncate(shown.find('?').unwrap_or(shown.len()));
        let address = request.url.clone();
        let prepared = prepare(request).ok_or_else(|| HttpError::Request(shown.clone()))?;
        let transport = self.transport()?;
        let connector = transport.connector(Some(&address), &self.settings, self.timeouts)?;
        let answer = async {
            let response = connector
                .call(prepared)
                .await
                .map_err(|error| self.unanswered(&address, &shown, &error))?;
            let status = response.status().as_u16();
            let date = response.headers().get("date").and_then(read_date);
            let body = read(response.into_body(), &shown).await?;
            Ok(HttpAnswer { status, body, date })
        };
        transport.runtime.block_on(async {
            tokio::time::timeout(self.timeouts.attempt, answer)
                .await
                .unwrap_or_else(|_| Err(HttpError::Timeout { url: shown.clone() }))
        })
    }
}

impl Aws {
    fn unanswered(&self, url: &str, shown: &str, error: &ConnectorError) -> HttpError {
        let kind = kind_of(error).through(proxy_for(url, &self.settings), error);
        let because = match kind {
            NetworkKind::Proxy(variable) => Because::text(&format!(
                "the proxy of {variable} did not connect: {}",
                Because::below(error)
            )),
            NetworkKind::ProxyTls(variable) => Because::text(&format!(
                "no trusted connection to the proxy of {variable}: {}",
                Because::below(error)
            )),
            _ => Because::below(error),
        };
        HttpError::Network {
            url: shown.to_owned(),
            kind,
            because,
        }
    }
}

fn read_date(text: &str) -> Option<Timestamp> {
    let date = DateTime::from_str(text, Format::HttpDate).ok()?;
    Some(Timestamp::from_second(date.secs()))
}

fn prepare(request: HttpRequest) -> Option<Request> {
    let HttpRequest {
        method,
        url,
        headers,
        body,
    } = request;
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return None;
    }
    // The connection owns the bytes from here on, so this copy cannot be wiped.
    let mut prepared = Request::new(SdkBody::from(body.to_vec()));
    prepared.set_method(method.as_str()).ok()?;
    prepared.set_uri(url).ok()?;
    for (name, value) in headers {
        prepared
            .headers_mut()
            .try_insert(name, value.to_string())
            .ok()?;
    }
    Some(prepared)
}

async fn read(body: SdkBody, url: &str) -> Result<Zeroizing<Vec<u8>>, HttpError> {
    let mut stream = ByteStream::new(body);
    let mut bytes = Zeroizing::new(Vec::new());
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| HttpError::Network {
            url: url.to_owned(),
            kind: NetworkKind::Lost,
            because: Because::of(&error),
        })?;
        if bytes.len() + chunk.len() > LONGEST_ANSWER {
            return Err(HttpError::TooLong {
                url: url.to_owned(),
            });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
