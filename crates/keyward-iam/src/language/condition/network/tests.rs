//! Address ranges.

use super::Network;

fn check(range: &str, address: &str, expect: bool) {
    let network = Network::parse(range).unwrap();
    assert_eq!(
        network.contains(address.parse().unwrap()),
        expect,
        "{address} in {range}"
    );
}

#[test]
fn an_address_is_in_its_range() {
    check("203.0.113.0/24", "203.0.113.255", true);
    check("203.0.113.77/24", "203.0.113.1", true);
    check("203.0.113.0/24", "203.0.114.0", false);
    check("203.0.113.7", "203.0.113.7", true);
    check("203.0.113.7", "203.0.113.6", false);
    check("0.0.0.0/0", "198.51.100.1", true);
    check("128.0.0.0/1", "127.255.255.255", false);
    check("2001:db8::/32", "2001:db8:ffff::1", true);
    check("2001:db8::/32", "2001:db9::1", false);
    check("::/0", "2001:db8::1", true);
    check("2001:db8::1", "2001:DB8:0:0::1", true);
    check("0.0.0.0/0", "2001:db8::1", false);
    check("::/0", "203.0.113.7", false);
}

#[test]
fn what_is_no_range_is_refused() {
    for text in [
        "",
        "/",
        "203.0.113",
        "203.0.113.0/33",
        "203.0.113.0/+8",
        "::/129",
        "10.0.0.0/",
        "x",
    ] {
        assert_eq!(Network::parse(text), None, "{text}");
    }
}
