//! Names in hints.

use keyward_aws::NextStep;

use super::*;
use crate::screen::error::hint::Hint;

fn check(step: NextStep, profile: &str, holder: Option<&str>, expect: &str) {
    let name = |text: &str| text.parse::<ProfileName>().unwrap();
    let holder = holder.map(name);
    let error = CliError::failed("no").hint(step);
    let filled = error.fill(&name(profile), holder.as_ref());
    let [hint] = filled.hints() else {
        panic!("{filled:?}");
    };
    let text = hint.to_string();
    assert!(text.contains(expect), "{text}");
}

#[test]
fn a_profile_is_named_where_a_command_wants_one() {
    check(
        NextStep::ResyncDevice,
        "readonly",
        None,
        "may be off: `keyward mfa resync readonly` fixes that",
    );
    // Users paste hints into a shell, and these names come from a file.
    check(
        NextStep::ResyncDevice,
        "a; b",
        None,
        "`keyward mfa resync 'a; b'`",
    );
}

#[test]
fn a_key_is_stored_under_the_profile_that_holds_it() {
    let step = NextStep::StoreKeyAgain;
    check(step, "readonly", Some("alice"), "`keyward add alice`");
    check(step, "readonly", None, "`keyward add PROFILE`");
}

#[test]
fn a_name_that_is_known_stays() {
    let name = |text: &str| text.parse::<ProfileName>().unwrap();
    let error = CliError::failed("no").hint(NextStep::ListDevices);
    let filled = error.about(&name("alice")).about(&name("bob"));
    assert!(filled.hints()[0].to_string().contains("mfa list alice`"));
}

#[test]
fn text_is_never_filled() {
    let text = "AWS_PROFILE PROFILES `keyward add PROFILE`";
    let error = CliError::failed("no").hint(text);
    let filled = error.about_key(&"x".parse().unwrap());
    assert_eq!(filled.hints(), [Hint::from(text)]);
}
