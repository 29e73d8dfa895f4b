//! Loopback servers that hand credentials to SDKs by the container-credentials protocol: the requests
//! that are answered, the renewal of credentials, and the signals of a program that runs beside its
//! server. The source of the credentials is a [`Provider`].
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>

mod document;
mod path;
mod peer_uid;
mod route;
mod server;
mod signals;
mod source;
mod token;

pub use keyward_loopback::StartError;
pub use peer_uid::is_own_peer;
pub use server::{Options, Permit, Server};
#[cfg(unix)]
pub use signals::ending_signals;
pub use signals::{Signal, Signals};
pub use source::{Provider, Reason, Source, Unavailable};
pub use token::BearerToken;
