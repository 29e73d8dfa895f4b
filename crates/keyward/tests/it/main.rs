//! The program from outside: streams, exit codes, files. What it decides is tested where it is
//! decided; here the wiring is.

#![allow(clippy::unwrap_used, reason = "an unwrap in a test is its assertion")]

mod account;
mod add;
#[cfg(unix)]
mod answers;
mod architecture;
mod audit;
mod book;
mod canaries;
mod circles;
mod closed;
mod codes;
mod console_session;
mod doctor;
mod echo;
mod ended;
mod errors;
mod exec;
mod explain;
mod fake;
mod front;
mod growth;
mod habits;
mod handing_out;
mod hostile;
mod import;
mod index;
mod init;
#[cfg(target_os = "linux")]
mod limits;
#[cfg(unix)]
mod locked;
mod log;
mod login;
mod manual;
#[cfg(all(unix, debug_assertions))]
mod matrix;
mod mfa;
mod narrow;
mod password;
mod pinned;
mod plugin;
mod practice;
mod programs;
mod readme;
mod ready;
mod refresh;
mod refusals;
#[cfg(all(unix, not(target_os = "macos")))]
mod renewals;
mod restrict;
mod rooms;
mod rotate;
#[cfg(unix)]
mod sandbox;
#[cfg(unix)]
mod screens;
#[cfg(unix)]
mod serve;
mod setup;
mod shells;
#[cfg(unix)]
mod signin;
mod sources;
mod sso;
mod status;
#[cfg(unix)]
mod storm;
#[cfg(unix)]
mod unwritable;
mod vault;
mod version;
#[cfg(all(target_os = "linux", debug_assertions))]
mod waits;
