//! A proof that was printed before, to compare with: what is new since. It reads what
//! `account prove --json` prints and refuses anything else.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::Proof;
use super::scenario::Scenario;
use super::sweep::FREE;
use super::wire::role_name;

/// A printed proof.
#[derive(Debug, Clone)]
pub struct Baseline {
    users: BTreeMap<String, BTreeMap<String, Reached>>,
}

/// A text that is not a printed proof.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// Another shape, or no JSON.
    #[error("the baseline is not what `keyward account prove --json` prints")]
    Shape(#[source] serde_json::Error),
    /// A context is missing.
    #[error("the baseline says nothing about `{context}` of the user `{user}`")]
    Incomplete {
        /// The user.
        user: String,
        /// The context.
        context: &'static str,
    },
}

#[derive(Deserialize)]
struct Printed {
    users: BTreeMap<String, BTreeMap<String, Reached>>,
    // Told apart from other files by having both.
    #[serde(rename = "findings")]
    _findings: Vec<serde_json::Value>,
}

#[derive(Debug, Clone, Deserialize)]
struct Reached {
    actions: BTreeSet<String>,
    roles: BTreeSet<String>,
}

/// What one user gained in one context.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gain {
    /// Actions.
    pub actions: BTreeSet<String>,
    /// Roles, as the proof prints them.
    pub roles: BTreeSet<String>,
}

/// What users gained, by user and context.
pub type Gained = BTreeMap<String, BTreeMap<Scenario, Gain>>;

/// What is new since the baseline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gains {
    /// Where the code is missing or old.
    pub without_mfa: Gained,
    /// With a fresh code.
    pub with_mfa: Gained,
}

impl Baseline {
    /// Reads a printed proof.
    ///
    /// # Errors
    /// See [`BaselineError`].
    pub fn read(json: &str) -> Result<Self, BaselineError> {
        let printed: Printed = serde_json::from_str(json).map_err(BaselineError::Shape)?;
        for (user, contexts) in &printed.users {
            for scenario in Scenario::ALL {
                if !contexts.contains_key(scenario.as_str()) {
                    return Err(BaselineError::Incomplete {
                        user: user.clone(),
                        context: scenario.as_str(),
                    });
                }
            }
        }
        Ok(Self {
            users: printed.users,
        })
    }

    /// What the proof has and the baseline does not. A user that the baseline lacks has gained
    /// everything; what AWS answers to everyone is no gain.
    #[must_use]
    pub fn gains(&self, proof: &Proof) -> Gains {
        let mut gains = Gains::default();
        for (key, user) in &proof.users {
            let name = key.to_string();
            let old = self.users.get(&name);
            for scenario in Scenario::ALL {
                let old = old.and_then(|contexts| contexts.get(scenario.as_str()));
                let powers = user.powers(scenario);
                let had = |action: &String| {
                    FREE.contains(&action.as_str())
                        || old.is_some_and(|old| old.actions.contains(action))
                };
                let reached = |role: &String| old.is_some_and(|old| old.roles.contains(role));
                let roles = powers.roles.keys().map(|role| role_name(key, role));
                let gain = Gain {
                    actions: powers.actions.names().filter(|a| !had(a)).collect(),
                    roles: roles.filter(|role| !reached(role)).collect(),
                };
                if gain == Gain::default() {
                    continue;
                }
                let kind = match scenario {
                    Scenario::Mfa => &mut gains.with_mfa,
                    _ => &mut gains.without_mfa,
                };
                let user = kind.entry(name.clone()).or_default();
                user.insert(scenario, gain);
            }
        }
        gains
    }
}

#[cfg(test)]
mod tests;
