//! Which actions a pattern covers, and which texts are none.

use super::{ActionMistake, ActionPattern};

#[test]
fn patterns_cover_actions_without_regard_to_case() {
    for (pattern, action, expect) in [
        ("*", "iam:GetUser", true),
        ("*:*", "iam:GetUser", true),
        ("*:Get*", "iam:GetUser", true),
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
        ("*:Get*", "GetUser", true),
        ("iam:*", "GetUser", false),
    ] {
        let read = ActionPattern::parse(pattern).unwrap();
        assert_eq!(read.covers(action), expect, "{pattern} against {action}");
        assert_eq!(read.to_string(), pattern);
    }
}

#[test]
fn what_is_no_action_is_refused() {
    for (text, mistake) in [
        ("", ActionMistake::NoService),
        ("GetUser", ActionMistake::NoService),
        (":GetUser", ActionMistake::NoService),
        ("ia*:GetUser", ActionMistake::BadService),
        (" iam:GetUser", ActionMistake::BadService),
        ("${a}:GetUser", ActionMistake::BadService),
        ("iam:", ActionMistake::BadName),
        ("iam:Get:User", ActionMistake::BadName),
        ("iam:GetUser ", ActionMistake::BadName),
    ] {
        assert_eq!(ActionPattern::parse(text), Err(mistake), "{text:?}");
    }
}
