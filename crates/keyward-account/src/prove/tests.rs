//! Proofs of whole accounts: the templates, and the accounts that published kickstarters make.

mod seeds;
mod templates;
pub(super) mod world;
