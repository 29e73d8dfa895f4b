use proptest::prelude::*;

use super::wire::read;
use super::*;
use crate::document::PendingKey;

fn sample() -> Index {
    let mut document = Document::default();
    for (profile, id) in [
        ("root", "AKIAIOSFODNN7EXAMPLE"),
        ("team b", "AKIAI44QH8DHBEXAMPLE"),
    ] {
        let mut key = LongLivedKey::new(
            profile.parse().unwrap(),
            id.parse().unwrap(),
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse().unwrap(),
            Timestamp::from_second(1_700_000_000),
        );
        key.mfa_serial = Some("arn:aws:iam::123456789012:mfa/alice".parse().unwrap());
        document.put_key(key);
    }
    let mut rotation = Rotation::new(
        "deploy via root".parse().unwrap(),
        "AKIAI44QH8DHBEXAMPLE".parse().unwrap(),
        "created".parse().unwrap(),
        Timestamp::from_second(1_700_000_000),
    );
    rotation.new_key = Some(PendingKey {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".parse().unwrap(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse().unwrap(),
    });
    rotation.grace_until = Some(Timestamp::from_second(1_700_003_600));
    document.put_rotation(rotation);
    document.put_sign_in(ConsoleSignIn::new(
        "arn:aws:iam::123456789012:user/alice".parse().unwrap(),
        "arn:aws:signin:::devtools/same-device".to_owned(),
        "eu-central-1".parse().unwrap(),
        "wJalr-refresh".parse().unwrap(),
        "-----BEGIN EC PRIVATE KEY-----\nwJalr\n-----END EC PRIVATE KEY-----\n"
            .parse()
            .unwrap(),
        Timestamp::from_second(1_700_000_000),
    ));
    Index::of(&document)
}

#[test]
fn an_index_is_read_as_it_was_written_and_holds_no_secret() {
    let vault = VaultDigest::of(b"a vault");
    let bytes = super::wire::write(&sample(), &vault);
    assert_eq!(read(&bytes).unwrap(), (sample(), Some(vault)));
    assert!(!String::from_utf8(bytes).unwrap().contains("wJalr"));
}

#[test]
fn what_is_no_index_is_told_apart() {
    let check = |text: &str, expect: WireError| {
        assert_eq!(read(text.as_bytes()).unwrap_err(), expect, "{text}")
    };
    check("", WireError::Damaged);
    check("{}", WireError::Damaged);
    check(r#"{"version":2}"#, WireError::Newer(2));
    check(r#"{"version":3,"keys":"elsewhere"}"#, WireError::Newer(3));
    check(r#"{"version":1,"keys":[{}]}"#, WireError::Damaged);
}

#[test]
fn a_vault_that_does_not_exist_has_an_empty_index() {
    let home = tempfile::tempdir().unwrap();
    let paths = Paths::new(home.path().join("none"));
    assert_eq!(Index::load(&paths).unwrap(), Index::default());
}

#[test]
fn a_damaged_index_says_that_it_can_be_made_anew() {
    let home = tempfile::tempdir().unwrap();
    let paths = Paths::new(home.path().join("root"));
    disk::make_root(paths.root()).unwrap();
    disk::replace(&paths.index(), b"{", disk::Durability::Cache).unwrap();
    let error = Index::load(&paths).unwrap_err().to_string();
    assert!(
        error.contains("index.json") && error.contains("rebuilds it"),
        "{error}"
    );
}

#[test]
fn an_index_of_an_early_version_names_no_vault() {
    let text = r#"{"version":1,"keys":[]}"#;
    assert_eq!(read(text.as_bytes()).unwrap(), (Index::default(), None));
}

#[test]
fn the_resolver_gets_what_it_needs() {
    let stored = sample().stored_keys();
    let stored = stored.as_slice();
    assert_eq!(stored[1].profile.as_str(), "team b");
    assert_eq!(
        stored[1].mfa_serial.as_ref().unwrap().as_str(),
        "arn:aws:iam::123456789012:mfa/alice"
    );
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }
}
