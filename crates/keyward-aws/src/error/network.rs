//! Failures without an answer: what failed, and whether the request can have reached AWS.

use std::error::Error;
use std::fmt;

use aws_smithy_runtime_api::client::result::ConnectorError;
use keyward_core::text::without_secrets;

/// The part that failed on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkKind {
    /// The name has no address.
    Dns,
    /// No connection: refused or unreachable.
    Connect,
    /// The proxy that this variable names has no address, cannot be reached, or refused.
    Proxy(&'static str),
    /// The certificate of the proxy that this variable names is not trusted, or it speaks no TLS.
    ProxyTls(&'static str),
    /// The certificate is not trusted, or the other side speaks no TLS.
    Tls,
    /// Nothing came in time.
    Timeout,
    /// The connection broke while the request was under way.
    Lost,
    /// The answer is longer than any of AWS's.
    TooLong,
}

impl fmt::Display for NetworkKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Proxy(variable) => {
                return write!(f, "the proxy of {variable} did not connect to");
            }
            Self::ProxyTls(variable) => {
                return write!(
                    f,
                    "no trusted connection to the proxy of {variable}, on the way to"
                );
            }
            Self::Dns => "no address is known for",
            Self::Connect => "no connection to",
            Self::Tls => "no trusted connection to",
            Self::Timeout => "nothing came in time from",
            Self::Lost => "the connection broke to",
            Self::TooLong => "more came than AWS sends from",
        })
    }
}

/// The longest answer of AWS is a page of a whole account's policies, some megabytes.
pub(crate) const LONGEST_ANSWER: usize = 32 << 20;

/// An answer that is longer than AWS's longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer is longer than {} MiB", LONGEST_ANSWER >> 20)]
pub(crate) struct TooLong;

/// The variables that name the machine's root certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootVariables {
    /// `SSL_CERT_FILE`.
    File,
    /// `SSL_CERT_DIR`.
    Folder,
    /// Both.
    Both,
}

impl fmt::Display for RootVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "`SSL_CERT_FILE`",
            Self::Folder => "`SSL_CERT_DIR`",
            Self::Both => "`SSL_CERT_FILE` and `SSL_CERT_DIR`",
        })
    }
}

/// The machine's own words about a failure, innermost last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because(String);

impl Because {
    /// Flattens a chain of errors, leaving out what a link only repeats of the next.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Self {
        let mut words: Vec<String> = Vec::new();
        for link in chain(error) {
            let word = link.to_string();
            if let Some(last) = words.last_mut() {
                if last.contains(&word) {
                    continue;
                }
                if word.contains(last.as_str()) {
                    *last = word;
                    continue;
                }
            }
            words.push(word);
        }
        Self::text(&words.join(": "))
    }

    /// The cause below an error that says only `io error`.
    pub(crate) fn below(error: &(dyn Error + 'static)) -> Self {
        Self::of(error.source().unwrap_or(error))
    }

    /// The last link only: links above it quote the whole request, with every secret in it, when
    /// the request cannot be built.
    pub(crate) fn innermost(error: &(dyn Error + 'static)) -> Self {
        let words = chain(error).last().map(ToString::to_string);
        match words.filter(|words| !words.contains("SdkBody")) {
            Some(words) => Self(words),
            None => Self::text("the request cannot be built"),
        }
    }

    /// The same without the given secrets.
    pub(crate) fn hide(self, secrets: &[&str]) -> Self {
        Self(without_secrets(&self.0, secrets))
    }

    pub(crate) fn text(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Because {}

/// Whether the failure came before the request was written: name, connection or TLS.
pub(crate) fn never_sent(error: &ConnectorError) -> bool {
    chain(error).any(|link| {
        link.downcast_ref::<hyper_util::client::legacy::Error>()
            .is_some_and(hyper_util::client::legacy::Error::is_connect)
    })
}

impl NetworkKind {
    /// The same for a connection through a proxy. Then the proxy is the host that has no address or refuses.
    /// Before the tunnel through it is open, it is also the other side of a TLS failure.
    pub(crate) fn through(self, proxy: Option<&'static str>, error: &ConnectorError) -> Self {
        match (self, proxy) {
            (Self::Dns | Self::Connect, Some(variable)) => Self::Proxy(variable),
            (Self::Tls, Some(variable)) if Because::of(error).0.contains("tunnel error") => {
                Self::ProxyTls(variable)
            }
            (kind, _) => kind,
        }
    }
}

/// Finds the failed step by the types and messages of the error chain.
pub(crate) fn kind_of(error: &ConnectorError) -> NetworkKind {
    let words = Because::of(error).0.to_lowercase();
    let has = |needles: &[&str]| needles.iter().any(|needle| words.contains(needle));
    if has(&["dns error", "failed to lookup address"]) {
        NetworkKind::Dns
    } else if chain(error).any(<dyn Error>::is::<rustls::Error>)
        || has(&["certificate", "tls", "handshake"])
    {
        NetworkKind::Tls
    } else if chain(error).any(<dyn Error>::is::<TooLong>) {
        NetworkKind::TooLong
    } else if error.is_timeout() {
        NetworkKind::Timeout
    } else if never_sent(error) {
        NetworkKind::Connect
    } else {
        NetworkKind::Lost
    }
}

/// An error and all below it. An I/O error hides its payload from `source()`, so that is
/// followed by itself.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&link| {
        match link.downcast_ref::<std::io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => link.source(),
        }
    })
}
