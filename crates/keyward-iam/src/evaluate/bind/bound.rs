//! A ruleset in one context.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::answer::{Answer, Statements};
use super::arn_set::{Among, ArnSet};
use super::index::{ActionName, Extent};
use super::resources::Resources;
use super::ruleset::{Rule, Ruleset};
use super::service::{Known, Service};
use super::target::Targets;
use crate::catalogue::ActionEntry;
use crate::evaluate::decision::{ImplicitDeny, Verdict};
use crate::evaluate::elsewhere::is_elsewhere;
use crate::language::Truth;
use crate::request::{Action, Context, Resource};

/// The statements of a caller that can hold in one context.
#[derive(Debug)]
pub struct Bound<'a> {
    pub(super) rules: &'a Ruleset<'a>,
    pub(super) context: &'a Context,
    /// As the ruleset's layers.
    pub(super) layers: Vec<Vec<BoundRule<'a>>>,
    pub(super) denies: Vec<BoundRule<'a>>,
    pub(super) effort: Effort,
}

/// The work that the questions took so far. A person who may edit their own policy must not stall
/// the proof for everyone else. Beyond a limit, the answers are therefore too generous and say so.
#[derive(Debug, Default)]
pub(super) struct Effort {
    spent: AtomicUsize,
    /// The comparisons that looked for what is certain.
    spent_on_certainty: AtomicUsize,
    gave_up: AtomicBool,
}

impl Effort {
    /// The number of comparisons of sets of resources that all questions may take together, beyond
    /// those that every question may take. Real policies need none.
    pub(super) const MOST: usize = 40_000;

    /// The number of comparisons that all questions may take together to find something certain where
    /// something doubtful is known, beyond those that every question may take. After that, what takes
    /// more stays doubtful.
    const MOST_ON_CERTAINTY: usize = 10_000;

    /// Counts some comparisons in the search for something certain.
    pub(super) fn spend_on_certainty(&self, comparisons: usize) {
        self.spent_on_certainty
            .fetch_add(comparisons, Ordering::Relaxed);
    }

    pub(super) fn may_look_for_certainty(&self) -> bool {
        self.spent_on_certainty.load(Ordering::Relaxed) <= Self::MOST_ON_CERTAINTY
    }

    /// Counts some comparisons.
    pub(super) fn spend(&self, comparisons: usize) {
        self.spent.fetch_add(comparisons, Ordering::Relaxed);
    }

    /// Records that a question was abandoned.
    pub(super) fn give_up(&self) {
        self.gave_up.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_spent(&self) -> bool {
        self.spent.load(Ordering::Relaxed) > Self::MOST
    }
}

/// A statement whose conditions can hold.
#[derive(Debug)]
pub(super) struct BoundRule<'a> {
    pub(super) rule: &'a Rule<'a>,
    pub(super) holds: Holds,
    pub(super) resources: Resources,
}

/// Whether the conditions of a statement hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Always,
    Perhaps,
}

