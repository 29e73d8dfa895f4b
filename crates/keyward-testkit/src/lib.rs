//! Test harness: a home that sees nothing of the machine's own AWS, a way to run the program in
//! it, and canary secrets that must not appear anywhere but in age files.

mod canary;
mod home;
#[cfg(unix)]
mod signals;
mod skip;

pub use canary::Canaries;
pub use home::{Home, PASSPHRASE, Ran, finish};
pub use skip::skipped;
