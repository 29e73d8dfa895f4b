//! The vault from outside: golden files of released versions.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod golden;
