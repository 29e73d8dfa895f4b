//! Keys in the wrong field.

use super::*;
use crate::openpgp::testing::{TestKey, now};

const AGE: &str = "age1zeuev9lnjddkejkl8pn3n8yt8dlzt2yw20rv665cmdvj7fd78a3qmafkye";
const SSH: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIESK1MIa7ZLF6pRJmDX3eMk4erqD7MDlfjse3/PI/sqd";

#[test]
fn each_kind_is_read() {
    let pgp = TestKey::usual(1).bytes;
    for (kind, content) in [
        (RecipientKind::Pgp, pgp.as_slice()),
        (RecipientKind::Age, AGE.as_bytes()),
        (RecipientKind::Ssh, SSH.as_bytes()),
    ] {
        assert_eq!(Recipient::read(kind, content, now()).unwrap().kind(), kind);
    }
}

#[test]
fn key_of_another_kind_is_named_with_its_field() {
    let armor = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n";
    for (named, content, found) in [
        (RecipientKind::Pgp, AGE, RecipientKind::Age),
        (RecipientKind::Pgp, SSH, RecipientKind::Ssh),
        (RecipientKind::Age, SSH, RecipientKind::Ssh),
        (RecipientKind::Age, armor, RecipientKind::Pgp),
        (RecipientKind::Ssh, armor, RecipientKind::Pgp),
        (RecipientKind::Ssh, " AGE1QQ", RecipientKind::Age),
    ] {
        let error = Recipient::read(named, content.as_bytes(), now()).unwrap_err();
        assert_eq!(error, RecipientError::OtherKind { named, found });
    }
}
