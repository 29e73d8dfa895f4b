//! The picture's size and shape; that a phone reads it is seen in the interop cases.

use super::draw;

/// As long as the address of a user with a short name: seeds have 64 letters.
const ADDRESS: &str = "otpauth://totp/AWS:bob@123456789012?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=AWS";

#[test]
fn an_address_fits_the_terminal_that_everybody_has() {
    let picture = draw(ADDRESS, 24, 80).unwrap();
    assert!(picture.lines().count() <= 22);
    for line in picture.lines() {
        let shown = line
            .strip_prefix("\x1b[30;107m")
            .and_then(|line| line.strip_suffix("\x1b[0m"))
            .unwrap();
        assert!(shown.chars().count() <= 80);
        assert!(shown.starts_with(' ') && shown.ends_with(' '), "no margin");
    }
}

#[test]
fn a_terminal_too_small_gets_none() {
    assert!(draw(ADDRESS, 12, 80).is_none());
    assert!(draw(ADDRESS, 24, 30).is_none());
}

#[test]
fn a_large_terminal_gets_the_whole_margin() {
    let small = draw(ADDRESS, 24, 80).unwrap().lines().count();
    let large = draw(ADDRESS, 60, 160).unwrap().lines().count();
    assert!(large > small);
}
