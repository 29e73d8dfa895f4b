//! The rights of the old session afterwards, judged by the evaluator.

use keyward_core::Timestamp;
use keyward_core::id::PolicyName;
use keyward_iam::model::{Account, Document, Gathered, Grants, ManagedPolicy, Role, User};
use keyward_iam::{Context, Policy, PolicyKind, Request, is_allowed};
use serde_json::json;

use super::{
    Console, Failures, Fate, Held, Measure, Measures, NotedIn, REVOKED_KEYS_TAG, REVOKING_TAG,
    RevokedUser, Unreached, Whom, close, denied_until, deny_user_in_role, note_in_policy,
    note_in_tags, revoked_until, unmark, unreached,
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

/// The user has one key, which is on where it is named.
fn held(active: &[&str]) -> Held {
    let key = [KEY].iter().filter(|key| !active.contains(key));
    Held {
        active: active.iter().map(|id| id.parse().unwrap()).collect(),
        inactive: key.map(|id| id.parse().unwrap()).collect(),
        console: Console::None,
        last_use: None,
    }
}

/// An administrator switched the key on and off by hand, and the key made a session in between.
#[test]
fn a_key_that_was_used_after_the_denial_is_denied_again() {
    let mut account = account();
    let measures = revoke(&account, alice(&account), &held(&[KEY]), now());
    carry_out(&mut account, &measures);
    let used = |at: i64| Held {
        inactive: [KEY.parse().unwrap()].into(),
        last_use: Some(Timestamp::from_second(at)),
        ..held(&[])
    };
    let later = Timestamp::from_second(NOW + 900);
    assert_eq!(revoke(&account, alice(&account), &used(NOW - 5), later), []);
    let measures = revoke(&account, alice(&account), &used(NOW + 600), later);
    carry_out(&mut account, &measures);
    let user = Gathered::of_user(&account, alice(&account));
    assert!(!may(&user, "AIDAALICE", NOW + 600));
    let role = Gathered::of_role(&account, &account.roles[&"Ops".parse().unwrap()]);
    assert!(!may(&role, "AROAOPS:alice", NOW + 600));
    assert_eq!(
        revoke(&account, alice(&account), &used(NOW + 600), later),
        []
    );
}

/// All calls in one account, as they are made.
fn revoke(account: &Account, user: &User, held: &Held, now: Timestamp) -> Vec<Measure> {
    in_order(super::revoke(alone(account, user), held, now))
}

fn undo(account: &Account, user: &User, held: &Held) -> Vec<Measure> {
    in_order(super::undo(alone(account, user), held))
}

fn alone<'a>(home: &'a Account, user: &'a User) -> Whom<'a> {
    Whom {
        user,
        home,
        others: &[],
    }
}

fn in_order(measures: Measures) -> Vec<Measure> {
    let Measures {
        home,
        elsewhere,
        last,
    } = measures;
    let elsewhere = elsewhere.into_iter().flatten();
    home.into_iter().chain(elsewhere).chain(last).collect()
}

/// The store of a run's record.
#[derive(Clone, Copy, PartialEq)]
enum Notes {
    InTags,
    InPolicy,
}

/// Carries out what changes the account.
fn carry_out(account: &mut Account, measures: &[Measure]) {
    carry_out_at(account, measures, now());
}

/// The same at another time, which is in the record.
fn carry_out_at(account: &mut Account, measures: &[Measure], at: Timestamp) {
    for measure in measures {
        carry_out_noting(account, measure, Notes::InTags, at);
    }
}

fn carry_out_noting(account: &mut Account, measure: &Measure, notes: Notes, at: Timestamp) {
    let name = "alice".parse().unwrap();
    let operations = match measure {
        Measure::Call(operation) | Measure::Replaced(operation) => vec![operation.clone()],
        Measure::CloseNote => {
            let noted = match notes {
                Notes::InTags => NotedIn::Tags,
                Notes::InPolicy => NotedIn::Policy,
            };
            close(account, &account.users[&name], noted)
        }
        Measure::Unmark => vec![unmark(&account.users[&name])],
        Measure::Note(keys) => {
            let user = &account.users[&name];
            match notes {
                Notes::InTags => vec![note_in_tags(user, keys, at)],
                Notes::InPolicy => note_in_policy(account, user, keys, at),
            }
        }
        Measure::SwitchOff(_) | Measure::SwitchOn(_) => return,
    };
    for operation in operations {
        perform(account, operation);
    }
}

fn perform(account: &mut Account, operation: Operation) {
    let name = "alice".parse().unwrap();
    let grants = |account: &mut Account, on: &PrincipalName| on.grants(account).cloned().unwrap();
    let set = |account: &mut Account, on: &PrincipalName, grants| match on {
        PrincipalName::User(name) => account.users.get_mut(name).unwrap().grants = grants,
        PrincipalName::Role(name) => account.roles.get_mut(name).unwrap().grants = grants,
        PrincipalName::Group(_) => {}
    };
    match operation {
        Operation::PutInlinePolicy { on, name, document } => {
            let mut grants = grants(account, &on);
            grants.inline.insert(name, document.into());
            set(account, &on, grants);
        }
        Operation::DeleteInlinePolicy { on, name } => {
            let mut grants = grants(account, &on);
            assert!(grants.inline.remove(&name).is_some());
            set(account, &on, grants);
        }
        Operation::CreatePolicy {
            arn,
            name,
            path,
            document,
            tags,
        } => {
            let policy = ManagedPolicy {
                arn: arn.clone(),
                name,
                path,
                document: document.into(),
                versions: vec![],
                tags,
            };
            assert!(account.policies.insert(arn, policy).is_none());
        }
        Operation::CreatePolicyVersion { arn, document } => {
            account.policies.get_mut(&arn).unwrap().document = document.into();
        }
        Operation::DeletePolicy(arn) => {
            assert!(account.policies.remove(&arn).is_some());
        }
        Operation::AttachPolicy { to, policy } => {
            let mut grants = grants(account, &to);
            assert!(grants.attached.insert(policy));
            set(account, &to, grants);
        }
        Operation::DetachPolicy { from, policy } => {
            let mut grants = grants(account, &from);
            assert!(grants.attached.remove(&policy));
            set(account, &from, grants);
        }
        Operation::Tag { tags, .. } => {
            account.users.get_mut(&name).unwrap().tags.extend(tags);
        }
        Operation::Untag { keys, .. } => {
            let alice = account.users.get_mut(&name).unwrap();
            alice.tags.retain(|key, _| !keys.contains(key));
        }
        _ => {}
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
fn restricted_sessions_of_the_user_are_denied_too() {
    let check = |name: &str, denied: &[&str], go_on: &[&str]| {
        let mut account = account();
        let mut user = account.users.remove(&"alice".parse().unwrap()).unwrap();
        user.name = name.parse().unwrap();
        user.id = Some("AIDAEXAMPLE".to_owned());
        let policy = deny_user_in_role(&user, now());
        let role = account.roles.get_mut(&"Ops".parse().unwrap()).unwrap();
        let inline = &mut role.grants.inline;
        inline.insert("revoked".parse().unwrap(), policy.into());
        let role = Gathered::of_role(&account, &account.roles[&"Ops".parse().unwrap()]);
        let may = |session: &&str| may(&role, &format!("AROAOPS:{session}"), NOW - 3600);
        assert!(!denied.iter().any(may), "{name}");
        assert!(go_on.iter().all(may), "{name}");
    };
    check(
        "alice",
        &[
            "alice",
            "alice-readonly",
            "alice-restricted",
            "AIDAEXAMPLE",
            "AIDAEXAMPLE-readonly",
        ],
        &["alice-x", "malice-readonly", "bob-readonly"],
    );
    let long = "a".repeat(64);
    check(
        &long,
        &[
            &long,
            &format!("{}-readonly", "a".repeat(55)),
            &format!("{}-restricted", "a".repeat(53)),
        ],
        &[],
    );
    // Names of sessions have at least two characters.
    check("a", &["a-", "a--readonly"], &["b-"]);
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
    assert!(matches!(measures[0], Measure::Note(_)));
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

/// Makes the denial of the role `Ops` what keyward wrote before it denied restricted sessions.
fn shorten_denial(account: &mut Account) -> &mut Grants {
    let role = account.roles.get_mut(&"Ops".parse().unwrap());
    let grants = &mut role.unwrap().grants;
    let denial = grants
        .inline
        .values_mut()
        .find(|it| denied_until(it).is_some());
    let denial = denial.unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&denial.to_json()).unwrap();
    json["Statement"][0]["Condition"]["StringLike"]["aws:userid"] = json!("*:alice");
    *denial = json.to_string().parse::<Policy>().unwrap().into();
    grants
}

#[test]
fn a_denial_that_knows_fewer_sessions_is_written_again() {
    let mut account = account();
    let measures = revoke(&account, alice(&account), &held(&[KEY]), now());
    carry_out(&mut account, &measures);
    shorten_denial(&mut account);
    let later = revoke(&account, alice(&account), &held(&[]), now());
    assert_eq!(later.len(), 1, "{later:?}");
    carry_out(&mut account, &later);
    assert_eq!(revoke(&account, alice(&account), &held(&[]), now()), []);
}

#[test]
fn a_grant_under_the_name_of_a_denial_is_replaced() {
    let mut account = account();
    let measures = revoke(&account, alice(&account), &held(&[KEY]), now());
    carry_out(&mut account, &measures);
    let user = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
    let own: PolicyName = "keyward-revoked".parse().unwrap();
    user.grants.inline.insert(own.clone(), allow_all());
    let again = revoke(&account, alice(&account), &held(&[]), now());
    carry_out(&mut account, &again);
    assert!(
        revoked_until(&account, alice(&account)).is_some(),
        "{again:?}"
    );
}

#[test]
fn a_denial_of_less_than_a_revocation_denies_is_replaced() {
    let mut account = account();
    let measures = revoke(&account, alice(&account), &held(&[KEY]), now());
    carry_out(&mut account, &measures);
    let user = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
    let own: PolicyName = "keyward-revoked".parse().unwrap();
    let denial = user.grants.inline.get_mut(&own).unwrap();
    let less = denial
        .to_json()
        .replace(r#""Action":"*""#, r#""Action":"s3:Foo""#);
    *denial = less.parse::<Policy>().unwrap().into();
    assert_eq!(revoked_until(&account, alice(&account)), None);
    let again = revoke(&account, alice(&account), &held(&[]), now());
    carry_out(&mut account, &again);
    assert!(
        revoked_until(&account, alice(&account)).is_some(),
        "{again:?}"
    );
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
        Some(Measure::Call(Operation::Untag { .. }))
    ));
}

#[test]
fn what_is_out_of_reach_is_listed() {
    let account = account();
    let found = unreached(alone(&account, alice(&account)));
    let ops = ["Ops".parse().unwrap()].into();
    let expect = [
        Unreached::OtherNames(ops),
        Unreached::OtherAccounts(vec!["*".to_owned()]),
        Unreached::OtherCredentials,
    ];
    assert_eq!(found, expect);
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
        carry_out_at(&mut account, &measures[..done], later);
        let off = measures[..done].contains(&Measure::SwitchOff(KEY.parse().unwrap()));
        let still: &[&str] = if off { &[] } else { &[KEY] };
        let rest = revoke(&account, alice(&account), &held(still), later);
        carry_out_at(&mut account, &rest, later);
        let role = Gathered::of_role(&account, &account.roles[&"Ops".parse().unwrap()]);
        let just_before = later.before(std::time::Duration::from_secs(60)).as_second();
        assert!(!may(&role, "AROAOPS:alice", just_before), "{done}");
        let again = revoke(&account, alice(&account), &held(&[]), later);
        assert_eq!(again, [], "{done}");
    }
}

/// A person who may tag but not untag leaves the mark of a run that did everything else.
#[test]
fn a_mark_that_stays_makes_no_second_run_deny_again() {
    let mut account = account();
    let measures = revoke(&account, alice(&account), &held(&[KEY]), now());
    let (close, others) = measures.split_last().unwrap();
    assert_eq!(*close, Measure::CloseNote);
    carry_out(&mut account, others);
    let later = now().after(std::time::Duration::from_secs(9999));
    let again = super::revoke(alone(&account, alice(&account)), &held(&[]), later);
    assert!(again.is_empty(), "{again:?}");
    assert_eq!(in_order(again), [Measure::Unmark]);
    // The user may write anything into the tag.
    for text in ["", "soon", "2099-01-01T00:00:00Z"] {
        let name = "alice".parse().unwrap();
        let user = account.users.get_mut(&name).unwrap();
        user.tags.insert(REVOKING_TAG.to_owned(), text.to_owned());
        let again = super::revoke(alone(&account, alice(&account)), &held(&[]), later);
        assert!(!again.is_empty(), "{text}");
    }
    carry_out(&mut account, &[Measure::Unmark]);
    assert_eq!(revoke(&account, alice(&account), &held(&[]), later), []);
}

#[test]
fn what_iam_does_not_take_as_tags_a_policy_notes() {
    let mut account = account();
    let measures = revoke(&account, alice(&account), &held(&[KEY]), now());
    for measure in &measures {
        carry_out_noting(&mut account, measure, Notes::InPolicy, now());
    }
    assert!(alice(&account).tags.is_empty());
    assert_eq!(revoke(&account, alice(&account), &held(&[]), now()), []);
    let mut off = held(&[]);
    off.inactive = [KEY, "AKIAI44QH8DHBEXAMPLE"]
        .map(|id| id.parse().unwrap())
        .into();
    let undone = undo(&account, alice(&account), &off);
    assert!(undone.contains(&Measure::SwitchOn(KEY.parse().unwrap())));
    carry_out(&mut account, &undone);
    assert!(
        alice(&account)
            .grants
            .inline
            .keys()
            .all(|name| name.as_str() == "all")
    );
}

#[test]
fn a_note_in_a_policy_that_no_denial_followed_is_an_open_revocation() {
    let mut account = account();
    let earlier = revoke(&account, alice(&account), &held(&[KEY]), now());
    carry_out(&mut account, &earlier);
    // The next run dies after its note and the first key.
    let later = now().after(std::time::Duration::from_secs(86_400));
    let keys = [KEY.parse().unwrap()].into();
    for call in note_in_policy(&account, alice(&account), &keys, later) {
        perform(&mut account, call);
    }
    let rest = revoke(&account, alice(&account), &held(&[]), later);
    assert_eq!(rest.len(), measures_of_a_whole_run() - 1, "{rest:?}");
}

fn measures_of_a_whole_run() -> usize {
    let account = account();
    revoke(&account, alice(&account), &held(&[KEY]), now()).len()
}

#[test]
fn a_role_that_the_user_reached_in_the_past_is_denied() {
    let mut account = account();
    let user = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
    user.grants.inline.clear();
    let measures = revoke(&account, alice(&account), &held(&[KEY]), now());
    carry_out(&mut account, &measures);
    let role = Gathered::of_role(&account, &account.roles[&"Ops".parse().unwrap()]);
    assert!(!may(&role, "AROAOPS:alice", NOW - 3600));
}

#[test]
fn a_denial_names_its_user_and_the_account() {
    let of = |name: &str| RevokedUser::of(&name.parse().unwrap());
    let account = |name| of(name).unwrap().account.map(|id| id.to_string());
    assert_eq!(account("keyward-revoked.alice"), None);
    assert_eq!(account("keyward-revoked.alice@example.com"), None);
    let elsewhere = account("keyward-revoked.alice@123456789012");
    assert_eq!(elsewhere.as_deref(), Some("123456789012"));
    let user = of("keyward-revoked.a@example.com@123456789012").unwrap();
    assert_eq!(user.name.as_str(), "a@example.com");
    assert_eq!(of("keyward-revoked"), None);
    assert_eq!(of("other.alice"), None);
}

/// A policy of this name, so long that nothing fits beside it.
fn fill(grants: &mut keyward_iam::model::Grants, characters: usize) {
    let resource = format!("arn:aws:s3:::{}", "x".repeat(characters - 100));
    let document = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "s3:*", "Resource": resource },
    ]});
    let document = document.to_string().parse::<Policy>().unwrap();
    let name = "full".parse().unwrap();
    grants.inline.insert(name, document.into());
}

