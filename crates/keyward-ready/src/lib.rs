//! The hit path: everything that answers a repeated hand-out from one sealed file. The front program
//! `keyward` is this crate and nothing else, so it is small and starts fast. The whole program
//! `keyward-full` keeps the answers with the same types, and returns them too when it is started
//! directly.
//!
//! A run is answered in four steps: it notes its command line and its conditions ([`FrontRequest`]), opens
//! the file of the answer ([`sealed`]), writes a line into the log ([`log`]), and hands over.

pub mod environment;
pub mod exec;
pub mod harden;
pub mod locations;
pub mod log;
pub mod output;
pub mod pair;
pub mod prompt;
pub mod tier;
pub mod trace;
pub mod vault_files;

#[cfg(target_os = "linux")]
mod answer;
#[cfg(target_os = "linux")]
mod conditions;
#[cfg(target_os = "linux")]
pub mod front;
#[cfg(target_os = "linux")]
pub mod kernel_keyring;
#[cfg(target_os = "linux")]
pub mod memory_file;
#[cfg(target_os = "linux")]
mod request;
#[cfg(target_os = "linux")]
pub mod sealed;

use std::time::SystemTime;

use keyward_core::Timestamp;

#[cfg(target_os = "linux")]
pub use answer::{Answer, Failure};
#[cfg(target_os = "linux")]
pub use conditions::{Conditions, Unknown};
#[cfg(target_os = "linux")]
pub use request::{FrontRequest, Verb};

/// The time by the system's clock.
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_second(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
