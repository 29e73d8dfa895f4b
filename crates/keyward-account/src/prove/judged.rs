//! One user, with its statements bound to each scenario. They are bound a second time with every
//! right added.

use std::collections::BTreeSet;

use keyward_core::id::RoleArn;
use keyward_iam::{Caller, Context, Permissions};

use super::credentials::enrolment;
use super::everything::and_everything;
use super::people::Person;
use super::scenario::{Scenario, user_context};
use super::sweep::{Rules, Sweep};
use super::{ActionSet, Powers, UserProof, World, federated, own, takeover};

/// A user, judged.
pub(super) struct Judged<'j> {
    pub(super) person: &'j Person<'j>,
    pub(super) proof: UserProof,
    pub(super) rules: &'j Rules<'j>,
    sweeps: [Sweep<'j>; 4],
    with_everything: [Unlimited<'j>; 2],
}

/// The user in a scenario without MFA, with every right added.
pub(super) struct Unlimited<'j> {
    pub(super) scenario: Scenario,
    pub(super) sweep: Sweep<'j>,
    /// The actions that it could call.
    pub(super) allowed: ActionSet,
    /// The allowed actions beyond enrolment, which no guard denies.
    pub(super) beyond_enrolment: ActionSet,
}

impl Judged<'_> {
    /// The user in a scenario.
    pub(super) fn sweep(&self, scenario: Scenario) -> &Sweep<'_> {
        &self.sweeps[scenario.index()]
    }

    /// The user with every right, in each scenario without MFA. A boundary still limits the user. A
    /// boundary does not count as a guard, because it applies with MFA too.
    pub(super) fn with_everything(&self) -> &[Unlimited<'_>; 2] {
        &self.with_everything
    }

    /// Whether the policies were too complex to judge in some scenario.
    pub(super) fn is_too_complex(&self) -> bool {
        let unlimited = self.with_everything.iter().map(|one| &one.sweep);
        self.sweeps
            .iter()
            .chain(unlimited)
            .any(Sweep::is_too_complex)
    }

    /// The further roles that the user could assume without MFA if a policy allowed it everything.
    pub(super) fn roles_with_everything(&self, world: &World<'_>) -> Vec<RoleArn> {
        let person = self.person;
        let permissions = person.gathered.permissions();
        let identity = and_everything(&permissions);
        let more = Permissions {
            identity: &identity,
            ..permissions
        };
        let caller = Caller {
            arn: &person.arn,
            role: None,
            account: &person.account.id,
        };
        let opened = Scenario::WITHOUT_MFA.into_iter().flat_map(|scenario| {
            let context = user_context(person.account, person.user, scenario, world.stale);
            let reached = world.roles.of_user(scenario, &caller, &more, &context);
            let known = &self.proof.powers(scenario).roles;
            let new = reached.into_keys();
            new.filter(|role| !known.contains_key(role))
                .collect::<Vec<_>>()
        });
        opened.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether a further right would work without MFA.
    pub(super) fn is_unguarded(&self) -> bool {
        let mut unlimited = self.with_everything.iter();
        unlimited.any(|unlimited| !unlimited.beyond_enrolment.is_empty())
    }
}

/// Judges a user and shows it to `look`.
pub(super) fn judge<T>(
    world: &World<'_>,
    person: &Person<'_>,
    look: impl FnOnce(&Judged<'_>) -> T,
) -> T {
    let permissions = person.gathered.permissions();
    let targets = world.targets(person.account);
    let rules = Rules::new(&permissions, targets);
    let contexts = Scenario::ALL
        .map(|scenario| user_context(person.account, person.user, scenario, world.stale))
        .map(|context| rules.settled(context));
    let sweeps = contexts.each_ref().map(|context| rules.bind(context));
    let powers = Scenario::ALL.map(|scenario| {
        let at = scenario.index();
        powers(
            world,
            person,
            (&permissions, &rules),
            &contexts[at],
            &sweeps[at],
            scenario,
        )
    });
    let identity = and_everything(&permissions);
    let more = Permissions {
        identity: &identity,
        ..permissions
    };
    let more = Rules::new(&more, targets);
    let contexts = Scenario::WITHOUT_MFA
        .map(|scenario| user_context(person.account, person.user, scenario, world.stale))
        .map(|context| more.settled(context));
    let with_everything = Scenario::WITHOUT_MFA
        .map(|scenario| unlimited(scenario, more.bind(&contexts[scenario.index()])));
    let [alone, _, with_code, _] = &powers;
    let gains = (&alone.actions, &alone.roles) != (&with_code.actions, &with_code.roles);
    let enrols_with_key = gains && takeover::enrols(&sweeps[0], &person.arn).is_some();
    look(&Judged {
        person,
        proof: UserProof {
            powers,
            unknown: person.gathered.unknown().to_vec(),
            enrols_with_key,
        },
        rules: &rules,
        sweeps,
        with_everything,
    })
}

fn powers(
    world: &World<'_>,
    person: &Person<'_>,
    (permissions, rules): (&Permissions<'_>, &Rules<'_>),
    context: &Context,
    sweep: &Sweep<'_>,
    scenario: Scenario,
) -> Powers {
    let caller = Caller {
        arn: &person.arn,
        role: None,
        account: &person.account.id,
    };
    let mut swept = sweep.over_all();
    let others = own::others(sweep, person, &swept.allowed);
    if scenario == Scenario::LongTermKey
        && let Some(federated) = federated::powers(person, rules, context, sweep)
    {
        swept = swept.or(&federated);
    }
    Powers {
        others: others.allowed,
        undecided_others: others.undecided,
        actions: swept.allowed,
        undecided: swept.undecided,
        roles: world.roles.of_user(scenario, &caller, permissions, context),
    }
}

fn unlimited(scenario: Scenario, sweep: Sweep<'_>) -> Unlimited<'_> {
    let allowed = sweep.over_all().allowed;
    Unlimited {
        beyond_enrolment: allowed.without(enrolment()),
        scenario,
        sweep,
        allowed,
    }
}
