use keyward_iam::{ControlLevel, ControlPolicy, Policy, PolicyKind};
use serde_json::json;

use crate::prove::finding::{DOUBT, Promise, SubjectKind};
use crate::prove::tests::fixtures::{Small, allow, arn, found, trust, when, with_mfa};
use crate::prove::{ProvenAccount, prove};

fn guard() -> serde_json::Value {
    json!({
        "Effect": "Deny", "NotAction": ["iam:EnableMFADevice", "sts:GetSessionToken"],
        "Resource": "*",
        "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } },
    })
}

#[test]
fn what_a_key_can_turn_into_something_longer_lived_is_named() {
    let keys = allow(
        json!("iam:CreateAccessKey"),
        json!(arn("user/${aws:username}")),
    );
    let proof = Small::default()
        .user("/", "alice", &[])
        .with("own", std::slice::from_ref(&keys))
        .prove();
    let finding = proof
        .findings
        .iter()
        .find(|finding| finding.id == "longer-lived/iam:CreateAccessKey")
        .unwrap();
    assert_eq!(finding.subject, "alice");
    let guarded = Small::default()
        .user("/", "alice", &[])
        .with("own", &[when(keys, with_mfa())])
        .prove();
    assert!(!found(&guarded, "longer-lived/iam:CreateAccessKey"));
}

#[test]
fn a_user_who_can_detach_the_guard_lifts_it() {
    let own = when(
        allow(json!("iam:DeleteUserPolicy"), json!(arn("user/alice"))),
        with_mfa(),
    );
    let elsewhere = when(
        allow(json!("iam:DeleteUserPolicy"), json!(arn("user/robot"))),
        with_mfa(),
    );
    for (statement, lifts) in [(own, true), (elsewhere, false)] {
        let proof = Small::default()
            .user("/", "alice", &[])
            .with("own", &[statement, guard()])
            .prove();
        assert_eq!(found(&proof, "lift-guard/iam:DeleteUserPolicy"), lifts);
    }
}

#[test]
fn the_hole_of_a_guard_with_plain_bool_is_found() {
    let mut deny = guard();
    deny["Condition"] = json!({ "Bool": { "aws:MultiFactorAuthPresent": "false" } });
    let small = |guard| {
        let user = Small::default().user("/", "alice", &[]);
        user.with("own", &[allow(json!("s3:GetObject"), json!("*")), guard])
            .prove()
    };
    let open = small(deny);
    assert!(found(&open, "guard/missing") && found(&open, "without-mfa/s3:GetObject"));
    let closed = small(guard());
    assert!(!found(&closed, "guard/missing") && !closed.breaks_a_promise());
    // As AWS writes it, the guard leaves enrolment open on other users.
    assert!(found(&closed, "guard/others"));
}

#[test]
fn administrators_have_a_lesser_role() {
    let small = |roles: &[&str]| {
        let mut grants = Vec::new();
        let mut small = Small::default();
        for role in roles {
            small = small.role(role, &[trust(with_mfa())], &[role], &[]);
            grants.push(allow(
                json!("sts:AssumeRole"),
                json!(arn(&format!("role/{role}"))),
            ));
        }
        grants.push(guard());
        small.user("/", "alice", &[]).with("own", &grants).prove()
    };
    let both = small(&["AdministratorAccess", "ReadOnlyAccess"]);
    let broken = |proof: &crate::prove::Proof| {
        let mut findings = proof.findings.iter();
        findings.any(|f| f.breaks == Some(Promise::AdministratorsReadByDefault))
    };
    assert!(!broken(&both), "{:#?}", both.findings);
    assert!(broken(&small(&["AdministratorAccess"])));
}

#[test]
fn a_policy_that_cannot_be_judged_is_named() {
    let proof = Small::default()
        .role(
            "Ops",
            &[trust(with_mfa())],
            &["AmazonMacieFullAccess", "NoSuchPolicy"],
            &[],
        )
        .user("/", "alice", &[])
        .prove();
    assert!(found(&proof, "unknown-policy/AmazonMacieFullAccess"));
    let gone = proof
        .findings
        .iter()
        .find(|finding| finding.id == "unknown-policy/NoSuchPolicy")
        .unwrap();
    assert_eq!(gone.subject, "Ops");
    assert!(gone.message.contains("AWS has no such policy"), "{gone}");
    let mut unread = Small::default().role("Ops", &[trust(with_mfa())], &[], &[]);
    unread.roles[0]["AssumeRolePolicyDocument"] = json!("{");
    let proof = unread.user("/", "alice", &[]).prove();
    assert!(found(&proof, "unreadable-policy/trust"));
}

