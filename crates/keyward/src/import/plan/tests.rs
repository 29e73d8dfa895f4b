use keyward_core::chain::{KeyHolder, StoredKey, StoredKeys};

use super::{Overwrite, Plan};
use crate::import::{FoundKey, Harvest, ProcessLine};
use crate::keys::new_key::EnteredKey;

fn found(profile: &str, id: &str) -> FoundKey {
    FoundKey {
        profile: profile.parse().unwrap(),
        given: EnteredKey {
            access_key_id: id.parse().unwrap(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse().unwrap(),
        },
        mfa_serial: None,
        place: "somewhere".to_owned(),
        removals: Vec::new(),
        process: ProcessLine::Keep,
    }
}

#[track_caller]
fn check(keys: &[(&str, &str)], overwrite: Overwrite, expect: &str, missed: usize) {
    let harvest = Harvest {
        keys: keys
            .iter()
            .map(|(profile, id)| found(profile, id))
            .collect(),
        ..Harvest::default()
    };
    let stored = StoredKeys::from_iter([StoredKey {
        profile: "alice".parse().unwrap(),
        access_key_id: "AKIAIOSFODNN7EXAMPLE".parse().unwrap(),
        account_id: None,
        mfa_serial: None,
        owner: KeyHolder::User,
    }]);
    let plan = Plan::new(harvest, &stored, overwrite);
    assert_eq!(plan.to_string(), expect);
    assert_eq!(plan.missed(), missed);
}

#[test]
fn every_key_has_its_fate() {
    check(
        &[
            ("bob", "AKIAI44QH8DHBEXAMPLE"),
            ("alice", "AKIAIOSFODNN7EXAMPLE"),
        ],
        Overwrite::Never,
        "store     AKIAI44QH8DHBEXAMPLE as `bob`, from somewhere\n\
         nothing   AKIAIOSFODNN7EXAMPLE is stored as `alice` already\n",
        0,
    );
    let other = [("alice", "AKIAI44QH8DHBEXAMPLE")];
    check(
        &other,
        Overwrite::Never,
        "leave     `alice`, AKIAI44QH8DHBEXAMPLE from somewhere: the vault holds AKIAIOSFODNN7EXAMPLE under that name; --force replaces it\n",
        1,
    );
    check(
        &other,
        Overwrite::Yes,
        "replace   AKIAIOSFODNN7EXAMPLE of `alice` by AKIAI44QH8DHBEXAMPLE, from somewhere\n",
        0,
    );
}
