//! Unique ids for entities that a file describes without one.

use data_encoding::BASE32_NOPAD;
use keyward_core::id::AccountId;
use sha2::{Digest, Sha256};

/// An id that depends only on the account and the entity, so that a state file read twice results
/// in the same ids and recorded output stays comparable.
pub(crate) fn derived(prefix: &'static str, account: &AccountId, entity: &str) -> String {
    let digest = Sha256::digest(format!("{account}/{entity}"));
    format!("{prefix}{}", &BASE32_NOPAD.encode(&digest)[..17])
}
