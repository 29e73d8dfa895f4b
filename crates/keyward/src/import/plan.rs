//! Describes an import before it happens: new keys, keys that are stored already, and lines that will be
//! removed. Pure.

use std::fmt;
use std::path::Path;

use keyward_core::chain::StoredKeys;
use keyward_core::id::AccessKeyId;

use super::{FoundKey, Harvest, Left, Loss, ProcessLine};
use crate::system::locations;

/// Whether a key of the vault may be replaced by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overwrite {
    /// It stays.
    Never,
    /// It is replaced.
    Yes,
}

/// The fate of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is stored.
    Store,
    /// It is stored in another's place.
    Replace(AccessKeyId),
    /// The vault holds it, and only the files change.
    Keep,
}

/// An import, planned.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The keys that something happens to.
    pub(crate) steps: Vec<(FoundKey, Fate)>,
    /// Those for which the vault already has everything.
    pub(crate) stored: Vec<FoundKey>,
    /// Items that stay where they are.
    pub(crate) left: Vec<Left>,
}

impl Plan {
    /// Compares what was found with what is stored.
    pub(crate) fn new(harvest: Harvest, stored: &StoredKeys, overwrite: Overwrite) -> Self {
        let mut plan = Self {
            left: harvest.left,
            ..Self::default()
        };
        for found in harvest.keys {
            let known = stored.get(&found.profile);
            let id = &found.given.access_key_id;
            match known.map(|key| &key.access_key_id) {
                None => plan.steps.push((found, Fate::Store)),
                Some(old) if old == id && found.changes_no_file() => plan.stored.push(found),
                Some(old) if old == id => plan.steps.push((found, Fate::Keep)),
                Some(old) if overwrite == Overwrite::Yes => {
                    let old = old.clone();
                    plan.steps.push((found, Fate::Replace(old)));
                }
                Some(old) => plan.left.push(Left {
                    what: format!("`{}`, {id} from {}", found.profile, found.place),
                    why: format!("the vault holds {old} under that name; --force replaces it"),
                    loss: Loss::Key,
                }),
            }
        }
        plan
    }

    /// The files that lose keys, each once.
    pub(crate) fn thinned(&self) -> Vec<&Path> {
        let mut paths: Vec<&Path> = Vec::new();
        for removal in self.steps.iter().flat_map(|(found, _)| &found.removals) {
            if !paths.contains(&removal.path.as_path()) {
                paths.push(&removal.path);
            }
        }
        paths
    }

    /// The number of keys that stay but should not.
    pub(crate) fn missed(&self) -> usize {
        self.left
            .iter()
            .filter(|left| left.loss == Loss::Key)
            .count()
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (found, fate) in &self.steps {
            let id = &found.given.access_key_id;
            let profile = &found.profile;
            match fate {
                Fate::Store => write!(f, "store     {id} as `{profile}`, from {}", found.place)?,
                Fate::Replace(old) => write!(
                    f,
                    "replace   {old} of `{profile}` by {id}, from {}",
                    found.place
                )?,
                Fate::Keep => write!(f, "keep      {id} of `{profile}`, which the vault holds")?,
            }
            if let Some(serial) = &found.mfa_serial {
                write!(f, ", with {serial}")?;
            }
            writeln!(f)?;
            if found.process == ProcessLine::Redirect {
                writeln!(f, "          and let its `credential_process` ask keyward")?;
            }
            for removal in &found.removals {
                let path = locations::show(&removal.path);
                let keys = removal.keys.join("`, `");
                writeln!(f, "          and take its lines out of {path}: `{keys}`")?;
            }
        }
        for found in &self.stored {
            let id = &found.given.access_key_id;
            writeln!(f, "nothing   {id} is stored as `{}` already", found.profile)?;
        }
        for left in &self.left {
            writeln!(f, "leave     {}: {}", left.what, left.why)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
