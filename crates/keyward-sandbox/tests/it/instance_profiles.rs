//! Instance profiles, and the roles that they keep.

use crate::client::{Key, Office, iam};

#[test]
fn a_profile_holds_one_role_and_keeps_it() {
    let office = Office::open();
    office.role("web");
    office.role("other");
    let profile = ("InstanceProfileName", "web");
    let made = office.ok("CreateInstanceProfile", &[profile, ("Path", "/x/")]);
    assert!(made.text("InstanceProfileId").unwrap().starts_with("AIPA"));
    office
        .call("CreateInstanceProfile", &[("InstanceProfileName", "WEB")])
        .is("409 EntityAlreadyExists: Instance Profile WEB already exists.");
    office.ok("AddRoleToInstanceProfile", &[profile, ("RoleName", "web")]);
    office
        .call(
            "AddRoleToInstanceProfile",
            &[profile, ("RoleName", "other")],
        )
        .is("409 LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
    let seen = office.ok("GetInstanceProfile", &[profile]);
    assert_eq!(seen.text("RoleName").unwrap(), "web");
    let of_role = office.ok("ListInstanceProfilesForRole", &[("RoleName", "web")]);
    assert_eq!(of_role.text("InstanceProfileName").unwrap(), "web");
    let details = office.ok(
        "GetAccountAuthorizationDetails",
        &[("Filter.member.1", "Role")],
    );
    assert!(details.body.contains("<InstanceProfileList><member>"));
    let conflict = "409 DeleteConflict: Cannot delete entity, must remove roles from instance \
                    profile first.";
    office
        .call("DeleteRole", &[("RoleName", "web")])
        .is(conflict);
    office
        .call("DeleteInstanceProfile", &[profile])
        .is(conflict);
    office.ok(
        "RemoveRoleFromInstanceProfile",
        &[profile, ("RoleName", "web")],
    );
    let again = office.call(
        "RemoveRoleFromInstanceProfile",
        &[profile, ("RoleName", "web")],
    );
    assert!(
        again.outcome().starts_with("404 NoSuchEntity"),
        "{}",
        again.outcome()
    );
    office.ok("DeleteRole", &[("RoleName", "web")]);
    office.ok("DeleteInstanceProfile", &[profile]);
    office
        .call("GetInstanceProfile", &[profile])
        .is("404 NoSuchEntity: Instance Profile web cannot be found.");
    assert!(
        office
            .ok("ListInstanceProfiles", &[])
            .body
            .contains("<InstanceProfiles></InstanceProfiles>")
    );
}

#[test]
fn handing_a_role_to_machines_needs_pass_role() {
    let office = Office::open();
    office.role("web");
    office.ok("CreateInstanceProfile", &[("InstanceProfileName", "web")]);
    let own = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"iam:AddRoleToInstanceProfile","Resource":"*"}]}"#;
    office.ok(
        "RemoveUserFromGroup",
        &[("GroupName", "team"), ("UserName", "bob")],
    );
    let put = [
        ("UserName", "bob"),
        ("PolicyName", "own"),
        ("PolicyDocument", own),
    ];
    office.ok("PutUserPolicy", &put);
    let add = [("InstanceProfileName", "web"), ("RoleName", "web")];
    let refused = iam(
        &office.sandbox,
        &Key::bob(),
        "AddRoleToInstanceProfile",
        &add,
    )
    .outcome();
    assert!(refused.contains("iam:PassRole on resource"), "{refused}");
}
