//! The outsiders and users who get into the roles of one account without MFA, through every chain
//! of roles.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use keyward_core::id::{RoleArn, UserName};
use keyward_iam::Caller;
use keyward_iam::model::Account;

use super::ProvenAccount;
use super::people::{people, positions};
use super::reach::{Path, Roles};
use super::scenario::{Scenario, user_context};
use super::sweep::{Rules, targets};

/// The ways into the roles of an account.
pub(crate) struct Openness {
    /// The users who get into a role without MFA, each by the most certain way.
    pub(crate) users: BTreeMap<RoleArn, BTreeMap<UserName, Path>>,
    /// The further roles of each role that was asked about, with the way from there.
    pub(crate) beyond: BTreeMap<RoleArn, BTreeMap<RoleArn, Path>>,
}

/// Follows every user, and the sessions of these roles.
pub(crate) fn openness(account: &Account, entered: &BTreeSet<RoleArn>) -> Openness {
    let accounts = [ProvenAccount::only(account)];
    let positions = positions(&accounts);
    let roles = Roles::new(&positions);
    let targets = targets(account);
    let mut users: BTreeMap<RoleArn, BTreeMap<UserName, Path>> = BTreeMap::new();
    for person in people(&accounts) {
        let permissions = person.gathered.permissions();
        let rules = Rules::new(&permissions, &targets);
        let caller = Caller {
            arn: &person.arn,
            role: None,
            account: &account.id,
        };
        for scenario in Scenario::WITHOUT_MFA {
            // The age of a code does not matter in a request without a code.
            let context = user_context(account, person.user, scenario, Duration::ZERO);
            let context = rules.settled(context);
            for (role, path) in roles.of_user(scenario, &caller, &permissions, &context) {
                let known = users.entry(role).or_default();
                let way = known
                    .entry(person.user.name.clone())
                    .or_insert_with(|| path.clone());
                if path.certain && !way.certain {
                    *way = path;
                }
            }
        }
    }
    let numbered = positions.iter().enumerate();
    let beyond = numbered
        .filter(|(_, position)| entered.contains(&position.arn))
        .map(|(number, position)| (position.arn.clone(), roles.beyond(number)));
    Openness {
        users,
        beyond: beyond.collect(),
    }
}
