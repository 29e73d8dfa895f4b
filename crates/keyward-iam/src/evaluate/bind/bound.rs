//! A ruleset in one context.

use super::answer::Answer;
use super::resources::Resources;
use super::ruleset::{Rule, Ruleset};
use super::service::Service;
use super::target::{Target, Targets};
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
        }
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
            Verdict::Allowed(_) if is_elsewhere(resource, self.context) => {
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
        self.service(action.service())
            .allows_one_of(action.name(), || targets.of(action))
    }

    /// Whether an action that the catalogue does not list is allowed on anything at all.
    #[must_use]
    pub fn allows_unlisted(&self, action: &Action) -> Answer<'a> {
        self.service(action.service())
            .allows_one_of(action.name(), || vec![Target::Anything])
    }

    /// Every action of the catalogue, with whether it is allowed on some resource of its own
    /// types, service by service.
    pub fn sweep<'b, 'c>(
        &'b self,
        targets: &'b Targets<'c>,
    ) -> impl Iterator<Item = (ActionEntry<'c>, Answer<'a>)> + use<'a, 'b, 'c> {
        targets.services().flat_map(move |(prefix, actions)| {
            let service = self.service(prefix);
            let uniform = service.uniform();
            actions.map(move |action| {
                let answer = uniform
                    .unwrap_or_else(|| service.allows_one_of(action.name(), || targets.of(action)));
                (action, answer)
            })
        })
    }
}

impl<'a> BoundRule<'a> {
    /// The rule in a context, unless it applies to nothing there.
    fn new(rule: &'a Rule<'a>, context: &Context) -> Option<Self> {
        let statement = rule.cited.statement;
        let holds = match statement.conditions_hold(context) {
            Truth::No => return None,
            Truth::Unknown => Holds::Perhaps,
            Truth::Yes => Holds::Always,
        };
        let resources = Resources::new(statement.resources(), context);
        (!resources.are_none()).then_some(Self {
            rule,
            holds,
            resources,
        })
    }
}
