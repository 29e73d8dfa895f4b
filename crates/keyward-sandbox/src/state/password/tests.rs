//! Passwords against the default rules and an account's own.

use keyward_core::Timestamp;

use super::{PasswordPolicy, Rule, Violation, check};
use crate::state::{LoginProfile, PasswordReset};

fn strict() -> PasswordPolicy {
    PasswordPolicy {
        minimum_length: 12,
        symbols: Rule::On,
        numbers: Rule::On,
        uppercase: Rule::On,
        lowercase: Rule::On,
        reuse_prevention: Some(2),
        ..PasswordPolicy::default()
    }
}

#[test]
fn each_rule_refuses_by_itself() {
    let check = |policy: Option<&PasswordPolicy>, password: &str, expect: Option<Violation>| {
        let got = check(policy, &password.parse().unwrap(), None).err();
        assert_eq!(got, expect, "{password}");
    };
    check(None, "Sh0rt", Some(Violation::Short(8)));
    check(None, "lowercase1", Some(Violation::Classes));
    check(None, "Lowercase1", None);
    let strict = strict();
    check(Some(&strict), "Aa1!aaaaaaa", Some(Violation::Short(12)));
    check(Some(&strict), "aa1!aaaaaaaa", Some(Violation::Uppercase));
    check(Some(&strict), "AA1!AAAAAAAA", Some(Violation::Lowercase));
    check(Some(&strict), "Aaa!aaaaaaaa", Some(Violation::Number));
    check(Some(&strict), "Aa1aaaaaaaaa", Some(Violation::Symbol));
    check(Some(&strict), "Aa1?aaaaaaaa", Some(Violation::Symbol));
    check(Some(&strict), "Aa1!aaaaaaaa", None);
}

#[test]
fn the_latest_passwords_do_not_come_back() {
    let profile = LoginProfile {
        password: "Present!Password1".parse().unwrap(),
        earlier: vec![
            "Earlier!Password1".parse().unwrap(),
            "Oldest!Password1".parse().unwrap(),
        ],
        created: Timestamp::from_second(0),
        changed: Timestamp::from_second(0),
        reset: PasswordReset::NotRequired,
    };
    let check = |password: &str, expect: Result<(), Violation>| {
        let policy = strict();
        let got = check(Some(&policy), &password.parse().unwrap(), Some(&profile));
        assert_eq!(got, expect, "{password}");
    };
    check("Present!Password1", Err(Violation::Reused));
    check("Earlier!Password1", Err(Violation::Reused));
    check("Oldest!Password1", Ok(()));
    check("Another!Password1", Ok(()));
}