/// Nothing fits among the inline policies, nor among the tags where `notes` says so.
#[test]
fn where_inline_policies_are_full_managed_ones_deny() {
    for notes in [Notes::InTags, Notes::InPolicy] {
        let mut account = account();
        let ops = account.roles.get_mut(&"Ops".parse().unwrap()).unwrap();
        fill(&mut ops.grants, 10_240);
        let mut second = ops.clone();
        second.name = "Second".parse().unwrap();
        account.roles.insert(second.name.clone(), second);
        let user = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        fill(&mut user.grants, 2_048);
        let before = account.clone();
        let first = revoke(&account, alice(&account), &held(&[KEY]), now());
        for measure in &first {
            carry_out_noting(&mut account, measure, notes, now());
        }
        let inline = |grants: &keyward_iam::model::Grants| grants.inline.len();
        assert_eq!(inline(&alice(&account).grants), 2);
        let user = Gathered::of_user(&account, alice(&account));
        assert!(!may(&user, "AIDAALICE", NOW));
        assert!(may(&user, "AIDAALICE", NOW + 3600));
        for role in ["Ops", "Second"] {
            let role = Gathered::of_role(&account, &account.roles[&role.parse().unwrap()]);
            assert!(!may(&role, "AROAOPS:alice", NOW));
            assert!(may(&role, "AROAOPS:bob", NOW));
        }
        assert!(revoked_until(&account, alice(&account)).is_some());
        assert!(super::is_revoked(alice(&account)));
        assert_eq!(revoke(&account, alice(&account), &held(&[]), now()), []);

        // A second loss renews the same policies.
        let later = now().after(std::time::Duration::from_secs(7200));
        let again = revoke(&account, alice(&account), &held(&[KEY]), later);
        for measure in &again {
            carry_out_noting(&mut account, measure, notes, now());
        }
        let role = Gathered::of_role(&account, &account.roles[&"Second".parse().unwrap()]);
        assert!(!may(&role, "AROAOPS:alice", NOW + 7200));

        let undone = undo(&account, alice(&account), &held(&[]));
        assert!(undone.contains(&Measure::SwitchOn(KEY.parse().unwrap())));
        carry_out(&mut account, &undone);
        assert_eq!(account, before);
    }
}

