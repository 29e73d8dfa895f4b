//! Tokens differ, match themselves alone, and stay out of debug output.

use super::BearerToken;

#[test]
fn a_token_matches_itself_alone() {
    let (one, other) = (
        BearerToken::random().unwrap(),
        BearerToken::random().unwrap(),
    );
    assert!(one.is(one.expose().as_bytes()));
    assert!(!one.is(other.expose().as_bytes()));
    assert!(!one.is(b""));
    assert!(!one.is(&one.expose().as_bytes()[1..]));
    assert!(!one.is(format!("{} ", one.expose()).as_bytes()));
}

#[test]
fn a_token_has_the_shape_of_one() {
    let token = BearerToken::random().unwrap();
    assert!(BearerToken::has_shape(token.expose().as_bytes()));
    for other in [
        "",
        "short",
        &format!("{}\n", token.expose()),
        &"*".repeat(43),
    ] {
        assert!(!BearerToken::has_shape(other.as_bytes()), "{other}");
    }
}

#[test]
fn debug_output_does_not_show_it() {
    let token = BearerToken::random().unwrap();
    assert_eq!(format!("{token:?}"), "BearerToken(***)");
}
