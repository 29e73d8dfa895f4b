//! Any bytes as the sealed files of another tool, and as their content. Nothing panics, and what is
//! not sealed with the passphrase does not open.
#![no_main]

use libfuzzer_sys::fuzz_target;

// The program is no library, so this file includes the source of its two readers.
#[path = "../../crates/keyward/src/import/item.rs"]
mod item;
#[path = "../../crates/keyward/src/import/jwe.rs"]
mod jwe;

mod keys {
    pub(crate) mod new_key {
        use keyward_core::id::AccessKeyId;
        use keyward_core::secret::SecretAccessKey;

        pub(crate) struct EnteredKey {
            pub(crate) access_key_id: AccessKeyId,
            pub(crate) secret_access_key: SecretAccessKey,
        }
    }
}

/// A header that asks for one round, so that opening costs nothing.
const CHEAP: &str = r#"{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2s":"c2FsdHNhbHQ","p2c":1}"#;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let _ = jwe::Jwe::parse(text);
    let header = data_encoding::BASE64URL_NOPAD.encode(CHEAP.as_bytes());
    if let Ok(sealed) = jwe::Jwe::parse(&format!("{header}.{text}")) {
        assert!(sealed.open("passphrase").is_err());
    }
    let (name, json) = text.split_once('\u{1}').unwrap_or((text, text));
    let _ = item::kind(name);
    if let Ok((profile, given)) = item::read(name, json.as_bytes()) {
        assert_eq!(profile.as_str(), name);
        assert!(!given.access_key_id.is_temporary());
        assert!(!given.secret_access_key.expose().is_empty());
    }
});
