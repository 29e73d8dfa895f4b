//! Each rule of the policy, broken by itself.

use std::sync::OnceLock;

use data_encoding::BASE64;
use pgp::composed::KeyType;
use pgp::crypto::ecc_curve::ECCCurve;
use pgp::packet::SignatureType;
use proptest::prelude::*;

use super::testing::*;
use super::*;

const DAY: u32 = 86_400;

/// One key for all cases of a property.
static USUAL: OnceLock<TestKey> = OnceLock::new();

fn refusal(content: &[u8]) -> String {
    PgpKey::read(content, now()).unwrap_err().to_string()
}

fn check(key: TestKey, expected: &str) {
    let message = refusal(&key.bytes);
    assert!(message.contains(expected), "{message}");
}

fn chosen(key: &TestKey) -> PgpKey {
    PgpKey::read(&key.bytes, now()).unwrap()
}

fn ed25519(seed: u64) -> TestKey {
    TestKey::new(seed, KeyType::Ed25519Legacy)
}

fn certified(seed: u64) -> TestKey {
    ed25519(seed).user("Alice <alice@example.com>", CERTIFY)
}

#[test]
fn usual_key_is_taken() {
    let key = TestKey::usual(1);
    let read = chosen(&key);
    assert_eq!(read.fingerprint().to_string(), key.fingerprint());
    assert_eq!(
        read.encryption_fingerprint().to_string(),
        key.subkey_fingerprint(0)
    );
    assert_eq!(read.algorithm(), "cv25519");
    assert_eq!(read.user_id(), Some("Alice <alice@example.com>"));
    assert_eq!(read.expires(), None);
    assert_eq!(read.to_string(), format!("PGP {}", key.fingerprint()));
}

