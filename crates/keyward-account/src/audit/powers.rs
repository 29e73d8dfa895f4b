//! The rights of an identity without MFA, decided by the evaluator of `keyward_iam`. A fact that
//! depends on the request stays unknown. An answer thus reports too much rather than too little.

use std::time::Duration;

use keyward_iam::model::{Account, Gathered, User};
use keyward_iam::{Context, Permissions, StatementRef, Targets};

use crate::prove::credentials::enrolment;
use crate::prove::{ActionSet, FederatedFacts, Rules, Scenario, everything, targets, user_context};

/// The condition keys of every request of a thief who has a user's access key and no phone.
fn contexts_without_mfa(account: &Account, user: &User) -> [Context; 2] {
    // The age of a code does not matter in a request without a code.
    Scenario::WITHOUT_MFA.map(|scenario| user_context(account, user, scenario, Duration::ZERO))
}

/// The rights of a user with a key alone, beyond enrolling a device.
#[derive(Debug, Default)]
pub(super) struct Excess {
    /// The actions, as policies write them.
    pub(super) actions: Vec<String>,
    /// The number of them that are allowed only if something holds that depends on the request.
    pub(super) undecided: usize,
    /// The statement that allows the first of them.
    pub(super) statement: Option<StatementRef>,
    /// Whether the policies were too complex to judge, so that the actions are too many.
    pub(super) is_too_complex: bool,
}

/// Returns the rights of a user without MFA beyond enrolling a device.
pub(super) fn excess(account: &Account, user: &User, targets: &Targets<'static>) -> Excess {
    let gathered = Gathered::of_user(account, user);
    let permissions = gathered.permissions();
    let rules = Rules::new(&permissions, targets);
    let mut excess = Excess::default();
    let mut decided = ActionSet::default();
    let contexts = contexts_without_mfa(account, user).into_iter();
    for (scenario, in_general) in Scenario::WITHOUT_MFA.into_iter().zip(contexts) {
        let context = &rules.settled(in_general.clone());
        let sweep = rules.bind(context);
        let makes = (scenario == Scenario::LongTermKey)
            .then(|| FederatedFacts::of(account, &rules, &in_general, &sweep));
        let facts = makes.flatten();
        let session = facts.as_ref().map(|facts| facts.bind(&rules));
        let own = sweep.over_all();
        let swept = match &session {
            Some(session) => own.or(&session.powers()),
            None => own,
        };
        let more = swept.allowed.without(enrolment());
        decided = decided.with(&more.without(&swept.undecided));
        if excess.actions.is_empty() {
            let first = more.names().next();
            let granted = first.and_then(|first| {
                let in_session = || session.as_ref()?.grant(&first, |sweep| sweep.grant(&first));
                sweep.grant(&first).or_else(in_session)
            });
            excess.statement = granted.map(|granted| granted.by);
        }
        excess.actions.extend(more.names());
        let of_session = session.as_ref();
        excess.is_too_complex |=
            sweep.is_too_complex() || of_session.is_some_and(|session| session.is_too_complex());
    }
    excess.actions.sort_unstable();
    excess.actions.dedup();
    let actions = excess.actions.iter();
    excess.undecided = actions.filter(|action| !decided.contains(action)).count();
    excess
}

/// Whether a policy that allows everything would take effect without MFA if the user had it:
/// nothing denies requests without MFA.
pub(super) fn would_act_without_mfa(account: &Account, user: &User) -> bool {
    let gathered = Gathered::of_user(account, user);
    let own = gathered.permissions();
    let mut identity = own.identity.to_vec();
    identity.push(everything());
    let permissions = Permissions {
        identity: &identity,
        ..own
    };
    let targets = targets(account);
    let rules = Rules::new(&permissions, &targets);
    let contexts = contexts_without_mfa(account, user).into_iter();
    let mut scenarios = Scenario::WITHOUT_MFA.into_iter().zip(contexts);
    scenarios.any(|(scenario, in_general)| {
        let context = rules.settled(in_general.clone());
        let sweep = rules.bind(&context);
        let makes = (scenario == Scenario::LongTermKey)
            .then(|| FederatedFacts::of(account, &rules, &in_general, &sweep));
        let in_session = |facts: FederatedFacts| {
            let session = facts.bind(&rules);
            let mut probes = PROBES.iter();
            probes.any(|name| session.grant(name, |sweep| sweep.grant(name)).is_some())
        };
        PROBES.iter().any(|name| sweep.grant(name).is_some())
            || makes.flatten().is_some_and(in_session)
    })
}

/// Actions that no policy needs to allow without MFA.
const PROBES: [&str; 4] = [
    "s3:GetObject",
    "ec2:RunInstances",
    "iam:AttachUserPolicy",
    "sts:AssumeRole",
];
