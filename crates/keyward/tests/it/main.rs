//! The program from outside: streams, exit codes, files. What it decides is tested where it is
//! decided; here the wiring is.

#![allow(clippy::unwrap_used, reason = "an unwrap in a test is its assertion")]

mod add;
mod architecture;
mod canaries;
mod fake;
mod handing_out;
mod import;
mod mfa;
mod password;
mod practice;
mod readme;
mod refusals;
mod rotate;
mod sources;
mod storm;
mod vault;
