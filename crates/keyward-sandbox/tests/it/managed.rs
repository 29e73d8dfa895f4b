//! Managed policies, their versions and their holders.

use keyward_iam::catalogue::managed;

use crate::client::{DOCUMENT, Office};

const OWN: &str = "arn:aws:iam::123456789012:policy/p";
const OTHER: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

/// The document as it was before the answer encoded it.
fn decoded(document: &str) -> String {
    form_urlencoded::parse(format!("d={document}").as_bytes())
        .map(|(_, text)| text.into_owned())
        .collect()
}

#[test]
fn a_policy_is_made_looked_at_and_deleted() {
    let office = Office::open();
    let params = [
        ("PolicyName", "p"),
        ("Path", "/own/"),
        ("Description", "for a test"),
        ("PolicyDocument", DOCUMENT),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
    ];
    let made = office.ok("CreatePolicy", &params);
    let arn = made.text("Arn").unwrap();
    assert_eq!(arn, "arn:aws:iam::123456789012:policy/own/p");
    assert!(made.text("PolicyId").unwrap().starts_with("ANPA"));
    let named = [("PolicyArn", arn.as_str())];
    let seen = office.ok("GetPolicy", &named);
    assert_eq!(seen.text("Description").unwrap(), "for a test");
    assert_eq!(seen.text("DefaultVersionId").unwrap(), "v1");
    assert_eq!(seen.text("AttachmentCount").unwrap(), "0");
    assert_eq!(seen.text("Value").unwrap(), "red");
    let version = [("PolicyArn", arn.as_str()), ("VersionId", "v1")];
    let document = office
        .ok("GetPolicyVersion", &version)
        .text("Document")
        .unwrap();
    assert_eq!(
        decoded(&document),
        DOCUMENT,
        "the text comes back byte for byte"
    );
    office.ok("DeletePolicy", &named);
    for action in [
        "GetPolicy",
        "DeletePolicy",
        "ListPolicyVersions",
        "ListEntitiesForPolicy",
    ] {
        office
            .call(action, &named)
            .is(&format!("404 NoSuchEntity: Policy {arn} was not found."));
    }
}

#[test]
fn policy_names_are_unique_whatever_path_and_case() {
    let office = Office::open();
    office.policy("p");
    let params = [
        ("PolicyName", "P"),
        ("Path", "/x/"),
        ("PolicyDocument", DOCUMENT),
    ];
    office.call("CreatePolicy", &params).is(
        "409 EntityAlreadyExists: A policy called P already exists. Duplicate names are not \
         allowed.",
    );
}

#[test]
fn policies_are_listed_by_scope_and_use() {
    let office = Office::open();
    let arn = office.policy("p");
    let names = |params: &[(&str, &str)]| {
        let body = office.ok("ListPolicies", params).body;
        let names = body.split("<PolicyName>").skip(1);
        names
            .map(|rest| rest.split('<').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&[("Scope", "Local")]), ["p"]);
    assert!(names(&[("Scope", "AWS")]).contains(&"ReadOnlyAccess".to_owned()));
    assert!(names(&[]).contains(&"Billing".to_owned()));
    assert_eq!(
        names(&[("Scope", "AWS"), ("PathPrefix", "/job-function/")]),
        ["Billing", "SystemAdministrator", "ViewOnlyAccess"]
    );
    let attached = names(&[("OnlyAttached", "true")]);
    assert_eq!(attached, ["AdministratorAccess", "ReadOnlyAccess"]);
    let bound = [("UserName", "bob"), ("PermissionsBoundary", arn.as_str())];
    office.ok("PutUserPermissionsBoundary", &bound);
    assert_eq!(
        names(&[("PolicyUsageFilter", "PermissionsBoundary")]),
        ["p"]
    );
    let outcome = office.call("ListPolicies", &[("Scope", "Mine")]).outcome();
    assert!(outcome.starts_with("400 ValidationError"), "{outcome}");
}

#[test]
fn a_policy_keeps_five_versions() {
    let office = Office::open();
    office.policy("p");
    let add = |default: &str| {
        let params = [
            ("PolicyArn", OWN),
            ("PolicyDocument", OTHER),
            ("SetAsDefault", default),
        ];
        office.call("CreatePolicyVersion", &params)
    };
    assert_eq!(add("true").ok().text("VersionId").unwrap(), "v2");
    for _ in 3..=5 {
        add("false").is("OK");
    }
    add("true").is(
        "409 LimitExceeded: A managed policy can have up to 5 versions. Before you create a new \
         version, you must delete an existing version.",
    );
    let listed = office.ok("ListPolicyVersions", &[("PolicyArn", OWN)]).body;
    assert!(listed.find("<VersionId>v5").unwrap() < listed.find("<VersionId>v1").unwrap());
    let version = |id| [("PolicyArn", OWN), ("VersionId", id)];
    office
        .call("DeletePolicyVersion", &version("v2"))
        .is("409 DeleteConflict: Cannot delete the default version of a policy.");
    office.ok("DeletePolicyVersion", &version("v1"));
    office
        .call("DeletePolicyVersion", &version("v1"))
        .is(&format!(
            "404 NoSuchEntity: Policy {OWN} version v1 does not exist or is not attachable."
        ));
    assert_eq!(
        add("false").ok().text("VersionId").unwrap(),
        "v6",
        "no number is used twice"
    );
    office.ok("SetDefaultPolicyVersion", &version("v6"));
    let seen = office.ok("GetPolicy", &[("PolicyArn", OWN)]);
    assert_eq!(seen.text("DefaultVersionId").unwrap(), "v6");
    office.call("DeletePolicy", &[("PolicyArn", OWN)]).is(
        "409 DeleteConflict: This policy has more than one version. Before you delete a policy, \
         you must delete the policy's versions. The default version is deleted with the policy.",
    );
    let outcome = office.call("GetPolicyVersion", &version("1")).outcome();
    assert!(outcome.starts_with("400 ValidationError"), "{outcome}");
}

