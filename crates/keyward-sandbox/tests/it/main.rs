//! The practice account as a client sees it: signed requests over a plain socket.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test fails by panicking, like the test"
)]

mod attachments;
mod authorization_details;
mod client;
mod cloudformation;
mod console_sign_in;
mod control;
mod credential_report;
mod devices;
mod eventual;
mod faults;
mod federation;
mod groups;
mod identity_center;
mod inline;
mod instance_profiles;
mod keys;
mod leftovers;
mod looks;
mod managed;
mod oidc;
mod passwords;
mod roles;
mod root;
mod signatures;
mod tags;
mod tokens;
mod trust;
mod users;