#[test]
fn roles_of_one_name_in_two_accounts_are_two_findings() {
    let role = |id: &str| {
        let mut small = Small::default().role("RO", &[trust(json!({}))], &[], &[]);
        small.roles[0]["Arn"] = json!(format!("arn:aws:iam::{id}:role/RO"));
        small
    };
    let own = role("123456789012").user("/", "alice", &[]);
    let own = own.with("own", &[allow(json!("sts:AssumeRole"), json!("*"))]);
    let accounts = [own.account(), role("111122223333").account()];
    let accounts = ["people", "work"]
        .into_iter()
        .zip(&accounts)
        .map(|(name, account)| ProvenAccount {
            name: Some(name.to_owned()),
            account,
        })
        .collect::<Vec<_>>();
    let proof = prove(&accounts);
    for id in ["role-without-mfa/people/RO", "role-without-mfa/work/RO"] {
        assert!(found(&proof, id), "{id}: {:#?}", proof.findings);
    }
}

#[test]
fn a_user_and_a_role_of_one_name_are_two_findings() {
    let widening = when(allow(json!("iam:PutRolePolicy"), json!("*")), with_mfa());
    let assume = when(allow(json!("sts:AssumeRole"), json!("*")), with_mfa());
    let right = allow(json!("iam:PutRolePolicy"), json!("*"));
    let mut small = Small::default()
        .role("deploy", &[trust(with_mfa())], &[], &[right])
        .user("/", "deploy", &[])
        .with("own", &[widening, assume]);
    let gone = arn("policy/gone");
    let gone = json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": gone });
    small.users[0]["PermissionsBoundary"] = gone.clone();
    small.roles[0]["PermissionsBoundary"] = gone;
    let proof = small.prove();
    for id in ["widen/iam:PutRolePolicy", "unknown-policy/boundary"] {
        let kinds: Vec<SubjectKind> = proof
            .findings
            .iter()
            .filter(|finding| finding.id == id && finding.subject == "deploy")
            .map(|finding| finding.kind)
            .collect();
        assert_eq!(kinds, [SubjectKind::User, SubjectKind::Role], "{id}");
    }
}

#[test]
fn a_role_that_aws_owns_widens_nobodys_rights() {
    let on = |paths: &[&str]| {
        let roles: Vec<String> = paths
            .iter()
            .map(|path| arn(&format!("role/{path}")))
            .collect();
        let changes = json!(["iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"]);
        let right = allow(changes, json!(roles));
        let everyone = json!({
            "Effect": "Allow", "Principal": { "AWS": "999999999999" }, "Action": "sts:AssumeRole",
        });
        Small::default()
            .role("Ops", &[everyone], &[], std::slice::from_ref(&right))
            .user("/", "alice", &[])
            .with("own", &[when(right, with_mfa())])
            .prove()
    };
    let of_aws = ["aws-service-role/*", "aws-reserved/sso.amazonaws.com/*"];
    for (paths, widens) in [
        (of_aws.as_slice(), false),
        (&["*"], true),
        (&["aws-reserved/*", "team/*"], true),
    ] {
        let proof = on(paths);
        for action in ["iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"] {
            let id = format!("widen/{action}");
            let subjects = proof.findings.iter().filter(|finding| finding.id == id);
            assert_eq!(subjects.count(), if widens { 2 } else { 0 }, "{paths:?}");
        }
        let mut findings = proof.findings.iter();
        let partner = findings.find(|finding| finding.id == "role-open-to/account-999999999999");
        let is_high = partner.unwrap().severity == crate::prove::Severity::High;
        assert_eq!(is_high, widens, "{paths:?}");
    }
}