/// The inline policies have room now, or have none any longer: the denial moves. Any one of the calls
/// fails.
#[test]
fn an_older_denial_stays_until_a_newer_one_is_there() {
    let empty = account();
    let mut filled = empty.clone();
    for role in filled.roles.values_mut() {
        fill(&mut role.grants, 10_240);
    }
    for user in filled.users.values_mut() {
        fill(&mut user.grants, 2_048);
    }
    let both = [(&empty, &filled), (&filled, &empty)];
    for (first, second) in both {
        let mut account = first.clone();
        let measures = revoke(&account, alice(&account), &held(&[KEY]), now());
        carry_out(&mut account, &measures);
        let full: PolicyName = "full".parse().unwrap();
        let grants = |account: &Account| -> Vec<Option<Document>> {
            let users = account.users.values().map(|it| &it.grants);
            let all = users.chain(account.roles.values().map(|it| &it.grants));
            all.map(|it| it.inline.get(&full).cloned()).collect()
        };
        let wanted = grants(second);
        let users = account.users.values_mut().map(|it| &mut it.grants);
        let all = users.chain(account.roles.values_mut().map(|it| &mut it.grants));
        for (grants, wanted) in all.zip(wanted) {
            grants.inline.remove(&full);
            grants.inline.extend(wanted.map(|it| (full.clone(), it)));
        }
        let later = now().after(std::time::Duration::from_secs(7200));
        let measures = revoke(&account, alice(&account), &held(&[KEY]), later);
        assert!(measures.iter().any(|it| matches!(it, Measure::Replaced(_))));
        for failing in 0..measures.len() {
            let mut now = account.clone();
            let mut failures = Failures::default();
            for (at, measure) in measures.iter().enumerate() {
                if failures.skip(measure).is_some() || at == failing {
                    failures.note(&account, measure, Fate::Refused);
                    continue;
                }
                carry_out(&mut now, std::slice::from_ref(measure));
            }
            let failing = &measures[failing];
            let user = Gathered::of_user(&now, alice(&now));
            assert!(!may(&user, "AIDAALICE", NOW), "{failing:?}");
            let role = Gathered::of_role(&now, &now.roles[&"Ops".parse().unwrap()]);
            assert!(!may(&role, "AROAOPS:alice", NOW), "{failing:?}");
        }
    }
}

