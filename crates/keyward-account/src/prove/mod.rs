//! The proof: what each user can do with and without the phone, in an account as it is or as a
//! blueprint would make it. It reports what may be allowed where that cannot be decided, names
//! what it cannot judge, and never leaves a policy out in silence.
//!
//! It judges policies of identities, boundaries, trust policies, and the service control policies
//! that the account's model has. It does not know the policies of buckets and keys.

mod action_set;
mod advice;
mod baseline;
mod blocks;
mod chosen;
pub mod controls;
pub mod credentials;
mod direct;
mod effects;
mod escalation;
mod everything;
mod federated;
mod finding;
mod fix;
mod forwarding;
mod growth;
pub mod html;
mod judged;
mod looks;
mod newer;
mod openness;
mod own;
mod people;
mod promise;
mod reach;
mod scenario;
pub mod show;
mod sweep;
mod takeover;
mod tls;
mod why;
pub mod wire;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use keyward_core::id::{AccountId, RoleArn};
use keyward_iam::model::{Account, Gathered, UnknownPolicy, User};
use keyward_iam::{ArnSet, Targets};

use crate::outsiders::{Demand, Entry, entries};

pub use action_set::ActionSet;
pub use baseline::{
    Admitted, Baseline, BaselineError, Gain, Gained, Gains, OtherJudgement, OtherList,
};
pub use controls::CountedLevel;
pub use effects::effects;
pub use finding::{Finding, Promise, Severity, SubjectKind};
pub use fix::add_fixes;
pub use growth::has_grown;
pub use newer::Newer;
pub use people::UserKey;
pub use reach::Path;
pub(crate) use scenario::{
    RoleTags, earliest, misses_keys, set_issued, set_role_tags, set_session_time, set_time,
};
pub use scenario::{Scenario, stale_age, user_context};
pub use why::{Answer, Chain, Deciding, Outcome, UnknownQuestion, Why, why};

pub(crate) use direct::set_direct;
use escalation::Escalations;
pub(crate) use everything::everything;
pub(crate) use federated::Facts as FederatedFacts;
pub(crate) use finding::DOUBT;
use judged::judge;
pub(crate) use openness::openness;
use people::{Position, people, positions};
use reach::Roles;
pub(crate) use show::NOT_JUDGED;
pub(crate) use sweep::{Rules, targets};
use sweep::{Sweep, Swept};
pub(crate) use takeover::takeovers;

/// The number of the judgement. A change that may judge the same account otherwise, in any part that
/// a baseline compares, raises it: a new list of actions does not, because it has a date of its own.
pub const JUDGEMENT: u32 = 3;

/// An account that is looked at.
#[derive(Debug, Clone)]
pub struct ProvenAccount<'a> {
    /// Its name, if there are several.
    pub name: Option<String>,
    /// Its content.
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

    /// A name, with the account's if there are several.
    fn subject(&self, name: &str) -> String {
        match &self.name {
            Some(account) => format!("{account}/{name}"),
            None => name.to_owned(),
        }
    }
}

/// The rights of a user in one scenario.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Powers {
    /// The actions that are allowed on some resource of their own types in the account.
    pub actions: ActionSet,
    /// Those about users and their devices that are allowed on other people's.
    pub others: ActionSet,
    /// Those of `actions` that are allowed only if something holds that depends on the request.
    pub undecided: ActionSet,
    /// Those of `others` that are allowed there only if something holds that depends on the request.
    pub undecided_others: ActionSet,
    /// The wildcards that allow further actions, newer than the catalogue.
    pub newer: Newer,
    /// The roles that are reached, each by a shortest way.
    pub roles: BTreeMap<RoleArn, Path>,
}

/// The rights of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserProof {
    /// In each scenario, in the order of [`Scenario::ALL`].
    pub powers: [Powers; 4],
    /// Policies of the user that cannot be judged.
    pub unknown: Vec<UnknownPolicy>,
    /// Whether the key alone can enrol a device, which opens more. It can as long as the user has no
    /// device.
    pub enrols_with_key: bool,
}

impl UserProof {
    /// Returns the rights of the user in a scenario.
    #[must_use]
    pub fn powers(&self, scenario: Scenario) -> &Powers {
        &self.powers[scenario.index()]
    }
}

/// A role that can be entered without MFA from outside the known accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The role.
    pub role: RoleArn,
    /// The entry, and the statement that allows it.
    pub entry: Entry,
    /// The further roles that the role leads to.
    pub leads_to: Vec<RoleArn>,
}

impl Admission {
    /// The id of the finding about it.
    fn finding_id(&self) -> String {
        let device = match self.entry.demand {
            Demand::OwnDevice => finding::WITH_OWN_DEVICE,
            Demand::Nothing => "",
        };
        format!("role-open-to/{}{device}", self.entry.who.id())
    }
}

