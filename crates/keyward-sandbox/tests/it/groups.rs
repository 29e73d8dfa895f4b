//! Groups and their members.

use crate::client::{Key, Office, iam};

#[test]
fn a_group_is_made_looked_at_and_deleted() {
    let office = Office::open();
    let made = office.ok(
        "CreateGroup",
        &[("GroupName", "ops"), ("Path", "/division/")],
    );
    assert!(made.text("GroupId").unwrap().starts_with("AGPA"));
    let arn = "arn:aws:iam::123456789012:group/division/ops";
    assert_eq!(made.text("Arn").unwrap(), arn);
    let seen = office.ok("GetGroup", &[("GroupName", "ops")]);
    assert!(seen.body.contains("<Users></Users><IsTruncated>false"));
    let listed = office.ok("ListGroups", &[("PathPrefix", "/division/")]);
    assert_eq!(listed.text("GroupName").unwrap(), "ops");
    assert!(!listed.body.contains("<GroupName>team"));
    office.ok("DeleteGroup", &[("GroupName", "ops")]);
    let missing = "404 NoSuchEntity: The group with name ops cannot be found.";
    for action in [
        "GetGroup",
        "DeleteGroup",
        "UpdateGroup",
        "ListGroupPolicies",
    ] {
        office.call(action, &[("GroupName", "ops")]).is(missing);
    }
}

#[test]
fn group_names_are_unique_in_any_case() {
    let office = Office::open();
    office
        .call("CreateGroup", &[("GroupName", "TEAM"), ("Path", "/x/")])
        .is("409 EntityAlreadyExists: Group with name TEAM already exists.");
    office.call("CreateGroup", &[("GroupName", "a b")]).is(
        "400 ValidationError: The specified value for groupName is invalid. It must contain \
             only alphanumeric characters and/or the following: +=,.@_-",
    );
    let long = "g".repeat(129);
    let outcome = office
        .call("CreateGroup", &[("GroupName", &long)])
        .outcome();
    assert!(
        outcome.ends_with("length less than or equal to 128"),
        "{outcome}"
    );
}

#[test]
fn a_group_with_members_or_policies_stays() {
    let office = Office::open();
    let ops = [("GroupName", "ops")];
    let bob = [("GroupName", "ops"), ("UserName", "bob")];
    office.ok("CreateGroup", &ops);
    office.ok("AddUserToGroup", &bob);
    office.ok("AddUserToGroup", &bob);
    let seen = office.ok("GetGroup", &ops);
    assert_eq!(seen.body.matches("<UserName>bob</UserName>").count(), 1);
    let arn = office.policy("p");
    office.ok(
        "AttachGroupPolicy",
        &[("GroupName", "ops"), ("PolicyArn", &arn)],
    );
    let put = [
        ("GroupName", "ops"),
        ("PolicyName", "inline"),
        ("PolicyDocument", crate::client::DOCUMENT),
    ];
    office.ok("PutGroupPolicy", &put);
    let conflict =
        |first: &str| format!("409 DeleteConflict: Cannot delete entity, must {first} first.");
    let delete = || office.call("DeleteGroup", &ops);
    delete().is(&conflict("remove users from group"));
    office.ok("RemoveUserFromGroup", &bob);
    office
        .call("RemoveUserFromGroup", &bob)
        .is("404 NoSuchEntity: User bob is not in group ops.");
    delete().is(&conflict("detach all policies"));
    office.ok(
        "DetachGroupPolicy",
        &[("GroupName", "ops"), ("PolicyArn", &arn)],
    );
    delete().is(&conflict("delete policies"));
    office.ok("DeleteGroupPolicy", &put[..2]);
    delete().is("OK");
}

#[test]
fn a_user_is_in_ten_groups_at_most() {
    let office = Office::open();
    let names: Vec<String> = (0..10).map(|n| format!("g{n}")).collect();
    for name in &names {
        office.ok("CreateGroup", &[("GroupName", name)]);
    }
    let add = |name: &str| {
        office.call(
            "AddUserToGroup",
            &[("GroupName", name), ("UserName", "bob")],
        )
    };
    for name in &names[..9] {
        add(name).is("OK");
    }
    add("g9").is("409 LimitExceeded: Cannot exceed quota for GroupsPerUser: 10");
    add("none").is("404 NoSuchEntity: The group with name none cannot be found.");
    office
        .call(
            "AddUserToGroup",
            &[("GroupName", "g0"), ("UserName", "nobody")],
        )
        .is("404 NoSuchEntity: The user with name nobody cannot be found.");
}

#[test]
fn a_renamed_group_keeps_its_members_and_policies() {
    let office = Office::open();
    office
        .call(
            "UpdateGroup",
            &[("GroupName", "team"), ("NewGroupName", "team")],
        )
        .is("OK");
    office.ok("CreateGroup", &[("GroupName", "ops")]);
    office
        .call(
            "UpdateGroup",
            &[("GroupName", "team"), ("NewGroupName", "OPS")],
        )
        .is("409 EntityAlreadyExists: Group with name OPS already exists.");
    let rename = [
        ("GroupName", "team"),
        ("NewGroupName", "crew"),
        ("NewPath", "/x/"),
    ];
    office.ok("UpdateGroup", &rename);
    let groups = office.ok("ListGroupsForUser", &[("UserName", "alice")]);
    assert_eq!(
        groups.text("Arn").unwrap(),
        "arn:aws:iam::123456789012:group/x/crew"
    );
    // The guard of the group still holds.
    let denied = iam(&office.sandbox, &Key::bob(), "ListUsers", &[]).outcome();
    assert!(denied.contains("with an explicit deny"), "{denied}");
    let inline = office.ok("ListGroupPolicies", &[("GroupName", "crew")]);
    assert!(inline.body.contains("<member>guard</member>"));
}

#[test]
fn an_account_holds_as_many_groups_as_its_quota() {
    let office = Office::open();
    office.change(|account| account.quotas.groups = 2);
    office.ok("CreateGroup", &[("GroupName", "one")]);
    office
        .call("CreateGroup", &[("GroupName", "two")])
        .is("409 LimitExceeded: Cannot exceed quota for GroupsPerAccount: 2");
}
