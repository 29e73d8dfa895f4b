//! The statements of a caller's policies, sorted by what they do. Made once; contexts are bound
//! to it.

use super::bound::Bound;
use super::index::{ActionIndex, Extent};
use crate::catalogue::Catalogue;
use crate::evaluate::decision::{Cited, ImplicitDeny, Source, StatementRef};
use crate::evaluate::limits::of_level;
use crate::evaluate::permissions::Permissions;
use crate::evaluate::principal_match::Bounded;
use crate::language::{ActionPattern, Effect, Policy, Selection};
use crate::request::Context;

/// A caller's policies, ready for many questions.
#[derive(Debug)]
pub struct Ruleset<'a> {
    /// Each must allow. The identity's own policies come first.
    pub(super) layers: Vec<Layer<'a>>,
    /// Any of them suffices to deny.
    pub(super) denies: Vec<Rule<'a>>,
    pub(super) bounded: Bounded,
}

/// Statements that grant together.
#[derive(Debug)]
pub(super) struct Layer<'a> {
    /// The reason of a denial if the layer does not allow.
    pub(super) missing: ImplicitDeny,
    pub(super) allows: Vec<Rule<'a>>,
}

/// A statement.
#[derive(Debug)]
pub(super) struct Rule<'a> {
    pub(super) cited: Cited<'a>,
    pub(super) actions: ActionIndex<'a>,
    /// Whether the statement is about these actions for certain.
    pub(super) extent: Extent,
}

/// An action, or a pattern of actions, that a statement allows and the catalogue does not list:
/// it is newer than the catalogue, undocumented, or misspelt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlistedAction<'a> {
    /// The pattern of the statement.
    pub pattern: &'a ActionPattern,
    /// The statement.
    pub statement: StatementRef,
}

impl<'a> Ruleset<'a> {
    /// Sorts the statements.
    #[must_use]
    pub fn new(permissions: &Permissions<'a>) -> Self {
        let Permissions {
            identity,
            boundary,
            session,
            service_control,
        } = *permissions;
        let mut rules = Self {
            layers: Vec::new(),
            denies: Vec::new(),
            bounded: match boundary {
                Some(_) => Bounded::Yes,
                None => Bounded::No,
            },
        };
        let own = identity
            .iter()
            .map(|granted| (Source::Known(&granted.source), granted.policy.as_ref()));
        rules.add(ImplicitDeny::IdentityAllow, own);
        for level in service_control.into_iter().flatten() {
            rules.add(ImplicitDeny::ServiceControl, of_level(level));
        }
        if let Some(boundary) = boundary {
            rules.add(ImplicitDeny::Boundary, [(Source::Boundary, boundary)]);
        }
        if !session.is_empty() {
            let policies = session.iter().map(|policy| (Source::Session, policy));
            rules.add(ImplicitDeny::SessionPolicy, policies);
        }
        rules
    }

    fn add(
        &mut self,
        missing: ImplicitDeny,
        policies: impl IntoIterator<Item = (Source<'a>, &'a Policy)>,
    ) {
        let mut allows = Vec::new();
        for (source, policy) in policies {
            for (index, statement) in policy.statements().iter().enumerate() {
                // A statement with principals belongs to a resource; here it says nothing.
                if statement.principals().is_some() {
                    continue;
                }
                let cited = Cited {
                    source,
                    index,
                    statement,
                };
                let rules = [Extent::Surely, Extent::Perhaps].into_iter();
                let rules = rules.filter_map(|extent| {
                    let actions = ActionIndex::new(statement.actions(), extent)?;
                    Some(Rule {
                        cited,
                        actions,
                        extent,
                    })
                });
                match statement.effect() {
                    Effect::Allow => allows.extend(rules),
                    Effect::Deny => self.denies.extend(rules),
                }
            }
        }
        self.layers.push(Layer { missing, allows });
    }

    /// Picks the statements whose conditions can hold in a context, and puts the values of
    /// variables in.
    #[must_use]
    pub fn bind<'b>(&'b self, context: &'b Context) -> Bound<'b> {
        Bound::new(self, context)
    }

    /// Returns the names that the identity's own policies allow and the catalogue does not list. No
    /// question about the catalogue's actions covers these.
    #[must_use]
    pub fn unlisted(&self, catalogue: &Catalogue) -> Vec<UnlistedAction<'a>> {
        let mut found = Vec::new();
        for rule in self.layers.iter().take(1).flat_map(|layer| &layer.allows) {
            let statement = rule.cited.statement;
            let Selection::Only(listed) = statement.actions() else {
                continue;
            };
            for pattern in listed {
                if catalogue.matching(pattern).next().is_none() {
                    found.push(UnlistedAction {
                        pattern,
                        statement: rule.cited.into(),
                    });
                }
            }
        }
        found
    }
}
