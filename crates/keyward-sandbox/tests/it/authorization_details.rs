//! GetAccountAuthorizationDetails, the account's summary and its alias.

use crate::client::{DOCUMENT, Office};

#[test]
fn the_details_hold_users_groups_roles_and_policies() {
    let office = Office::open();
    let arn = office.policy("p");
    office.ok(
        "PutUserPermissionsBoundary",
        &[("UserName", "bob"), ("PermissionsBoundary", &arn)],
    );
    office.ok(
        "TagUser",
        &[
            ("UserName", "bob"),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "red"),
        ],
    );
    let put = [
        ("UserName", "bob"),
        ("PolicyName", "own"),
        ("PolicyDocument", DOCUMENT),
    ];
    office.ok("PutUserPolicy", &put);
    let details = office.ok("GetAccountAuthorizationDetails", &[("MaxItems", "1000")]);
    assert_eq!(details.text("IsTruncated").unwrap(), "false");
    let users = details.text("UserDetailList").unwrap();
    let (alice, bob) = users.split_once("</member><member><Path>").unwrap();
    assert!(
        alice.contains("<GroupList><member>team</member></GroupList>"),
        "{alice}"
    );
    assert!(
        alice.contains("<AttachedManagedPolicies></AttachedManagedPolicies>"),
        "{alice}"
    );
    for part in [
        "<UserPolicyList><member><PolicyName>own</PolicyName><PolicyDocument>%7B%22Version",
        "<PermissionsBoundaryArn>arn:aws:iam::123456789012:policy/p</PermissionsBoundaryArn>",
        "<Tags><member><Key>team</Key><Value>red</Value></member></Tags>",
    ] {
        assert!(bob.contains(part), "{bob} lacks {part}");
    }
    let groups = details.text("GroupDetailList").unwrap();
    assert_eq!(groups.matches("<PolicyDocument>").count(), 3);
    let roles = details.text("RoleDetailList").unwrap();
    assert!(roles.contains(
        "<AttachedManagedPolicies><member><PolicyName>AdministratorAccess</PolicyName>\
         <PolicyArn>arn:aws:iam::aws:policy/AdministratorAccess</PolicyArn></member>"
    ));
    assert!(!roles.contains("MaxSessionDuration") && !roles.contains("Description"));
    let policies = details.text("Policies").unwrap();
    assert!(policies.contains("<PolicyName>p</PolicyName>"));
    assert!(policies.contains("<IsDefaultVersion>true</IsDefaultVersion>"));
    assert!(policies.contains("<PolicyName>ReadOnlyAccess</PolicyName>"));
    assert!(!policies.contains("PowerUserAccess"), "only what is in use");
}

#[test]
fn the_details_are_filtered_and_come_in_pages() {
    let office = Office::open();
    office.policy("p");
    let all = |filter: &[(&str, &str)]| {
        let mut bodies = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let mut params = vec![("MaxItems", "2")];
            params.extend_from_slice(filter);
            if let Some(marker) = &marker {
                params.push(("Marker", marker.as_str()));
            }
            let page = office.ok("GetAccountAuthorizationDetails", &params);
            bodies.push(page.body.clone());
            marker = page.text("Marker");
            if marker.is_none() {
                break bodies;
            }
        }
    };
    let pages = all(&[]);
    assert_eq!(
        pages.len(),
        4,
        "2 users, 1 group, 2 roles, 1 policy and 2 of AWS's"
    );
    let whole = pages.concat();
    for (element, count) in [
        ("<UserId>", 2),
        ("<GroupId>", 1),
        ("<RoleId>", 2),
        ("<PolicyId>", 3),
    ] {
        assert_eq!(whole.matches(element).count(), count, "{element}");
    }
    let roles = all(&[
        ("Filter.member.1", "Role"),
        ("Filter.member.2", "LocalManagedPolicy"),
    ]);
    let whole = roles.concat();
    assert_eq!(whole.matches("<RoleId>").count(), 2);
    assert_eq!(whole.matches("<PolicyId>").count(), 1);
    assert!(!whole.contains("<UserId>") && !whole.contains("<GroupId>"));
    let outcome = office
        .call(
            "GetAccountAuthorizationDetails",
            &[("Filter.member.1", "Key")],
        )
        .outcome();
    assert!(outcome.starts_with("400 ValidationError"), "{outcome}");
}

#[test]
fn the_summary_counts_what_there_is() {
    let office = Office::open();
    let value = |key: &str| {
        let body = office.ok("GetAccountSummary", &[]).body;
        let entry = format!("<key>{key}</key><value>");
        let rest = body
            .split_once(&entry)
            .unwrap_or_else(|| panic!("no {key}"))
            .1;
        rest.split('<').next().unwrap().parse::<usize>().unwrap()
    };
    assert_eq!(value("Policies"), 0);
    office.policy("p");
    let version = [
        ("PolicyArn", "arn:aws:iam::123456789012:policy/p"),
        ("PolicyDocument", DOCUMENT),
    ];
    office.ok("CreatePolicyVersion", &version);
    for (key, expect) in [
        ("Users", 2),
        ("Groups", 1),
        ("Roles", 2),
        ("Policies", 1),
        ("PolicyVersionsInUse", 2),
        ("MFADevices", 1),
        ("MFADevicesInUse", 1),
        ("UsersQuota", 5000),
        ("RolePolicySizeQuota", 10_240),
        ("AssumeRolePolicySizeQuota", 2048),
        ("VersionsPerPolicyQuota", 5),
    ] {
        assert_eq!(value(key), expect, "{key}");
    }
    office.change(|account| account.quotas.trust_size = 8192);
    assert_eq!(value("AssumeRolePolicySizeQuota"), 8192);
}

#[test]
fn an_alias_is_one_of_a_kind() {
    let office = Office::open();
    let call =
        |action: &str, alias: &str| office.call(action, &[("AccountAlias", alias)]).outcome();
    for wrong in [
        "ab",
        "-abc",
        "abc-",
        "a--b",
        "ABC",
        "a_b",
        "123456789012",
        &"a".repeat(64),
    ] {
        assert!(
            call("CreateAccountAlias", wrong).starts_with("400 ValidationError"),
            "{wrong}"
        );
    }
    for taken in ["practice", "practice-two"] {
        assert_eq!(
            call("CreateAccountAlias", taken),
            format!("409 EntityAlreadyExists: The account alias {taken} already exists.")
        );
    }
    assert_eq!(call("CreateAccountAlias", "new-name"), "OK");
    let listed = office.ok("ListAccountAliases", &[]).body;
    assert!(listed.contains("<AccountAliases><member>new-name</member></AccountAliases>"));
    assert!(call("DeleteAccountAlias", "practice").starts_with("404 NoSuchEntity"));
    assert_eq!(call("DeleteAccountAlias", "new-name"), "OK");
    assert!(
        office
            .ok("ListAccountAliases", &[])
            .body
            .contains("<AccountAliases></AccountAliases>")
    );
}