#[test]
fn bearer_tokens_of_every_service_are_longer_lived() {
    let names = [
        "sagemaker:CallWithBearerToken",
        "bedrock-mantle:CallWithBearerToken",
        "futureservice:CallWithBearerToken",
        "signin:CreateOAuth2TokenWithIAM",
    ];
    let proof = Small::default()
        .user("/", "alice", &[])
        .with("own", &[allow(json!(names), json!("*"))])
        .prove();
    for name in names {
        assert!(found(&proof, &format!("longer-lived/{name}")), "{name}");
    }
}

/// The actions with which alice lifts her guard, in an account with her groups `g` and `h`.
fn lifted(account: &Small) -> Vec<String> {
    let findings = account.prove().findings.into_iter();
    let ids = findings.filter_map(|f| f.id.strip_prefix("lift-guard/iam:").map(str::to_owned));
    ids.collect()
}

#[test]
fn only_what_limits_a_user_can_be_lifted() {
    let every = json!([
        "iam:DeleteUserPermissionsBoundary",
        "iam:PutUserPermissionsBoundary",
        "iam:DetachUserPolicy",
        "iam:DeleteUserPolicy",
        "iam:PutUserPolicy",
        "iam:RemoveUserFromGroup",
        "iam:DetachGroupPolicy",
        "iam:DeleteGroupPolicy",
        "iam:PutGroupPolicy",
        "iam:CreatePolicyVersion",
    ]);
    let small = |groups: &[&str], on: &[&str]| {
        let on: Vec<String> = on.iter().map(|resource| arn(resource)).collect();
        let right = when(allow(every.clone(), json!(on)), with_mfa());
        Small::default()
            .group("g", &[("guard", vec![guard()])])
            .group("h", &[("right", vec![right])])
            .user("/", "alice", groups)
    };
    let both = ["g", "h"];
    let harmless = ["user/alice", "group/h", "policy/none"];
    assert!(lifted(&small(&both, &harmless)).is_empty());
    let on_guard = lifted(&small(&both, &["group/g"]));
    let ways = ["DeleteGroupPolicy", "PutGroupPolicy", "RemoveUserFromGroup"];
    assert_eq!(on_guard, ways);
    let own_guard = small(&both, &harmless).with("own", &[guard()]);
    assert_eq!(lifted(&own_guard), ["DeleteUserPolicy", "PutUserPolicy"]);
    let mut bounded = small(&both, &harmless);
    bounded.users[0]["PermissionsBoundary"] = json!({
        "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn("policy/gone"),
    });
    let ways = [
        "DeleteUserPermissionsBoundary",
        "PutUserPermissionsBoundary",
    ];
    assert_eq!(lifted(&bounded), ways);
    // An unknown policy may be the guard.
    let mut unknown = small(&both, &harmless);
    unknown.users[0]["AttachedManagedPolicies"] = json!([{
        "PolicyName": "gone", "PolicyArn": "arn:aws:iam::aws:policy/gone",
    }]);
    assert_eq!(lifted(&unknown), ["DetachUserPolicy"]);
}

#[test]
fn a_tag_that_a_denied_resource_names_is_part_of_the_guard() {
    let buckets = "arn:aws:s3:::${aws:PrincipalTag/env}-data/*";
    for element in ["Resource", "NotResource"] {
        let deny = json!({ "Effect": "Deny", "Action": "s3:*", element: buckets });
        let mut small = Small::default().user("/", "alice", &[]).with(
            "own",
            &[
                allow(json!("s3:*"), json!("*")),
                allow(json!("iam:TagUser"), json!(arn("user/alice"))),
                deny,
            ],
        );
        small.users[0]["Tags"] = json!([{ "Key": "env", "Value": "prod" }]);
        assert_eq!(lifted(&small), ["TagUser"], "{element}");
    }
}

