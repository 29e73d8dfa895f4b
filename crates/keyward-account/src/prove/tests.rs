//! Proofs of whole accounts: the templates, and the accounts that published kickstarters make.

mod outside;
mod seeds;
mod templates;
mod unknown;
pub(super) mod world;
