//! Proofs of whole accounts: the templates, and the accounts that published kickstarters make.

pub(super) mod fixtures;
mod outside;
mod seeds;
mod templates;
mod unknown;