#[test]
fn what_depends_on_the_request_is_said_in_every_finding() {
    let office = json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } });
    let proof = |condition: &serde_json::Value| {
        let on = |actions: serde_json::Value| when(allow(actions, json!("*")), condition.clone());
        let own = on(json!([
            "iam:CreateAccessKey",
            "iam:EnableMFADevice",
            "iam:DeleteUserPolicy",
            "iam:PutRolePolicy",
            "iam:PassRole",
        ]));
        let role = on(json!([
            "iam:DeleteUserPolicy",
            "iam:PutGroupPolicy",
            "iam:PassRole"
        ]));
        let mut deny = guard();
        deny["Action"] = json!("s3:*");
        deny.as_object_mut().unwrap().remove("NotAction");
        Small::default()
            .role("Help", &[trust(json!({}))], &[], &[role])
            .user("/", "alice", &[])
            .with(
                "own",
                &[own, deny, allow(json!("sts:AssumeRole"), json!("*"))],
            )
            .prove()
    };
    let (open, narrow) = (proof(&json!({})), proof(&office));
    for (id, subject) in [
        ("longer-lived/iam:CreateAccessKey", "alice"),
        ("others/iam:EnableMFADevice", "alice"),
        ("without-mfa/iam:PutRolePolicy", "alice"),
        ("widen/iam:PutRolePolicy", "alice"),
        ("widen/iam:EnableMFADevice", "alice"),
        ("widen/iam:PassRole", "alice"),
        ("widen/iam:PutGroupPolicy", "Help"),
        ("widen/iam:PassRole", "Help"),
        ("lift-guard/iam:DeleteUserPolicy", "alice"),
        ("lift-guard/iam:DeleteUserPolicy/Help", "alice"),
    ] {
        for (proof, doubted) in [(&open, false), (&narrow, true)] {
            let mut findings = proof.findings.iter();
            let finding = findings.find(|one| one.id == id && one.subject == subject);
            let message = &finding.unwrap_or_else(|| panic!("{id} {subject}")).message;
            assert_eq!(message.contains(DOUBT), doubted, "{id}: {message}");
        }
    }
    for finding in open.findings.iter().chain(&narrow.findings) {
        assert_eq!(
            finding.certain,
            !finding.message.contains(DOUBT),
            "{finding}"
        );
    }
    let of = |proof: &crate::prove::Proof| {
        let mut findings = proof.findings.iter();
        let found = findings.find(|one| one.id == "longer-lived/iam:CreateAccessKey");
        found.unwrap().clone()
    };
    assert!(of(&narrow).is_no_worse_than(&of(&open)));
    assert!(!of(&open).is_no_worse_than(&of(&narrow)));
}

#[test]
fn a_further_grant_under_a_condition_makes_no_way_less_certain() {
    let office = json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } });
    let pass = |role: &str| allow(json!("iam:PassRole"), json!(arn(&format!("role/{role}"))));
    let service = json!({ "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" },
        "Action": "sts:AssumeRole" });
    let mut narrow = pass("P1");
    narrow["Condition"] = office;
    let powerful = allow(json!("iam:PutUserPolicy"), json!("*"));
    let proof = Small::default()
        .role("P1", std::slice::from_ref(&service), &[], &[pass("P2")])
        .role("P2", &[service], &[], &[powerful])
        .user("/", "alice", &[])
        .with("own", &[narrow, pass("P2")])
        .prove();
    let mut findings = proof.findings.iter();
    let found = findings.find(|one| one.id == "widen/iam:PassRole" && one.subject == "alice");
    assert!(found.unwrap().certain, "{:#?}", proof.findings);
}

#[test]
fn the_role_that_can_be_passed_is_named() {
    let service = json!({ "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" },
        "Action": "sts:AssumeRole" });
    for (resource, named) in [
        (
            arn("role/*ower*"),
            "which starts a service with a role, such as `Power`",
        ),
        (
            "*".to_owned(),
            "which starts a service with a role, even one that no policy names",
        ),
    ] {
        let pass = allow(json!("iam:PassRole"), json!(resource));
        let powerful = allow(json!("iam:PutUserPolicy"), json!("*"));
        let proof = Small::default()
            .role("Flower", std::slice::from_ref(&service), &[], &[])
            .role("Power", std::slice::from_ref(&service), &[], &[powerful])
            .role(
                "Ops",
                &[trust(with_mfa())],
                &[],
                std::slice::from_ref(&pass),
            )
            .user("/", "alice", &[])
            .with(
                "own",
                &[pass, allow(json!("sts:AssumeRole"), json!(arn("role/Ops")))],
            )
            .prove();
        for subject in ["alice", "Ops"] {
            let mut findings = proof.findings.iter();
            let found = findings
                .find(|one| one.id == "widen/iam:PassRole" && one.subject == subject)
                .unwrap_or_else(|| panic!("{:#?}", proof.findings));
            assert!(found.message.contains(named), "{}", found.message);
        }
    }
}

