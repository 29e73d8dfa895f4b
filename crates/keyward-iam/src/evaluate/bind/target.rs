//! What an action can be about: the resource types that AWS documents for it, as sets of ARNs.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use keyward_core::id::AccountId;

use super::resources::ResourceSet;
use crate::catalogue::{ActionEntry, ArnFormat, Catalogue, Necessity, Resources};
use crate::language::{Glob, Names};

/// Whose resources are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Those of one account. An ARN that names no account, such as a bucket's, counts.
    Account(&'a AccountId),
    /// Those of every account.
    Everywhere,
}

/// The resources of every action of a catalogue. Formats are compiled when a policy first needs
/// them, and kept; most questions need none.
#[derive(Debug)]
pub struct Targets<'c> {
    catalogue: &'c Catalogue,
    partition: Box<str>,
    account: Option<AccountId>,
    formats: RwLock<HashMap<&'c str, Arc<Format>>>,
    unspecified: Glob,
}

/// The ARNs of one format.
#[derive(Debug)]
pub(super) struct Format {
    with_colons: Glob,
    without_colons: Glob,
}

/// One way to answer what a request is about.
#[derive(Debug)]
pub(super) enum Target<'t> {
    /// One resource, or `*` where the action has none.
    One(&'t Glob),
    /// Some resource whose ARN has a format.
    Format(Arc<Format>),
    /// Anything, where the catalogue does not say.
    Anything,
}

impl<'c> Targets<'c> {
    /// The resources of a catalogue's actions in a partition such as `aws`.
    #[must_use]
    pub fn new(catalogue: &'c Catalogue, partition: &str, scope: Scope<'_>) -> Self {
        Self {
            catalogue,
            partition: partition.into(),
            account: match scope {
                Scope::Account(account) => Some(account.clone()),
                Scope::Everywhere => None,
            },
            formats: RwLock::default(),
            unspecified: Glob::literal("*"),
        }
    }

    /// What one action can be about. Where no resource type is required, a request may also name
    /// no resource.
    pub(super) fn of(&self, action: ActionEntry<'c>) -> Vec<Target<'_>> {
        match action.resources() {
            Resources::Unknown => vec![Target::Anything],
            Resources::Any => vec![Target::One(&self.unspecified)],
            Resources::Types(types) => {
                let mut targets = Vec::new();
                let mut required = false;
                for kind in types {
                    required |= kind.necessity() == Necessity::Required;
                    let formats = kind.formats();
                    targets.extend(formats.map(|format| Target::Format(self.format(format))));
                }
                if !required {
                    targets.push(Target::One(&self.unspecified));
                }
                targets
            }
        }
    }

    fn format(&self, format: ArnFormat<'c>) -> Arc<Format> {
        let text = format.as_str();
        let known = self.formats.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(compiled) = known.get(text) {
            return Arc::clone(compiled);
        }
        drop(known);
        let compiled = Arc::new(Format::new(text, &self.partition, self.account.as_ref()));
        let mut known = self.formats.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(text).or_insert(compiled))
    }

    /// The actions of each service.
    pub(super) fn services(
        &self,
    ) -> impl Iterator<Item = (&'c str, impl Iterator<Item = ActionEntry<'c>> + use<'c>)> + use<'c>
    {
        let catalogue = self.catalogue;
        catalogue
            .services()
            .map(move |prefix| (prefix, catalogue.actions_of(prefix)))
    }
}

impl Format {
    /// Names have colons only where the policy's own wildcards stay within their parts: with
    /// both, `arn:aws:iam::*:role/*` would mean a user as well, of the path `/x:role/`.
    fn new(format: &str, partition: &str, account: Option<&AccountId>) -> Self {
        let value = |name: &str| match name {
            "Partition" => Some(partition.to_owned()),
            "Account" => account.map(ToString::to_string),
            _ => None,
        };
        Self {
            with_colons: Glob::format(format, Names::WithColons, value),
            without_colons: Glob::format(format, Names::WithoutColons, value),
        }
    }
}

impl Target<'_> {
    /// Whether some resource of the target is in a set.
    pub(super) fn meets(&self, set: &ResourceSet) -> bool {
        match self {
            Self::One(one) => set.glob.meets(one),
            Self::Format(format) => {
                let confined = set.confined.as_ref();
                confined.is_some_and(|confined| confined.meets(&format.with_colons))
                    || set.glob.meets(&format.without_colons)
            }
            Self::Anything => true,
        }
    }

    /// Whether every resource of the target is in a set. A `false` may be wrong.
    pub(super) fn is_held_by(&self, glob: &Glob) -> bool {
        match self {
            Self::One(one) => glob.holds(one),
            Self::Format(format) => glob.holds(&format.with_colons),
            Self::Anything => glob.is_everything(),
        }
    }
}
