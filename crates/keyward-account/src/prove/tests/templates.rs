use std::collections::BTreeSet;

use keyward_core::id::UserName;
use keyward_iam::model::Account;
use keyward_iam::{Policy, PolicyKind};

use super::fixtures::{as_proven, ids, proof_of_template, rendered};
use crate::prove::credentials::ENROLMENT;
use crate::prove::{Scenario, prove};
use crate::templates::Template;

fn enrolment() -> BTreeSet<String> {
    ENROLMENT.map(str::to_owned).into_iter().collect()
}

#[test]
fn a_template_keeps_every_promise() {
    for template in Template::ALL {
        let proof = proof_of_template(template);
        assert_eq!(ids(&proof), [], "{template}: {:#?}", proof.findings);
    }
}

#[test]
fn a_stolen_key_of_a_template_can_do_eleven_things_at_most() {
    for template in Template::ALL {
        for (user, proof) in proof_of_template(template).users {
            for scenario in Scenario::WITHOUT_MFA {
                let powers = proof.powers(scenario);
                let names: BTreeSet<String> = powers.actions.names().collect();
                assert_eq!(names, enrolment(), "{template}: {user}");
                assert!(powers.others.is_empty(), "{template}: {user}");
                assert!(powers.roles.is_empty(), "{template}: {user}");
            }
        }
    }
}

#[test]
fn a_fresh_code_opens_roles_that_an_old_one_does_not() {
    let proof = proof_of_template(Template::Team);
    let alice = proof
        .users
        .iter()
        .find(|(key, _)| key.name.as_str() == "alice");
    let (_, alice) = alice.unwrap();
    let roles = |scenario| {
        let roles = alice.powers(scenario).roles.keys();
        roles
            .map(|role| role.role_name().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(roles(Scenario::Mfa).contains(&"Administrator".to_owned()));
    assert!(!roles(Scenario::StaleMfa).contains(&"Administrator".to_owned()));
    assert!(
        alice
            .powers(Scenario::Mfa)
            .actions
            .contains("sts:AssumeRole")
    );
    assert!(
        alice
            .powers(Scenario::Mfa)
            .actions
            .contains("iam:CreateAccessKey")
    );
}

fn with_everything(mut account: Account, name: &UserName) -> Account {
    let document =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let policy = Policy::parse_as(PolicyKind::Identity, document).unwrap();
    let user = account.users.get_mut(name).unwrap();
    let inline = &mut user.grants.inline;
    inline.insert("everything".parse().unwrap(), policy.into());
    account
}

#[test]
fn every_right_added_by_hand_changes_nothing_without_mfa() {
    for template in Template::ALL {
        let before = proof_of_template(template);
        let mut accounts = rendered(template.text());
        let names: Vec<UserName> = accounts[0].1.account.users.keys().cloned().collect();
        for name in &names {
            let account = accounts[0].1.account.clone();
            accounts[0].1.account = with_everything(account, name);
        }
        let accounts = as_proven(&accounts);
        let after = prove(&accounts);
        for (key, user) in &after.users {
            for scenario in Scenario::WITHOUT_MFA {
                let before = before.users[key].powers(scenario);
                assert_eq!(user.powers(scenario), before, "{template}: {key}");
            }
            assert!(user.powers(Scenario::Mfa).actions.len() > 20_000);
        }
    }
}
