//! Users in one account and roles in several: for every action of AWS, the old sessions may do
//! nothing in any of them, and those of colleagues may do as before.

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::Timestamp;
use keyward_iam::catalogue::Catalogue;
use keyward_iam::model::{Account, Gathered, Role};
use keyward_iam::{Bound, Context, Ruleset, Scope, Targets, needs_no_permission};

use super::super::{Measure, Measures, Whom, names, revoke, undo};
use super::{KEY, NOW, carry_out, held, now};
use crate::blueprint::Blueprint;
use crate::desired::render;

const BLUEPRINT: &str = r#"
version = 1
[accounts.people]
id = "123456789012"
users = true
[accounts.work]
id = "111122223333"
[accounts.test]
id = "444455556666"

[groups.admins]
assume = ["Ops", "Administrator", "people/Chained"]
[roles.Ops]
managed = ["ReadOnlyAccess"]
[roles.Administrator]
managed = ["AdministratorAccess"]
[roles.Chained]
accounts = ["people"]
managed = ["SecurityAudit"]

[users.alice]
groups = ["admins"]
[users.bob]
groups = ["admins"]
"#;

/// The accounts, that of the people first.
fn accounts() -> Vec<Account> {
    let blueprint = Blueprint::parse(BLUEPRINT).unwrap_or_else(|e| panic!("{:#?}", e.problems));
    let mut accounts: Vec<Account> = render(&blueprint)
        .into_iter()
        .map(|it| it.account)
        .collect();
    let people = accounts.iter().position(|it| !it.users.is_empty());
    accounts.swap(0, people.unwrap());
    for account in &mut accounts {
        for user in account.users.values_mut() {
            user.id = Some(format!("AIDA{}", user.name).parse().unwrap());
        }
    }
    accounts
}

/// Returns the rights of a session of a role, by the name of the session and the time of its issue.
fn allowed(account: &Account, role: &Role, session: &str, issued: i64) -> BTreeSet<String> {
    let mut context = Context::partial();
    context
        .set("aws:userid", format!("AROA:{session}"))
        .set(
            "aws:TokenIssueTime",
            Timestamp::from_second(issued).to_string(),
        )
        .remove_prefix("aws:SourceIdentity");
    swept(account, &Gathered::of_role(account, role), &context)
}

fn swept(account: &Account, gathered: &Gathered<'_>, context: &Context) -> BTreeSet<String> {
    let permissions = gathered.permissions();
    let rules = Ruleset::new(&permissions);
    let bound: Bound<'_> = rules.bind(context);
    let targets = Targets::new(
        Catalogue::built_in(),
        &account.partition,
        Scope::Account(&account.id),
    );
    let swept = bound.sweep(&targets).map(|(entry, _)| entry.to_action());
    // AWS answers these whatever policies say.
    swept
        .filter(|action| !needs_no_permission(action))
        .map(|action| action.to_string())
        .collect()
}

/// Everything that the sessions of one name may do, in all roles of all accounts.
fn everything(accounts: &[Account], session: &str, issued: i64) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for account in accounts {
        for role in account.roles.values() {
            let actions = allowed(account, role, session, issued);
            found.insert(format!("{}/{}", account.id, role.name), actions.len());
        }
    }
    found
}

fn carry_out_all(accounts: &mut [Account], measures: &Measures) {
    let (home, others) = accounts.split_first_mut().unwrap();
    carry_out(home, &measures.home);
    for (other, measures) in others.iter_mut().zip(&measures.elsewhere) {
        carry_out(other, measures);
    }
    carry_out(home, &measures.last);
}