/// The rights of everyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The users.
    pub users: BTreeMap<UserKey, UserProof>,
    /// The rights of the roles that some user or outsider reaches.
    pub roles: BTreeMap<RoleArn, ActionSet>,
    /// Those actions of `roles` that are allowed only if something holds that depends on the request.
    pub undecided_of_roles: BTreeMap<RoleArn, ActionSet>,
    /// The roles that outsiders get into without MFA.
    pub outsiders: Vec<Admission>,
    /// The findings, worst first.
    pub findings: Vec<Finding>,
    /// Actions that policies name and the catalogue lacks.
    pub unlisted: BTreeSet<String>,
    /// The age of the code in [`Scenario::StaleMfa`].
    pub stale_age: Duration,
    /// The service control policies that were counted.
    pub controls: Vec<CountedLevel>,
    /// Whether several accounts were judged, so that roles are named by ARN.
    pub several: bool,
    /// The roles as findings name them.
    subjects: BTreeMap<RoleArn, String>,
}

impl Proof {
    /// Whether a promise is broken.
    #[must_use]
    pub fn breaks_a_promise(&self) -> bool {
        self.findings.iter().any(|finding| finding.breaks.is_some())
    }

    /// A role by its name, or by its ARN if there are several accounts.
    fn role_name(&self, role: &RoleArn) -> String {
        match self.several {
            true => role.to_string(),
            false => role.role_name().to_owned(),
        }
    }

    /// A role as findings name it.
    fn role_subject<'a>(&'a self, role: &'a RoleArn) -> &'a str {
        let known = self.subjects.get(role);
        known.map_or_else(|| role.role_name(), String::as_str)
    }
}

/// Looks at what every user of the accounts can do.
#[must_use]
pub fn prove(accounts: &[ProvenAccount<'_>]) -> Proof {
    let people = people(accounts);
    let positions = positions(accounts);
    let data = ProofData::new(accounts, &positions);
    let mut proof = Proof {
        users: BTreeMap::new(),
        roles: BTreeMap::new(),
        undecided_of_roles: BTreeMap::new(),
        outsiders: data.outsiders(),
        findings: Vec::new(),
        unlisted: BTreeSet::new(),
        stale_age: data.stale,
        controls: controls::counted(accounts),
        several: accounts.iter().any(|proven| proven.name.is_some()),
        subjects: BTreeMap::new(),
    };
    for person in &people {
        let user = judge(&data, person, |judged| {
            proof
                .unlisted
                .extend(judged.rules.unlisted().iter().cloned());
            promise::of_user(&data, judged, &mut proof.findings);
            judged.proof.clone()
        });
        proof.users.insert(person.key.clone(), user);
    }
    let powers = proof.users.values().flat_map(|user| &user.powers);
    let reached = powers.flat_map(|powers| powers.roles.keys());
    let admitted = proof.outsiders.iter();
    let admitted = admitted.flat_map(|one| std::iter::once(&one.role).chain(&one.leads_to));
    let reached: BTreeSet<&RoleArn> = reached.chain(admitted).collect();
    for arn in reached {
        let Some(swept) = data.role_powers(arn) else {
            continue;
        };
        proof.roles.insert(arn.clone(), swept.allowed.clone());
        let undecided = swept.undecided.clone();
        proof.undecided_of_roles.insert(arn.clone(), undecided);
        let subject = data.role_subject(arn);
        proof.subjects.insert(arn.clone(), subject);
    }
    promise::of_outsiders(&data, &proof.outsiders, &mut proof.findings);
    promise::of_roles(&data, &proof.roles, &mut proof.findings);
    promise::in_order(&mut proof.findings);
    proof
}

/// The grants of an account that can never apply.
#[must_use]
pub fn dead_grants(account: &Account) -> Vec<Finding> {
    promise::grants::dead(&[ProvenAccount::only(account)])
}

/// Returns the parts of self-enrolment that cannot work, for each user to whom policies offer it.
#[must_use]
pub fn enrolment_defects(account: &Account) -> Vec<Finding> {
    let targets = targets(account);
    let stale = stale_age([account]);
    let people = people(&[ProvenAccount::only(account)]);
    let defects = people.iter().flat_map(|person| {
        let permissions = person.gathered.permissions();
        let rules = Rules::new(&permissions, &targets);
        let contexts = [Scenario::LongTermKey, Scenario::Mfa]
            .map(|scenario| user_context(account, person.user, scenario, stale));
        let [alone, with_code] = contexts.each_ref().map(|context| rules.bind(context));
        promise::enrolment::defects(person, &alone, &with_code)
    });
    defects.collect()
}

/// Whether a user with a code may delete an own virtual device of this serial; `None` if the
/// user may delete no own device at all, under whatever name.
#[must_use]
pub fn may_delete_own_device(account: &Account, user: &User, serial: &str) -> Option<bool> {
    const DELETE: &str = "iam:DeleteVirtualMFADevice";
    let targets = targets(account);
    let gathered = Gathered::of_user(account, user);
    let permissions = gathered.permissions();
    let rules = Rules::new(&permissions, &targets);
    let context = user_context(account, user, Scenario::Mfa, stale_age([account]));
    let sweep = rules.bind(&context);
    sweep.grant(DELETE)?;
    Some(sweep.grant_on(DELETE, &ArnSet::one(serial)).is_some())
}

/// The data that the parts of a proof share.
struct ProofData<'a> {
    accounts: &'a [ProvenAccount<'a>],
    roles: Roles<'a>,
    /// The resources of each account.
    targets: Vec<Targets<'static>>,
    /// The position of each role, and its actions after the first query.
    actions: BTreeMap<&'a RoleArn, (usize, OnceCell<Swept>)>,
    /// The roles that lead to every right.
    escalations: Escalations,
    /// The roles whose policies were too complex to judge.
    too_complex: RefCell<BTreeSet<&'a RoleArn>>,
    stale: Duration,
}

