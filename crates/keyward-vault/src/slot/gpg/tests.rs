use super::*;

#[test]
fn primary_keys_are_told_from_subkeys() {
    let primary = "8CDF5D59E22AB9B91EFB9CB3C0FFEE0000000001";
    let listing = format!(
        "sec:u:255:22:C0FFEE0000000001:1:::u:::scESC:::+::ed25519:::0:\n\
         fpr:::::::::{primary}:\n\
         grp:::::::::0123456789012345678901234567890123456789:\n\
         uid:u::::1::HASH::Alice <alice@example.com>::::::::::0:\n\
         ssb:u:255:18:C0FFEE0000000002:1::::::e:::+::cv25519::\n\
         fpr:::::::::8CDF5D59E22AB9B91EFB9CB3C0FFEE0000000002:\n"
    );
    assert_eq!(primary_fingerprints(&listing), [primary]);
    assert_eq!(
        primary_fingerprints(&format!("{listing}{listing}")).len(),
        2
    );
    assert!(primary_fingerprints("").is_empty());
    assert!(primary_fingerprints("sec\nfpr:\n::::\n").is_empty());
}
