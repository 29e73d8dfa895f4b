//! Roles as they are made and changed: trust, sessions, what keeps them.

use crate::client::{Key, Office, TRUST, assume, iam, sts};

const MISSING: &str = "404 NoSuchEntity: The role with name no cannot be found.";

#[test]
fn a_role_is_assumed_as_soon_as_it_is_there() {
    let office = Office::open();
    let made = office.ok(
        "CreateRole",
        &[
            ("RoleName", "fresh"),
            ("Path", "/ops/"),
            ("AssumeRolePolicyDocument", TRUST),
            ("Description", "for a test"),
            ("MaxSessionDuration", "7200"),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "red"),
        ],
    );
    assert!(made.text("RoleId").unwrap().starts_with("AROA"));
    let arn = made.text("Arn").unwrap();
    assert_eq!(arn, "arn:aws:iam::123456789012:role/ops/fresh");
    let seen = office.ok("GetRole", &[("RoleName", "fresh")]);
    assert_eq!(seen.text("MaxSessionDuration").unwrap(), "7200");
    assert_eq!(seen.text("Description").unwrap(), "for a test");
    assert_eq!(seen.text("Value").unwrap(), "red");
    assert!(
        seen.text("AssumeRolePolicyDocument")
            .unwrap()
            .starts_with("%7B%22Version")
    );
    // The administrator may assume whatever trusts the account.
    let admin = crate::client::administrator(&office.sandbox);
    let session = assume(&office.sandbox, &admin, &arn, &[]).ok().key();
    let who = sts(&office.sandbox, &session, "GetCallerIdentity", &[]).ok();
    assert_eq!(
        who.text("Arn").unwrap(),
        "arn:aws:sts::123456789012:assumed-role/fresh/test"
    );
    let denied = iam(&office.sandbox, &session, "ListUsers", &[]).outcome();
    assert!(denied.contains("AccessDenied"), "{denied}");
    let read = [
        ("RoleName", "fresh"),
        ("PolicyArn", "arn:aws:iam::aws:policy/IAMReadOnlyAccess"),
    ];
    office.ok("AttachRolePolicy", &read);
    iam(&office.sandbox, &session, "ListUsers", &[]).is("OK");
    let seen = office.ok("GetRole", &[("RoleName", "fresh")]);
    let used = seen.text("LastUsedDate").unwrap();
    assert_eq!(used, office.sandbox.clock().now().to_string());
}

#[test]
fn a_trust_policy_names_who_exists() {
    let office = Office::open();
    let create = |principal: &str| {
        let trust = TRUST.replace("arn:aws:iam::123456789012:root", principal);
        let params = [
            ("RoleName", "r"),
            ("AssumeRolePolicyDocument", trust.as_str()),
        ];
        let answer = office.call("CreateRole", &params);
        office.call("DeleteRole", &[("RoleName", "r")]);
        answer
    };
    for known in [
        "arn:aws:iam::123456789012:user/alice",
        "arn:aws:iam::111122223333:role/Deploy",
        // An account that the server does not hold cannot be looked into.
        "arn:aws:iam::444455556666:role/elsewhere",
        "444455556666",
    ] {
        create(known).is("OK");
    }
    for unknown in [
        "arn:aws:iam::123456789012:user/nobody",
        "arn:aws:iam::123456789012:user/path/alice",
        "arn:aws:iam::111122223333:role/Nothing",
        "AIDAAAAAAAAAAAAAAAAAA",
    ] {
        create(unknown).is(&format!(
            "400 MalformedPolicyDocument: Invalid principal in policy: \"AWS\":\"{unknown}\""
        ));
    }
}

