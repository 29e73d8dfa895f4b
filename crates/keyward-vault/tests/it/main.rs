//! The vault from outside: golden files of released versions, and other programs.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod golden;
#[cfg(unix)]
mod real;
