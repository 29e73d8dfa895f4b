//! Initial secrets: made once, never drift, never orphaned.

use keyward_core::Timestamp;

use super::cases::Case;
use crate::desired::Entity;
use crate::hand_out::InitialSecret;
use crate::hand_out::InitialSecret::{AccessKey, Password};
use crate::plan::simulate::Simulation;
use crate::plan::{Operation, plan};
use crate::snapshot::{LastUse, UserCredentials};

fn alice(secrets: &[InitialSecret]) -> Case {
    let mut case = Case::new();
    case.user("alice");
    case.hand_out("alice", secrets);
    case
}

fn credentials(case: &mut Case) -> &mut UserCredentials {
    case.live
        .credentials
        .entry("alice".parse().unwrap())
        .or_default()
}

fn tag(case: &mut Case, key: &str, value: &str) {
    let alice = case.live.account.users.values_mut().next().unwrap();
    alice.tags.insert(key.to_owned(), value.to_owned());
}

#[test]
fn a_new_user_gets_its_secrets_once_and_the_tags_say_so() {
    let case = alice(&[Password, AccessKey]);
    case.check(
        "
Users
  + user `alice`
Initial secrets
  + console password `alice`
      + console password: handed out once, encrypted
  + access key `alice`
      + access key: handed out once, encrypted",
    );
    let plan = case.plan().unwrap();
    assert!(plan.operations().any(|operation| matches!(
        operation,
        Operation::CreateUser { tags, .. }
            if tags.get("keyward:handing-out").is_some_and(|it| it == "password access_key")
    )));
    let case = case.apply();
    case.check("");
    let tags = &case.live.account.users.values().next().unwrap().tags;
    assert_eq!(
        tags.get("keyward:handed-out").unwrap(),
        "password access_key"
    );
    assert_eq!(tags.get("keyward:handing-out"), None);
}

#[test]
fn what_a_person_does_with_its_secrets_is_no_drift() {
    let mut case = alice(&[Password, AccessKey]).apply();
    *credentials(&mut case) = UserCredentials::default();
    case.check("");
}

#[test]
fn a_secret_that_is_wanted_later_is_announced_before_it_is_made() {
    let mut case = alice(&[Password]).apply();
    case.hand_out("alice", &[Password, AccessKey]);
    let plan = case.plan().unwrap();
    let operations: Vec<&Operation> = plan.operations().collect();
    assert!(
        matches!(
            operations[..],
            [
                Operation::Tag { .. },
                Operation::HandOut {
                    secret: AccessKey,
                    ..
                },
                Operation::Tag { .. },
                Operation::Untag { .. },
            ]
        ),
        "{operations:#?}"
    );
    case.apply().check("");
}

#[test]
fn a_secret_that_the_user_has_already_is_recorded_and_none_is_made() {
    let mut case = alice(&[]).apply();
    case.hand_out("alice", &[AccessKey]);
    credentials(&mut case)
        .access_keys
        .insert("AKIAIOSFODNN7EXAMPLE".parse().unwrap(), LastUse::Never);
    case.check(
        "
Users
  ~ user `alice`
      ~ access key: the user has one, so none is handed out",
    );
    case.apply().check("");
}

#[test]
fn a_key_that_an_interrupted_run_left_is_replaced_unless_it_is_in_use() {
    let mut case = alice(&[AccessKey]).apply();
    let user = case.live.account.users.values_mut().next().unwrap();
    user.tags.remove("keyward:handed-out");
    tag(&mut case, "keyward:handing-out", "access_key");
    let key = credentials(&mut case)
        .access_keys
        .keys()
        .next()
        .unwrap()
        .clone();
    case.check(&format!(
        "
Initial secrets
  + access key `alice`
      - access key `{key}`: left by an interrupted run, never delivered
      + access key: handed out once, encrypted"
    ));
    let used = LastUse::At(Timestamp::from_second(1));
    credentials(&mut case).access_keys.insert(key, used);
    case.check(
        "
Users
  ~ user `alice`
      ~ access key: the user has one, so none is handed out
      ~ hand-out: recorded as finished",
    );
    case.apply().check("");
}

#[test]
fn a_password_that_an_interrupted_run_left_is_replaced() {
    let mut case = alice(&[Password]).apply();
    let user = case.live.account.users.values_mut().next().unwrap();
    user.tags.remove("keyward:handed-out");
    tag(&mut case, "keyward:handing-out", "password");
    case.check(
        "
Initial secrets
  + console password `alice`
      - console password: left by an interrupted run, never delivered
      + console password: handed out once, encrypted",
    );
    case.apply().check("");
}