#[test]
fn one_context_without_a_condition_is_enough_for_a_thief() {
    let mut deny = guard();
    deny["Action"] = json!("*");
    deny.as_object_mut().unwrap().remove("NotAction");
    // The key alone is denied in the office; a session is not.
    deny["Condition"] = json!({ "Null": { "aws:MultiFactorAuthPresent": "true" },
        "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } });
    let assume = allow(json!("sts:AssumeRole"), json!("*"));
    let proof = Small::default()
        .role("Open", &[trust(json!({}))], &[], &[])
        .user("/", "alice", &[])
        .with("own", &[assume, deny])
        .prove();
    for id in ["role-without-mfa/Open", "without-mfa/sts:AssumeRole"] {
        let mut findings = proof.findings.iter();
        let found = findings.find(|one| one.id == id).unwrap();
        assert!(found.certain && !found.message.contains(DOUBT), "{found}");
    }
}

#[test]
fn many_actions_say_how_many_of_them_are_uncertain() {
    let office = json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } });
    let proof = Small::default()
        .user("/", "alice", &[])
        .with(
            "own",
            &[
                allow(json!("s3:*"), json!("*")),
                when(allow(json!("sqs:SendMessage"), json!("*")), office),
            ],
        )
        .prove();
    let mut findings = proof.findings.iter();
    let many = findings
        .find(|finding| finding.id == "without-mfa/many")
        .unwrap();
    assert!(many.message.contains("(1 of them only if"), "{many}");
}

#[test]
fn nobody_changes_the_password_of_another_user() {
    let proof = Small::default()
        .user("/", "alice", &[])
        .with("own", &[allow(json!("iam:*"), json!("*")), guard()])
        .user("/", "bob", &[])
        .with(
            "own",
            &[allow(
                json!(["iam:ChangePassword", "iam:GetUser"]),
                json!("*"),
            )],
        )
        .prove();
    assert!(found(&proof, "others/iam:EnableMFADevice"));
    assert!(found(&proof, "others/iam:GetUser"));
    assert!(!found(&proof, "others/iam:ChangePassword"));
}

#[test]
fn a_limit_that_nobody_has_cannot_be_lifted() {
    let actions = [
        "iam:DeleteUserPermissionsBoundary",
        "iam:PutRolePermissionsBoundary",
        "iam:UpdateSAMLProvider",
    ];
    let with_code = when(allow(json!(actions), json!("*")), with_mfa());
    let mut small = Small::default()
        .user("/", "alice", &[])
        .with("own", &[with_code])
        .user("/", "bob", &[])
        .role("Ops", &[trust(with_mfa())], &[], &[]);
    let widened = |small: &Small| {
        let proof = small.prove();
        actions.map(|action| found(&proof, &format!("widen/{action}")))
    };
    assert_eq!(widened(&small), [false; 3]);
    let boundary = json!({
        "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn("policy/limit"),
    });
    small.users[1]["PermissionsBoundary"] = boundary.clone();
    assert_eq!(widened(&small), [true, false, false]);
    small.roles[0]["PermissionsBoundary"] = boundary;
    let staff = json!({
        "Effect": "Allow", "Action": "sts:AssumeRoleWithSAML",
        "Principal": { "Federated": arn("saml-provider/staff") },
        "Condition": { "StringEquals": { "SAML:aud": "https://signin.aws.amazon.com/saml" } },
    });
    let small = small.role("Staff", &[staff], &[], &[]);
    assert_eq!(widened(&small), [true; 3]);
}