#[test]
fn who_gets_a_deleted_users_name_is_not_trusted() {
    let office = Office::open();
    let carol = [("UserName", "carol")];
    let id = office.ok("CreateUser", &carol).text("UserId").unwrap();
    let trust = |principal: &str| TRUST.replace("arn:aws:iam::123456789012:root", principal);
    // A unique id is spelled out as the ARN of its bearer.
    let by_id = trust(&id);
    let params = [
        ("RoleName", "r"),
        ("AssumeRolePolicyDocument", by_id.as_str()),
    ];
    office.ok("CreateRole", &params);
    let shown = || {
        let seen = office.ok("GetRole", &[("RoleName", "r")]);
        seen.text("AssumeRolePolicyDocument").unwrap()
    };
    assert!(shown().contains("user%2Fcarol"), "{}", shown());
    let key = office.ok("CreateAccessKey", &carol).key();
    let role = "arn:aws:iam::123456789012:role/r";
    assume(&office.sandbox, &key, role, &[]).is("OK");
    office.ok("DeleteAccessKey", &[carol[0], ("AccessKeyId", &key.id)]);
    office.ok("DeleteUser", &carol);
    assert!(
        shown().contains(&id) && !shown().contains("carol"),
        "{}",
        shown()
    );
    office.ok("CreateUser", &carol);
    let key = office.ok("CreateAccessKey", &carol).key();
    let refused = assume(&office.sandbox, &key, role, &[]).outcome();
    assert!(refused.starts_with("403 AccessDenied"), "{refused}");
    // The id of a deleted user cannot be written again.
    let again = [("RoleName", "r"), ("PolicyDocument", by_id.as_str())];
    let outcome = office.call("UpdateAssumeRolePolicy", &again).outcome();
    assert!(
        outcome.starts_with("400 MalformedPolicyDocument"),
        "{outcome}"
    );
}

