//! Looking around: roles, groups, attached policies, numbers and aliases.

use crate::client::{Key, READ_ONLY, administrator, alice_mfa, assume, iam, start};

#[test]
fn a_role_is_shown_with_its_trust() {
    let sandbox = start();
    let admin = administrator(&sandbox);
    let role = iam(&sandbox, &admin, "GetRole", &[("RoleName", "ReadOnly")]).ok();
    assert_eq!(role.text("Arn").unwrap(), READ_ONLY);
    assert_eq!(role.text("MaxSessionDuration").unwrap(), "43200");
    let trust = role.text("AssumeRolePolicyDocument").unwrap();
    assert!(
        trust.starts_with("%7B%22Version%22%3A%222012-10-17%22"),
        "{trust}"
    );
    iam(&sandbox, &admin, "GetRole", &[("RoleName", "None")])
        .is("404 NoSuchEntity: The role with name None cannot be found.");
    let listed = iam(&sandbox, &admin, "ListRoles", &[]).ok().body;
    assert!(listed.contains("<RoleName>Administrator<") && listed.contains("<RoleName>ReadOnly<"));
}

#[test]
fn the_read_only_role_looks_and_changes_nothing() {
    let sandbox = start();
    let role = assume(&sandbox, &alice_mfa(&sandbox), READ_ONLY, &[])
        .ok()
        .key();
    iam(&sandbox, &role, "ListUsers", &[]).is("OK");
    iam(&sandbox, &role, "CreateUser", &[("UserName", "eve")]).is(
        "403 AccessDenied: User: arn:aws:sts::123456789012:assumed-role/ReadOnly/test is not \
         authorized to perform: iam:CreateUser on resource: arn:aws:iam::123456789012:user/eve \
         because no identity-based policy allows the iam:CreateUser action",
    );
    let narrow = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}]}"#;
    let role = assume(
        &sandbox,
        &alice_mfa(&sandbox),
        READ_ONLY,
        &[("Policy", narrow)],
    )
    .ok()
    .key();
    iam(&sandbox, &role, "GetUser", &[("UserName", "bob")]).is("OK");
    let outcome = iam(&sandbox, &role, "ListUsers", &[]).outcome();
    assert!(
        outcome.ends_with("because no session policy allows the iam:ListUsers action"),
        "{outcome}"
    );
}

#[test]
fn groups_and_policies_of_a_user_are_listed() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    let alice = [("UserName", "alice")];
    let groups = iam(&sandbox, &session, "ListGroupsForUser", &alice).ok();
    assert_eq!(groups.text("GroupName").unwrap(), "team");
    assert!(
        iam(&sandbox, &session, "ListAttachedUserPolicies", &alice)
            .ok()
            .body
            .contains("<AttachedPolicies></AttachedPolicies>")
    );
    let admin = administrator(&sandbox);
    iam(
        &sandbox,
        &admin,
        "ListAttachedGroupPolicies",
        &[("GroupName", "team")],
    )
    .is("OK");
    iam(
        &sandbox,
        &admin,
        "ListAttachedGroupPolicies",
        &[("GroupName", "none")],
    )
    .is("404 NoSuchEntity: The group with name none cannot be found.");
}

#[test]
fn the_account_is_summed_up() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    let summary = iam(&sandbox, &session, "GetAccountSummary", &[]).ok().body;
    for entry in [
        "<key>Users</key><value>2</value>",
        "<key>MFADevicesInUse</key><value>1</value>",
        "<key>AccessKeysPerUserQuota</key><value>2</value>",
    ] {
        assert!(summary.contains(entry), "{entry} is not in {summary}");
    }
    let aliases = iam(&sandbox, &session, "ListAccountAliases", &[]).ok().body;
    assert!(aliases.contains("<AccountAliases><member>practice</member></AccountAliases>"));
}

#[test]
fn unknown_actions_of_iam_are_refused() {
    let sandbox = start();
    iam(&sandbox, &Key::alice(), "Frobnicate", &[])
        .is("400 InvalidAction: Could not find operation Frobnicate for version 2010-05-08");
}
