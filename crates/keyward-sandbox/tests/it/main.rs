//! The practice account as a client sees it: signed requests over a plain socket.

mod client;
mod roles;
mod signatures;
mod tokens;
