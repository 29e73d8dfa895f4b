//! Text in the encodings that files come in.

use super::*;

#[test]
fn every_encoding_gives_the_same_text() {
    let units = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}age1é".encode_utf16().flat_map(unit).collect()
    };
    for content in [
        "age1é".as_bytes().to_vec(),
        "\u{feff}age1é".as_bytes().to_vec(),
        units(u16::to_le_bytes),
        units(u16::to_be_bytes),
    ] {
        assert_eq!(text_of(&content).as_deref(), Some("age1é"));
    }
    assert_eq!(text_of(&[0x98, 0x33, 0x04]), None);
}

#[test]
fn base64_may_be_wrapped_and_unpadded() {
    for text in ["a2V5", "a2\r\n V5\n", "a2V5cw==", "a2V5cw"] {
        assert!(base64_bytes(text).unwrap().starts_with(b"key"), "{text}");
    }
    for text in ["", "=", "a", "a2V5-", "key.asc"] {
        assert!(base64_bytes(text).is_none(), "{text}");
    }
}

#[test]
fn private_keys_of_every_kind_are_recognised() {
    for text in [
        "-----BEGIN PGP PRIVATE KEY BLOCK-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----begin encrypted private key-----",
        "# created\nAGE-SECRET-KEY-1QQQ",
        "age-secret-key-pq-1qqq",
        "AGE-PLUGIN-YUBIKEY-1QQQ",
        "PuTTY-User-Key-File-3: ssh-ed25519",
    ] {
        assert!(holds_private_key(text), "{text}");
    }
    for text in [
        "age1qqq",
        "ssh-ed25519 AAAA my private key",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----",
    ] {
        assert!(!holds_private_key(text), "{text}");
    }
}
