//! The requests that are answered. Judges the head of a request and nothing else; what it refuses
//! never reaches a provider.

use std::net::SocketAddr;

use hyper::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, StatusCode};
use keyward_core::id::ProfileName;

use crate::path;
use crate::token::BearerToken;

/// The reason why a request is not answered with credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// A word for programs.
    pub(crate) code: &'static str,
    /// A sentence for people.
    pub(crate) message: &'static str,
}

/// Whether a connection comes from this machine.
pub(crate) fn is_local(peer: SocketAddr) -> bool {
    peer.ip().to_canonical().is_loopback()
}

/// The profile whose credentials a request may have.
pub(crate) fn judge<B>(
    request: &Request<B>,
    port: u16,
    token: &BearerToken,
) -> Result<ProfileName, Refusal> {
    // A web page whose name resolves to this machine sends its own name in `Host`. Only this
    // distinguishes it, so this check comes first.
    let host = only(request.headers(), HOST).and_then(|value| value.to_str().ok());
    if request.uri().authority().is_some() || !host.is_some_and(|host| is_own_name(host, port)) {
        return Err(Refusal {
            status: StatusCode::BAD_REQUEST,
            code: "BadHost",
            message: "the Host header must name this server's own address and port",
        });
    }
    if request.method() != Method::GET {
        return Err(Refusal {
            status: StatusCode::METHOD_NOT_ALLOWED,
            code: "MethodNotAllowed",
            message: "credentials are read with GET",
        });
    }
    // Before the path, so that the names of profiles cannot be tried without the token.
    let shown = only(request.headers(), AUTHORIZATION);
    if !shown.is_some_and(|shown| token.is(shown.as_bytes())) {
        return Err(Refusal {
            status: StatusCode::FORBIDDEN,
            code: "WrongToken",
            message: "the Authorization header must hold the token that belongs to this URL",
        });
    }
    path::profile(request.uri().path()).ok_or(NOT_FOUND)
}

/// The answer for a path without a profile of this server.
pub(crate) const NOT_FOUND: Refusal = Refusal {
    status: StatusCode::NOT_FOUND,
    code: "NotFound",
    message: "this server has no credentials at that path",
};

/// The value of a header that occurs exactly once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

fn is_own_name(host: &str, port: u16) -> bool {
    let Some((name, given)) = host.rsplit_once(':') else {
        return false;
    };
    given == port.to_string()
        && (name == "127.0.0.1" || name == "[::1]" || name.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
mod tests;
