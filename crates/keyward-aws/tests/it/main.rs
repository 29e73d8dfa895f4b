//! The façade against a server with scripted answers: what is sent, what is sent twice, and what
//! each answer means.

mod failures;
mod iam;
mod network;
mod server;
mod skew;
mod sts;
