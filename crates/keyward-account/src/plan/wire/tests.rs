use keyward_core::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::hand_out::InitialSecret::{AccessKey, Password};
use crate::plan::effect::{Context, Effect, Effects, Reach};
use crate::plan::tests::cases::{ALLOW, Case, READ};
use crate::plan::tests::world::{self, Choices};
use crate::plan::{Plan, plan};

fn saved(plan: Plan) -> SavedPlan {
    SavedPlan {
        profile: Some("admin".parse().unwrap()),
        taken: Timestamp::from_second(1_700_000_000),
        plan,
    }
}

fn file(plans: Vec<SavedPlan>) -> SavedPlans {
    SavedPlans {
        blueprint: SavedBlueprint {
            path: "/home/bob/account.toml".to_owned(),
            text: "version = 1\n".to_owned(),
        },
        plans,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_saved_plan_is_read_back_exactly(numbers in proptest::collection::vec(any::<u16>(), 0..900)) {
        let mut choices = Choices::new(numbers);
        let live = world::account(&mut choices);
        let desired = world::blueprint(&mut choices, &live.account);
        let live = world::observed(&desired, live);
        if let Ok(plan) = plan(&desired, &live) {
            let unnamed = SavedPlan { profile: None, ..saved(plan.clone()) };
            let plans = file(vec![saved(plan), unnamed]);
            let text = write(&plans);
            prop_assert_eq!(read(&text).unwrap(), plans);
        }
    }

    #[test]
    fn a_damaged_file_never_panics(cut in 0usize..4000, byte in any::<u8>()) {
        let mut text = write(&file(vec![saved(example().plan().unwrap())])).into_bytes();
        let at = cut % text.len();
        text[at] = byte;
        if let Ok(text) = String::from_utf8(text) {
            let _ = read(&text);
        }
    }
}

fn example() -> Case {
    let mut case = Case::new();
    let work = case.policy("/", "work", ALLOW).arn.clone();
    case.group("admins").grants.attached.insert(work.clone());
    let alice = case.user("alice");
    alice.groups.insert("admins".parse().unwrap());
    alice.grants.boundary = Some(work);
    case.role("Reader")
        .grants
        .attached
        .insert(READ.parse().unwrap());
    case.hand_out("alice", &[Password, AccessKey]);
    case.desired.account.password_policy = Some(Default::default());
    case
}

#[test]
fn every_operation_of_a_life_is_read_back_exactly() {
    let case = example();
    let first = case.plan().unwrap();
    let case = case.apply();
    let last = crate::plan::destroy(&case.desired, &case.live).unwrap();
    let plans = file(vec![saved(first), saved(last)]);
    assert_eq!(read(&write(&plans)).unwrap(), plans);
}

#[test]
fn a_file_of_another_version_or_shape_is_refused() {
    let text = write(&file(vec![saved(example().plan().unwrap())]));
    let newer = text.replacen("\"keyward_plan\": 2", "\"keyward_plan\": 3", 1);
    assert_eq!(
        read(&newer).unwrap_err().to_string(),
        "the plan has version 3, and this keyward reads version 2"
    );
    assert!(matches!(read("{}"), Err(PlanFileError::Malformed(_))));
    let odd = text.replacen("\"steps\"", "\"stairs\"", 1);
    assert!(matches!(read(&odd), Err(PlanFileError::Malformed(_))));
}

#[test]
fn the_listing_has_the_names_that_scripts_rely_on() {
    let mut case = Case::new();
    case.role("ReadOnly")
        .grants
        .attached
        .insert(READ.parse().unwrap());
    let plan = case.plan().unwrap();
    let role: keyward_core::id::RoleArn =
        "arn:aws:iam::123456789012:role/ReadOnly".parse().unwrap();
    let effects = Effects {
        users: vec![Effect {
            user: "alice".parse().unwrap(),
            context: Context::Mfa,
            gains: Reach {
                actions: ["s3:GetObject".to_owned()].into(),
                roles: [role.clone()].into(),
            },
            loses: Reach::default(),
        }],
        roles_changed: [role].into(),
    };
    let one = AccountPlan {
        name: None,
        plan: &plan,
        effects: &effects,
        drift: None,
    };
    let value: Value = serde_json::from_str(&listing(&[one])).unwrap();
    assert_eq!(
        value,
        json!({
            "steps": [{
                "action": "create", "kind": "role", "name": "ReadOnly",
                "changes": [
                    "+ trust policy: statement 1 allows `sts:AssumeRole` for `123456789012`",
                    "+ policy `ReadOnlyAccess`: attached",
                ],
            }],
            "api_calls": 2,
            "effects": [{
                "user": "alice", "context": "mfa",
                "gains": {"actions": ["s3:GetObject"], "roles": ["ReadOnly"]},
                "loses": {"actions": [], "roles": []},
            }],
            "roles_changed": ["ReadOnly"],
        })
    );
    let named = AccountPlan {
        name: Some("people"),
        ..one
    };
    let value: Value = serde_json::from_str(&listing(&[named])).unwrap();
    assert_eq!(value["steps"][0]["account_id"], "123456789012");
    assert_eq!(value["effects"][0]["user"], "people/alice");
    assert_eq!(
        value["effects"][0]["gains"]["roles"][0],
        "arn:aws:iam::123456789012:role/ReadOnly"
    );
}
