use serde_json::json;

use super::*;
use crate::prove::tests::fixtures::{Small, allow, arn, trust, when, with_mfa};

fn small(trusted: serde_json::Value, role: &str) -> Small {
    Small::default()
        .role(
            "Ops",
            &[trust(trusted)],
            &[],
            &[allow(json!(role), json!("*"))],
        )
        .user("/", "alice", &[])
        .with(
            "own",
            &[allow(json!("sts:AssumeRole"), json!(arn("role/Ops")))],
        )
}

#[test]
fn what_is_gained_and_lost_is_named_by_context() {
    let open = small(json!({}), "s3:*").prove();
    let closed = small(with_mfa(), "s3:*").prove();
    let lost = &effects(&open, &closed)[&None];
    let contexts: Vec<Scenario> = lost.users.iter().map(|effect| effect.context).collect();
    assert_eq!(contexts, Scenario::WITHOUT_MFA);
    assert_eq!(lost.users[0].loses.roles.len(), 1);
    assert!(lost.users[0].gains.is_empty());
    let gained = &effects(&closed, &open)[&None];
    assert_eq!(gained.users[0].gains.roles.len(), 1);
}

#[test]
fn a_role_that_changes_is_named() {
    let before = small(with_mfa(), "s3:*").prove();
    let after = small(with_mfa(), "ec2:*").prove();
    let effects = &effects(&before, &after)[&None];
    assert!(effects.users.is_empty());
    assert_eq!(effects.roles_changed.len(), 1);
}

#[test]
fn what_depends_on_the_request_no_longer_is_gained() {
    let with = |condition: serde_json::Value| {
        let right = when(allow(json!("s3:GetObject"), json!("*")), condition.clone());
        let small = small(condition, "s3:*");
        small.with("more", &[right]).prove()
    };
    let under = with(json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }));
    let free = with(json!({}));
    let gained = &effects(&under, &free)[&None];
    let alone = &gained.users[0];
    assert_eq!(alone.gains.actions, ["s3:GetObject".to_owned()].into());
    assert_eq!(alone.gains.roles.len(), 1);
    assert!(alone.loses.is_empty());
    let lost = &effects(&free, &under)[&None];
    assert_eq!(lost.users[0].loses, alone.gains);
}
