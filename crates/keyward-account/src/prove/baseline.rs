//! A proof that was printed before, to compare with: what is new since. It reads what
//! `account prove --json` prints and refuses anything else.

mod printed;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use keyward_iam::catalogue::Catalogue;
use serde::{Deserialize, Serialize};

use super::scenario::Scenario;
use super::sweep::{FREE, Swept};
use super::{ActionSet, Admission, JUDGEMENT, Proof};
use crate::outsiders::Demand;
use printed::{Printed, Reached};

/// A printed proof.
#[derive(Debug, Clone)]
pub struct Baseline {
    users: BTreeMap<String, BTreeMap<String, Reached>>,
    roles: BTreeMap<String, Swept>,
    outsiders: Vec<Admitted>,
    /// The day of its list of actions. Older proofs lack it.
    listed: Option<String>,
    /// The number of the judgement that made it. Older proofs lack it.
    judgement: Option<u32>,
    lacks_undecided: bool,
}

/// A judgement other than that of this keyward, see [`JUDGEMENT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherJudgement {
    /// The baseline was printed before judgements had numbers.
    Unnumbered,
    /// The baseline has an older one.
    Older(u32),
    /// The baseline has a newer one.
    Newer(u32),
}

/// A day other than that of this keyward's list of actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherList<'a> {
    /// The baseline has the older list.
    Older(&'a str),
    /// The baseline has the newer list.
    Newer(&'a str),
}

/// A role, and an outsider who gets into it without MFA, as the proof prints them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admitted {
    /// The role.
    pub role: String,
    /// The outsider.
    pub who: String,
    /// Whether no condition can still keep the outsider out.
    pub certain: bool,
    /// Whether the outsider needs a device, which may be their own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_device: bool,
    /// The further roles that the role leads to.
    pub leads_to: BTreeSet<String>,
}

impl Admitted {
    pub(super) fn of(proof: &Proof, admission: &Admission) -> Self {
        let leads_to = admission.leads_to.iter();
        Self {
            role: proof.role_name(&admission.role),
            who: admission.entry.who.id(),
            certain: admission.entry.certain,
            own_device: admission.entry.demand == Demand::OwnDevice,
            leads_to: leads_to.map(|role| proof.role_name(role)).collect(),
        }
    }
}

/// A text that is not a printed proof.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It cannot be read.
    #[error("the baseline cannot be read")]
    Unread(#[source] io::Error),
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

/// The gains of one user in one context.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gain {
    /// Actions.
    pub actions: ActionSet,
    /// Roles, as the proof prints them.
    pub roles: BTreeSet<String>,
    /// Actions about users and devices that are new on other people's.
    pub others: ActionSet,
    /// The new actions of roles that were reached before, in short.
    pub through_roles: BTreeMap<String, Vec<String>>,
}

/// The gains of users, by user and context.
pub type Gained = BTreeMap<String, BTreeMap<Scenario, Gain>>;

/// The gains since the baseline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gains {
    /// The gains where the code is missing or old.
    pub without_mfa: Gained,
    /// With a fresh code.
    pub with_mfa: Gained,
    /// Outsiders who get into a role without MFA.
    pub outsiders: Vec<Admitted>,
}

impl Gains {
    /// Whether a user or outsider gained something without a fresh code.
    #[must_use]
    pub fn are_without_mfa(&self) -> bool {
        !self.without_mfa.is_empty() || !self.outsiders.is_empty()
    }
}

impl Baseline {
    /// Reads a printed proof.
    ///
    /// # Errors
    /// See [`BaselineError`].
    pub fn read(json: impl io::Read) -> Result<Self, BaselineError> {
        let json = io::BufReader::new(json);
        let printed: Printed = serde_json::from_reader(json).map_err(|e| match e.is_io() {
            true => BaselineError::Unread(e.into()),
            false => BaselineError::Shape(e),
        })?;
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
        let mut roles = printed.roles.values();
        let mut reached = printed.users.values().flat_map(BTreeMap::values);
        let lacks_undecided =
            roles.any(|role| role.undecided.is_none()) || reached.any(Reached::lacks_undecided);
        let roles = printed.roles.into_iter();
        Ok(Self {
            users: printed.users,
            roles: roles.map(|(name, role)| (name, role.into())).collect(),
            outsiders: printed.outsiders,
            listed: printed.catalogue.map(|catalogue| catalogue.actions),
            judgement: printed.judgement,
            lacks_undecided,
        })
    }

