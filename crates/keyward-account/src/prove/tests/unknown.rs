//! Unknown facts are reported, and never count as safe.

use serde_json::{Value, json};

use super::fixtures::{Small, allow, arn, found, ids, trust, when, with_mfa};
use crate::prove::credentials::OF_SERVICES;
use crate::prove::show::show;
use crate::prove::{Powers, ProvenAccount, Scenario, prove};

fn guard_unless(condition: Value) -> Value {
    let mut conditions = json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } });
    conditions
        .as_object_mut()
        .unwrap()
        .extend(condition.as_object().unwrap().clone());
    json!({
        "Effect": "Deny", "NotAction": ["iam:EnableMFADevice", "sts:GetSessionToken"],
        "Resource": "*", "Condition": conditions,
    })
}

fn alice(statements: &[Value]) -> Small {
    Small::default()
        .user("/", "alice", &[])
        .with("own", statements)
}

#[test]
fn a_boundary_whose_text_is_not_known_does_not_limit() {
    let mut small = alice(&[allow(json!("s3:GetObject"), json!("*"))]);
    small.users[0]["PermissionsBoundary"] =
        json!({ "PermissionsBoundaryArn": arn("policy/elsewhere") });
    let proof = small.prove();
    assert!(
        found(&proof, "without-mfa/s3:GetObject"),
        "{:?}",
        ids(&proof)
    );
    assert!(found(&proof, "unknown-policy/boundary"));
}

#[test]
fn wildcards_over_unlisted_actions_are_kept() {
    for name in ["futureservice:*", "iam:CreateSuperThing*"] {
        let proof = alice(&[allow(json!(name), json!("*"))]).prove();
        assert!(proof.unlisted.contains(name), "{name}");
        let id = format!("without-mfa/{name}");
        assert!(found(&proof, &id), "{:?}", ids(&proof));
        let guarded = alice(&[allow(json!(name), json!("*")), guard_unless(json!({}))]).prove();
        assert!(!found(&guarded, &id));
    }
}

#[test]
fn a_credential_that_the_list_of_actions_lacks_is_asked_for() {
    let id = "longer-lived/signin:CreateBearerToken";
    for actions in ["signin:*", "*", "signin:Create*"] {
        let open = alice(&[allow(json!(actions), json!("*"))]);
        assert!(found(&open.prove(), id), "{actions}");
        let guarded = [allow(json!(actions), json!("*")), guard_unless(json!({}))];
        assert!(!found(&alice(&guarded).prove(), id), "{actions}");
    }
}

#[test]
fn credentials_of_services_keep_their_ids_and_are_shown_together() {
    for (actions, own) in [(json!("*"), 60), (json!("s3:GetDataAccess"), 1)] {
        let proof = alice(&[allow(actions, json!("*"))]).prove();
        let mut all = OF_SERVICES.iter().map(|(action, _)| action);
        let is_found = |action: &&str| found(&proof, &format!("longer-lived/{action}"));
        assert_eq!(all.clone().filter(|action| is_found(action)).count(), own);
        let shown = show(&proof);
        let shown = |action: &&str| {
            let id = format!("[longer-lived/{action}");
            let mut lines = shown.iter();
            lines.any(|line| {
                line.text.contains(&format!("{id}]")) || line.text.contains(&format!("{id} and "))
            })
        };
        let first = all.find(|action| is_found(action)).unwrap();
        assert!(shown(first), "{first}");
        assert_eq!(all.filter(|action| shown(action)).count(), 0);
    }
}

#[test]
fn credentials_of_two_statements_are_not_shown_together() {
    let tagged = json!({ "StringEquals": { "aws:RequestTag/x": "1" } });
    let all = OF_SERVICES.iter().map(|(action, _)| *action);
    let (one, more): (Vec<_>, Vec<_>) = all.take(8).partition(|action| *action == OF_SERVICES[0].0);
    let one = when(allow(json!(one), json!("*")), tagged);
    let proof = alice(&[one, allow(json!(more), json!("*"))]).prove();
    let shown = show(&proof);
    let text: Vec<&str> = shown.iter().map(|line| line.text.as_str()).collect();
    for (action, _) in &OF_SERVICES[..2] {
        let id = format!("[longer-lived/{action}");
        assert!(text.iter().any(|line| line.contains(&id)), "{text:#?}");
    }
    let together = text.iter().find(|line| line.contains("so do 6 more"));
    assert!(together.is_some(), "{text:#?}");
}

/// What alice may do with her key under these statements.
fn with_key(statements: &[Value]) -> Powers {
    let proof = alice(statements).prove();
    let user = proof.users.values().next().unwrap();
    user.powers(Scenario::LongTermKey).clone()
}

