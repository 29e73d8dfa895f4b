//! The proof: what each user can do with and without the phone, in an account as it is or as a
//! blueprint would make it. It reports what may be allowed where that cannot be decided, names
//! what it cannot judge, and never leaves a policy out in silence.
//!
//! It judges policies of identities, boundaries and trust policies. What the policies of
//! buckets, keys and organizations say is not known here.

mod action_set;
mod baseline;
pub mod credentials;
mod effects;
mod finding;
mod fix;
mod glob;
mod own;
mod people;
mod promise;
mod reach;
mod resource;
mod scenario;
pub mod show;
mod sweep;
mod why;
pub mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use keyward_core::id::RoleArn;
use keyward_iam::Caller;
use keyward_iam::model::{Account, UnknownPolicy};

pub use action_set::ActionSet;
pub use baseline::{Baseline, BaselineError, Gain, Gained, Gains};
pub use effects::effects;
pub use finding::{Finding, Promise, Severity};
pub use fix::add_fixes;
pub use people::UserKey;
pub use reach::Path;
pub use scenario::{Scenario, role_contexts, stale_age, user_context};
pub use why::{Answer, Deciding, Outcome, UnknownQuestion, Why, why};

use people::{Person, Position, people, positions};
use reach::Roles;
use sweep::{Shelf, Sweep, borrowed};

/// An account that is looked at.
#[derive(Debug, Clone)]
pub struct ProvenAccount<'a> {
    /// Its name, where there are several.
    pub name: Option<String>,
    /// What is in it.
    pub account: &'a Account,
}

impl<'a> ProvenAccount<'a> {
    /// The only account.
    #[must_use]
    pub fn only(account: &'a Account) -> Self {
        Self {
            name: None,
            account,
        }
    }
}

/// What a user can do in one scenario.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Powers {
    /// What is allowed on some resource of the action's own types in the account.
    pub actions: ActionSet,
    /// Those about users and their devices that are allowed on other people's.
    pub others: ActionSet,
    /// Those that are allowed only if something holds that depends on the request.
    pub undecided: ActionSet,
    /// The roles that are reached, each by a shortest way.
    pub roles: BTreeMap<RoleArn, Path>,
}

/// What a user can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserProof {
    /// In each scenario, in the order of [`Scenario::ALL`].
    pub powers: [Powers; 4],
    /// Policies of the user that cannot be judged.
    pub unknown: Vec<UnknownPolicy>,
}

impl UserProof {
    /// What the user can do in a scenario.
    #[must_use]
    pub fn powers(&self, scenario: Scenario) -> &Powers {
        &self.powers[scenario.index()]
    }
}

/// What everyone can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The users.
    pub users: BTreeMap<UserKey, UserProof>,
    /// What the roles can do that some user reaches.
    pub roles: BTreeMap<RoleArn, ActionSet>,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// Actions that policies name and the catalogue lacks.
    pub unlisted: BTreeSet<String>,
    /// The age of the code in [`Scenario::StaleMfa`].
    pub stale_age: Duration,
}

impl Proof {
    /// Whether a promise is broken.
    #[must_use]
    pub fn breaks_a_promise(&self) -> bool {
        self.findings.iter().any(|finding| finding.breaks.is_some())
    }
}

/// Looks at what every user of the accounts can do.
#[must_use]
pub fn prove(accounts: &[ProvenAccount<'_>]) -> Proof {
    let people = people(accounts);
    let positions = positions(accounts);
    let shelf = Shelf::new();
    let stale = stale_age(accounts.iter().map(|proven| proven.account));
    let world = World {
        accounts,
        people: &people,
        roles: Roles::new(&positions),
        shelf: &shelf,
        stale,
    };
    let mut unlisted = BTreeSet::new();
    let users: BTreeMap<UserKey, UserProof> = people
        .iter()
        .map(|person| {
            let powers =
                Scenario::ALL.map(|scenario| world.powers(person, scenario, &mut unlisted));
            let proof = UserProof {
                powers,
                unknown: person.gathered.unknown().to_vec(),
            };
            (person.key.clone(), proof)
        })
        .collect();
    let reached: BTreeSet<&RoleArn> = users
        .values()
        .flat_map(|user| &user.powers)
        .flat_map(|powers| powers.roles.keys())
        .collect();
    let roles = positions
        .iter()
        .filter(|position| reached.contains(&position.arn))
        .map(|position| (position.arn.clone(), world.role_actions(position)))
        .collect();
    let findings = promise::findings(&world, &users, &roles);
    Proof {
        users,
        roles,
        findings,
        unlisted,
        stale_age: stale,
    }
}

/// What the parts of a proof look at.
struct World<'a> {
    accounts: &'a [ProvenAccount<'a>],
    people: &'a [Person<'a>],
    roles: Roles<'a>,
    shelf: &'a Shelf<'a>,
    stale: Duration,
}

impl World<'_> {
    /// A name, with its account's where there are several.
    fn subject(&self, account: &Account, name: &str) -> String {
        let mut accounts = self.accounts.iter();
        let own = accounts.find(|proven| proven.account.id == account.id);
        match own.and_then(|proven| proven.name.as_ref()) {
            Some(account) => format!("{account}/{name}"),
            None => name.to_owned(),
        }
    }

    fn sweep<'s>(&'s self, person: &'s Person<'s>, scenario: Scenario) -> Sweep<'s> {
        let permissions = person.gathered.permissions();
        let context = user_context(person.account, person.user, scenario, self.stale);
        Sweep::new(
            self.shelf,
            person.account,
            &borrowed(&permissions),
            permissions.boundary,
            &context,
        )
    }

    fn powers(
        &self,
        person: &Person<'_>,
        scenario: Scenario,
        unlisted: &mut BTreeSet<String>,
    ) -> Powers {
        let permissions = person.gathered.permissions();
        let context = user_context(person.account, person.user, scenario, self.stale);
        let sweep = self.sweep(person, scenario);
        unlisted.extend(sweep.unlisted().iter().cloned());
        let actions = sweep.allowed();
        let caller = Caller {
            arn: &person.arn,
            role: None,
            account: &person.account.id,
        };
        Powers {
            others: own::others(&sweep, person, &actions),
            undecided: sweep.undecided(&actions),
            roles: self
                .roles
                .of_user(scenario, &caller, &permissions, &context),
            actions,
        }
    }

    fn role_sweeps<'s>(&'s self, position: &'s Position<'s>) -> [Sweep<'s>; 2] {
        let permissions = position.gathered.permissions();
        role_contexts(position.account, position.role).map(|context| {
            Sweep::new(
                self.shelf,
                position.account,
                &borrowed(&permissions),
                permissions.boundary,
                &context,
            )
        })
    }

    fn role_actions(&self, position: &Position<'_>) -> ActionSet {
        let [absent, without] = self.role_sweeps(position);
        absent.allowed().with(&without.allowed())
    }
}

#[cfg(test)]
mod tests;
