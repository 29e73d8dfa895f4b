use keyward_core::Timestamp;

use super::*;
use crate::LongLivedKey;

fn key(profile: &str, id: &str) -> LongLivedKey {
    LongLivedKey::new(
        profile.parse().unwrap(),
        id.parse().unwrap(),
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse().unwrap(),
        Timestamp::from_second(0),
    )
}

fn document(keys: &[(&str, &str)]) -> Document {
    let mut document = Document::default();
    for (profile, id) in keys {
        document.put_key(key(profile, id));
    }
    document
}

#[test]
fn a_copy_opens_with_its_passphrase_and_no_other() {
    let work = WorkFactor::fixed(2).unwrap();
    let (right, wrong): (Passphrase, Passphrase) =
        ("right".parse().unwrap(), "wrong".parse().unwrap());
    let file = export(
        &document(&[("alice", "AKIAIOSFODNN7EXAMPLE")]),
        &ExportTo::Passphrase(&right, work),
    )
    .unwrap();
    let back = read_export(&file, &ImportWith::Passphrase(&right)).unwrap();
    assert_eq!(back.keys().len(), 1);
    assert!(matches!(
        read_export(&file, &ImportWith::Passphrase(&wrong)),
        Err(ImportError::WrongPassphrase)
    ));
    for cut in [0, 10, file.len() / 2, file.len() - 1] {
        assert!(read_export(&file[..cut], &ImportWith::Passphrase(&right)).is_err());
    }
}

#[test]
fn a_copy_for_a_recipient_opens_with_its_identity() {
    let (mine, other) = (Identity::generate(), Identity::generate());
    let recipient: age::x25519::Recipient = mine.recipient().parse().unwrap();
    let file = export(
        &document(&[("alice", "AKIAIOSFODNN7EXAMPLE")]),
        &ExportTo::Age(&recipient),
    )
    .unwrap();
    assert!(read_export(&file, &ImportWith::Identity(&mine)).is_ok());
    assert!(matches!(
        read_export(&file, &ImportWith::Identity(&other)),
        Err(ImportError::OtherIdentity)
    ));
    let phrase: Passphrase = "right".parse().unwrap();
    let refused = read_export(&file, &ImportWith::Passphrase(&phrase));
    assert!(matches!(refused, Err(ImportError::ForRecipient)));
    let cut = read_export(&file[..40], &ImportWith::Passphrase(&phrase));
    assert!(matches!(cut, Err(ImportError::Damaged(_))));
}

#[test]
fn merging_adds_and_never_replaces() {
    let mut here = document(&[
        ("same", "AKIAIOSFODNN7EXAMPLE"),
        ("mine", "AKIAI44QH8DHBEXAMPLE"),
    ]);
    let copy = document(&[
        ("same", "AKIAIOSFODNN7EXAMPLE"),
        ("mine", "AKIAIOSFODNN7EXAMPLE"),
        ("new", "AKIAI44QH8DHBEXAMPLE"),
    ]);
    let merged = here.merge(&copy);
    let names = |names: &[ProfileName]| {
        names
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        (
            names(&merged.added),
            names(&merged.same),
            names(&merged.kept)
        ),
        ("new".into(), "same".into(), "mine".into())
    );
    assert_eq!(
        here.key(&"mine".parse().unwrap())
            .unwrap()
            .access_key_id
            .as_str(),
        "AKIAI44QH8DHBEXAMPLE"
    );
    assert_eq!(here.merge(&copy).added, []);
}

#[test]
fn a_copy_holds_no_console_sign_in() {
    let mut here = document(&[("alice", "AKIAIOSFODNN7EXAMPLE")]);
    here.put_sign_in(crate::ConsoleSignIn::new(
        "arn:aws:iam::123456789012:user/alice".parse().unwrap(),
        "arn:aws:signin:::devtools/same-device".to_owned(),
        "eu-central-1".parse().unwrap(),
        "a-refresh-token".parse().unwrap(),
        "-----BEGIN EC PRIVATE KEY-----\nkey\n-----END EC PRIVATE KEY-----\n"
            .parse()
            .unwrap(),
        Timestamp::from_second(0),
    ));
    let identity = Identity::generate();
    let recipient = identity.recipient().parse().unwrap();
    let file = export(&here, &ExportTo::Age(&recipient)).unwrap();
    let back = read_export(&file, &ImportWith::Identity(&identity)).unwrap();
    assert_eq!((back.keys().len(), back.sign_ins().len()), (1, 0));
    assert_eq!(here.sign_ins().len(), 1);
}
