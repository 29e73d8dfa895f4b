//! The shape of a printed proof, as far as a comparison needs it. The names of actions become sets while
//! they are read, because those of a large account would not fit into memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Admitted;
use crate::prove::sweep::Swept;
use crate::prove::{ActionSet, Path};

/// A printed proof.
#[derive(Deserialize)]
pub(super) struct Printed {
    pub(super) users: BTreeMap<String, BTreeMap<String, Reached>>,
    pub(super) roles: BTreeMap<String, PrintedRole>,
    pub(super) outsiders: Vec<Admitted>,
    #[serde(default)]
    pub(super) catalogue: Option<PrintedCatalogue>,
    #[serde(default)]
    pub(super) judgement: Option<u32>,
    // Only a proof has all of these keys, so other files are refused.
    #[serde(rename = "findings")]
    _findings: Vec<IgnoredAny>,
}

/// The dates of the lists that a proof was made with.
#[derive(Deserialize)]
pub(super) struct PrintedCatalogue {
    pub(super) actions: String,
}

/// The rights of a role.
#[derive(Deserialize)]
pub(super) struct PrintedRole {
    actions: Vec<String>,
    // Older proofs lack it.
    pub(super) undecided: Option<Vec<String>>,
}

impl From<PrintedRole> for Swept {
    fn from(role: PrintedRole) -> Self {
        Self {
            allowed: ActionSet::from_short(&role.actions),
            undecided: ActionSet::from_short(&role.undecided.unwrap_or_default()),
        }
    }
}

/// The rights of a user in one context.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "PrintedPowers")]
pub(super) struct Reached {
    pub(super) own: Swept,
    /// On other people's users and devices.
    pub(super) others: Swept,
    roles: BTreeSet<String>,
    undecided_roles: BTreeSet<String>,
    lacks_undecided: bool,
}

impl Reached {
    /// Whether the proof is older than the sets of what depends on the request. All that it lists then
    /// counts as decided.
    pub(super) fn lacks_undecided(&self) -> bool {
        self.lacks_undecided
    }

    /// Whether the user already reached a role, under no stricter condition.
    pub(super) fn had_role(&self, role: &str, now: &Path) -> bool {
        self.roles.contains(role) && (!self.undecided_roles.contains(role) || !now.certain)
    }
}

#[derive(Deserialize)]
struct PrintedPowers {
    actions: Names,
    others: Names,
    roles: BTreeSet<String>,
    // Older proofs lack these.
    undecided: Option<Names>,
    undecided_others: Option<Names>,
    undecided_roles: Option<BTreeSet<String>>,
}

impl From<PrintedPowers> for Reached {
    fn from(printed: PrintedPowers) -> Self {
        let lacks_undecided = printed.undecided.is_none()
            || printed.undecided_others.is_none()
            || printed.undecided_roles.is_none();
        let swept = |allowed: Names, undecided: Option<Names>| Swept {
            allowed: allowed.0,
            undecided: undecided.unwrap_or_default().0,
        };
        Self {
            own: swept(printed.actions, printed.undecided),
            others: swept(printed.others, printed.undecided_others),
            roles: printed.roles,
            undecided_roles: printed.undecided_roles.unwrap_or_default(),
            lacks_undecided,
        }
    }
}

/// The full names of actions.
#[derive(Default)]
struct Names(ActionSet);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneByOne;
        impl<'de> Visitor<'de> for OneByOne {
            type Value = ActionSet;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of actions")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<ActionSet, A::Error> {
                let mut set = ActionSet::default();
                while let Some(name) = names.next_element::<String>()? {
                    set.insert(&name);
                }
                Ok(set)
            }
        }
        deserializer.deserialize_seq(OneByOne).map(Self)
    }
}
