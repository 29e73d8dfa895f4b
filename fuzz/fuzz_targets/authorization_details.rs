//! Any text as the authorization details of an account: nothing panics, what is read is written and
//! read again the same, and its proof, audit and graph end within their bounds. Users who are
//! denied everything can do nothing that needs a permission.
#![no_main]

use std::collections::BTreeMap;

use keyward_account::audit::input::{CredentialReport, Known};
use keyward_account::audit::{Input, audit};
use keyward_account::desired::wire::{DetailsError, details, read_details};
use keyward_account::graph::graph;
use keyward_account::prove::{ProvenAccount, Scenario, prove};
use keyward_core::Timestamp;
use keyward_iam::model::{Account, Document};
use keyward_iam::{PolicyKind, needs_no_permission};
use libfuzzer_sys::fuzz_target;

const DENY: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;

fuzz_target!(|text: &str| {
    let account = match read_details(text) {
        Ok(account) => account,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            if let DetailsError::Shape(error) = error {
                assert!(error.line() <= text.split('\n').count().max(1), "{error}");
            }
            return;
        }
    };
    let written = details(&account).to_string();
    let again = read_details(&written).expect("written details are read");
    assert_eq!(details(&again).to_string(), written);
    let only = [ProvenAccount::only(&account)];
    let proof = prove(&only);
    assert_eq!(prove(&only), proof);
    assert_eq!(
        proof.users.len(),
        account.users.len(),
        "a user has no proof"
    );
    let _ = audit(&input(&account));
    let _ = graph(&account);
    denied(account);
});

/// With everything denied to each user, no role is reached and no action is left that needs a
/// permission.
fn denied(mut account: Account) {
    for user in account.users.values_mut() {
        let name = "deny-everything".parse().expect("a policy name");
        let deny = Document::read(PolicyKind::Identity, DENY);
        user.grants.inline.insert(name, deny);
    }
    let proof = prove(&[ProvenAccount::only(&account)]);
    for user in proof.users.values() {
        for scenario in Scenario::ALL {
            let powers = user.powers(scenario);
            assert!(powers.roles.is_empty(), "a role is reached");
            for action in powers.actions.names().chain(powers.others.names()) {
                let parsed = action.parse().expect("an action");
                assert!(needs_no_permission(&parsed), "`{action}` is allowed");
            }
        }
    }
}

/// An audit's input, with nothing beside the account.
fn input(account: &Account) -> Input {
    fn missing<T>() -> Known<T> {
        Known::Missing("not read".to_owned())
    }
    Input {
        account: account.clone(),
        summary: Known::Read(BTreeMap::new()),
        password_policy: missing(),
        credentials: Known::Read(CredentialReport {
            generated: None,
            rows: Vec::new(),
        }),
        devices: missing(),
        certificates: missing(),
        service_credentials: missing(),
        ssh_keys: missing(),
        now: Timestamp::from_second(1_795_000_000),
    }
}
