//! The values that a blueprint may hold.

use super::*;
use crate::openpgp::testing::{TestKey, now};

const FINGERPRINT: &str = "0123456789ABCDEF0123456789ABCDEF01234567";

fn is_file(kind: RecipientKind, text: &str, path: &str) {
    let source = Source::parse(kind, text).unwrap();
    assert_eq!(source, Source::File(PathBuf::from(path)), "{text}");
}

fn is_inline(kind: RecipientKind, text: &str) {
    let source = Source::parse(kind, text).unwrap();
    assert!(matches!(source, Source::Inline(_)), "{text}: {source:?}");
}

#[test]
fn paths_are_files() {
    for text in [
        "alice.asc",
        "keys/alice",
        "~/.ssh/id_ed25519.pub",
        "C:\\keys\\alice.asc",
        "alice",
    ] {
        is_file(RecipientKind::Pgp, text, text);
    }
    is_file(
        RecipientKind::Pgp,
        " file:keys/alice.asc ",
        "keys/alice.asc",
    );
    is_file(RecipientKind::Age, "age1.txt", "age1.txt");
    is_file(
        RecipientKind::Ssh,
        "ssh-keys/alice.pub",
        "ssh-keys/alice.pub",
    );
}

#[test]
fn keys_are_inline() {
    let base64 = data_encoding::BASE64.encode(&TestKey::usual(1).bytes);
    is_inline(RecipientKind::Pgp, &base64);
    is_inline(RecipientKind::Pgp, &format!("\n  {base64}\n"));
    is_inline(RecipientKind::Pgp, "-----BEGIN PGP PUBLIC KEY BLOCK-----");
    is_inline(
        RecipientKind::Age,
        "age1zeuev9lnjddkejkl8pn3n8yt8dlzt2yw20rv665cmdvj7fd78a3qmafkye",
    );
    is_inline(RecipientKind::Age, "age1yubikey1qqq");
    is_inline(RecipientKind::Ssh, "ssh-ed25519 AAAA");
}

#[test]
fn private_key_is_never_a_path_and_never_shown() {
    for text in [
        "AGE-SECRET-KEY-1QQQZZZ",
        "-----BEGIN OPENSSH PRIVATE KEY----- QQQZZZ",
    ] {
        let source = Source::parse(RecipientKind::Age, text).unwrap();
        assert_eq!(format!("{source:?}"), "Inline(InlineKey(…))");
    }
}

#[test]
fn keybase_is_read_with_and_without_a_pin() {
    let text = format!("keybase:Alice#{}", FINGERPRINT.to_lowercase());
    let Source::Keybase(pinned) = Source::parse(RecipientKind::Pgp, &text).unwrap() else {
        panic!("{text}");
    };
    assert_eq!(pinned.to_string(), format!("keybase:alice#{FINGERPRINT}"));
    let Source::Keybase(open) = Source::parse(RecipientKind::Pgp, "keybase:alice").unwrap() else {
        panic!("keybase:alice");
    };
    assert_eq!((open.name, open.pin), (pinned.name, None));
}

#[test]
fn unusable_names_are_refused() {
    use RecipientKind::{Age, Pgp};
    for (kind, text, expected) in [
        (Pgp, " ", "the `pgp` key is empty"),
        (Age, "keybase:alice", "write `pgp = …`, not `age = …`"),
        (Pgp, "keybase:", "needs the name of an account"),
        (Pgp, "keybase:a/b", "needs the name of an account"),
        (Pgp, "keybase:alice#89ABCDEF", "needs the fingerprint"),
    ] {
        let message = Source::parse(kind, text).unwrap_err().to_string();
        assert!(message.contains(expected), "{text}: {message}");
    }
}

#[test]
fn fetched_key_must_be_the_pinned_one() {
    let key = PgpKey::read(&TestKey::usual(1).bytes, now()).unwrap();
    let source = |text: &str| text.parse::<KeybaseSource>().unwrap();
    let right = format!("alice#{}", key.fingerprint());
    assert_eq!(source(&right).confirm(&key), Ok(()));
    let missing = source("alice").confirm(&key).unwrap_err().to_string();
    assert!(
        missing.ends_with(&format!("write `keybase:{right}`")),
        "{missing}"
    );
    let other = source(&format!("alice#{FINGERPRINT}"))
        .confirm(&key)
        .unwrap_err();
    assert!(matches!(other, PinError::Differs { .. }));
}
