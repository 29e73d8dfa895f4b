//! AWS on a bad day, through a whole `apply`: throttling, changes that have not spread yet, and
//! answers that are lost. Each run ends in the same account as on a good day.

use keyward_sandbox::{Effect, Fault};

use super::{ACCOUNT, Rehearsal, denied, id};

fn place(faults: Vec<Fault>) -> Rehearsal {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    for fault in faults {
        place.server.inject(fault);
    }
    place
}

/// Applies under the faults; afterwards nothing is left to plan and zoe has one key.
#[track_caller]
fn check(faults: Vec<Fault>) {
    let place = place(faults);
    let applied = place.account("apply");
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    place.server.clear_faults();
    let _ = place.account("plan").ok();
    place.server.with_accounts(|accounts| {
        let account = accounts.account(&id(ACCOUNT)).unwrap();
        let zoe = &account.users[&"zoe".parse().unwrap()];
        assert_eq!(zoe.keys.len(), 1);
        assert!(zoe.login.is_some());
    });
}

#[test]
fn throttled_calls_are_made_again() {
    for action in [
        "CreateRole",
        "AttachRolePolicy",
        "CreateUser",
        "AddUserToGroup",
    ] {
        check(vec![Fault::throttle(action, 6)]);
    }
}

#[test]
fn throttled_reads_are_made_again() {
    check(vec![Fault::throttle("GetAccountAuthorizationDetails", 6)]);
}

#[test]
fn entities_that_have_not_spread_are_waited_for() {
    check(vec![
        Fault::hide_new("CreateGroup", 5),
        Fault::hide_new("CreateUser", 5),
        Fault::hide_new("CreatePolicy", 5),
        Fault::hide_new("CreateRole", 5),
    ]);
}

#[test]
fn lost_answers_of_creations_are_no_failure() {
    let failure = |action| {
        let effect = Effect::DropAfter;
        vec![Fault::on(action, effect).times(1)]
    };
    for action in [
        "CreateAccountAlias",
        "CreatePolicy",
        "CreateRole",
        "CreateGroup",
        "CreateUser",
    ] {
        check(failure(action));
    }
    // AWS then fails for so long that keyward repeats the call.
    let effect = Effect::Error {
        status: 500,
        code: "ServiceFailure".to_owned(),
        message: "try again".to_owned(),
    };
    check(vec![
        Fault::on("CreateGroup", Effect::DropAfter).times(1),
        Fault::on("CreateGroup", effect).after(1).times(2),
    ]);
    // The entity that the lost answer was about has not spread yet either.
    check(vec![
        Fault::on("CreateUser", Effect::DropAfter).times(1),
        Fault::hide_new("CreateUser", 3),
    ]);
}

#[test]
fn a_lost_answer_about_an_identity_provider_is_no_failure() {
    let place = Rehearsal::start();
    let text = place
        .run(&["account", "init", "--template", "readonly-admin"])
        .ok();
    let role = "[roles.deploy]\ngithub = \"example/app:ref:refs/heads/main\"\n";
    place.write("account.toml", &format!("{text}\n{role}"));
    let fault = Fault::on("CreateOpenIDConnectProvider", Effect::DropAfter);
    place.server.inject(fault.times(1));
    let _ = place.account("apply").ok();
    place.server.clear_faults();
    let _ = place.account("plan").ok();
}

#[test]
fn lost_answers_of_deletions_are_no_failure() {
    let place = place(Vec::new());
    let _ = place.account("apply").ok();
    for action in [
        "DeleteUser",
        "DetachGroupPolicy",
        "DeletePolicy",
        "DeleteRole",
        "DeleteGroup",
    ] {
        place
            .server
            .inject(Fault::on(action, Effect::DropAfter).times(1));
    }
    let _ = place.account("destroy").ok();
    assert_eq!(place.entities(ACCOUNT), 0);
}

#[test]
fn a_call_that_is_refused_stops_the_run_and_the_next_finishes() {
    let place = place(vec![denied("PutGroupPolicy")]);
    let said = place.account("apply").fails_with(1);
    assert!(said.contains("not authorized"), "{said}");
    assert!(!said.contains("a session with MFA"), "{said}");
    assert!(!said.contains("mfa enroll"), "{said}");
    place.server.clear_faults();
    let _ = place.account("apply").ok();
    let _ = place.account("plan").ok();
}

/// Another apply has made the group since the plan of this one.
#[test]
fn a_run_that_meets_the_work_of_another_says_so() {
    let place = place(vec![Fault::on(
        "CreateGroup",
        Effect::Error {
            status: 409,
            code: "EntityAlreadyExists".to_owned(),
            message: "Group with name admins already exists.".to_owned(),
        },
    )]);
    let said = place.account("apply").fails_with(1);
    let hint = "the account may have changed since the plan was made, as by another apply";
    assert!(said.contains(hint), "{said}");
    assert!(said.contains("run the command again"), "{said}");
}
