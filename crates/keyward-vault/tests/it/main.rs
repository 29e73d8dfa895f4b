//! The vault from outside: golden files of released versions.

mod golden;
