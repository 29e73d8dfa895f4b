//! Tests of the actions that a pattern covers, and of texts that are not patterns.

use super::ActionPattern;
use crate::language::Truth;
use crate::request::ActionError;
use crate::testing::action;

#[test]
fn patterns_cover_actions_without_regard_to_case() {
    for (pattern, text, expect) in [
        ("*", "iam:GetUser", true),
        ("*:*", "iam:GetUser", true),
        ("*:**", "iam:GetUser", true),
        ("iam:**", "iam:GetUser", true),
        ("iam:?*", "iam:GetUser", true),
        ("iam:*", "IAM:getuser", true),
        ("iam:*", "iamx:GetUser", false),
        ("IAM:getuser", "iam:GetUser", true),
        ("iam:GetUser", "iam:GetUserPolicy", false),
        ("iam:Get*", "iam:GetUserPolicy", true),
        ("iam:Get*", "iam:Ge", false),
        ("iam:*User", "iam:GetUser", true),
        ("iam:*User", "iam:GetUsers", false),
        ("iam:?etUser", "iam:GETUSER", true),
        ("iam:*AccessKey*", "iam:GetAccessKeyLastUsed", true),
        ("execute-api:Invoke", "execute-api:Invoke", true),
    ] {
        let read = ActionPattern::parse(pattern).unwrap();
        let covered = read.covers(&action(text));
        assert_eq!(covered, expect.into(), "{pattern} against {text}");
        assert_eq!(read.to_string(), pattern);
    }
}

#[test]
fn a_stored_text_of_no_documented_form_may_mean_what_it_matches() {
    for (text, meaning) in [
        ("**", Truth::Unknown),
        ("?*", Truth::Unknown),
        ("iam*", Truth::Unknown),
        ("IA?:get*", Truth::Unknown),
        ("*:GetUser", Truth::Unknown),
        ("*User", Truth::Unknown),
        (" iam:GetUser\n", Truth::Unknown),
        ("s3*", Truth::No),
        ("*:GetUsers", Truth::No),
        ("iam:", Truth::No),
        ("GetUser", Truth::No),
        ("", Truth::No),
    ] {
        let read = ActionPattern::unclear(text);
        assert!(read.is_unclear());
        assert_eq!(read.covers(&action("iam:GetUser")), meaning, "{text}");
        assert_eq!(read.to_string(), text);
    }
}

#[test]
fn what_is_no_action_is_refused() {
    for (text, error) in [
        ("", ActionError::NoService),
        ("GetUser", ActionError::NoService),
        (":GetUser", ActionError::NoService),
        ("ia*:GetUser", ActionError::BadService),
        ("*:GetUser", ActionError::BadService),
        ("**", ActionError::NoService),
        ("?*", ActionError::NoService),
        (" iam:GetUser", ActionError::BadService),
        ("${a}:GetUser", ActionError::BadService),
        ("iam:", ActionError::BadName),
        ("iam:Get:User", ActionError::BadName),
        ("iam:GetUser ", ActionError::BadName),
    ] {
        assert_eq!(ActionPattern::parse(text), Err(error), "{text:?}");
    }
}

#[test]
fn a_text_of_no_documented_form_is_tried_on_all_actions_once() {
    let pattern = ActionPattern::unclear("*:Get*");
    let asked = std::cell::Cell::new(0);
    let may_mean = |number| {
        pattern.may_mean(number, |_| {
            asked.set(asked.get() + 1);
            vec![0b10, 0b1].into()
        })
    };
    assert_eq!(
        [0, 1, 63, 64, 65].map(may_mean),
        [false, true, false, true, false]
    );
    assert_eq!(asked.get(), 1);
    // A documented text needs no such list.
    let documented = ActionPattern::parse("iam:Get*").unwrap();
    assert!(!documented.may_mean(1, |_| unreachable!("it is not asked")));
}
