use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::prove::tests::fixtures::{Small, allow, arn, trust, when, with_mfa};
use crate::prove::wire;

fn small() -> Small {
    Small::default().user("/", "alice", &[])
}

fn names(actions: &[&str]) -> ActionSet {
    actions.iter().collect()
}

fn printed(small: &Small) -> Baseline {
    Baseline::read(wire::json(&small.prove(), None).as_bytes()).unwrap()
}

#[test]
fn an_unchanged_account_gains_nothing() {
    let small = small();
    assert_eq!(printed(&small).gains(&small.prove()), Gains::default());
}

#[test]
fn a_gain_is_with_a_fresh_code_or_without() {
    let old = printed(&small());
    let key = small().with("own", &[allow(json!("s3:GetObject"), json!("*"))]);
    let gains = old.gains(&key.prove());
    let alone = &gains.without_mfa["alice"][&Scenario::LongTermKey];
    assert_eq!(alone.actions, names(&["s3:GetObject"]));
    let fresh = json!({ "NumericLessThan": { "aws:MultiFactorAuthAge": "3600" } });
    let code = when(allow(json!("s3:GetObject"), json!("*")), fresh);
    let gains = old.gains(&small().with("own", &[code]).prove());
    assert_eq!(gains.without_mfa, Gained::new());
    assert!(gains.with_mfa["alice"].contains_key(&Scenario::Mfa));
    let old_code = when(allow(json!("s3:GetObject"), json!("*")), with_mfa());
    let gains = old.gains(&small().with("own", &[old_code]).prove());
    assert!(gains.without_mfa["alice"].contains_key(&Scenario::StaleMfa));
}

#[test]
fn a_new_user_has_not_gained_what_everyone_has() {
    let old = printed(&small());
    let gains = old.gains(&small().user("/", "bob", &[]).prove());
    assert_eq!(gains, Gains::default());
}

#[test]
fn anything_but_a_printed_proof_is_refused() {
    for text in [
        "",
        "[]",
        "{}",
        r#"{"users":{}}"#,
        r#"{"users":{"a":{}},"roles":{},"outsiders":[],"findings":[]}"#,
        r#"{"users":{},"findings":[]}"#,
    ] {
        assert!(Baseline::read(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn an_action_that_is_new_on_other_people_is_a_gain() {
    let enable = |on: &str| [allow(json!("iam:EnableMFADevice"), json!(on))];
    let old = printed(&small().with("own", &enable(&arn("user/${aws:username}"))));
    let gains = old.gains(&small().with("own", &enable("*")).prove());
    let alone = &gains.without_mfa["alice"][&Scenario::LongTermKey];
    assert!(alone.actions.is_empty());
    assert_eq!(alone.others, names(&["iam:EnableMFADevice"]));
}

#[test]
fn a_role_that_can_do_more_is_a_gain() {
    let with = |actions: &str| {
        small()
            .with("own", &[allow(json!("sts:AssumeRole"), json!("*"))])
            .role(
                "Open",
                &[trust(json!({}))],
                &[],
                &[allow(json!(actions), json!("*"))],
            )
    };
    let old = printed(&with("s3:Get*"));
    assert_eq!(old.gains(&with("s3:Get*").prove()), Gains::default());
    let gains = old.gains(&with("*").prove());
    assert!(gains.are_without_mfa());
    let alone = &gains.without_mfa["alice"][&Scenario::LongTermKey];
    let more = &alone.through_roles["Open"];
    assert!(more.contains(&"iam:*".to_owned()), "{more:?}");
    assert!(
        !printed(&with("*"))
            .gains(&with("s3:Get*").prove())
            .are_without_mfa()
    );
}

#[test]
fn a_role_that_opens_to_outsiders_is_a_gain() {
    let with = |principal: &str| {
        let door = json!({ "Effect": "Allow", "Principal": { "AWS": principal },
            "Action": "sts:AssumeRole" });
        small().role("Open", &[door], &[], &[])
    };
    let old = printed(&with("123456789012"));
    assert!(!old.gains(&with("123456789012").prove()).are_without_mfa());
    let gains = old.gains(&with("*").prove());
    assert_eq!(gains.outsiders.len(), 1);
    assert!(gains.are_without_mfa());
    assert!(
        !printed(&with("*"))
            .gains(&with("*").prove())
            .are_without_mfa()
    );
}

#[test]
fn mfa_that_outsiders_no_longer_need_is_a_gain() {
    let with = |condition: serde_json::Value| {
        let door = json!({ "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole",
            "Condition": condition });
        small().role("Open", &[door], &[], &[])
    };
    let mfa = || with(json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } }));
    let open = || with(json!({}));
    let gains = printed(&mfa()).gains(&open().prove());
    assert_eq!(gains.outsiders.len(), 1);
    assert!(printed(&open()).gains(&mfa().prove()).outsiders.is_empty());
    let (asks, open) = (mfa().prove().findings, open().prove().findings);
    let about = |findings: &[crate::prove::Finding]| {
        let mut found = findings.iter();
        let found = found.find(|finding| finding.id.starts_with("role-open-to/"));
        found.cloned().unwrap()
    };
    let (asks, open) = (about(&asks), about(&open));
    assert!(asks.is_no_worse_than(&open) && !open.is_no_worse_than(&asks));
}

#[test]
fn a_condition_that_disappears_is_a_gain() {
    let office = || json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } });
    let read = || allow(json!("s3:GetObject"), json!("*"));
    let enable = || allow(json!("iam:EnableMFADevice"), json!("*"));
    let assume = || allow(json!("sts:AssumeRole"), json!("*"));
    let with = |statements: &[serde_json::Value], door: serde_json::Value| {
        small()
            .with("own", statements)
            .role("Open", &[trust(door)], &[], &[])
    };
    let narrow = with(
        &[when(read(), office()), when(enable(), office()), assume()],
        json!({ "StringEquals": { "sts:ExternalId": "42" } }),
    );
    let wide = with(&[read(), enable(), assume()], json!({}));
    let gains = printed(&narrow).gains(&wide.prove());
    let alone = &gains.without_mfa["alice"][&Scenario::LongTermKey];
    assert_eq!(
        alone.actions,
        names(&["iam:EnableMFADevice", "s3:GetObject"])
    );
    assert_eq!(alone.others, names(&["iam:EnableMFADevice"]));
    assert_eq!(alone.roles, ["Open".to_owned()].into());
    assert_eq!(printed(&narrow).gains(&narrow.prove()), Gains::default());
    assert_eq!(printed(&wide).gains(&narrow.prove()), Gains::default());
}

