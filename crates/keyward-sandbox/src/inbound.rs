//! A request as it came in: text the rest of the server reads, nothing decided.

use hyper::HeaderMap;
use hyper::body::Bytes;

use crate::params::Params;

/// A whole request, its body read.
#[derive(Debug, Clone)]
pub(crate) struct Inbound {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Inbound {
    /// A header as text; one that is not text counts as absent.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The parameters of the query and of a form body together.
    pub(crate) fn params(&self) -> Params {
        Params::parse(&self.body).and(self.query_params())
    }

    /// The parameters of the query alone.
    pub(crate) fn query_params(&self) -> Params {
        Params::parse(self.query.as_bytes())
    }

    /// Whether the request names this machine. A web page that rebinds its own name to
    /// loopback still sends that name.
    pub(crate) fn names_loopback(&self) -> bool {
        let Some(host) = self.header("host") else {
            return false;
        };
        let name = match host.strip_prefix('[') {
            Some(rest) => match rest.split_once(']') {
                Some((name, _)) => name,
                None => return false,
            },
            None => host.split(':').next().unwrap_or_default(),
        };
        matches!(name, "127.0.0.1" | "localhost" | "::1")
    }

    /// Whether a web page of another origin sent it. Programs send neither header.
    pub(crate) fn is_from_foreign_page(&self) -> bool {
        let site = self.header("sec-fetch-site");
        let own = matches!(site, None | Some("none" | "same-origin"));
        !own || self.header("origin").is_some()
    }
}