#[test]
fn an_action_of_no_documented_form_may_mean_what_it_matches() {
    const OPEN: &str = "s3:GetObject";
    for text in ["**", "?*", "s3*", "*:GetObject", "s3:GetObject "] {
        let allowed = with_key(&[allow(json!(text), json!("*"))]);
        assert!(allowed.undecided.contains(OPEN), "{text}");
        let all_but = [text, "iam:*"];
        let all_but = json!({ "Effect": "Allow", "NotAction": all_but, "Resource": "*" });
        let excepted = with_key(&[all_but]);
        assert!(excepted.undecided.contains(OPEN), "{text}");
        assert!(!excepted.actions.contains("iam:GetUser"), "{text}");
        let denied = json!({ "Effect": "Deny", "Action": text, "Resource": "*" });
        let denied = with_key(&[allow(json!("*"), json!("*")), denied]);
        assert!(denied.undecided.contains(OPEN), "{text}");
    }
}

#[test]
fn an_unlisted_action_of_no_documented_form_may_exist() {
    for text in [
        "*:CreateSuperThing*",
        "iam:CreateSuperThing ",
        "futureservice*",
        "*CreateSuperThing",
        "future*SuperThing",
        "new?service*SuperThing",
        "s3*SuperThing",
        "s3?CreateSuperThing",
    ] {
        let proof = alice(&[allow(json!(text), json!("*"))]).prove();
        assert!(proof.unlisted.contains(text), "{text}");
        let user = proof.users.values().next().unwrap();
        let powers = user.powers(Scenario::LongTermKey);
        assert!(powers.actions.contains(text), "{text}");
        assert!(powers.undecided.contains(text), "{text}");
        let mut findings = proof.findings.iter();
        let dead = findings.find(|finding| finding.id.starts_with("dead-grant/"));
        assert!(dead.is_none_or(|finding| !finding.certain), "{dead:?}");
    }
}

#[test]
fn a_resource_of_no_documented_form_may_mean_what_it_matches() {
    const OPEN: &str = "s3:GetObject";
    let effect = |effect: &str, element: &str, text: &str| json!({ "Effect": effect, "Action": "*", element: text });
    for text in ["**", "?*", " *"] {
        for statements in [
            vec![effect("Allow", "Resource", text)],
            vec![effect("Allow", "NotResource", text)],
            vec![
                effect("Allow", "Resource", "*"),
                effect("Deny", "Resource", text),
            ],
            vec![
                effect("Allow", "Resource", "*"),
                effect("Deny", "NotResource", text),
            ],
        ] {
            assert!(
                with_key(&statements).undecided.contains(OPEN),
                "{statements:?}"
            );
        }
    }
}

#[test]
fn a_date_before_the_reading_of_the_account_has_passed() {
    let revoked = json!({ "DateLessThan": { "aws:TokenIssueTime": "2028-01-01T00:00:00Z" } });
    let deny = json!({ "Effect": "Deny", "Action": "*", "Resource": "*" });
    let small = alice(&[allow(json!("s3:*"), json!("*")), when(deny, revoked)]);
    for (read_at, undecided) in [
        (None, true),
        (Some("2027-12-31T23:59:59Z"), true),
        (Some("2028-01-01T00:00:00Z"), false),
    ] {
        let mut account = small.account();
        account.read_at = read_at.map(|text| text.parse().unwrap());
        let proof = prove(&[ProvenAccount::only(&account)]);
        let powers = proof.users.values().next().unwrap().powers(Scenario::Mfa);
        assert!(powers.actions.contains("s3:GetObject"));
        assert_eq!(
            powers.undecided.contains("s3:GetObject"),
            undecided,
            "{read_at:?}"
        );
    }
}

#[test]
fn a_misspelt_operator_decides_nothing() {
    let misspelt = json!({ "StringEqual": { "aws:PrincipalTag/team": "none" } });
    let get = || allow(json!("s3:GetObject"), json!("*"));
    let deny = json!({ "Effect": "Deny", "Action": "*", "Resource": "*" });
    for statements in [
        vec![when(get(), misspelt.clone())],
        vec![get(), when(deny, misspelt)],
    ] {
        assert!(with_key(&statements).undecided.contains("s3:GetObject"));
    }
}

#[test]
fn a_guard_that_looks_at_what_the_user_can_change_is_no_guard() {
    let me = arn("user/${aws:username}");
    let exempt = json!({ "StringNotEquals": { "aws:PrincipalTag/exempt": "yes" } });
    let path = json!({ "ArnNotLike": { "aws:PrincipalArn": arn("user/svc/*") } });
    for (condition, action, lifts) in [
        (exempt.clone(), "iam:TagUser", true),
        (exempt, "iam:UpdateUser", false),
        (path, "iam:UpdateUser", true),
        (json!({}), "iam:TagUser", false),
    ] {
        let change = when(allow(json!(action), json!(me)), with_mfa());
        let proof = alice(&[change, guard_unless(condition.clone())]).prove();
        let id = format!("lift-guard/{action}");
        assert_eq!(found(&proof, &id), lifts, "{condition}: {:?}", ids(&proof));
    }
}