#[test]
fn a_leftover_goes_also_when_the_blueprint_no_longer_wants_the_secret() {
    let mut case = alice(&[AccessKey]).apply();
    let user = case.live.account.users.values_mut().next().unwrap();
    user.tags.remove("keyward:handed-out");
    tag(&mut case, "keyward:handing-out", "access_key");
    case.desired.hand_outs.clear();
    let mut case = case.apply();
    case.check("");
    assert!(credentials(&mut case).access_keys.is_empty());
}

#[test]
fn an_adopted_user_gets_no_secret() {
    let mut case = alice(&[Password]);
    let live = keyward_iam::model::User::new("alice".parse().unwrap());
    case.live.account.users.insert(live.name.clone(), live);
    case.adopt(Entity::User("alice".parse().unwrap()));
    case.check_problems(&[
        "user `alice` is adopted, and keyward never tags adopted users, so it cannot record that \
         an initial secret was handed out: remove `password` and `access_key`",
    ]);
}

/// A key that works again, or a new password, would restore what the revocation removed.
#[test]
fn a_revoked_user_gets_no_secret_until_the_revocation_is_undone() {
    for begun in [false, true] {
        let mut case = alice(&[Password, AccessKey]).apply();
        let user = case.live.account.users.values_mut().next().unwrap();
        user.tags.remove("keyward:handed-out");
        let until = Timestamp::from_second(1_800_000_000);
        let policy = crate::revoke::REVOCATION_POLICY.parse().unwrap();
        let denial = crate::revoke::deny_user(until).into();
        user.grants.inline.insert(policy, denial);
        if begun {
            tag(&mut case, "keyward:handing-out", "password access_key");
        }
        credentials(&mut case).password = None;
        credentials(&mut case).access_keys.clear();
        case.check("");
        assert!(crate::plan::credentials_needed(&case.desired, &case.live).is_empty());
        let user = case.live.account.users.values_mut().next().unwrap();
        let withheld = crate::plan::withheld(&case.desired, user);
        assert_eq!(withheld, [Password, AccessKey].into());
        user.grants.inline.clear();
        let mut case = case.apply();
        assert_eq!(credentials(&mut case).access_keys.len(), 1);
    }
}

/// The denial is written after the record, the keys and the password.
#[test]
fn a_user_whose_revocation_is_half_done_gets_no_secret() {
    let note = [crate::revoke::REVOKING_TAG, crate::revoke::REVOKED_KEYS_TAG];
    for noted in [Some(note[0]), Some(note[1]), None] {
        let mut case = alice(&[Password, AccessKey]).apply();
        tag(&mut case, "keyward:handing-out", "password access_key");
        credentials(&mut case).password = None;
        credentials(&mut case).access_keys.clear();
        let now = Timestamp::from_second(1_800_000_000);
        let user = case.live.account.users.values_mut().next().unwrap();
        user.tags.remove("keyward:handed-out");
        if let Some(tag) = noted {
            user.tags.insert(tag.to_owned(), String::new());
        } else {
            let account = &case.live.account;
            let user = account.users.values().next().unwrap();
            let calls = crate::revoke::note_in_policy(account, user, &[].into(), now);
            let mut noting = Simulation::new(&case.live);
            for call in &calls {
                noting.apply(call).unwrap();
            }
            case.live = noting.snapshot(&case.live);
        }
        case.check("");
        let user = case.live.account.users.values().next().unwrap();
        let withheld = crate::plan::withheld(&case.desired, user);
        assert_eq!(withheld, [Password, AccessKey].into(), "{noted:?}");
        assert!(crate::plan::credentials_needed(&case.desired, &case.live).is_empty());
    }
}

#[test]
fn a_plan_asks_for_credentials_only_where_a_secret_is_open() {
    let case = alice(&[Password, AccessKey]);
    let needed = |case: &Case| crate::plan::credentials_needed(&case.desired, &case.live);
    assert!(needed(&case).is_empty());
    let mut case = case.apply();
    assert!(needed(&case).is_empty());
    tag(&mut case, "keyward:handed-out", "password");
    assert_eq!(needed(&case).len(), 1);
    case.live.credentials.clear();
    let problems = plan(&case.desired, &case.live).unwrap_err();
    assert_eq!(
        problems.to_string(),
        "the password and keys of user `alice` were not read, and its initial secrets are open"
    );
}

#[test]
fn each_secret_is_delivered_once_wherever_a_run_is_interrupted() {
    let case = alice(&[Password, AccessKey]);
    let plan = case.plan().unwrap();
    for done in 0..=plan.calls() {
        let mut case = alice(&[Password, AccessKey]);
        let mut now = Simulation::new(&case.live);
        for operation in plan.operations().take(done) {
            now.apply(operation).unwrap();
        }
        case.live = now.snapshot(&case.live);
        let mut case = case.apply();
        case.check("");
        assert_eq!(
            credentials(&mut case).access_keys.len(),
            1,
            "after {done} calls"
        );
    }
}
