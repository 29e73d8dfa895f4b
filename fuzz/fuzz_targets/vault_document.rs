//! Any bytes as every file that a vault's folder holds: documents, indexes, slots, sessions,
//! age files and SSH keys. Nothing panics, and a document that is read is written and read
//! again the same.
#![no_main]

use std::sync::OnceLock;

use keyward_core::chain::CacheKey;
use keyward_vault::{Identity, SlotName, read_as_everything};
use libfuzzer_sys::fuzz_target;

static STATE: OnceLock<(Identity, SlotName, CacheKey)> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let (identity, name, key) = STATE.get_or_init(|| {
        let name = "passphrase".parse().expect("a slot name");
        (Identity::generate(), name, CacheKey::of(&["fuzz"]))
    });
    read_as_everything(bytes, identity, name, key);
});
