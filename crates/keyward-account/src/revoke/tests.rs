//! What the old session may do afterwards, judged by the evaluator.

use keyward_core::Timestamp;
use keyward_iam::model::{Account, Document, Gathered, Role, User};
use keyward_iam::{Context, Policy, PolicyKind, Request, is_allowed};
use serde_json::json;

use super::{
    Console, Held, Measure, REVOKED_KEYS_TAG, Unreached, denied_until, revoke, revoke_elsewhere,
    undo, unreached,
};
use crate::plan::{Operation, PrincipalName};

const NOW: i64 = 1_700_000_000;
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

fn now() -> Timestamp {
    Timestamp::from_second(NOW)
}

fn allow_all() -> Document {
    let text = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "*", "Resource": "*" },
    ]});
    text.to_string().parse::<Policy>().unwrap().into()
}

fn account() -> Account {
    let mut account = Account::empty("123456789012".parse().unwrap());
    for name in ["alice", "bob"] {
        let mut user = User::new(name.parse().unwrap());
        let inline = &mut user.grants.inline;
        inline.insert("all".parse().unwrap(), allow_all());
        account.users.insert(user.name.clone(), user);
    }
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": { "AWS": "arn:aws:iam::123456789012:root" },
    }]});
    let trust = Policy::parse_as(PolicyKind::Trust, &trust.to_string()).unwrap();
    let mut role = Role::new("Ops".parse().unwrap(), trust.into());
    let inline = &mut role.grants.inline;
    inline.insert("all".parse().unwrap(), allow_all());
    account.roles.insert(role.name.clone(), role);
    account
}

fn held(active: &[&str]) -> Held {
    Held {
        active: active.iter().map(|id| id.parse().unwrap()).collect(),
        inactive: std::collections::BTreeSet::new(),
        console: Console::None,
    }
}

/// Carries out what changes the account.
fn carry_out(account: &mut Account, measures: &[Measure]) {
    for measure in measures {
        match measure {
            Measure::Call(Operation::PutInlinePolicy { on, name, document }) => {
                let grants = match on {
                    PrincipalName::User(name) => &mut account.users.get_mut(name).unwrap().grants,
                    PrincipalName::Role(name) => &mut account.roles.get_mut(name).unwrap().grants,
                    PrincipalName::Group(_) => panic!("groups hold colleagues"),
                };
                grants.inline.insert(name.clone(), document.clone().into());
            }
            Measure::Call(Operation::Tag { tags, .. }) => {
                let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
                alice.tags.extend(tags.clone());
            }
            Measure::Finish(Operation::Untag { keys, .. }) => {
                let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
                alice.tags.retain(|key, _| !keys.contains(key));
            }
            _ => {}
        }
    }
}

fn may(gathered: &Gathered<'_>, userid: &str, issued: i64) -> bool {
    let mut context = Context::new();
    let issued = Timestamp::from_second(issued).to_string();
    context
        .set("aws:userid", userid)
        .set("aws:TokenIssueTime", issued);
    let request = Request {
        action: &"s3:ListAllMyBuckets".parse().unwrap(),
        resource: &"*".parse().unwrap(),
        context: &context,
    };
    is_allowed(&gathered.permissions(), &request)
}

fn alice(account: &Account) -> &User {
    &account.users[&"alice".parse().unwrap()]
}

#[test]
fn the_old_session_may_do_nothing_and_colleagues_go_on() {
    let mut account = account();
    let measures = revoke(&account, alice(&account), &held(&[KEY]), now());
    carry_out(&mut account, &measures);
    let user = Gathered::of_user(&account, alice(&account));
    assert!(!may(&user, "AIDAALICE", NOW - 3600));
    assert!(!may(&user, "AIDAALICE", NOW));
    assert!(may(&user, "AIDAALICE", NOW + 3600));
    let bob = Gathered::of_user(&account, &account.users[&"bob".parse().unwrap()]);
    assert!(may(&bob, "AIDABOB", NOW - 3600));
    let role = Gathered::of_role(&account, &account.roles[&"Ops".parse().unwrap()]);
    assert!(!may(&role, "AROAOPS:alice", NOW - 3600));
    assert!(may(&role, "AROAOPS:bob", NOW - 3600));
    assert!(may(&role, "AROAOPS:malice", NOW - 3600));
    assert!(may(&role, "AROAOPS:alice", NOW + 3600));
}

#[test]
fn keys_are_switched_off_before_sessions_are_denied() {
    let account = account();
    let measures = revoke(&account, alice(&account), &held(&[KEY]), now());
    let off = Measure::SwitchOff(KEY.parse().unwrap());
    let off = measures.iter().position(|m| *m == off).unwrap();
    let denied = measures
        .iter()
        .position(|m| matches!(m, Measure::Call(Operation::PutInlinePolicy { .. })))
        .unwrap();
    assert!(matches!(measures[0], Measure::Call(Operation::Tag { .. })));
    assert!(off < denied);
}