/// Anyone who may create policies can take the name, in another place or with capital letters.
#[test]
fn a_name_that_another_policy_has_stops_no_denial() {
    let mut account = account();
    let user = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
    fill(&mut user.grants, 2_048);
    for (path, name) in [
        ("/", "KEYWARD-revoked-user.alice"),
        ("/keyward-revoked/", "keyward-revoked-user-2.Alice"),
    ] {
        let (path, name) = (path.parse().unwrap(), name.parse().unwrap());
        let arn = account.policy_arn(&path, &name);
        perform(
            &mut account,
            Operation::CreatePolicy {
                arn,
                name,
                path,
                document: allow_all().policy().unwrap().clone(),
                tags: Default::default(),
            },
        );
    }
    let before = account.clone();
    let first = revoke(&account, alice(&account), &held(&[KEY]), now());
    carry_out(&mut account, &first);
    let user = Gathered::of_user(&account, alice(&account));
    assert!(!may(&user, "AIDAALICE", NOW));
    let attached = alice(&account).grants.attached.iter();
    let attached: Vec<&str> = attached.map(|arn| arn.policy_name()).collect();
    assert_eq!(attached, ["keyward-revoked-user-3.alice"]);
    assert!(revoked_until(&account, alice(&account)).is_some());
    assert_eq!(revoke(&account, alice(&account), &held(&[]), now()), []);
    let later = now().after(std::time::Duration::from_secs(7200));
    let again = revoke(&account, alice(&account), &held(&[KEY]), later);
    carry_out(&mut account, &again);
    let user = Gathered::of_user(&account, alice(&account));
    assert!(!may(&user, "AIDAALICE", NOW + 7200));
    let undone = undo(&account, alice(&account), &held(&[]));
    carry_out(&mut account, &undone);
    assert_eq!(account, before);
}