#[test]
fn a_baseline_without_undecided_actions_can_be_read() {
    let own = small().with("own", &[allow(json!("s3:GetObject"), json!("*"))]);
    let mut printed: serde_json::Value =
        serde_json::from_str(&wire::json(&own.prove(), None)).unwrap();
    for context in printed["users"]["alice"]
        .as_object_mut()
        .unwrap()
        .values_mut()
    {
        let context = context.as_object_mut().unwrap();
        context.retain(|key, _| !key.starts_with("undecided"));
    }
    let old = Baseline::read(printed.to_string().as_bytes()).unwrap();
    assert_eq!(old.gains(&own.prove()), Gains::default());
}

#[test]
fn an_action_of_a_role_that_depends_on_nothing_any_more_is_a_gain() {
    let with = |condition: serde_json::Value| {
        let read = when(allow(json!("s3:*"), json!("*")), condition);
        small()
            .with("own", &[allow(json!("sts:AssumeRole"), json!("*"))])
            .role("Open", &[trust(json!({}))], &[], &[read])
    };
    let endpoint = json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } });
    let old = printed(&with(endpoint.clone()));
    assert_eq!(old.gains(&with(endpoint.clone()).prove()), Gains::default());
    let gains = old.gains(&with(json!({})).prove());
    let alone = &gains.without_mfa["alice"][&Scenario::LongTermKey];
    assert_eq!(alone.through_roles["Open"], ["s3:*"]);
    // The other way round is none.
    let free = printed(&with(json!({})));
    assert_eq!(free.gains(&with(endpoint).prove()), Gains::default());
}

#[test]
fn another_list_of_actions_is_noted() {
    let text = wire::json(&small().prove(), None);
    assert_eq!(Baseline::read(text.as_bytes()).unwrap().other_list(), None);
    let day = keyward_iam::catalogue::Catalogue::built_in().date();
    let with = |other: &str| Baseline::read(text.replace(day, other).as_bytes()).unwrap();
    let older = OtherList::Older("2020-01-01");
    assert_eq!(with("2020-01-01").other_list(), Some(older));
    let newer = OtherList::Newer("2222-01-01");
    assert_eq!(with("2222-01-01").other_list(), Some(newer));
}

