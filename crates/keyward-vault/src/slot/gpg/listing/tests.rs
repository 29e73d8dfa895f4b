//! Listings as GnuPG 2.2 prints them.

use super::*;

const PRIMARY: &str = "8CDF5D59E22AB9B91EFB9CB3C0FFEE0000000001";
const SUBKEY: &str = "8CDF5D59E22AB9B91EFB9CB3C0FFEE0000000002";

/// A key: the validity, end and capabilities of the primary key, and those of a subkey.
fn listing(primary: [&str; 3], subkey: Option<[&str; 3]>) -> String {
    let [validity, end, uses] = primary;
    let mut text = format!(
        "sec:{validity}:255:22:C0FFEE0000000001:1577836800:{end}::u:::{uses}:::+::ed25519:::0:\n\
         fpr:::::::::{PRIMARY}:\n\
         grp:::::::::0123456789012345678901234567890123456789:\n\
         uid:u::::1::HASH::Alice <alice@example.com>::::::::::0:\n"
    );
    if let Some([validity, end, uses]) = subkey {
        text.push_str(&format!(
            "ssb:{validity}:255:18:C0FFEE0000000002:1577836800:{end}:::::{uses}:::+::cv25519::\n\
             fpr:::::::::{SUBKEY}:\n"
        ));
    }
    text
}

fn fault(primary: [&str; 3], subkey: Option<[&str; 3]>) -> String {
    let keys = secret_keys(&listing(primary, subkey));
    assert_eq!(keys.len(), 1);
    assert!(!keys[0].can_encrypt());
    keys[0].fault().to_string()
}

#[test]
fn primary_keys_are_told_from_subkeys() {
    let usual = listing(["u", "", "scESC"], Some(["u", "", "e"]));
    let keys = secret_keys(&usual);
    assert_eq!(keys[0].fingerprint.as_str(), PRIMARY);
    assert!(keys[0].can_encrypt());
    assert_eq!(secret_keys(&format!("{usual}{usual}")).len(), 2);
    assert!(secret_keys("").is_empty());
    assert!(secret_keys("sec\nfpr:\n::::\nssb\n").is_empty());
    assert!(secret_keys("ssb:u\nfpr:::::::::8CDF:\n").is_empty());
}

#[test]
fn unusable_keys_are_named_with_the_remedy() {
    let ended = "1609372800";
    assert_eq!(
        fault(["e", ended, "sc"], Some(["e", ended, "e"])),
        format!(
            "the PGP key `{PRIMARY}` expired on 2020-12-31T00:00:00Z; extend it with \
             `gpg --quick-set-expire {PRIMARY} 2y`"
        )
    );
    assert_eq!(
        fault(["u", "", "scSC"], Some(["e", ended, "e"])),
        format!(
            "the PGP key `{PRIMARY}` expired on 2020-12-31T00:00:00Z; extend it with \
             `gpg --quick-set-expire {PRIMARY} 2y {SUBKEY}`"
        )
    );
    for (primary, subkey) in [
        (["r", "", "sc"], Some(["r", "", "e"])),
        (["u", "", "scSC"], Some(["r", "", "e"])),
        (["r", ended, "sc"], Some(["r", ended, "e"])),
    ] {
        assert!(fault(primary, subkey).contains("is revoked"));
    }
    assert!(fault(["u", "", "scESCD"], Some(["u", "", "e"])).contains("is disabled"));
    assert!(fault(["u", "", "scSC"], None).contains("cannot encrypt"));
    assert!(fault(["u", "", "scSC"], Some(["e", ended, "s"])).contains("cannot encrypt"));
}