#[test]
fn a_lesser_role_that_lifts_the_guard_is_found() {
    let small = |actions: Value| {
        let assume = when(allow(json!("sts:AssumeRole"), json!("*")), with_mfa());
        alice(&[assume, guard_unless(json!({}))])
            .role(
                "Help",
                &[trust(with_mfa())],
                &[],
                &[allow(actions, json!("*"))],
            )
            .prove()
    };
    let id = "lift-guard/iam:DeleteUserPolicy/Help";
    assert!(found(&small(json!("iam:DeleteUserPolicy")), id));
    assert!(!found(&small(json!("s3:*")), id));
    assert!(!found(&small(json!("*")), id), "administrators may");
}

#[test]
fn tags_of_a_session_override_those_of_the_role() {
    let small = |actions: Value| {
        let tagged = when(
            allow(json!("s3:GetObject"), json!("*")),
            json!({ "StringEquals": { "aws:PrincipalTag/team": "blue" } }),
        );
        let mut open = trust(with_mfa());
        open["Action"] = actions;
        let mut small =
            alice(&[allow(json!("sts:*"), json!("*"))]).role("A", &[open], &[], &[tagged]);
        small.roles[0]["Tags"] = json!([{ "Key": "team", "Value": "red" }]);
        let proof = small.prove();
        proof
            .roles
            .values()
            .any(|actions| actions.contains("s3:GetObject"))
    };
    assert!(small(json!(["sts:AssumeRole", "sts:TagSession"])));
    assert!(!small(json!("sts:AssumeRole")));
}

#[test]
fn a_device_of_another_user_whose_name_begins_alike_is_not_the_own() {
    let own = json!([arn("mfa/${aws:username}"), arn("mfa/${aws:username}-*")]);
    let grant = [allow(json!("iam:CreateVirtualMFADevice"), own)];
    let small = Small::default().user("/", "al", &[]).with("own", &grant);
    let others = |small: &Small| {
        let proof = small.prove();
        let al = proof.users.values().next().unwrap();
        let others = &al.powers(Scenario::LongTermKey).others;
        others.contains("iam:CreateVirtualMFADevice")
    };
    assert!(!others(&small));
    assert!(others(&small.clone().user("/", "al-ice", &[])));
    assert!(!others(&small.user("/", "alice", &[])));
}

#[test]
fn policies_that_are_too_complex_are_judged_for_the_worst() {
    let buckets: Vec<String> = (0..5).map(|i| format!("arn:aws:s3:::a{i}*")).collect();
    // No way through the statements is certain, so a full search would try every way.
    let office = json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } });
    let mut statements = vec![when(allow(json!("s3:*"), json!(buckets)), office)];
    for i in 0..8 {
        let spared: Vec<String> = (0..8).map(|j| format!("arn:aws:s3:::*{i}x{j}*")).collect();
        statements.push(json!({ "Effect": "Deny", "Action": "s3:*", "NotResource": spared }));
    }
    let proof = alice(&statements).prove();
    assert!(found(&proof, "too-complex/policies"), "{:?}", ids(&proof));
    let alice = proof.users.values().next().unwrap();
    assert!(
        alice
            .powers(Scenario::LongTermKey)
            .actions
            .contains("s3:GetObject")
    );
}

#[test]
fn grants_on_what_aws_owns_are_not_dead() {
    let proof = alice(&[
        allow(
            json!("ssm:GetParameter"),
            json!("arn:aws:ssm:us-east-1::parameter/aws/service/*"),
        ),
        allow(
            json!("ssm:SendCommand"),
            json!("arn:aws:ssm:*::document/AWS-RunShellScript"),
        ),
        allow(json!("iam:GetPolicy"), json!("arn:aws:iam::aws:policy/*")),
        allow(json!("iam:GetUser"), json!(arn("role/x"))),
    ])
    .prove();
    let dead: Vec<_> = ids(&proof)
        .into_iter()
        .filter(|(id, _)| id.starts_with("dead-grant/"))
        .collect();
    assert_eq!(
        dead,
        [("dead-grant/iam:GetUser".to_owned(), "alice".to_owned())]
    );
}

