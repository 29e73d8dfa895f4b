//! The resources of a statement with the variables of one context put in.

use crate::language::{Glob, Known, ResourcePattern, Selection};
use crate::request::Context;

/// The `Resource` or `NotResource` of a statement.
#[derive(Debug)]
pub(super) enum Resources {
    All,
    Only(Vec<ResourceSet>),
    Except(Vec<ResourceSet>),
}

/// The resources of one pattern.
#[derive(Debug)]
pub(super) struct ResourceSet {
    pub(super) glob: Glob,
    /// Without what a `*` matches only by running over the end of its part.
    pub(super) confined: Option<Glob>,
}

impl Resources {
    /// A pattern with a variable that has no value matches nothing.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value>
    pub(super) fn new(selection: Option<&Selection<ResourcePattern>>, context: &Context) -> Self {
        let Some(selection) = selection else {
            return Self::All;
        };
        let globs = selection
            .listed()
            .iter()
            .filter_map(|pattern| pattern.glob(context));
        let sets: Vec<ResourceSet> = globs.map(ResourceSet::new).collect();
        let mut exact = sets.iter().filter(|set| set.is_exact());
        let everything = exact.any(|set| set.glob.is_everything());
        match selection {
            Selection::Only(_) if everything => Self::All,
            Selection::Only(_) => Self::Only(sets),
            Selection::Except(_) if everything => Self::Only(Vec::new()),
            Selection::Except(_) if sets.is_empty() => Self::All,
            Selection::Except(_) => Self::Except(sets),
        }
    }

    /// Whether no resource is meant.
    pub(super) fn are_none(&self) -> bool {
        matches!(self, Self::Only(sets) if sets.is_empty())
    }
}

impl ResourceSet {
    fn new(glob: Glob) -> Self {
        Self {
            confined: glob.confined(),
            glob,
        }
    }

    pub(super) fn is_exact(&self) -> bool {
        self.glob.known() == Known::Exactly
    }
}