/// The first note fits beside the denial, and the second one, of two keys, does not.
#[test]
fn an_older_note_hides_no_newer_one() {
    const SECOND: &str = "AKIAI44QH8DHBEXAMPLE";
    let mut account = account();
    let user = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
    fill(&mut user.grants, 1_500);
    let note = |account: &mut Account, keys: &[&str], at: Timestamp| {
        let keys = keys.iter().map(|key| key.parse().unwrap()).collect();
        for call in note_in_policy(account, alice(account), &keys, at) {
            perform(account, call);
        }
    };
    for measure in revoke(&account, alice(&account), &held(&[KEY]), now()) {
        carry_out_noting(&mut account, &measure, Notes::InPolicy, now());
    }
    let is_note = |name: &PolicyName| name.as_str() == "keyward-revoked.keys";
    assert!(alice(&account).grants.inline.keys().any(is_note));

    // The next run dies right after its note.
    let later = now().after(std::time::Duration::from_secs(86_400));
    note(&mut account, &[KEY, SECOND], later);
    assert!(!alice(&account).grants.inline.keys().any(is_note));
    let off = Held {
        inactive: [KEY, SECOND].map(|key| key.parse().unwrap()).into(),
        ..held(&[])
    };
    let rest = revoke(&account, alice(&account), &off, later);
    assert!(matches!(rest.first(), Some(Measure::Note(_))), "{rest:?}");
    for measure in rest {
        carry_out_noting(&mut account, &measure, Notes::InPolicy, now());
    }
    assert_eq!(revoke(&account, alice(&account), &off, later), []);
    let undone = undo(&account, alice(&account), &off);
    assert!(undone.contains(&Measure::SwitchOn(SECOND.parse().unwrap())));
}

