//! The practice account as a client sees it: signed requests over a plain socket.

mod client;
mod control;
mod devices;
mod faults;
mod federation;
mod keys;
mod looks;
mod passwords;
mod roles;
mod signatures;
mod tokens;
mod users;
