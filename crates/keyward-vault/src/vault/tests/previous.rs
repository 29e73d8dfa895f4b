//! Changes that use up the one way back, and others that do not.

use super::*;
use crate::ConsoleSignIn;
use keyward_core::id::PrincipalArn;

fn principal() -> PrincipalArn {
    "arn:aws:iam::123456789012:user/alice".parse().unwrap()
}

fn sign_in(refresh_token: &str, signed_in: Timestamp) -> ConsoleSignIn {
    ConsoleSignIn::new(
        principal(),
        "arn:aws:signin:::devtools/same-device".to_owned(),
        "eu-central-1".parse().unwrap(),
        refresh_token.parse().unwrap(),
        "-----BEGIN EC PRIVATE KEY-----\nkey\n-----END EC PRIVATE KEY-----\n"
            .parse()
            .unwrap(),
        signed_in,
    )
}

/// The copy beside the vault after a change to a vault that has just lost a key.
fn copy_after(change: impl FnOnce(&mut Document)) -> (Fixture, Vec<u8>, Vec<u8>) {
    let fixture = Fixture::new();
    let mut open = fixture.open();
    open.update(|doc| {
        doc.put_key(key("one"));
        doc.put_sign_in(sign_in("first", now()));
        doc.put_refresh_token("corp".to_owned(), "first".parse().unwrap());
    })
    .unwrap();
    open.update(|doc| doc.remove_key(&profile("one"))).unwrap();
    let previous = fixture.vault.paths().previous();
    let before = fs::read(&previous).unwrap();
    open.update(change).unwrap();
    let after = fs::read(&previous).unwrap();
    (fixture, before, after)
}

#[test]
fn a_refresh_token_takes_nobody_the_way_back() {
    let spend = |doc: &mut Document, token: &str| {
        let kept = doc.sign_in_mut(&principal()).unwrap();
        kept.refresh_token = token.parse().unwrap();
    };
    let (fixture, before, after) = copy_after(|doc| spend(doc, "second"));
    assert_eq!(before, after);
    // Nor does a change that changes nothing, with which is found out that the vault can be written.
    let mut open = fixture.open();
    let stored = |open: &OpenVault| {
        let kept = open.document().sign_in(&principal()).unwrap();
        kept.refresh_token.expose().to_owned()
    };
    assert_eq!(stored(&open), "second");
    open.update(|_| ()).unwrap();
    open.update(|doc| spend(doc, "third")).unwrap();
    open.update(|doc| doc.put_refresh_token("corp".to_owned(), "second".parse().unwrap()))
        .unwrap();
    assert_eq!(stored(&fixture.open()), "third");
    assert_eq!(before, fs::read(fixture.vault.paths().previous()).unwrap());
    restore(&fixture.vault);
    assert_eq!(fixture.profiles(), ["one"]);
}

#[test]
fn every_other_change_can_be_undone() {
    let differs = |change: fn(&mut Document)| {
        let (fixture, before, after) = copy_after(change);
        assert_ne!(before, after);
        restore(&fixture.vault);
        assert!(fixture.profiles().is_empty(), "it was removed before");
    };
    differs(|doc| drop(doc.put_key(key("two"))));
    differs(|doc| drop(doc.remove_sign_in(&principal())));
    differs(|doc| drop(doc.put_sign_in(sign_in("first", Timestamp::from_second(0)))));
    differs(|doc| drop(doc.remove_refresh_token("corp")));
}

#[test]
fn where_there_is_no_copy_every_change_makes_one() {
    let fixture = Fixture::new();
    let mut open = fixture.open();
    open.update(|_| ()).unwrap();
    assert!(fixture.vault.previous().is_some());
}