#[test]
fn a_denial_covers_the_sessions_up_to_its_call() {
    let account = account();
    let user = alice(&account);
    let later = now().after(std::time::Duration::from_secs(3600));
    let measures = revoke(&account, user, &held(&["AKIAIOSFODNN7EXAMPLE"]), now());
    let dates = |measures: &[Measure]| -> Vec<Timestamp> {
        let documents = measures.iter().filter_map(|measure| match measure {
            Measure::Call(Operation::PutInlinePolicy { document, .. }) => {
                denied_until(&document.clone().into())
            }
            _ => None,
        });
        documents.collect()
    };
    let made: Vec<Measure> = measures.iter().map(|it| it.at(user, later)).collect();
    let (planned, made) = (dates(&measures), dates(&made));
    assert!(planned.len() > 1 && planned.len() == made.len());
    assert!(planned.iter().all(|until| *until < later));
    assert!(made.iter().all(|until| *until > later), "{made:?}");
}

#[test]
fn a_second_run_changes_nothing() {
    let mut account = account();
    let measures = revoke(&account, alice(&account), &held(&[KEY]), now());
    carry_out(&mut account, &measures);
    let later = now().after(std::time::Duration::from_secs(9999));
    assert_eq!(revoke(&account, alice(&account), &held(&[]), later), []);
    // A key that came since is switched off, and the sessions since are denied.
    let again = revoke(&account, alice(&account), &held(&[KEY]), later);
    assert_eq!(again.len(), measures.len());
}

#[test]
fn undoing_switches_on_what_was_switched_off_and_nothing_else() {
    let mut account = account();
    let measures = revoke(&account, alice(&account), &held(&[KEY]), now());
    carry_out(&mut account, &measures);
    assert_eq!(alice(&account).tags[REVOKED_KEYS_TAG], KEY);
    let mut held = held(&[]);
    held.inactive = [KEY, "AKIAI44QH8DHBEXAMPLE"]
        .map(|id| id.parse().unwrap())
        .into();
    let undone = undo(&account, alice(&account), &held);
    let on: Vec<&Measure> = undone
        .iter()
        .filter(|measure| matches!(measure, Measure::SwitchOn(_)))
        .collect();
    assert_eq!(on, [&Measure::SwitchOn(KEY.parse().unwrap())]);
    let deletions = undone
        .iter()
        .filter(|m| matches!(m, Measure::Call(Operation::DeleteInlinePolicy { .. })));
    assert_eq!(deletions.count(), 2);
    assert!(matches!(
        undone.last(),
        Some(Measure::Finish(Operation::Untag { .. }))
    ));
}

#[test]
fn what_is_out_of_reach_is_listed() {
    let account = account();
    let found = unreached(&[&account], &account, alice(&account));
    assert!(found.contains(&Unreached::OtherNames("Ops".parse().unwrap())));
    assert!(found.contains(&Unreached::OtherAccounts("*".to_owned())));
    assert!(found.contains(&Unreached::OtherCredentials));
}

#[test]
fn a_run_that_was_interrupted_is_finished_by_the_next() {
    let mut account = account();
    let earlier = revoke(&account, alice(&account), &held(&[KEY]), now());
    carry_out(&mut account, &earlier);
    // A second loss, a day later: the run dies after every single call.
    let later = now().after(std::time::Duration::from_secs(86_400));
    let measures = revoke(&account, alice(&account), &held(&[KEY]), later);
    for done in 1..measures.len() {
        let mut account = account.clone();
        carry_out(&mut account, &measures[..done]);
        let off = measures[..done].contains(&Measure::SwitchOff(KEY.parse().unwrap()));
        let still: &[&str] = if off { &[] } else { &[KEY] };
        let rest = revoke(&account, alice(&account), &held(still), later);
        carry_out(&mut account, &rest);
        let role = Gathered::of_role(&account, &account.roles[&"Ops".parse().unwrap()]);
        let just_before = later.before(std::time::Duration::from_secs(60)).as_second();
        assert!(!may(&role, "AROAOPS:alice", just_before), "{done}");
        let again = revoke(&account, alice(&account), &held(&[]), later);
        assert_eq!(again, [], "{done}");
    }
}

#[test]
fn old_sessions_of_roles_in_other_accounts_are_denied() {
    let home = account();
    let mut other = Account::empty("111122223333".parse().unwrap());
    let role = home.roles.values().next().unwrap().clone();
    other.roles.insert(role.name.clone(), role);
    let accounts = [&home, &other];
    let whom = (&home, alice(&home));
    let measures = revoke_elsewhere(&accounts, &other, whom, &held(&[KEY]), now());
    assert_eq!(measures.len(), 1);
    carry_out(&mut other, &measures);
    let role = Gathered::of_role(&other, &other.roles[&"Ops".parse().unwrap()]);
    assert!(!may(&role, "AROAOPS:alice", NOW - 3600));
    assert!(may(&role, "AROAOPS:bob", NOW - 3600));
}