#[test]
fn policies_of_aws_have_the_version_and_text_that_aws_gave_them() {
    let office = Office::open();
    let arn = managed::find_arn("Billing").unwrap();
    let known = managed::document(&arn).unwrap();
    assert_ne!(known.version.as_str(), "v1");
    let named = ("PolicyArn", arn.as_str());
    let seen = office.ok("GetPolicy", &[named]);
    assert_eq!(seen.text("PolicyName").unwrap(), "Billing");
    assert_eq!(seen.text("Path").unwrap(), "/job-function/");
    assert_eq!(
        seen.text("DefaultVersionId").unwrap(),
        known.version.as_str()
    );
    assert_eq!(
        seen.text("UpdateDate").unwrap(),
        format!("{}T00:00:00Z", known.date)
    );
    let version = [named, ("VersionId", known.version.as_str())];
    let document = office.ok("GetPolicyVersion", &version).text("Document");
    assert_eq!(decoded(&document.unwrap()), known.text);
}

#[test]
fn a_policy_in_use_is_not_deleted() {
    let office = Office::open();
    office.policy("p");
    office.role("r");
    let used = "409 DeleteConflict: Cannot delete a policy attached to entities.";
    let delete = || office.call("DeletePolicy", &[("PolicyArn", OWN)]);
    for (kind, name) in [("User", "bob"), ("Group", "team"), ("Role", "r")] {
        let parameter = format!("{kind}Name");
        let params = [(parameter.as_str(), name), ("PolicyArn", OWN)];
        office.ok(&format!("Attach{kind}Policy"), &params);
        delete().is(used);
        let who = office.ok("ListEntitiesForPolicy", &[("PolicyArn", OWN)]);
        assert_eq!(who.text(&parameter).unwrap(), name);
        office.ok(&format!("Detach{kind}Policy"), &params);
    }
    let bound = [("RoleName", "r"), ("PermissionsBoundary", OWN)];
    office.ok("PutRolePermissionsBoundary", &bound);
    delete().is(used);
    let seen = office.ok("GetPolicy", &[("PolicyArn", OWN)]);
    assert_eq!(seen.text("PermissionsBoundaryUsageCount").unwrap(), "1");
    office.ok("DeleteRolePermissionsBoundary", &bound[..1]);
    delete().is("OK");
}

#[test]
fn policies_of_others_are_not_changed() {
    let office = Office::open();
    for arn in [
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:iam::aws:policy/job-function/Billing",
    ] {
        office.ok("GetPolicy", &[("PolicyArn", arn)]);
        let document = ("PolicyDocument", OTHER);
        let calls: [(&str, &[(&str, &str)]); 4] = [
            ("DeletePolicy", &[("PolicyArn", arn)]),
            ("CreatePolicyVersion", &[("PolicyArn", arn), document]),
            (
                "DeletePolicyVersion",
                &[("PolicyArn", arn), ("VersionId", "v1")],
            ),
            (
                "TagPolicy",
                &[
                    ("PolicyArn", arn),
                    ("Tags.member.1.Key", "k"),
                    ("Tags.member.1.Value", "v"),
                ],
            ),
        ];
        for (action, params) in calls {
            office
                .call(action, params)
                .is("403 AccessDenied: Policy is outside your own account.");
        }
    }
    office
        .call(
            "GetPolicy",
            &[("PolicyArn", "arn:aws:iam::123456789012:user/alice")],
        )
        .is("400 InvalidInput: ARN arn:aws:iam::123456789012:user/alice is not valid.");
}

#[test]
fn documents_have_the_size_and_shape_of_their_kind() {
    let office = Office::open();
    let create = |document: &str| {
        let params = [("PolicyName", "p"), ("PolicyDocument", document)];
        office.call("CreatePolicy", &params).outcome()
    };
    let sized = |length: usize| {
        let bare = r#"{"Version":"2012-10-17","Id":"","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
        let id = format!("\"Id\":\"{}\"", "i".repeat(length - bare.len()));
        bare.replace("\"Id\":\"\"", &id) + "   \n\n"
    };
    assert_eq!(
        create(&sized(6145)),
        "409 LimitExceeded: Cannot exceed quota for PolicySize: 6144"
    );
    for wrong in [
        "nothing",
        "{}",
        crate::client::TRUST,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"}]}"#,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps","Action":"s3:*","Resource":"*"}]}"#,
    ] {
        let outcome = create(wrong);
        assert!(
            outcome.starts_with("400 MalformedPolicyDocument: "),
            "{wrong}: {outcome}"
        );
    }
    assert_eq!(create(&sized(6144)), "OK");
    let version = [("PolicyArn", OWN), ("PolicyDocument", "{}")];
    let outcome = office.call("CreatePolicyVersion", &version).outcome();
    assert!(
        outcome.starts_with("400 MalformedPolicyDocument"),
        "{outcome}"
    );
}
