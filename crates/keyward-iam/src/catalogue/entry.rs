//! One action of the catalogue, as a view of its row.

use std::fmt;

use super::{ActionRow, Catalogue, References, ResourceTypes};
use crate::request::Action;

/// An action that AWS documents.
#[derive(Clone, Copy)]
pub struct ActionEntry<'a> {
    catalogue: &'a Catalogue,
    number: usize,
}

/// The effect of an action on its resource, as AWS classes it.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Sees that resources exist.
    List,
    /// Sees what is in resources.
    Read,
    /// Changes only tags.
    Tagging,
    /// Creates, changes or deletes resources.
    Write,
    /// Changes who may do what.
    PermissionsManagement,
}

/// The resources that an action takes.
#[derive(Debug, Clone)]
pub enum Resources<'a> {
    /// No resource type: only the resource `*` grants the action.
    Any,
    /// These resource types.
    Types(ResourceTypes<'a>),
    /// The sources do not say. A check must assume that every resource may grant the action.
    Unknown,
}

impl<'a> ActionEntry<'a> {
    pub(super) fn new(catalogue: &'a Catalogue, number: usize) -> Self {
        Self { catalogue, number }
    }

    fn row(self) -> &'a ActionRow {
        &self.catalogue.actions[self.number]
    }

    /// The place among all actions of the catalogue, from 0. It changes with every edition of
    /// the catalogue, so it must not be kept.
    #[must_use]
    pub fn number(self) -> usize {
        self.number
    }

    /// The service's prefix, such as `iam`.
    #[must_use]
    pub fn service(self) -> &'a str {
        let service = &self.catalogue.services[usize::from(self.row().service)];
        service.prefix.of(&self.catalogue.text)
    }

    /// The name without the service and in AWS's own case, such as `GetUser`.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.row().name.of(&self.catalogue.text)
    }

    /// The action as a request names it.
    #[must_use]
    pub fn to_action(self) -> Action {
        self.to_string()
            .parse()
            .expect("every listed name is a service, a colon and a name")
    }

    /// The access level.
    #[must_use]
    pub fn level(self) -> AccessLevel {
        self.row().level
    }

    /// The action's own resource types.
    ///
    /// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    #[must_use]
    pub fn resources(self) -> Resources<'a> {
        match self.row().references {
            References::Unknown => Resources::Unknown,
            References::Known(span) if span.range().is_empty() => Resources::Any,
            References::Known(span) => Resources::Types(ResourceTypes::new(
                self.catalogue,
                &self.catalogue.references[span.range()],
            )),
        }
    }
}

impl AccessLevel {
    /// AWS's name for the level, such as `Permissions management`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Read => "Read",
            Self::Tagging => "Tagging",
            Self::Write => "Write",
            Self::PermissionsManagement => "Permissions management",
        }
    }
}

impl PartialEq for ActionEntry<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.service(), self.name()) == (other.service(), other.name())
    }
}

impl Eq for ActionEntry<'_> {}

impl fmt::Display for ActionEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service(), self.name())
    }
}

impl fmt::Debug for ActionEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActionEntry({self})")
    }
}

impl fmt::Display for AccessLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
