//! Sets of resources, written as ARNs with wildcards, for questions about all of them at once.

use super::resources::ResourceSet;
use crate::language::{Glob, Names, Placeholder};

/// The resources whose ARNs match a text.
#[derive(Debug, Clone)]
pub struct ArnSet {
    pub(super) with_colons: Glob,
    without_colons: Glob,
}

/// Part of the resources that an action takes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Among<'s> {
    /// Only resource types whose every ARN is in one of these sets. An empty list means all types.
    pub kinds: &'s [ArnSet],
    /// Without the resources of these sets.
    pub outside: &'s [ArnSet],
}

/// A part of a set, and how the patterns of policies are compared with it.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) glob: Glob,
    compared: Compared,
}

/// The reach of the wildcards of a policy's pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compared {
    /// Within their part of the ARN.
    Confined,
    /// As AWS lets them.
    AsWritten,
}

impl ArnSet {
    /// The resources whose ARNs match, with `*` as the wildcard. In the first five parts it stays
    /// within its part.
    #[must_use]
    pub fn matching(pattern: &str) -> Self {
        Self::format(pattern, |_| Placeholder::Anything)
    }

    /// One resource. A `*` in its ARN means itself.
    #[must_use]
    pub fn one(arn: &str) -> Self {
        Self {
            with_colons: Glob::literal(arn),
            without_colons: Glob::literal(arn),
        }
    }

    /// Every resource, and none.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            with_colons: Glob::everything(),
            without_colons: Glob::everything(),
        }
    }

    /// The ARNs of a format. Names have colons only if the policy's own wildcards stay within
    /// their parts: with both, `arn:aws:iam::*:role/*` would mean a user as well, of the path
    /// `/x:role/`.
    pub(super) fn format(format: &str, value: impl Fn(&str) -> Placeholder) -> Self {
        Self {
            with_colons: Glob::format(format, Names::WithColons, &value),
            without_colons: Glob::format(format, Names::WithoutColons, &value),
        }
    }

    /// Whether every resource of another set is in this one. A `false` may be wrong.
    pub(super) fn holds(&self, other: &Self) -> bool {
        self.with_colons.holds(&other.with_colons)
    }

    /// The whole set, in every comparison that can make a difference.
    pub(super) fn parts(&self) -> Vec<Part> {
        let mut parts = vec![Part::as_written(self.without_colons.clone())];
        if self.with_colons != self.without_colons {
            parts.push(Part {
                glob: self.with_colons.clone(),
                compared: Compared::Confined,
            });
        }
        parts
    }
}

impl Among<'_> {
    pub(super) fn is_everything(self) -> bool {
        self.kinds.is_empty() && self.outside.is_empty()
    }
}

impl Part {
    /// Everything in a set, compared as written.
    pub(super) fn as_written(glob: Glob) -> Self {
        Self {
            glob,
            compared: Compared::AsWritten,
        }
    }

    /// The intersection with a policy's set.
    pub(super) fn met(&self, set: &ResourceSet) -> Vec<Self> {
        let of_policy = match self.compared {
            Compared::Confined => set.confined.as_ref(),
            Compared::AsWritten => Some(&set.glob),
        };
        let shared = of_policy.map_or_else(Vec::new, |glob| glob.meet(&self.glob));
        let part = |glob| Self {
            glob,
            compared: self.compared,
        };
        shared.into_iter().map(part).collect()
    }

    /// Whether this set and a policy's set overlap.
    pub(super) fn meets(&self, set: &ResourceSet) -> bool {
        match self.compared {
            Compared::Confined => {
                let confined = set.confined.as_ref();
                confined.is_some_and(|confined| confined.meets(&self.glob))
            }
            Compared::AsWritten => set.glob.meets(&self.glob),
        }
    }
}
