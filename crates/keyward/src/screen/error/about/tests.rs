//! Names in hints.

use super::*;

fn check(hint: &str, profile: &str, holder: Option<&str>, expect: &str) {
    let name = |text: &str| text.parse::<ProfileName>().unwrap();
    let holder = holder.map(name);
    let error = CliError::failed("no").hint(hint);
    let filled = error.fill(&name(profile), holder.as_ref());
    assert_eq!(filled.hints(), [expect]);
}

#[test]
fn a_profile_is_named_where_a_command_wants_one() {
    let resync = "if so: `keyward mfa resync PROFILE` fixes that";
    check(
        resync,
        "readonly",
        None,
        "if so: `keyward mfa resync readonly` fixes that",
    );
    // Users paste hints into a shell, and these names come from a file.
    check(
        resync,
        "a; b",
        None,
        "if so: `keyward mfa resync 'a; b'` fixes that",
    );
    check(
        "AWS_PROFILE PROFILES PROFILE",
        "x",
        None,
        "AWS_PROFILE PROFILES PROFILE",
    );
}

#[test]
fn a_key_is_stored_under_the_profile_that_holds_it() {
    let both = "`keyward explain PROFILE`, or `keyward add PROFILE`";
    check(
        both,
        "readonly",
        Some("alice"),
        "`keyward explain readonly`, or `keyward add alice`",
    );
    check(
        both,
        "readonly",
        None,
        "`keyward explain readonly`, or `keyward add PROFILE`",
    );
}
