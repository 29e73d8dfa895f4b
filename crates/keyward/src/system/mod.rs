//! This machine: where files are, how much of a file is read, whose folders they are, and the process hardening.

pub(crate) mod crash_point;
pub(crate) mod foreign;
pub(crate) mod harden;
pub(crate) mod locations;
pub(crate) mod read_limited;
