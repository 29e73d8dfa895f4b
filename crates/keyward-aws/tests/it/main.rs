//! The façade against a server with scripted answers: what is sent, what is sent twice, and what
//! each answer means.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test fails by panicking, like the test"
)]

mod failures;
mod http;
mod iam;
mod network;
mod practice;
mod secrets;
mod self_service;
mod server;
mod skew;
mod sts;
