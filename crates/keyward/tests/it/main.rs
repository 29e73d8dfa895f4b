//! The program from outside: streams, exit codes, files. What it decides is tested where it is
//! decided; here the wiring is.

#![allow(clippy::unwrap_used, reason = "an unwrap in a test is its assertion")]

mod add;
mod architecture;
mod canaries;
mod console_session;
mod codes;
mod fake;
mod doctor;
mod handing_out;
mod import;
mod init;
mod log;
mod login;
mod mfa;
mod password;
mod practice;
mod readme;
mod refusals;
mod restrict;
mod refresh;
mod rotate;
#[cfg(unix)]
mod serve;
mod sources;
mod setup;
mod shells;
mod status;
mod sso;
mod storm;
mod vault;