#[test]
fn a_baseline_that_lacks_what_depends_on_the_request_is_noted() {
    let small = small()
        .with("own", &[allow(json!("sts:AssumeRole"), json!("*"))])
        .role("Ops", &[trust(json!({}))], &[], &[]);
    let text = wire::json(&small.prove(), None);
    assert!(!Baseline::read(text.as_bytes()).unwrap().lacks_undecided());
    let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
    for kind in ["undecided", "undecided_others", "undecided_roles"] {
        let mut old = whole.clone();
        let of_key = &mut old["users"]["alice"]["long_term_key"];
        of_key.as_object_mut().unwrap().remove(kind).unwrap();
        let old = Baseline::read(old.to_string().as_bytes()).unwrap();
        assert!(old.lacks_undecided(), "{kind}");
    }
    let mut old = whole;
    let roles = old["roles"].as_object_mut().unwrap();
    assert!(!roles.is_empty());
    for role in roles.values_mut() {
        role.as_object_mut().unwrap().remove("undecided");
    }
    let old = Baseline::read(old.to_string().as_bytes()).unwrap();
    assert!(old.lacks_undecided());
}

#[test]
fn another_judgement_is_noted() {
    let text = wire::json(&small().prove(), None);
    let ours = format!("\"judgement\": {JUDGEMENT}");
    assert!(text.contains(&ours), "{text}");
    let read = |text: &str| Baseline::read(text.as_bytes()).unwrap().other_judgement();
    assert_eq!(read(&text), None);
    let with = |number: u32| text.replace(&ours, &format!("\"judgement\": {number}"));
    assert_eq!(read(&with(0)), Some(OtherJudgement::Older(0)));
    let newer = OtherJudgement::Newer(JUDGEMENT + 1);
    assert_eq!(read(&with(JUDGEMENT + 1)), Some(newer));
    let before = text.replace(&ours, "\"x\": 1");
    assert_eq!(read(&before), Some(OtherJudgement::Unnumbered));
}

/// What a baseline compares, for an account that needs many rules. The account names its actions in
/// full, so a new list of actions changes nothing.
#[test]
fn a_changed_judgement_has_a_new_number() {
    const JUDGED: (u32, &str) = (3, "0947b45415a29adf");
    let star = || json!("*");
    let office = json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } });
    let lax = json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "true" } });
    let young = json!({ "NumericLessThan": { "aws:MultiFactorAuthAge": "3600" } });
    let own = [
        allow(json!("sts:AssumeRole"), star()),
        allow(
            json!("iam:EnableMFADevice"),
            json!(arn("user/${aws:username}")),
        ),
        when(allow(json!("s3:GetObject"), star()), office.clone()),
        when(allow(json!("s3:PutObject"), star()), lax.clone()),
        when(allow(json!("sqs:SendMessage"), star()), young),
        json!({ "Effect": "Deny", "Action": "iam:EnableMFADevice", "Resource": "*", "Condition": &office }),
        allow(json!("sns:Publish"), star()),
        json!({
            "Effect": "Deny", "Action": "sns:Publish", "Resource": "arn:aws:sns:*:*:alarms", "Condition": office,
        }),
        allow(
            json!("iam:CreateUser"),
            json!("arn:aws:iam::210987654321:user/*"),
        ),
        allow(
            json!(["s3:DeleteBucket", "s3:DeleteObject"]),
            json!("arn:aws:s3:::logs/*"),
        ),
    ];
    let change = [allow(json!("iam:PutRolePolicy"), star())];
    let onward = allow(json!("sts:AssumeRole"), json!(arn("role/Last")));
    let proof = small()
        .with("own", &own)
        .user("/", "bob", &["ops"])
        .group("ops", &[("change", change.to_vec())])
        .role("Open", &[trust(json!({}))], &[], &[onward])
        .role("Asks", &[trust(with_mfa())], &[], &[])
        .role("Lax", &[trust(lax)], &[], &[])
        .role(
            "Last",
            &[trust(
                json!({ "ArnLike": { "aws:PrincipalArn": arn("role/Op*") } }),
            )],
            &[],
            &change,
        )
        .prove();
    let printed: serde_json::Value = serde_json::from_str(&wire::json(&proof, None)).unwrap();
    let compared = format!(
        "{}{}{}",
        printed["users"], printed["roles"], printed["outsiders"]
    );
    let digest = Sha256::digest(compared.as_bytes());
    let digest: String = digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    // If this fails, raise `JUDGEMENT`, and write it here with the new digest.
    assert_eq!((JUDGEMENT, digest.as_str()), JUDGED, "{compared}");
}