/// A policy holds the note, the key is deleted, and IAM accepts tags again, or the reverse.
#[test]
fn a_revocation_settles_when_its_note_moves() {
    for (first, then) in [
        (Notes::InPolicy, Notes::InTags),
        (Notes::InTags, Notes::InPolicy),
    ] {
        let mut account = account();
        for measure in revoke(&account, alice(&account), &held(&[KEY]), now()) {
            carry_out_noting(&mut account, &measure, first, now());
        }
        let gone = Held {
            inactive: Default::default(),
            ..held(&[])
        };
        for measure in revoke(&account, alice(&account), &gone, now()) {
            carry_out_noting(&mut account, &measure, then, now());
        }
        assert_eq!(revoke(&account, alice(&account), &gone, now()), []);
    }
}

/// An earlier keyward's shorter denial fits, and the present one does not.
#[test]
fn an_older_denial_of_a_role_hides_no_newer_one() {
    let mut account = account();
    let measures = revoke(&account, alice(&account), &held(&[KEY]), now());
    carry_out(&mut account, &measures);
    fill(shorten_denial(&mut account), 10_240);
    let later = revoke(&account, alice(&account), &held(&[]), now());
    carry_out(&mut account, &later);
    assert_eq!(revoke(&account, alice(&account), &held(&[]), now()), []);
}

/// An administrator switched the key on, used it, and deleted it.
#[test]
fn a_key_that_was_deleted_since_is_taken_as_used() {
    let mut account = account();
    let measures = revoke(&account, alice(&account), &held(&[KEY]), now());
    carry_out(&mut account, &measures);
    let none = Held {
        inactive: std::collections::BTreeSet::new(),
        ..held(&[])
    };
    let later = now().after(std::time::Duration::from_secs(900));
    let again = revoke(&account, alice(&account), &none, later);
    carry_out(&mut account, &again);
    let user = Gathered::of_user(&account, alice(&account));
    assert!(!may(&user, "AIDAALICE", NOW + 600));
    assert_eq!(revoke(&account, alice(&account), &none, later), []);
    let undone = undo(&account, alice(&account), &none);
    assert!(!undone.iter().any(|it| matches!(it, Measure::SwitchOn(_))));
}

mod everywhere;
