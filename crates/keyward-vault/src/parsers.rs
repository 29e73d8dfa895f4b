//! Every reader of stored bytes behind one door, for the fuzzer. Not part of the API.

use keyward_core::chain::CacheKey;

use crate::identity::has_age_header;
use crate::{Document, Identity, SlotName};

/// Reads the bytes as everything that the vault's folder may hold. The result does not matter; only
/// a panic is a failure.
///
/// # Panics
/// A document that was read is not the same when it is written and read again, or sealed and opened.
#[doc(hidden)]
pub fn read_as_everything(bytes: &[u8], identity: &Identity, name: &SlotName, key: &CacheKey) {
    if let Ok(document) = Document::from_json(bytes) {
        let written = document.to_json();
        let again = Document::from_json(&written).expect("what was written is read");
        assert_eq!(*again.to_json(), *written, "what was read again differs");
        // Sealing costs more than all readers together, so only a document is sealed.
        let opened = identity.open(&identity.seal(&written));
        let opened = opened.expect("a sealed document opens");
        assert_eq!(*opened, *written, "what was opened differs");
    }
    crate::index::read_bytes(bytes);
    crate::slot::read_bytes(name, bytes);
    crate::session::read_bytes(key, identity, bytes);
    let _ = identity.open(bytes);
    let _ = has_age_header(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = text.parse::<Identity>();
    }
}
