//! One user, with its statements bound to each scenario. They are bound a second time with every
//! right added.

use std::collections::BTreeSet;

use keyward_core::id::RoleArn;
use keyward_iam::{Caller, Context, Permissions};

use super::credentials::enrolment;
use super::everything::and_everything;
use super::federated::{self, IN_SESSION, Session};
use super::newer::{Newer, Wildcard};
use super::people::Person;
use super::scenario::{Scenario, user_context};
use super::sweep::{Granted, Rules, Sweep, Swept, surest};
use super::{ActionSet, Powers, ProofData, UserProof, own, takeover};

/// The number of actions that a guard may let through and still be one.
pub(super) const GAPS: usize = 60;

/// A user, judged.
pub(super) struct Judged<'j> {
    pub(super) person: &'j Person<'j>,
    pub(super) proof: UserProof,
    pub(super) rules: &'j Rules<'j>,
    sweeps: [Sweep<'j>; 4],
    /// What the key makes with `sts:GetFederationToken`, if it may.
    session: Option<Session<'j>>,
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
    /// The allowed actions beyond enrolment of the session that a key makes with
    /// `sts:GetFederationToken`. It is empty where the key alone could call more than a guard lets
    /// through.
    pub(super) in_session: Swept,
}

/// A statement with which a user may call an action.
pub(super) struct UserGrant {
    pub(super) granted: Granted,
    /// The end of a sentence about the session that the key makes for it, if it needs one.
    pub(super) session: &'static str,
}

impl UserGrant {
    /// The first of these that is certain, or else the first.
    pub(super) fn surest(ways: impl IntoIterator<Item = Self>) -> Option<Self> {
        surest(ways, |way| way.granted.certain)
    }
}

