//! The practice account as a client sees it: signed requests over a plain socket.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test fails by panicking, like the test"
)]

mod client;
mod console_sign_in;
mod control;
mod devices;
mod faults;
mod federation;
mod identity_center;
mod keys;
mod looks;
mod passwords;
mod roles;
mod signatures;
mod tokens;
mod users;