#[test]
fn grants_whose_conditions_no_request_meets_are_dead() {
    let over = json!({ "DateLessThan": { "aws:CurrentTime": "2020-01-01T00:00:00Z" } });
    let open = json!({ "DateGreaterThan": { "aws:CurrentTime": "2020-01-01T00:00:00Z" } });
    let unread = json!({ "Bool": { "aws:MultiFactorAuthPresent": "yes" } });
    let conditions = [
        when(allow(json!("s3:Get*"), json!("*")), over),
        when(allow(json!("s3:PutObject"), json!("*")), open),
        when(allow(json!("ec2:RunInstances"), json!("*")), unread),
    ];
    let unclear = ["s3:ListBucket ", "**", "?*", "s3:"];
    let unclear = unclear.map(|text| allow(json!(text), json!("*")));
    let all: Vec<_> = conditions.iter().chain(&unclear).cloned().collect();
    let proof = alice(&all).prove();
    let dead: Vec<_> = proof
        .findings
        .iter()
        .filter_map(|finding| Some((finding.id.strip_prefix("dead-grant/")?, finding.certain)))
        .collect();
    let expected = [
        ("**", false),
        ("?*", false),
        ("ec2:RunInstances", false),
        ("s3:", true),
        ("s3:Get*", true),
        ("s3:ListBucket ", false),
    ];
    assert_eq!(dead, expected);
    let proof = alice(&conditions).prove();
    let alice = proof.users.values().next().unwrap();
    let powers = alice.powers(Scenario::LongTermKey);
    assert!(!powers.actions.contains("s3:GetObject"));
    assert!(powers.actions.contains("s3:PutObject") && !powers.undecided.contains("s3:PutObject"));
    // AWS does not say what it makes of such a value. A key alone has none to compare.
    let session = alice.powers(Scenario::SessionWithoutMfa);
    assert!(session.undecided.contains("ec2:RunInstances"));
    assert!(!powers.actions.contains("ec2:RunInstances"));
}

#[test]
fn a_guard_that_keyward_cannot_read_is_no_certain_guard() {
    let guard = json!({
        "Effect": "Deny", "NotAction": "iam:EnableMFADevice", "Resource": "*",
        "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "0" } },
    });
    let proof = alice(&[allow(json!("s3:GetObject"), json!("*")), guard]).prove();
    let mut findings = proof.findings.iter();
    let open = findings.find(|finding| finding.id == "without-mfa/s3:GetObject");
    assert!(open.is_some_and(|finding| !finding.certain));
}

#[test]
fn tls_that_a_tag_decides_is_not_assumed() {
    let tag = "${aws:PrincipalTag/tls}";
    for operator in ["Bool", "StringEquals"] {
        let tls = json!({ operator: { "aws:SecureTransport": tag } });
        for (value, statements) in [
            (
                "false",
                vec![when(allow(json!("s3:GetObject"), json!("*")), tls.clone())],
            ),
            (
                "true",
                vec![
                    allow(json!("s3:GetObject"), json!("*")),
                    json!({ "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": tls }),
                ],
            ),
        ] {
            let mut small = alice(&statements);
            small.users[0]["Tags"] = json!([{ "Key": "tls", "Value": value }]);
            let proof = small.prove();
            let alice = proof.users.values().next().unwrap();
            let powers = alice.powers(Scenario::LongTermKey);
            assert!(
                powers.undecided.contains("s3:GetObject"),
                "{operator} {value}"
            );
            let rights = statements.clone();
            let mut small = alice_into_role(&rights);
            small.roles[0]["Tags"] = json!([{ "Key": "tls", "Value": value }]);
            let proof = small.prove();
            let role = proof.undecided_of_roles.values().next().unwrap();
            assert!(role.contains("s3:GetObject"), "{operator} {value}");
        }
    }
    let certain = alice(&[when(
        allow(json!("s3:GetObject"), json!("*")),
        json!({ "Bool": { "aws:SecureTransport": "true" } }),
    )]);
    let proof = certain.prove();
    let alice = proof.users.values().next().unwrap();
    let powers = alice.powers(Scenario::LongTermKey);
    assert!(powers.actions.contains("s3:GetObject") && !powers.undecided.contains("s3:GetObject"));
}

/// A role with these rights, which alice's key opens.
fn alice_into_role(rights: &[Value]) -> Small {
    alice(&[allow(json!("sts:AssumeRole"), json!("*"))]).role(
        "Ops",
        &[trust(json!({}))],
        &[],
        rights,
    )
}

#[test]
fn a_guard_that_has_ended_guards_nothing() {
    let guarded = |date: &str| {
        let guard = json!({
            "Effect": "Deny", "NotAction": "iam:EnableMFADevice", "Resource": "*", "Condition": {
                "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" },
                date: { "aws:CurrentTime": "2020-01-01T00:00:00Z" },
            },
        });
        let proof = alice(&[allow(json!("s3:GetObject"), json!("*")), guard]).prove();
        let mut findings = proof.findings.iter();
        let open = findings.find(|finding| finding.id == "without-mfa/s3:GetObject");
        open.map(|finding| finding.certain)
    };
    assert_eq!(guarded("DateLessThan"), Some(true));
    assert_eq!(guarded("DateGreaterThan"), None);
}
