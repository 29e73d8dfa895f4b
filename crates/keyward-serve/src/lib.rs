//! Loopback servers that hand credentials to SDKs by the container-credentials protocol: which
//! requests are answered, when credentials are fetched anew, and the signals of a program that
//! stays beside its server. Refuses to know where credentials come from: a [`Provider`] does.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>

mod document;
mod path;
mod route;
mod server;
mod signals;
mod source;
mod token;

pub use server::{Options, Permit, Server, StartError};
#[cfg(unix)]
pub use signals::ignored_signals;
pub use signals::{Signal, Signals};
pub use source::{Provider, Reason, Source, Unavailable};
pub use token::BearerToken;
