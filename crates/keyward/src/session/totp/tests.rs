//! Codes against the vectors of RFC 6238 (appendix B, SHA-1), whose seed is the ASCII text
//! `12345678901234567890`.

use keyward_core::Timestamp;
use keyward_core::secret::TotpSeed;

use super::{address, code_at, seconds_left, window};

const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn seed() -> TotpSeed {
    SEED.parse().unwrap()
}

#[test]
fn codes_are_those_of_the_rfc() {
    // The RFC prints eight digits; six are their end.
    for (second, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        let made = code_at(&seed(), Timestamp::from_second(second)).unwrap();
        assert_eq!(made.expose(), code, "at {second}");
    }
}

#[test]
fn a_seed_too_short_makes_no_code() {
    let short: TotpSeed = "GEZDGNBV".parse().unwrap();
    assert!(code_at(&short, Timestamp::from_second(0)).is_err());
}

#[test]
fn windows_start_at_full_half_minutes() {
    let at = Timestamp::from_second(95);
    assert_eq!(window(at, 0).as_second(), 90);
    assert_eq!(window(at, -1).as_second(), 60);
    assert_eq!(seconds_left(at), 25);
    assert_eq!(seconds_left(Timestamp::from_second(90)), 30);
}

#[test]
fn the_address_names_user_and_account() {
    let address = address(
        &seed(),
        &"bob+x@example.com".parse().unwrap(),
        &"123456789012".parse().unwrap(),
    );
    assert_eq!(
        address.as_str(),
        format!("otpauth://totp/AWS:bob%2Bx@example.com@123456789012?secret={SEED}&issuer=AWS")
    );
}
