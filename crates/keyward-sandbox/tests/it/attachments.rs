//! Managed policies attached and detached, and boundaries.

use crate::client::{Office, iam};

const READ: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

#[test]
fn a_policy_is_attached_once_and_detached_once() {
    let office = Office::open();
    office.role("r");
    for (kind, name) in [("User", "bob"), ("Group", "team"), ("Role", "r")] {
        let parameter = format!("{kind}Name");
        let holder = (parameter.as_str(), name);
        let params = [holder, ("PolicyArn", READ)];
        let attach = || office.call(&format!("Attach{kind}Policy"), &params);
        attach().is("OK");
        attach().is("OK");
        let listed = office
            .ok(&format!("ListAttached{kind}Policies"), &[holder])
            .body;
        assert_eq!(listed.matches(READ).count(), 1);
        assert!(listed.contains("<PolicyName>ReadOnlyAccess</PolicyName>"));
        let detach = || office.call(&format!("Detach{kind}Policy"), &params);
        detach().is("OK");
        detach().is(&format!("404 NoSuchEntity: Policy {READ} was not found."));
        let none = "arn:aws:iam::123456789012:policy/none";
        office
            .call(
                &format!("Attach{kind}Policy"),
                &[holder, ("PolicyArn", none)],
            )
            .is(&format!(
                "404 NoSuchEntity: Policy {none} does not exist or is not attachable."
            ));
        let nobody = [(parameter.as_str(), "nobody"), ("PolicyArn", READ)];
        let noun = kind.to_lowercase();
        office
            .call(&format!("Attach{kind}Policy"), &nobody)
            .is(&format!(
                "404 NoSuchEntity: The {noun} with name nobody cannot be found."
            ));
    }
    let short = [("UserName", "bob"), ("PolicyArn", "arn")];
    let outcome = office.call("AttachUserPolicy", &short).outcome();
    assert!(outcome.starts_with("400 ValidationError"), "{outcome}");
}

#[test]
fn ten_policies_are_attached_at_most() {
    let office = Office::open();
    let quotas = [("User", "bob"), ("Group", "team"), ("Role", "r")];
    office.role("r");
    let arns: Vec<String> = (0..11).map(|n| office.policy(&format!("p{n}"))).collect();
    for (kind, name) in quotas {
        let parameter = format!("{kind}Name");
        let attach = |arn: &str| {
            let params = [(parameter.as_str(), name), ("PolicyArn", arn)];
            office.call(&format!("Attach{kind}Policy"), &params)
        };
        for arn in &arns[..10] {
            attach(arn).is("OK");
        }
        attach(&arns[10]).is(&format!(
            "409 LimitExceeded: Cannot exceed quota for PoliciesPer{kind}: 10"
        ));
    }
    office.change(|account| account.quotas.attached_per_role = 25);
    office.ok(
        "AttachRolePolicy",
        &[("RoleName", "r"), ("PolicyArn", &arns[10])],
    );
}

#[test]
fn a_boundary_limits_and_its_removal_frees() {
    let office = Office::open();
    let bob = crate::client::Key::bob();
    office.ok(
        "RemoveUserFromGroup",
        &[("GroupName", "team"), ("UserName", "bob")],
    );
    office.ok(
        "AttachUserPolicy",
        &[("UserName", "bob"), ("PolicyArn", READ)],
    );
    let list = || iam(&office.sandbox, &bob, "ListUsers", &[]).outcome();
    assert_eq!(list(), "OK");
    let arn = office.policy("buckets");
    office.ok(
        "PutUserPermissionsBoundary",
        &[("UserName", "bob"), ("PermissionsBoundary", &arn)],
    );
    assert!(
        list().contains("because no permissions boundary allows"),
        "{}",
        list()
    );
    let seen = office.ok("GetUser", &[("UserName", "bob")]);
    assert_eq!(seen.text("PermissionsBoundaryArn").unwrap(), arn);
    assert_eq!(seen.text("PermissionsBoundaryType").unwrap(), "Policy");
    let free = || office.call("DeleteUserPermissionsBoundary", &[("UserName", "bob")]);
    free().is("OK");
    assert_eq!(list(), "OK");
    free().is("404 NoSuchEntity: The permissions boundary of user bob cannot be found.");
}