    /// The judgement that made it, if it is not that of this keyward. Another judgement may find more or
    /// less in the same account.
    #[must_use]
    pub fn other_judgement(&self) -> Option<OtherJudgement> {
        let Some(number) = self.judgement else {
            return Some(OtherJudgement::Unnumbered);
        };
        match number.cmp(&JUDGEMENT) {
            Ordering::Less => Some(OtherJudgement::Older(number)),
            Ordering::Equal => None,
            Ordering::Greater => Some(OtherJudgement::Newer(number)),
        }
    }

    /// Whether it does not say which rights depend on the request. All of them then count as decided, and the
    /// comparison does not notice if a condition disappears.
    #[must_use]
    pub fn lacks_undecided(&self) -> bool {
        self.lacks_undecided
    }

    /// The day of its list of actions, if it differs from today's list. A wildcard covers more
    /// names in a newer list, without any change of the account.
    #[must_use]
    pub fn other_list(&self) -> Option<OtherList<'_>> {
        let listed = self.listed.as_deref()?;
        // Days compare as text: year, month, day.
        match listed.cmp(Catalogue::built_in().date()) {
            Ordering::Less => Some(OtherList::Older(listed)),
            Ordering::Equal => None,
            Ordering::Greater => Some(OtherList::Newer(listed)),
        }
    }

    /// Returns what the proof has and the baseline does not. What depended on the request and no
    /// longer does is new. A user that the baseline lacks has gained everything. Actions that AWS
    /// allows everyone do not count.
    #[must_use]
    pub fn gains(&self, proof: &Proof) -> Gains {
        let mut gains = Gains {
            outsiders: self.new_outsiders(proof),
            ..Gains::default()
        };
        let more = self.more_of_roles(proof);
        let free: ActionSet = FREE.iter().collect();
        let nothing = Reached::default();
        for (key, user) in &proof.users {
            let name = key.to_string();
            let old = self.users.get(&name);
            for scenario in Scenario::ALL {
                let old = old.and_then(|contexts| contexts.get(scenario.as_str()));
                let powers = user.powers(scenario);
                let (kept, gained): (Vec<_>, Vec<_>) = powers
                    .roles
                    .iter()
                    .map(|(role, path)| (key.role_name(role), path))
                    .partition(|(role, path)| old.is_some_and(|old| old.had_role(role, path)));
                let before = old.unwrap_or(&nothing);
                let gain = Gain {
                    actions: Swept::of(powers).beyond(&before.own).without(&free),
                    roles: gained.into_iter().map(|(role, _)| role).collect(),
                    others: Swept::of_others(powers).beyond(&before.others),
                    through_roles: kept
                        .into_iter()
                        .filter_map(|(role, _)| Some((role.clone(), more.get(&role)?.clone())))
                        .collect(),
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

    /// Returns what roles can do that they could not do before, or only under a condition, in
    /// short.
    fn more_of_roles(&self, proof: &Proof) -> BTreeMap<String, Vec<String>> {
        let nothing = Swept::default();
        let roles = proof.roles.iter();
        roles
            .filter_map(|(role, actions)| {
                let name = proof.role_name(role);
                let old = self.roles.get(&name).unwrap_or(&nothing);
                let undecided = proof.undecided_of_roles.get(role).cloned();
                let new = Swept {
                    allowed: actions.clone(),
                    undecided: undecided.unwrap_or_default(),
                };
                let more = new.beyond(old);
                (!more.is_empty()).then(|| (name, more.in_short()))
            })
            .collect()
    }

    /// The outsiders who get in now and did not before, or only under a condition. More that a
    /// role can do is new to each of its outsiders.
    fn new_outsiders(&self, proof: &Proof) -> Vec<Admitted> {
        let more = self.more_of_roles(proof);
        let admissions = proof.outsiders.iter();
        admissions
            .filter_map(|admission| {
                let now = Admitted::of(proof, admission);
                let mut old = self.outsiders.iter();
                let known = old.any(|old| {
                    (&old.role, &old.who) == (&now.role, &now.who)
                        && (old.certain || !now.certain)
                        && (now.own_device || !old.own_device)
                        && now.leads_to.is_subset(&old.leads_to)
                });
                let mut reached = std::iter::once(&admission.role).chain(&admission.leads_to);
                let grown = reached.any(|role| more.contains_key(&proof.role_name(role)));
                (!known || grown).then_some(now)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
