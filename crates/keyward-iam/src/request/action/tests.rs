//! Actions of requests, taken apart.

use super::{Action, ActionError};

#[test]
fn an_action_has_a_service_and_a_name() {
    let action: Action = "iam:GetUser".parse().unwrap();
    assert_eq!((action.service(), action.name()), ("iam", "GetUser"));
    assert_eq!(action.to_string(), "iam:GetUser");
    assert!(action.is("IAM:getuser"));
    assert!(!action.is("iam:GetUsers"));
}

#[test]
fn what_is_not_one_action_is_refused() {
    for (text, expect) in [
        ("GetUser", ActionError::NoService),
        (":GetUser", ActionError::NoService),
        ("i_m:GetUser", ActionError::BadService),
        ("iam:", ActionError::BadName),
        ("iam:Get:User", ActionError::BadName),
        ("iam:Get User", ActionError::BadName),
        ("iam:Get*", ActionError::Wildcard),
        ("*:GetUser", ActionError::Wildcard),
    ] {
        assert_eq!(text.parse::<Action>(), Err(expect), "{text}");
    }
}
