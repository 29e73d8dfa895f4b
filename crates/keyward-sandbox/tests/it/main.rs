//! The practice account as a client sees it: signed requests over a plain socket.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test fails by panicking, like the test"
)]

mod attachments;
mod authorization_details;
mod client;
mod console_sign_in;
mod control;
mod devices;
mod faults;
mod federation;
mod groups;
mod identity_center;
mod inline;
mod keys;
mod looks;
mod managed;
mod passwords;
mod roles;
mod root;
mod signatures;
mod tags;
mod tokens;
mod trust;
mod users;
