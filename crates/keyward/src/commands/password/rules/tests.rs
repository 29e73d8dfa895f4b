//! The rules, one password at a time.

use keyward_aws::{PasswordPolicy, RequiredCharacters};

use super::{Broken, Rules};

fn strict() -> Rules {
    Rules::Own(PasswordPolicy {
        minimum_length: 12,
        required: RequiredCharacters {
            uppercase: true,
            lowercase: true,
            numbers: true,
            symbols: true,
        },
        max_age_days: Some(90),
        reuse_prevention: Some(3),
        users_may_change: true,
        hard_expiry: false,
    })
}

#[track_caller]
fn check(rules: &Rules, password: &str, expect: Result<(), Broken>) {
    assert_eq!(
        rules.check(&password.parse().unwrap()),
        expect,
        "{password}"
    );
}

#[test]
fn an_accounts_own_rules_are_checked_one_by_one() {
    let rules = strict();
    check(&rules, "Practice!Bob12", Ok(()));
    check(&rules, "Short!1", Err(Broken::Short(12)));
    check(&rules, "practice!bob12", Err(Broken::Uppercase));
    check(&rules, "PRACTICE!BOB12", Err(Broken::Lowercase));
    check(&rules, "Practice!Bobbb", Err(Broken::Number));
    check(&rules, "PracticeBob1234", Err(Broken::Symbol));
    check(&rules, &"Aa1!".repeat(33), Err(Broken::Long));
}

#[test]
fn aws_rules_hold_where_the_account_has_none() {
    check(&Rules::Default, "Abcdefg1", Ok(()));
    check(&Rules::Default, "abcdefg1", Err(Broken::Kinds));
    check(&Rules::Default, "Abcdef1", Err(Broken::Short(8)));
}

#[test]
fn unknown_rules_allow_everything_that_aws_could() {
    check(&Rules::Unknown, "x", Ok(()));
}

#[test]
fn the_rules_are_told_in_one_sentence() {
    assert_eq!(
        strict().to_string(),
        "Password rules of this account: at least 12 characters, with an uppercase letter, a lowercase letter, a digit, \
         a symbol; different from the last 3; it expires after 90 days."
    );
}
