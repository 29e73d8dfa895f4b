use keyward_iam::catalogue::Catalogue;
use serde_json::json;

use super::show;
use crate::prove::tests::fixtures::{Small, allow, trust, when, with_mfa};

fn text(small: &Small) -> Vec<String> {
    let lines = show(&small.prove());
    lines.iter().map(ToString::to_string).collect()
}

#[test]
fn an_edit_that_fixes_several_findings_is_shown_once() {
    let grants = allow(json!(["s3:GetObject", "s3:PutObject"]), json!("*"));
    let small = Small::default().user("/", "alice", &[]);
    let mut proof = small.with("own", &[grants]).prove();
    for finding in &mut proof.findings {
        finding.fix = Some("+ guard = true".to_owned());
    }
    let lines: Vec<String> = show(&proof).iter().map(ToString::to_string).collect();
    let edits = lines.iter().filter(|line| line.contains("+ guard = true"));
    assert_eq!(edits.count(), 1);
    let first = "alice [without-mfa/s3:GetObject and 1 more]";
    assert!(lines.contains(&format!("high: {first}")), "{lines:#?}");
    let same = format!("  fixed by the same lines as {first}");
    let others = lines.iter().filter(|line| **line == same);
    assert_eq!(others.count(), 1, "{lines:#?}");
}

#[test]
fn findings_that_are_alike_are_shown_once() {
    let grants = allow(json!(["s3:GetObject", "s3:PutObject"]), json!("*"));
    let small = Small::default()
        .group("people", &[("own", vec![grants])])
        .user("/", "alice", &["people"])
        .user("/", "bob", &["people"]);
    let lines = text(&small);
    let at = lines
        .iter()
        .position(|line| line == "high: alice, bob [without-mfa/s3:GetObject and 1 more]")
        .unwrap_or_else(|| panic!("{lines:#?}"));
    assert_eq!(
        lines[at + 1..at + 5],
        [
            "  can call `s3:GetObject` with a long-term key or a session without MFA",
            "  the same holds for 1 more: s3:PutObject",
            "  by statement 1 of `own` of group `people`",
            "  to do: remove these actions from statement 1 of `own` of group `people`, or deny \
             them in another policy; or deny them without MFA: attach to each of them or their \
             groups a statement that denies everything except enrolment with `BoolIfExists \
             aws:MultiFactorAuthPresent = false`",
        ]
    );
    assert!(
        lines.contains(&"kept: no user can lift their own guard, but 2 users have none".to_owned())
    );
}

#[test]
fn services_are_named_as_a_whole() {
    let grants = allow(json!(["sqs:*", "iam:GetUser"]), json!("*"));
    let small = Small::default()
        .user("/", "alice", &[])
        .with("own", &[grants])
        .user("/", "bob", &[])
        .with("own", &[allow(json!("*"), json!("*"))]);
    let lines = text(&small);
    let has = |start: &str| lines.iter().any(|line| line.starts_with(start));
    assert!(has(
        "  with the key alone: iam:GetUser, sqs:*, and actions newer"
    ));
    assert!(has(
        "  with the key alone: every action that keyward knows, and actions newer"
    ));
}

#[test]
fn users_who_can_do_the_same_are_shown_together() {
    let grants = allow(json!(["s3:GetObject"]), json!("*"));
    let small = Small::default()
        .user("/", "alice", &[])
        .user("/", "bob", &[])
        .user("/", "carol", &[])
        .with("own", &[grants]);
    let lines: Vec<String> = show(&small.prove())
        .iter()
        .map(ToString::to_string)
        .collect();
    let at = |line: &str| lines.iter().position(|other| other == line);
    let (both, alone) = (at("alice, bob").unwrap(), at("carol").unwrap());
    assert_eq!(
        lines[both + 1],
        "  a long-term key        2 actions, no role"
    );
    assert_eq!(
        lines[alone + 1],
        "  a long-term key        3 actions, no role"
    );
    assert_eq!(at("alice"), None);
}

#[test]
fn users_whose_key_can_enrol_a_device_are_named() {
    let enrol = allow(
        json!(["iam:CreateVirtualMFADevice", "iam:EnableMFADevice"]),
        json!("*"),
    );
    let read = when(allow(json!("s3:GetObject"), json!("*")), with_mfa());
    let small = Small::default()
        .user("/", "alice", &[])
        .with("own", &[enrol, read.clone()])
        .user("/", "bob", &[])
        .with("own", &[read]);
    let lines: Vec<String> = show(&small.prove())
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        lines[1],
        "as long as a user has no device, a stolen key can enrol the thief's own and then has all \
         that a fresh MFA code gives (alice)"
    );
}

#[test]
fn the_headline_names_everyone_who_can_do_the_most() {
    let with = |small: Small, name: &str, actions: &[&str]| {
        let small = small.user("/", name, &[]);
        small.with("own", &[allow(json!(actions), json!("*"))])
    };
    let headline = |small: &Small| show(&small.prove())[0].to_string();
    let one = with(Small::default(), "alice", &["s3:GetObject"]);
    assert!(headline(&one).ends_with(" can do 3 things at most (alice)"));
    let two = with(one, "bob", &["s3:PutObject"]);
    assert!(headline(&two).ends_with(" can do 3 things at most (every user here)"));
    let three = two.user("/", "carol", &[]);
    assert!(headline(&three).ends_with(" can do 3 things at most (alice, bob)"));
}

#[test]
fn newer_actions_end_the_list_of_what_a_key_can_do() {
    let small = Small::default().user("/", "alice", &[]).with(
        "own",
        &[allow(json!(["iam:ListUsers", "sqs:Tag*"]), json!("*"))],
    );
    let lines: Vec<String> = show(&small.prove())
        .iter()
        .map(ToString::to_string)
        .collect();
    let date = Catalogue::built_in().date();
    let list = format!(
        "  with the key alone: iam:ListUsers, sqs:TagQueue, and actions newer than {date} through `sqs:Tag*`"
    );
    assert!(lines.contains(&list), "{lines:?}");
}

#[test]
fn what_depends_on_the_request_is_marked() {
    let office = json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } });
    let read = when(allow(json!("s3:GetObject"), json!("*")), office.clone());
    let small = Small::default()
        .role("Ops", &[trust(office)], &[], &[])
        .user("/", "alice", &[])
        .with("own", &[read, allow(json!("sts:AssumeRole"), json!("*"))]);
    let lines: Vec<String> = show(&small.prove())
        .iter()
        .map(ToString::to_string)
        .collect();
    let has = |line: &str| lines.iter().any(|other| other == line);
    assert!(has(
        "  a long-term key        4 actions (1 undecided), 1 role (1 undecided)"
    ));
    assert!(has("  role Ops with the key alone, if a condition holds"));
}