#[test]
fn a_role_is_refused_what_its_quotas_and_shapes_refuse() {
    let office = Office::open();
    let create = |more: &[(&str, &str)]| {
        let mut params = vec![("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)];
        for (key, value) in more {
            params.retain(|(other, _)| other != key);
            params.push((key, value));
        }
        office.call("CreateRole", &params).outcome()
    };
    let check = |more: &[(&str, &str)], expect: &str| {
        let outcome = create(more);
        assert!(outcome.starts_with(expect), "{more:?}: {outcome}");
    };
    check(&[("MaxSessionDuration", "3599")], "400 ValidationError");
    check(&[("MaxSessionDuration", "43201")], "400 ValidationError");
    check(
        &[("RoleName", "readonly")],
        "409 EntityAlreadyExists: Role with name readonly",
    );
    check(&[("RoleName", &"r".repeat(65))], "400 ValidationError");
    check(&[("Path", "/ops")], "400 ValidationError");
    check(&[("Path", "/aws-service-role/x/")], "400 InvalidInput");
    check(&[("Description", &"d".repeat(1001))], "400 ValidationError");
    let malformed = "400 MalformedPolicyDocument: ";
    check(
        &[("AssumeRolePolicyDocument", crate::client::DOCUMENT)],
        malformed,
    );
    check(&[("AssumeRolePolicyDocument", "{}")], malformed);
    check(&[("AssumeRolePolicyDocument", "none")], malformed);
    check(&[("AssumeRolePolicyDocument", "")], "400 ValidationError");
    check(
        &[("AssumeRolePolicyDocument", "{\u{2603}}")],
        "400 ValidationError",
    );
    let boundary = [("PermissionsBoundary", "arn:aws:iam::aws:policy/Nothing")];
    check(&boundary, "404 NoSuchEntity: Scope ARN");
    // White space does not count.
    let sized = |id: usize| {
        let id = format!("{{\"Id\":\"{}\",", "i".repeat(id));
        let text = TRUST.replacen('{', &id, 1);
        assert!(text.contains('\n'));
        text
    };
    let spare = 2048 - TRUST.chars().filter(|c| !c.is_whitespace()).count() - "\"Id\":\"\",".len();
    check(
        &[("AssumeRolePolicyDocument", &sized(spare + 1))],
        "409 LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048",
    );
    check(&[("AssumeRolePolicyDocument", &sized(spare))], "OK");
    office.change(|account| account.quotas.roles = account.roles.len());
    check(
        &[("RoleName", "more")],
        "409 LimitExceeded: Cannot exceed quota for RolesPerAccount",
    );
}

#[test]
fn a_role_changes_and_what_is_left_out_goes_back_to_its_default() {
    let office = Office::open();
    office.role("r");
    let update = [
        ("RoleName", "r"),
        ("Description", "d"),
        ("MaxSessionDuration", "7200"),
    ];
    let answer = office.ok("UpdateRole", &update);
    assert!(answer.body.contains("<UpdateRoleResult>"));
    office.ok("UpdateRole", &[("RoleName", "r")]);
    let seen = office.ok("GetRole", &[("RoleName", "r")]);
    assert_eq!(seen.text("MaxSessionDuration").unwrap(), "3600");
    assert_eq!(seen.text("Description"), None);
    let describe = [("RoleName", "r"), ("Description", "again")];
    let seen = office.ok("UpdateRoleDescription", &describe);
    assert_eq!(seen.text("Description").unwrap(), "again");
    let trust = TRUST.replace(
        "\"sts:AssumeRole\"",
        "[\"sts:AssumeRole\",\"sts:TagSession\"]",
    );
    let trust = [("RoleName", "r"), ("PolicyDocument", trust.as_str())];
    office.ok("UpdateAssumeRolePolicy", &trust);
    let seen = office.ok("GetRole", &[("RoleName", "r")]);
    assert!(
        seen.text("AssumeRolePolicyDocument")
            .unwrap()
            .contains("TagSession")
    );
    for action in ["GetRole", "DeleteRole", "UpdateRole"] {
        office.call(action, &[("RoleName", "no")]).is(MISSING);
    }
    let trust = [("RoleName", "no"), ("PolicyDocument", TRUST)];
    office.call("UpdateAssumeRolePolicy", &trust).is(MISSING);
}

#[test]
fn a_role_goes_when_nothing_hangs_on_it() {
    let office = Office::open();
    office.role("r");
    let arn = office.policy("p");
    let attached = [("RoleName", "r"), ("PolicyArn", arn.as_str())];
    let inline = [
        ("RoleName", "r"),
        ("PolicyName", "i"),
        ("PolicyDocument", crate::client::DOCUMENT),
    ];
    office.ok("AttachRolePolicy", &attached);
    office.ok("PutRolePolicy", &inline);
    let delete = || office.call("DeleteRole", &[("RoleName", "r")]);
    delete().is("409 DeleteConflict: Cannot delete entity, must detach all policies first.");
    office.ok("DetachRolePolicy", &attached);
    delete().is("409 DeleteConflict: Cannot delete entity, must delete policies first.");
    office.ok("DeleteRolePolicy", &inline[..2]);
    delete().is("OK");
    delete().is("404 NoSuchEntity: The role with name r cannot be found.");
}

#[test]
fn roles_of_services_are_only_looked_at() {
    let office = Office::open();
    office.role("AWSServiceRoleForSupport");
    office.change(|account| {
        let role = account.roles.get_mut("AWSServiceRoleForSupport").unwrap();
        role.path = "/aws-service-role/support.amazonaws.com/".to_owned();
    });
    let name = ("RoleName", "AWSServiceRoleForSupport");
    office.ok("GetRole", &[name]);
    let arn = ("PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess");
    let document = ("PolicyDocument", crate::client::DOCUMENT);
    let boundary = (
        "PermissionsBoundary",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
    );
    let calls: [(&str, &[(&str, &str)]); 9] = [
        ("DeleteRole", &[name]),
        ("UpdateRole", &[name]),
        ("UpdateAssumeRolePolicy", &[name, ("PolicyDocument", TRUST)]),
        ("AttachRolePolicy", &[name, arn]),
        ("DetachRolePolicy", &[name, arn]),
        ("PutRolePolicy", &[name, ("PolicyName", "p"), document]),
        ("DeleteRolePolicy", &[name, ("PolicyName", "p")]),
        ("PutRolePermissionsBoundary", &[name, boundary]),
        (
            "TagRole",
            &[
                name,
                ("Tags.member.1.Key", "k"),
                ("Tags.member.1.Value", "v"),
            ],
        ),
    ];
    for (action, params) in calls {
        office.call(action, params).is(
            "400 UnmodifiableEntity: Cannot perform the operation on the protected role \
             'AWSServiceRoleForSupport' - this role is only modifiable by AWS",
        );
    }
}

#[test]
fn policies_decide_about_a_role_by_its_path() {
    let office = Office::open();
    let own = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:CreateRole",
        "Resource":"arn:aws:iam::*:role/team/*","Condition":{"StringEquals":{
        "iam:PermissionsBoundary":"arn:aws:iam::aws:policy/ReadOnlyAccess"}}}]}"#;
    office.change(|account| {
        let bob = account.users.get_mut(&"bob".parse().unwrap()).unwrap();
        bob.groups.clear();
        bob.grants.inline = vec![keyward_sandbox::InlinePolicy {
            name: "own".into(),
            document: keyward_iam::Policy::parse(own).unwrap().into(),
        }];
    });
    let create = |path: &str, boundary: &str| {
        let params = [
            ("RoleName", "r"),
            ("Path", path),
            ("AssumeRolePolicyDocument", TRUST),
            ("PermissionsBoundary", boundary),
        ];
        iam(&office.sandbox, &Key::bob(), "CreateRole", &params).outcome()
    };
    let bound = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    assert!(create("/", bound).starts_with("403 AccessDenied"));
    assert!(create("/team/", "arn:aws:iam::aws:policy/IAMFullAccess").starts_with("403"));
    assert_eq!(create("/team/", bound), "OK");
}
