use serde_json::{Value, json};

use crate::prove::finding::{Finding, Promise};
use crate::prove::tests::fixtures::{Small, allow, arn, trust, when, with_mfa};

/// A user with these statements, and a role for administrators under a condition.
fn findings(statements: &[Value], condition: Value) -> Vec<Finding> {
    let small = Small::default()
        .user("/", "alice", &[])
        .with("own", statements)
        .role("Adm", &[trust(condition)], &["AdministratorAccess"], &[]);
    let findings = small.prove().findings.into_iter();
    findings
        .filter(|finding| finding.id.starts_with("widen/iam:"))
        .filter(|finding| finding.subject == "alice")
        .collect()
}

fn own(action: &str) -> Value {
    allow(json!(action), json!(arn("user/${aws:username}")))
}

fn assume() -> Value {
    allow(json!("sts:AssumeRole"), json!("*"))
}

#[test]
fn who_changes_the_own_tags_or_name_opens_what_they_close() {
    let tagged = || json!({ "StringEquals": { "aws:PrincipalTag/admin": "yes" } });
    let named = || json!({ "StringLike": { "aws:username": "admin-*" } });
    for (action, condition) in [("iam:TagUser", tagged()), ("iam:UpdateUser", named())] {
        let found = findings(&[assume(), own(action)], condition.clone());
        let [one] = &found[..] else {
            panic!("{found:#?}")
        };
        assert_eq!(one.id, format!("widen/{action}"));
        assert_eq!(one.breaks, Some(Promise::NoRoleWithoutMfa));
        assert!(
            one.certain && one.message.contains("assume the role `Adm`"),
            "{one:#?}"
        );
        // The tags of another user open nothing.
        let other = allow(json!(action), json!(arn("user/bob")));
        assert!(findings(&[assume(), other], condition).is_empty());
    }
    assert!(findings(&[assume(), own("iam:TagUser")], named()).is_empty());
}

#[test]
fn with_mfa_it_breaks_no_promise() {
    let condition = json!({
        "StringEquals": { "aws:PrincipalTag/admin": "yes" },
        "Bool": { "aws:MultiFactorAuthPresent": "true" },
    });
    let tag = when(own("iam:TagUser"), with_mfa());
    let found = findings(&[assume(), tag], condition);
    let [one] = &found[..] else {
        panic!("{found:#?}")
    };
    assert_eq!((one.breaks, one.certain), (None, true));
}

#[test]
fn the_own_rights_under_a_tag_are_opened_too() {
    let buckets = when(
        allow(json!("s3:*"), json!("*")),
        json!({ "StringEquals": { "aws:PrincipalTag/admin": "yes" } }),
    );
    let found = findings(&[buckets, own("iam:TagUser")], with_mfa());
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].message.contains("such as `s3:"), "{found:#?}");
}

#[test]
fn a_condition_that_an_absent_tag_satisfies_is_opened_by_removing_it() {
    let mut small = Small::default()
        .user("/", "alice", &[])
        .with("own", &[assume(), own("iam:UntagUser")])
        .role(
            "Adm",
            &[trust(
                json!({ "Null": { "aws:PrincipalTag/limited": "true" } }),
            )],
            &[],
            &[],
        );
    assert!(!crate::prove::tests::fixtures::found(
        &small.prove(),
        "widen/iam:UntagUser"
    ));
    small.users[0]["Tags"] = json!([{ "Key": "limited", "Value": "yes" }]);
    let proof = small.prove();
    assert!(crate::prove::tests::fixtures::found(
        &proof,
        "widen/iam:UntagUser"
    ));
}