impl Judged<'_> {
    /// The user in a scenario.
    pub(super) fn sweep(&self, scenario: Scenario) -> &Sweep<'_> {
        &self.sweeps[scenario.index()]
    }

    /// The way to an action in a scenario that `find` finds. A key may also go through a session of
    /// `sts:GetFederationToken`: the statement is then the one that allows that.
    pub(super) fn way(
        &self,
        scenario: Scenario,
        action: &str,
        find: impl Fn(&Sweep<'_>) -> Option<Granted>,
    ) -> Option<UserGrant> {
        let own = find(self.sweep(scenario)).map(|granted| UserGrant {
            granted,
            session: "",
        });
        if own.as_ref().is_some_and(|way| way.granted.certain) {
            return own;
        }
        let session = self.session_in(scenario);
        let in_session = session.and_then(|session| session.grant(action, find));
        let in_session = in_session.map(|granted| UserGrant {
            granted,
            session: IN_SESSION,
        });
        UserGrant::surest(own.into_iter().chain(in_session))
    }

    /// Whether an action is certainly allowed on every resource.
    pub(super) fn is_sure(&self, scenario: Scenario, action: &str) -> bool {
        let in_session = |session: &Session<'_>| {
            let mut sweeps = session.sweeps.iter();
            session.is_sure()
                && !federated::is_denied_to_all(action)
                && sweeps.any(|sweep| sweep.is_sure(action))
        };
        self.sweep(scenario).is_sure(action) || self.session_in(scenario).is_some_and(in_session)
    }

    /// The session of `sts:GetFederationToken`: only a long-term key makes one.
    fn session_in(&self, scenario: Scenario) -> Option<&Session<'_>> {
        let session = self.session.as_ref();
        session.filter(|_| scenario == Scenario::LongTermKey)
    }

    /// The user with every right, in each scenario without MFA. A boundary still limits the user. A
    /// boundary does not count as a guard, because it applies with MFA too.
    pub(super) fn with_everything(&self) -> &[Unlimited<'_>; 2] {
        &self.with_everything
    }

    /// Whether the policies were too complex to judge in some scenario.
    pub(super) fn is_too_complex(&self) -> bool {
        let unlimited = self.with_everything.iter().map(|one| &one.sweep);
        let in_session = self.session.iter().flat_map(|session| &session.sweeps);
        self.sweeps
            .iter()
            .chain(unlimited)
            .chain(in_session)
            .any(Sweep::is_too_complex)
    }

    /// The further roles that the user could assume without MFA if a policy allowed it everything.
    pub(super) fn roles_with_everything(&self, data: &ProofData<'_>) -> Vec<RoleArn> {
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
            let context = user_context(person.account, person.user, scenario, data.stale);
            let reached = data.roles.of_user(scenario, &caller, &more, &context);
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
    data: &ProofData<'_>,
    person: &Person<'_>,
    look: impl FnOnce(&Judged<'_>) -> T,
) -> T {
    let permissions = person.gathered.permissions();
    let targets = data.targets(person.account);
    let rules = Rules::new(&permissions, targets);
    let in_general = Scenario::ALL
        .map(|scenario| user_context(person.account, person.user, scenario, data.stale));
    let contexts = in_general.clone().map(|context| rules.settled(context));
    let sweeps = contexts.each_ref().map(|context| rules.bind(context));
    let facts = federated::Facts::of(person.account, &rules, &in_general[0], &sweeps[0]);
    let session = facts.as_ref().map(|facts| facts.bind(&rules));
    let wildcards = Wildcard::all(&permissions);
    let powers = Scenario::ALL.map(|scenario| {
        let at = scenario.index();
        let session = session.as_ref();
        powers(
            data,
            person,
            &permissions,
            &contexts[at],
            (&sweeps[at], session.filter(|_| at == 0)),
            &wildcards,
            scenario,
        )
    });
    let identity = and_everything(&permissions);
    let more = Permissions {
        identity: &identity,
        ..permissions
    };
    let more = Rules::new(&more, targets);
    let contexts = Scenario::WITHOUT_MFA.map(|scenario| {
        let general = in_general[scenario.index()].clone();
        let settled = more.settled(general.clone());
        [general, settled]
    });
    let with_everything = Scenario::WITHOUT_MFA
        .map(|scenario| unlimited(person, scenario, &more, &contexts[scenario.index()]));
    let [alone, _, with_code, _] = &powers;
    let gains = (&alone.actions, &alone.roles) != (&with_code.actions, &with_code.roles);
    let enrols = |sweep: &Sweep<'_>| takeover::enrols(sweep, &person.arn).is_some();
    let mut in_session = session.iter().flat_map(|session| &session.sweeps);
    let enrols_with_key = gains && (enrols(&sweeps[0]) || in_session.any(enrols));
    look(&Judged {
        person,
        proof: UserProof {
            powers,
            unknown: person.gathered.unknown().to_vec(),
            enrols_with_key,
        },
        rules: &rules,
        sweeps,
        session,
        with_everything,
    })
}

fn powers(
    data: &ProofData<'_>,
    person: &Person<'_>,
    permissions: &Permissions<'_>,
    context: &Context,
    (sweep, session): (&Sweep<'_>, Option<&Session<'_>>),
    wildcards: &[Wildcard<'_>],
    scenario: Scenario,
) -> Powers {
    let caller = Caller {
        arn: &person.arn,
        role: None,
        account: &person.account.id,
    };
    let mut swept = sweep.over_all();
    let mut others = own::others(sweep, person, &swept.allowed);
    if let Some(session) = session {
        let further = session.powers();
        others = others.or(&session.others(person, &further.allowed));
        swept = swept.or(&further);
    }
    Powers {
        newer: Newer::of(wildcards, sweep, session, &swept.allowed),
        others: others.allowed,
        undecided_others: others.undecided,
        actions: swept.allowed,
        undecided: swept.undecided,
        roles: data.roles.of_user(scenario, &caller, permissions, context),
    }
}

fn unlimited<'b>(
    person: &Person<'_>,
    scenario: Scenario,
    rules: &'b Rules<'b>,
    [in_general, settled]: &'b [Context; 2],
) -> Unlimited<'b> {
    let sweep = rules.bind(settled);
    let allowed = sweep.over_all().allowed;
    let beyond_enrolment = allowed.without(enrolment());
    let asks = scenario == Scenario::LongTermKey && beyond_enrolment.len() <= GAPS;
    let facts = asks.then(|| federated::Facts::of(person.account, rules, in_general, &sweep));
    let in_session = facts.flatten().map(|facts| {
        let swept = facts.bind(rules).powers();
        Swept {
            allowed: swept.allowed.without(enrolment()),
            undecided: swept.undecided.without(enrolment()),
        }
    });
    Unlimited {
        in_session: in_session.unwrap_or_default(),
        beyond_enrolment,
        scenario,
        sweep,
        allowed,
    }
}