#[test]
fn key_is_read_in_every_form_that_people_paste() {
    let key = TestKey::usual(1);
    let base64 = BASE64.encode(&key.bytes);
    let wrapped: String = base64
        .as_bytes()
        .chunks(64)
        .map(|line| format!("  {}\r\n", std::str::from_utf8(line).unwrap()))
        .collect();
    let armor = format!(
        "Here is my key:\n  -----BEGIN PGP PUBLIC KEY BLOCK-----\r\nVersion: GnuPG v2\r\n\r\n{wrapped}=njUN\n-----END PGP PUBLIC KEY BLOCK-----\n"
    );
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(armor.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let forms: Vec<Vec<u8>> = vec![
        key.bytes.clone(),
        base64.clone().into_bytes(),
        base64.trim_end_matches('=').as_bytes().to_vec(),
        wrapped.into_bytes(),
        BASE64.encode(armor.as_bytes()).into_bytes(),
        [b"\xef\xbb\xbf", armor.as_bytes()].concat(),
        utf16,
        armor.into_bytes(),
    ];
    for form in forms {
        let read = PgpKey::read(&form, now()).unwrap();
        assert_eq!(read.fingerprint().to_string(), key.fingerprint());
    }
}

#[test]
fn what_is_no_key_is_refused_without_a_word_of_it() {
    let key = TestKey::usual(1);
    let inside_base64 = BASE64.encode(BASE64.encode(b"wJalrXUtnFEMI").as_bytes());
    for (content, expected) in [
        ("", "is empty"),
        (" \n", "is empty"),
        ("wJalrXUtnFEMI", "not a PGP public key"),
        ("wJalrXUtnFEMI=x", "not a PGP public key"),
        (&inside_base64, "not a PGP public key"),
        (
            "-----BEGIN PGP MESSAGE-----\n\nwJalrXUtnFEMI\n-----END PGP MESSAGE-----",
            "not a PGP public key",
        ),
        (
            "-----BEGIN CERTIFICATE-----\nwJalrXUtnFEMI",
            "not a PGP public key",
        ),
        (
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nwJalrXUtnFEMI",
            "cut off",
        ),
        (
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nwJalr$$XUtnFEMI\n-----END PGP PUBLIC KEY BLOCK-----",
            "damaged",
        ),
    ] {
        let message = refusal(content.as_bytes());
        assert!(message.contains(expected), "{content}: {message}");
        assert!(!message.contains("wJalr"), "{message}");
    }
    assert!(refusal(&key.bytes[..key.bytes.len() - 1]).contains("cut off"));
    assert!(refusal(&[0xff; 40]).contains("damaged"));
    assert!(refusal(&vec![b'A'; (1 << 20) + 1]).contains("larger than 1 MiB"));
}

#[test]
fn private_key_is_refused_in_every_form() {
    let bytes = TestKey::usual(1).secret_bytes();
    let base64 = BASE64.encode(&bytes);
    let armor = format!(
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{base64}\n-----END PGP PRIVATE KEY BLOCK-----\n"
    );
    let forms = [
        bytes,
        base64.clone().into_bytes(),
        armor.clone().into_bytes(),
        BASE64.encode(armor.as_bytes()).into_bytes(),
    ];
    for form in forms {
        let message = refusal(&form);
        assert!(message.contains("PRIVATE key"), "{message}");
        assert!(!message.contains(&base64[..12]), "{message}");
    }
}

#[test]
fn two_certificates_are_refused() {
    check(
        TestKey::usual(1).followed_by(&TestKey::usual(2)),
        "more than one PGP key",
    );
    let block = |key: &TestKey| {
        format!(
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{}\n-----END PGP PUBLIC KEY BLOCK-----\n",
            BASE64.encode(&key.bytes)
        )
    };
    let blocks = block(&TestKey::usual(1)) + &block(&TestKey::usual(2));
    assert!(refusal(blocks.as_bytes()).contains("more than one PGP key"));
}

#[test]
fn other_versions_are_named() {
    let mut key = TestKey::usual(1);
    // The packet has a length of one byte, so the version is the third.
    key.bytes[2] = 6;
    check(key, "has version 6");
}

#[test]
fn revoked_key_is_refused_whatever_the_date() {
    for made in [MADE - DAY, MADE, MADE + 300 * DAY] {
        let says = Says {
            made,
            uses: Uses::Unsaid,
            ..CERTIFY
        };
        check(
            ed25519(1)
                .direct(SignatureType::KeyRevocation, says)
                .user("Alice", CERTIFY)
                .subkey(curve25519(), MADE, ENCRYPT),
            "is revoked",
        );
        // A merged file may hold it at the end.
        check(
            TestKey::usual(1).direct(SignatureType::KeyRevocation, says),
            "is revoked",
        );
    }
}

#[test]
fn revocation_that_does_not_verify_is_ignored() {
    let key = TestKey::usual(1)
        .direct(SignatureType::KeyRevocation, CERTIFY)
        .damaged();
    chosen(&key);
}

#[test]
fn expired_key_is_refused_with_its_date() {
    let says = Says {
        key_lasts: Some(3600),
        ..CERTIFY
    };
    check(
        ed25519(1)
            .user("Alice", says)
            .subkey(curve25519(), MADE, ENCRYPT),
        "expired on 2023-11-14T23:13:20Z",
    );
}

#[test]
fn newest_self_signature_decides_when_a_key_ends() {
    let brief = Says {
        key_lasts: Some(3600),
        ..CERTIFY
    };
    let later = Says {
        made: MADE + 60,
        key_lasts: Some(10 * DAY),
        ..CERTIFY
    };
    let extended = ed25519(1)
        .user("Alice", brief)
        .certify(SignatureType::CertPositive, later)
        .subkey(curve25519(), MADE, ENCRYPT);
    let end = Timestamp::from_second(i64::from(MADE + 10 * DAY));
    assert_eq!(chosen(&extended).expires(), Some(end));
    // The order in the file does not matter.
    let turned = ed25519(1)
        .user("Alice", later)
        .certify(SignatureType::CertPositive, brief)
        .subkey(curve25519(), MADE, ENCRYPT);
    assert_eq!(chosen(&turned).expires(), Some(end));
    // A shorter life is believed too.
    let shortened = Says {
        made: MADE + 60,
        ..brief
    };
    check(
        ed25519(1)
            .user("Alice", CERTIFY)
            .certify(SignatureType::CertPositive, shortened)
            .subkey(curve25519(), MADE, ENCRYPT),
        "expired",
    );
}

#[test]
fn signature_on_the_key_itself_can_end_it() {
    let ends = Says {
        key_lasts: Some(3600),
        ..CERTIFY
    };
    check(
        ed25519(1)
            .direct(SignatureType::Key, ends)
            .user(
                "Alice",
                Says {
                    uses: Uses::Unsaid,
                    ..CERTIFY
                },
            )
            .subkey(curve25519(), MADE, ENCRYPT),
        "expired",
    );
    // One that says nothing, as a designated revoker's, extends nothing.
    let silent = Says {
        made: MADE + 60,
        uses: Uses::Unsaid,
        ..CERTIFY
    };
    check(
        ed25519(1)
            .direct(SignatureType::Key, silent)
            .user("Alice", ends)
            .subkey(curve25519(), MADE, ENCRYPT),
        "expired",
    );
}

#[test]
fn signatures_that_do_not_hold_say_nothing() {
    let expired = Says {
        signature_lasts: Some(60),
        ..CERTIFY
    };
    let future = Says {
        made: MADE + 30 * DAY,
        ..CERTIFY
    };
    let usual = |key: TestKey| key.subkey(curve25519(), MADE, ENCRYPT);
    check(
        usual(ed25519(1).user("Alice", expired)),
        "no valid signature of its own",
    );
    check(
        usual(ed25519(1).user("Alice", future)),
        "no valid signature of its own",
    );
    check(
        usual(ed25519(1).user("Alice", CERTIFY).damaged()),
        "no valid signature of its own",
    );
    check(usual(ed25519(1)), "no valid signature of its own");
}

#[test]
fn revoked_user_id_counts_no_longer() {
    let later = Says {
        made: MADE + 60,
        uses: Uses::Unsaid,
        ..CERTIFY
    };
    let key = ed25519(1)
        .user("Old <old@example.com>", CERTIFY)
        .certify(SignatureType::CertRevocation, later)
        .user("New <new@example.com>", CERTIFY)
        .subkey(curve25519(), MADE, ENCRYPT);
    assert_eq!(chosen(&key).user_id(), Some("New <new@example.com>"));
    let restored = ed25519(1)
        .user("Old <old@example.com>", CERTIFY)
        .certify(SignatureType::CertRevocation, later)
        .certify(
            SignatureType::CertPositive,
            Says {
                made: MADE + 120,
                ..CERTIFY
            },
        )
        .subkey(curve25519(), MADE, ENCRYPT);
    assert_eq!(chosen(&restored).user_id(), Some("Old <old@example.com>"));
}

#[test]
fn user_id_cannot_command_a_terminal() {
    let key = ed25519(1)
        .user("Al\u{1b}[2Jice \u{202e}<x>", CERTIFY)
        .subkey(curve25519(), MADE, ENCRYPT);
    assert_eq!(chosen(&key).user_id(), Some("Al\u{fffd}[2Jice \u{fffd}<x>"));
}

#[test]
fn key_from_the_future_is_refused() {
    let key = TestKey::usual(1);
    let early = Timestamp::from_second(i64::from(MADE) - 7200);
    let message = PgpKey::read(&key.bytes, early).unwrap_err().to_string();
    assert!(message.contains("in the future"), "{message}");
    // An hour is the difference of two clocks.
    let skewed = Timestamp::from_second(i64::from(MADE) - 1800);
    PgpKey::read(&key.bytes, skewed).unwrap();
}

#[test]
fn sign_only_key_is_refused() {
    let sign = Says {
        uses: Uses::Sign,
        ..CERTIFY
    };
    let unsaid = Says {
        uses: Uses::Unsaid,
        ..CERTIFY
    };
    check(certified(1), "can sign but not encrypt");
    check(
        certified(1).subkey(KeyType::Ed25519Legacy, MADE, sign),
        "can sign but not encrypt",
    );
    check(
        certified(1).subkey(curve25519(), MADE, unsaid),
        "can sign but not encrypt",
    );
}

#[test]
fn subkey_for_storage_is_taken() {
    let storage = Says {
        uses: Uses::Storage,
        ..CERTIFY
    };
    chosen(&certified(1).subkey(curve25519(), MADE, storage));
}

#[test]
fn unusable_subkeys_are_refused_with_their_fault() {
    let ended = Says {
        key_lasts: Some(3600),
        ..ENCRYPT
    };
    let revocation = Says {
        uses: Uses::Unsaid,
        ..CERTIFY
    };
    let curve = |curve| KeyType::ECDH(curve);
    check(
        certified(1).subkey(curve25519(), MADE, ended),
        "expired on 2023-11-14T23:13:20Z",
    );
    check(
        certified(1)
            .subkey(curve25519(), MADE, ENCRYPT)
            .bind(SignatureType::SubkeyRevocation, revocation),
        "is revoked",
    );
    check(
        certified(1).bare_subkey(curve25519(), MADE),
        "no valid signature by the primary key",
    );
    check(
        certified(1).subkey(curve25519(), MADE, ENCRYPT).damaged(),
        "no valid signature by the primary key",
    );
    check(
        certified(1).subkey(KeyType::Rsa(1024), MADE, ENCRYPT),
        "RSA of 1024 bits",
    );
    check(
        certified(1).subkey(KeyType::X25519, MADE, ENCRYPT),
        "is X25519 in the form of RFC 9580, which GnuPG 2.2 cannot use",
    );
    check(certified(1).subkey(KeyType::X448, MADE, ENCRYPT), "is X448");
    check(
        certified(1).subkey(curve25519(), MADE + 300 * DAY, ENCRYPT),
        "is valid only from",
    );
    for (kind, name) in [
        (ECCCurve::P256, "nistp256"),
        (ECCCurve::P384, "nistp384"),
        (ECCCurve::P521, "nistp521"),
    ] {
        let key = certified(1).subkey(curve(kind), MADE, ENCRYPT);
        assert_eq!(chosen(&key).algorithm(), name);
    }
}

#[test]
fn newest_binding_of_a_subkey_decides() {
    let ended = Says {
        key_lasts: Some(3600),
        ..ENCRYPT
    };
    let extended = Says {
        made: MADE + 60,
        key_lasts: Some(10 * DAY),
        ..ENCRYPT
    };
    let key = certified(1)
        .subkey(curve25519(), MADE, extended)
        .bind(SignatureType::SubkeyBinding, ended);
    let end = Timestamp::from_second(i64::from(MADE + 10 * DAY));
    assert_eq!(chosen(&key).expires(), Some(end));
}

#[test]
fn newest_usable_subkey_is_chosen() {
    let two = certified(1)
        .subkey(KeyType::Rsa(2048), MADE, ENCRYPT)
        .subkey(curve25519(), MADE + 60, ENCRYPT);
    assert_eq!(
        chosen(&two).encryption_fingerprint().to_string(),
        two.subkey_fingerprint(1)
    );
    // The order in the file does not matter.
    let turned = certified(1)
        .subkey(curve25519(), MADE + 60, ENCRYPT)
        .subkey(KeyType::Rsa(2048), MADE, ENCRYPT);
    assert_eq!(
        chosen(&turned).encryption_fingerprint().to_string(),
        turned.subkey_fingerprint(0)
    );
    // An older one serves where the newer cannot.
    let fallback = certified(1)
        .subkey(KeyType::Rsa(2048), MADE, ENCRYPT)
        .subkey(KeyType::X25519, MADE + 60, ENCRYPT);
    assert_eq!(chosen(&fallback).algorithm(), "rsa2048");
}

#[test]
fn primary_key_serves_where_it_is_marked_for_encryption() {
    let both = Says {
        uses: Uses::CertifyAndEncrypt,
        ..CERTIFY
    };
    let key = TestKey::new(1, KeyType::Rsa(2048)).user("Alice", both);
    assert_eq!(
        chosen(&key).encryption_fingerprint(),
        chosen(&key).fingerprint()
    );
    check(
        TestKey::new(1, KeyType::Rsa(2048)).user("Alice", CERTIFY),
        "can sign but not encrypt",
    );
}

#[test]
fn primary_key_that_gnupg_cannot_read_is_refused() {
    for (kind, name) in [(KeyType::Ed25519, "Ed25519"), (KeyType::Ed448, "Ed448")] {
        check(
            TestKey::new(1, kind)
                .user("Alice", CERTIFY)
                .subkey(curve25519(), MADE, ENCRYPT),
            &format!("its primary key is {name} in the form of RFC 9580"),
        );
    }
}

#[test]
fn expired_subkey_can_be_extended_by_its_fingerprint() {
    let ended = Says {
        key_lasts: Some(3600),
        ..ENCRYPT
    };
    let key = certified(1).subkey(curve25519(), MADE, ended);
    let remedy = format!(
        "`gpg --quick-set-expire {} 2y {}`",
        key.fingerprint(),
        key.subkey_fingerprint(0)
    );
    check(key, &remedy);
}

#[test]
fn small_primary_key_is_refused() {
    check(
        TestKey::new(1, KeyType::Rsa(1024))
            .user("Alice", CERTIFY)
            .subkey(curve25519(), MADE, ENCRYPT),
        "its primary key has 1024 bits",
    );
}

#[test]
fn fingerprint_is_read_as_it_is_printed() {
    let shown = "0123456789ABCDEF0123456789ABCDEF01234567";
    let fingerprint: PgpFingerprint = shown.parse().unwrap();
    assert_eq!(fingerprint.to_string(), shown);
    for text in [
        "0x0123456789abcdef0123456789abcdef01234567",
        "0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567",
    ] {
        assert_eq!(text.parse(), Ok(fingerprint));
    }
    let short = InvalidFingerprint::KeyId { digits: 16 };
    assert_eq!("89ABCDEF01234567".parse::<PgpFingerprint>(), Err(short));
    for text in ["", "0123", "x123456789ABCDEF0123456789ABCDEF01234567"] {
        assert_eq!(
            text.parse::<PgpFingerprint>(),
            Err(InvalidFingerprint::Malformed)
        );
    }
}

proptest! {
    #[test]
    fn fingerprint_survives_its_text(bytes: [u8; 20]) {
        let fingerprint = PgpFingerprint::from_bytes(&bytes).unwrap();
        prop_assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
    }

    /// No change of a byte makes the reader panic or believe another key.
    #[test]
    fn changed_key_is_refused_or_the_same(at in 0_usize..500, bit in 0_u32..8) {
        let key = USUAL.get_or_init(|| TestKey::usual(1));
        let mut bytes = key.bytes.clone();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(read) = PgpKey::read(&bytes, now()) {
            prop_assert_eq!(read.fingerprint().to_string(), key.fingerprint());
            prop_assert_eq!(read.encryption_fingerprint().to_string(), key.subkey_fingerprint(0));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, start in 0x80_u8..) {
        let _ = PgpKey::read(&bytes, now());
        let _ = PgpKey::read(&[&[start], &bytes[..]].concat(), now());
    }

    /// A missing end may have held a revocation.
    #[test]
    fn cut_key_is_refused_inside_a_packet(cut in 1_usize..60) {
        let bytes = &USUAL.get_or_init(|| TestKey::usual(1)).bytes;
        prop_assert_eq!(
            PgpKey::read(&bytes[..bytes.len() - cut], now()).err(),
            Some(PgpError::Damaged)
        );
    }
}