impl<'a> Bound<'a> {
    pub(super) fn new(rules: &'a Ruleset<'a>, context: &'a Context) -> Self {
        let bind = |rules: &'a [Rule<'a>]| {
            rules
                .iter()
                .filter_map(|rule| BoundRule::new(rule, context))
                .collect()
        };
        Self {
            rules,
            context,
            layers: rules
                .layers
                .iter()
                .map(|layer| bind(&layer.allows))
                .collect(),
            denies: bind(&rules.denies),
            effort: Effort::default(),
        }
    }

    /// Whether the statements are too many and too intricate to judge. Some answers then count as
    /// allowed and undecided whatever a statement may allow.
    #[must_use]
    pub fn is_too_complex(&self) -> bool {
        self.effort.gave_up.load(Ordering::Relaxed)
    }

    /// The statements about one service, such as `iam`, for many questions about it.
    #[must_use]
    pub fn service<'b>(&'b self, prefix: &str) -> Service<'b, 'a> {
        Service::new(self, prefix)
    }

    /// Whether an action is allowed on one resource; on one of another account it is not. Roles
    /// are asked about by [`Bound::roles`].
    #[must_use]
    pub fn allows(&self, action: &Action, resource: &Resource) -> Answer<'a> {
        let answer = self
            .service(action.service())
            .allows(action.name(), resource);
        match answer.0 {
            Verdict::Allowed(_) if is_elsewhere(action, resource, self.context) => {
                Answer(Verdict::Missing(ImplicitDeny::OtherAccount))
            }
            _ => answer,
        }
    }

    /// Whether an action is allowed on some resource of its own types. Names, ids and paths of
    /// resources are not looked up: the answer is yes where a resource that could exist is
    /// granted.
    #[must_use]
    pub fn allows_some<'c>(&self, action: ActionEntry<'c>, targets: &Targets<'c>) -> Answer<'a> {
        self.allows_some_among(action, targets, Among::default())
    }

    /// Whether an action is allowed on some resource among those of its own types.
    #[must_use]
    pub fn allows_some_among<'c>(
        &self,
        action: ActionEntry<'c>,
        targets: &Targets<'c>,
        among: Among<'_>,
    ) -> Answer<'a> {
        let service = self.service(action.service());
        service.allows_one_of(&ActionName::new(action.name()), among, || {
            targets.among(action, among)
        })
    }

    /// Whether an action is allowed on some resource of a set. It ignores the account of the set.
    #[must_use]
    pub fn allows_in(&self, action: &Action, set: &ArnSet) -> Answer<'a> {
        let sets = || vec![Arc::new(set.clone())];
        self.service(action.service()).allows_one_of(
            &ActionName::new(action.name()),
            Among::default(),
            sets,
        )
    }

    /// Whether an action that the catalogue does not list is allowed on anything at all.
    #[must_use]
    pub fn allows_unlisted(&self, action: &Action) -> Answer<'a> {
        self.allows_in(action, &ArnSet::everything())
    }

    /// Returns the statements that can hold and concern an action on a resource of one of the sets.
    #[must_use]
    pub fn statements(&self, action: &Action, sets: &[Arc<ArnSet>]) -> Statements<'a> {
        self.service(action.service())
            .statements(&ActionName::new(action.name()), sets)
    }

    /// Every action of the catalogue that is allowed on some resource of its own types, in the
    /// order of the catalogue. Services that no statement names are all alike, so most services
    /// are answered at once.
    pub fn sweep<'b, 'c>(
        &'b self,
        targets: &'b Targets<'c>,
    ) -> impl Iterator<Item = (ActionEntry<'c>, Answer<'a>)> + use<'a, 'b, 'c> {
        let named = self.named_services();
        let unnamed = self.service("").uniform();
        targets
            .services()
            .filter_map(move |(prefix, actions)| {
                let alike = match named.contains(&*prefix.to_ascii_lowercase()) {
                    true => None,
                    false => unnamed,
                };
                let service = alike.is_none().then(|| self.service(prefix));
                let uniform = alike.or_else(|| service.as_ref().and_then(Service::uniform));
                let refused = uniform.is_some_and(|answer| !answer.is_allowed());
                (!refused).then_some((actions, service, uniform))
            })
            .flat_map(move |(actions, service, uniform)| {
                let mut known = Known::new();
                actions.filter_map(move |action| {
                    let answer = match (uniform, &service) {
                        (Some(answer), _) => answer,
                        (None, Some(service)) => service.answer(action, targets, &mut known),
                        (None, None) => return None,
                    };
                    answer.is_allowed().then_some((action, answer))
                })
            })
    }

    /// The services that a statement names, and `sts`, some of whose actions need no permission;
    /// in lower case.
    fn named_services(&self) -> HashSet<Box<str>> {
        let rules = self.layers.iter().flatten().chain(&self.denies);
        let named = rules.flat_map(|rule| rule.rule.actions.services());
        named
            .map(|service| service.to_ascii_lowercase().into())
            .chain(["sts".into()])
            .collect()
    }
}

impl<'a> BoundRule<'a> {
    /// The rule in a context, unless it applies to nothing there.
    fn new(rule: &'a Rule<'a>, context: &Context) -> Option<Self> {
        let statement = rule.cited.statement;
        let holds = match statement.conditions_hold(context) {
            Truth::No => return None,
            Truth::Yes if rule.extent == Extent::Surely => Holds::Always,
            Truth::Yes | Truth::Unknown => Holds::Perhaps,
        };
        let resources = Resources::new(statement.resources(), context);
        (!resources.are_none()).then_some(Self {
            rule,
            holds,
            resources,
        })
    }
}
