//! The vocabulary and rules of AWS credentials: identifiers, secrets, config files, and the
//! rules that resolve a profile to a chain of calls.
//!
//! Nothing here reads a file, the environment, the clock or randomness: all of them are
//! arguments, so every rule can be tested as a table.

pub mod chain;
pub mod config;
pub mod credentials;
pub mod id;
pub mod secret;
pub mod shell;
pub mod suggest;
pub mod text;
pub mod time;

pub use credentials::{Credentials, ImpossibleEnd, LONGEST_SESSION};
pub use time::Timestamp;