/// The calls for alice in these accounts.
fn planned(accounts: &[Account], make: impl Fn(Whom<'_>) -> Measures) -> Measures {
    let (home, others) = accounts.split_first().unwrap();
    let others: Vec<&Account> = others.iter().collect();
    make(Whom {
        user: &home.users[&"alice".parse().unwrap()],
        home,
        others: &others,
    })
}

#[test]
fn the_old_sessions_may_do_nothing_in_any_account() {
    let mut accounts = accounts();
    let before = accounts.clone();
    let roles = accounts.iter().map(|it| it.roles.len()).sum::<usize>();
    assert_eq!(roles, 5);
    let old = NOW - 3600;
    let could = everything(&accounts, "alice", old);
    assert!(could.values().all(|actions| *actions > 100), "{could:?}");
    let colleague = everything(&accounts, "bob", old);

    let measures = planned(&accounts, |whom| revoke(whom, &held(&[KEY]), now()));
    carry_out_all(&mut accounts, &measures);
    for name in ["alice", "AIDAalice"] {
        for (role, actions) in everything(&accounts, name, old) {
            assert_eq!(actions, 0, "{name} in {role}");
        }
    }
    let alice = &accounts[0].users[&"alice".parse().unwrap()];
    let mut context = Context::partial();
    context.set(
        "aws:TokenIssueTime",
        Timestamp::from_second(old).to_string(),
    );
    let own = Gathered::of_user(&accounts[0], alice);
    assert_eq!(swept(&accounts[0], &own, &context), BTreeSet::new());
    assert_eq!(everything(&accounts, "bob", old), colleague);
    assert_eq!(everything(&accounts, "alice", NOW + 3600), could);

    let undone = planned(&accounts, |whom| undo(whom, &held(&[])));
    carry_out_all(&mut accounts, &undone);
    assert_eq!(accounts, before);
}

#[test]
fn a_chain_through_another_account_ends_at_home_too() {
    let mut accounts = accounts();
    // Chained trusts a role of the account `test` only, as IAM says it.
    let chained = accounts[0]
        .roles
        .get_mut(&"Chained".parse().unwrap())
        .unwrap();
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:role/Administrator"},"Action":"sts:AssumeRole"}]}"#;
    let trust = keyward_iam::Policy::parse_as(keyward_iam::PolicyKind::Trust, trust).unwrap();
    chained.trust = trust.into();
    let measures = planned(&accounts, |whom| revoke(whom, &held(&[KEY]), now()));
    carry_out_all(&mut accounts, &measures);
    let chained = &accounts[0].roles[&"Chained".parse().unwrap()];
    assert_eq!(
        allowed(&accounts[0], chained, "alice", NOW - 3600),
        BTreeSet::new()
    );
}

#[test]
fn an_account_that_failed_is_done_by_the_next_run_and_undone_like_the_others() {
    let mut accounts = accounts();
    let before = accounts.clone();
    let mut measures = planned(&accounts, |whom| revoke(whom, &held(&[KEY]), now()));
    // The last account cannot be reached, so the end of the run is missing too.
    measures.elsewhere[1].clear();
    measures.last.clear();
    carry_out_all(&mut accounts, &measures);
    let rest = planned(&accounts, |whom| revoke(whom, &held(&[]), now()));
    assert!(!rest.elsewhere[1].is_empty());
    carry_out_all(&mut accounts, &rest);
    assert!(planned(&accounts, |whom| revoke(whom, &held(&[]), now())).is_empty());

    let mut undone = planned(&accounts, |whom| undo(whom, &held(&[])));
    undone.elsewhere[0].clear();
    undone.last.clear();
    carry_out_all(&mut accounts, &undone);
    let rest = planned(&accounts, |whom| undo(whom, &held(&[])));
    assert_eq!(rest.elsewhere[0].len(), 2);
    carry_out_all(&mut accounts, &rest);
    assert_eq!(accounts, before);
}

#[test]
fn undoing_leaves_the_denial_of_a_namesake() {
    let mut accounts = accounts();
    let measures = planned(&accounts, |whom| revoke(whom, &held(&[KEY]), now()));
    carry_out_all(&mut accounts, &measures);
    let ops = "Ops".parse().unwrap();
    let namesake = names::of_role(&accounts[0].users[&"alice".parse().unwrap()]).inline;
    let inline = &mut accounts[1].roles.get_mut(&ops).unwrap().grants.inline;
    let denial = inline.values().next_back().unwrap().clone();
    inline.insert(namesake.clone(), denial);
    let undone = planned(&accounts, |whom| undo(whom, &held(&[])));
    assert!(
        undone.elsewhere[0]
            .iter()
            .all(|it| matches!(it, Measure::Call(_)))
    );
    carry_out_all(&mut accounts, &undone);
    let inline = &accounts[1].roles[&ops].grants.inline;
    assert!(inline.contains_key(&namesake));
}
