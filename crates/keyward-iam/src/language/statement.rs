//! Statements: who, what, on what, when. A statement says only whether it applies; what follows
//! from several is the evaluator's business.

use super::action::ActionPattern;
use super::condition::Condition;
use super::principal::Principal;
use super::resource::ResourcePattern;
use super::truth::Truth;
use crate::request::{Action, Context, Request};

/// The effect of a statement that applies.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It grants.
    Allow,
    /// It forbids, whatever else grants.
    Deny,
}

/// An element or its opposite: `Action` or `NotAction`, and so on.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection<T> {
    /// The list.
    Only(Vec<T>),
    /// Everything but what is listed.
    Except(Vec<T>),
}

impl<T> Selection<T> {
    /// The listed entries, whichever way they count.
    #[must_use]
    pub fn listed(&self) -> &[T] {
        match self {
            Self::Only(listed) | Self::Except(listed) => listed,
        }
    }

    /// Whether something is meant, given whether each entry covers it.
    fn selects(&self, covers: impl FnMut(&T) -> Truth) -> Truth {
        match self {
            Self::Only(listed) => Truth::any(listed.iter().map(covers)),
            Self::Except(listed) => Truth::any(listed.iter().map(covers)).negated(),
        }
    }
}

/// One statement of a policy.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html>
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    pub(crate) sid: Option<String>,
    pub(crate) effect: Effect,
    pub(crate) principals: Option<Selection<Principal>>,
    pub(crate) actions: Selection<ActionPattern>,
    pub(crate) resources: Option<Selection<ResourcePattern>>,
    pub(crate) conditions: Vec<Condition>,
    /// Operators that do not exist, in a document that AWS stores.
    pub(crate) unknown_operators: Vec<UnknownOperator>,
}

/// An operator that does not exist, with its keys and their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownOperator {
    pub(crate) name: Box<str>,
    pub(crate) keys: Vec<(String, Vec<String>)>,
}

impl Statement {
    /// The statement's id, if it has one.
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// Grant or prohibition.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// `Principal` or `NotPrincipal`; only trust statements have one.
    #[must_use]
    pub fn principals(&self) -> Option<&Selection<Principal>> {
        self.principals.as_ref()
    }

    /// `Action` or `NotAction`.
    #[must_use]
    pub fn actions(&self) -> &Selection<ActionPattern> {
        &self.actions
    }

    /// `Resource` or `NotResource`; trust statements have none.
    #[must_use]
    pub fn resources(&self) -> Option<&Selection<ResourcePattern>> {
        self.resources.as_ref()
    }

    /// The conditions, all of which must hold.
    #[must_use]
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// Whether action, resource and conditions match; who asks is left aside. A statement
    /// without resources is about the role whose trust policy it is in.
    pub(crate) fn applies_to(&self, request: &Request<'_>) -> Truth {
        let Request {
            action,
            resource,
            context,
        } = request;
        let actions = self.covers(action);
        if actions == Truth::No {
            return Truth::No;
        }
        let resources = self.resources.as_ref().map_or(Truth::Yes, |resources| {
            resources.selects(|pattern| pattern.covers(resource, context))
        });
        match actions.min(resources) {
            Truth::No => Truth::No,
            covered => covered.min(self.conditions_hold(context)),
        }
    }

    /// Whether the statement is about an action.
    #[must_use]
    pub fn covers(&self, action: &Action) -> Truth {
        self.actions.selects(|pattern| pattern.covers(action))
    }

    /// Whether all conditions hold for requests of this kind. What AWS makes of an operator that does not
    /// exist is not known.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>
    #[must_use]
    pub fn conditions_hold(&self, context: &Context) -> Truth {
        let own = self
            .conditions
            .iter()
            .map(|condition| condition.holds(context));
        let most = match self.unknown_operators.is_empty() {
            true => Truth::Yes,
            false => Truth::Unknown,
        };
        Truth::all(own).min(most)
    }

    /// The conditions whose operators do not exist: the operator, the key and its values. An operator
    /// without keys has an empty key.
    pub fn unknown_conditions(&self) -> impl Iterator<Item = (&str, &str, &[String])> {
        self.unknown_operators.iter().flat_map(|operator| {
            let bare = operator
                .keys
                .is_empty()
                .then_some((&*operator.name, "", &[][..]));
            let keys = operator.keys.iter();
            let keys = keys.map(|(key, values)| (&*operator.name, key.as_str(), values.as_slice()));
            bare.into_iter().chain(keys)
        })
    }

    /// The first operator that does not exist, if there is one.
    #[must_use]
    pub fn unknown_operator(&self) -> Option<&str> {
        self.unknown_operators.first().map(|one| &*one.name)
    }
}