impl<'a> ProofData<'a> {
    fn new(accounts: &'a [ProvenAccount<'a>], positions: &'a [Position<'a>]) -> Self {
        let numbered = positions.iter().enumerate();
        Self {
            accounts,
            roles: Roles::new(positions),
            targets: accounts
                .iter()
                .map(|proven| targets(proven.account))
                .collect(),
            actions: numbered
                .map(|(number, position)| (&position.arn, (number, OnceCell::new())))
                .collect(),
            escalations: Escalations::new(positions.len()),
            too_complex: RefCell::default(),
            stale: stale_age(accounts.iter().map(|proven| proven.account)),
        }
    }

    /// The roles that outsiders can assume. Roles that AWS owns are left out, because no user can
    /// open them.
    fn outsiders(&self) -> Vec<Admission> {
        let known: Vec<&AccountId> = self.accounts.iter().map(|p| &p.account.id).collect();
        let positions = self.roles.positions.iter().enumerate();
        let own = positions.filter(|(_, position)| !position.role.is_aws_owned());
        own.flat_map(|(number, position)| {
            let trust = position.role.trust.policy();
            let entries = trust.map_or_else(Vec::new, |trust| entries(trust, &known));
            let admit = move |entry| Admission {
                role: position.arn.clone(),
                entry,
                leads_to: self.roles.beyond(number).into_keys().collect(),
            };
            entries.into_iter().map(admit)
        })
        .collect()
    }

    /// A name, with its account's if there are several.
    fn subject(&self, account: &Account, name: &str) -> String {
        let mut accounts = self.accounts.iter();
        let own = accounts.find(|proven| std::ptr::eq(proven.account, account));
        own.map_or_else(|| name.to_owned(), |proven| proven.subject(name))
    }

    /// The number of an account among those of the proof.
    fn number(&self, account: &Account) -> Option<usize> {
        let mut accounts = self.accounts.iter();
        accounts.position(|proven| std::ptr::eq(proven.account, account))
    }

    /// The name of a role, with its account's if there are several.
    fn role_subject(&self, role: &RoleArn) -> String {
        let known = self.actions.get(role);
        known.map_or_else(
            || role.role_name().to_owned(),
            |(number, _)| {
                let account = self.roles.positions[*number].account;
                self.subject(account, role.role_name())
            },
        )
    }

    /// The resources of an account.
    fn targets(&self, account: &Account) -> &Targets<'static> {
        let mut accounts = self.accounts.iter().zip(&self.targets);
        let own = accounts.find(|(proven, _)| std::ptr::eq(proven.account, account));
        own.map(|(_, targets)| targets)
            .expect("users and roles are of these accounts")
    }

    /// Judges the sessions of a role, once with the MFA key absent and once with `false`.
    fn sessions<T>(&self, position: &Position<'_>, look: impl FnOnce(&[Sweep<'_>; 2]) -> T) -> T {
        let permissions = position.gathered.permissions();
        let rules = Rules::new(&permissions, self.targets(position.account));
        let contexts = position.contexts.clone();
        let contexts = contexts.map(|context| rules.over_tls(context));
        look(&contexts.each_ref().map(|context| rules.bind(context)))
    }

    /// The actions of a role in either kind of session, or `None` for an unknown role.
    fn role_actions(&self, role: &RoleArn) -> Option<&ActionSet> {
        self.role_powers(role).map(|swept| &swept.allowed)
    }

    /// Returns the rights of the sessions of a role, with those that depend on the request in both
    /// kinds of session.
    fn role_powers(&self, role: &RoleArn) -> Option<&Swept> {
        let (number, known) = self.actions.get(role)?;
        let position = &self.roles.positions[*number];
        Some(known.get_or_init(|| {
            self.sessions(position, |[absent, without]| {
                let either = absent.over_all().or(&without.over_all());
                if absent.is_too_complex() || without.is_too_complex() {
                    self.too_complex.borrow_mut().insert(&position.arn);
                }
                either
            })
        }))
    }
}

#[cfg(test)]
mod tests;