#[test]
fn a_limit_of_a_new_role_can_be_lifted() {
    for (kind, create, lift) in [
        (
            "role",
            "iam:CreateRole",
            "iam:DeleteRolePermissionsBoundary",
        ),
        ("role", "iam:CreateRole", "iam:PutRolePermissionsBoundary"),
        (
            "user",
            "iam:CreateUser",
            "iam:DeleteUserPermissionsBoundary",
        ),
    ] {
        let team = json!(arn(&format!("{kind}/team-*")));
        let limited = json!({
            "Bool": { "aws:MultiFactorAuthPresent": "true" },
            "StringEquals": { "iam:PermissionsBoundary": arn("policy/limit") },
        });
        let creates = when(allow(json!(create), team.clone()), limited);
        let lifts = when(allow(json!(lift), team), with_mfa());
        let alice = || Small::default().user("/", "alice", &[]);
        let id = format!("widen/{lift}");
        assert!(!found(
            &alice().with("own", std::slice::from_ref(&lifts)).prove(),
            &id
        ));
        let proof = alice().with("own", &[creates, lifts]).prove();
        let mut findings = proof.findings.iter();
        let finding = findings.find(|finding| finding.id == id).unwrap();
        assert!(!finding.certain, "{lift}");
    }
}

#[test]
fn an_unknown_policy_may_open_a_role() {
    let mut small = Small::default()
        .user("/", "alice", &[])
        .role("Ops", &[trust(json!({}))], &[], &[])
        .role("Safe", &[trust(with_mfa())], &[], &[]);
    assert!(!found(&small.prove(), "unknown-policy/gone/roles"));
    small.users[0]["AttachedManagedPolicies"] = json!([{
        "PolicyName": "gone", "PolicyArn": arn("policy/gone"),
    }]);
    let proof = small.prove();
    let mut findings = proof.findings.iter();
    let one = findings.find(|finding| finding.id == "unknown-policy/gone/roles");
    let one = one.unwrap();
    assert_eq!(one.breaks, Some(Promise::NoRoleWithoutMfa));
    assert!(one.message.ends_with("without MFA on `Ops`"), "{one:#?}");
    let guarded = small.with("guard", &[guard()]).prove();
    assert!(!found(&guarded, "unknown-policy/gone/roles"));
}

#[test]
fn who_leaves_the_organization_lifts_a_guard_from_above() {
    let mut account = Small::default()
        .user("/", "alice", &[])
        .with(
            "own",
            &[allow(json!("organizations:LeaveOrganization"), json!("*"))],
        )
        .account();
    let level = |statements: serde_json::Value| {
        let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        let policy = Policy::parse_stored(PolicyKind::ServiceControl, &text).unwrap();
        Some(vec![ControlLevel {
            name: "root".to_owned(),
            policies: vec![ControlPolicy {
                name: "p".to_owned(),
                policy,
            }],
        }])
    };
    let everything = allow(json!("*"), json!("*"));
    let id = "lift-guard/organizations:LeaveOrganization";
    account.service_control = level(json!([everything]));
    assert!(!found(&prove(&[ProvenAccount::only(&account)]), id));
    account.service_control = level(json!([everything, guard()]));
    assert!(found(&prove(&[ProvenAccount::only(&account)]), id));
}

#[test]
fn what_an_action_takes_is_not_always_known() {
    let user = "arn:aws:iam::123456789012:user/alice";
    for action in ["account:NotYetListed", "account:ReopenAccount"] {
        for (resource, certain) in [("*", true), (user, false)] {
            let proof = Small::default()
                .user("/", "alice", &[])
                .with("own", &[allow(json!(action), json!(resource))])
                .prove();
            let id = format!("without-mfa/{action}");
            let mut findings = proof.findings.iter();
            let one = findings.find(|finding| finding.id == id);
            assert_eq!(one.unwrap().certain, certain, "{action} {resource}");
        }
    }
}

#[test]
fn a_thief_with_a_hardware_token_makes_no_virtual_device() {
    let enrols = |action: &str| {
        let more = when(allow(json!("s3:GetObject"), json!("*")), with_mfa());
        let proof = Small::default()
            .user("/", "alice", &[])
            .with("own", &[allow(json!(action), json!("*")), more])
            .prove();
        proof.users.values().any(|user| user.enrols_with_key)
    };
    assert!(enrols("iam:EnableMFADevice"));
    assert!(!enrols("iam:CreateVirtualMFADevice"));
}
