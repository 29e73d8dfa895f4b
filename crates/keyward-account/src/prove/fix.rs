//! Fixes as edited lines of the blueprint. A fix is shown only after the edited blueprint was read
//! and proved: the finding is gone, no new finding appears, and no user gains a right.

mod comments;
mod dead_grants;
mod document;
mod edit;
mod enrolment;
mod lines;
mod policies;
mod tables;
mod widening;

use std::collections::{BTreeMap, BTreeSet};

use keyward_iam::catalogue::Catalogue;
use keyward_iam::{ControlLevel, Policy};

use super::action_set::ActionSet;
use super::credentials::enrolment;
use super::finding::{Finding, SubjectKind};
use super::scenario::Scenario;
use super::{Proof, ProvenAccount, UserKey, prove};
use crate::blueprint::Blueprint;
use crate::desired::{render, self_service};
use edit::Edit;

/// The most edits that are tried. Each costs a proof, so a blueprint with very many findings gets
/// fixes only for the first.
const MOST_EDITS: usize = 60;

/// The most users and roles that are judged for all edits together: large accounts get fewer edits.
const MOST_JUDGED: usize = 3000;

/// Adds a fix to each finding of a blueprint's proof that an edit of its lines removes. `accounts`
/// are the proved ones.
pub fn add_fixes(proof: &mut Proof, text: &str, accounts: &[ProvenAccount<'_>]) {
    if proof.findings.is_empty() {
        return;
    }
    let trial = Trial::new(proof, accounts);
    let judged = accounts.iter().map(|proven| proven.account);
    let judged: usize = judged
        .map(|account| account.users.len() + account.roles.len())
        .sum();
    let most = (MOST_JUDGED / judged.max(1)).clamp(4, MOST_EDITS);
    let specific = [
        widening::edits(text, &proof.findings, most),
        dead_grants::edits(text, &proof.findings, most),
        enrolment::edits(text, &proof.findings, most),
    ];
    let edits = specific.into_iter().flatten().chain(lines::edits(text));
    let edits = edits.chain(policies::edits(text, &proof.findings, most));
    let edits = edits.chain(lines::removals(text));
    let edits: Vec<Edit> = edits.collect();
    let mut seen = BTreeSet::new();
    for edit in edits {
        let unfixed = proof.findings.iter().any(|finding| finding.fix.is_none());
        if !unfixed || seen.len() == most {
            break;
        }
        if seen.contains(&edit.text) {
            continue;
        }
        let lines = edit.lines();
        if lines.is_empty() {
            continue;
        }
        seen.insert(edit.text.clone());
        if let Some(gone) = trial.gone(&edit) {
            for finding in &mut proof.findings {
                if finding.fix.is_none() && gone.contains(&id(finding)) {
                    finding.fix = Some(lines.clone());
                }
            }
        }
    }
}

type Id = (String, SubjectKind, String);

fn id(finding: &Finding) -> Id {
    (finding.id.clone(), finding.kind, finding.subject.clone())
}

/// Counts the findings of each id. Their statements do not count: an edit moves them.
fn counts(findings: &[Finding]) -> BTreeMap<Id, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(id(finding)).or_default() += 1;
    }
    counts
}

/// Whether something was found that was not known, or was found less often.
fn is_worse(now: &BTreeMap<Id, usize>, known: &BTreeMap<Id, usize>) -> bool {
    let mut now = now.iter();
    now.any(|(id, count)| known.get(id).is_none_or(|known| known < count))
}

/// Proves edited blueprints and compares them with the proof of the unedited one.
struct Trial {
    known: BTreeMap<Id, usize>,
    /// The rights of each user in each scenario, by itself and through roles.
    reach: BTreeMap<UserKey, [Reach; 4]>,
    controls: BTreeMap<Option<String>, Option<Vec<ControlLevel>>>,
    self_service: ActionSet,
}

/// The rights of a user, by itself and through roles.
struct Reach {
    all: ActionSet,
    others: ActionSet,
}

impl Trial {
    fn new(proof: &Proof, accounts: &[ProvenAccount<'_>]) -> Self {
        let controls = accounts.iter().map(|proven| {
            let levels = proven.account.service_control.clone();
            (proven.name.clone(), levels)
        });
        let self_service = accounts
            .first()
            .map(|proven| actions_of(&self_service(proven.account)));
        Self {
            known: counts(&proof.findings),
            reach: reach(proof),
            controls: controls.collect(),
            self_service: self_service.unwrap_or_default(),
        }
    }

    /// The findings that an edit removes. `None` if the edited text is not a blueprint, a new
    /// finding appears, or a user gains something.
    fn gone(&self, edit: &Edit) -> Option<BTreeSet<Id>> {
        let proof = self.prove(&edit.text)?;
        let left = counts(&proof.findings);
        if is_worse(&left, &self.known) || self.gains(&proof) {
            return None;
        }
        let known = self.known.keys();
        Some(
            known
                .filter(|id| !left.contains_key(*id))
                .cloned()
                .collect(),
        )
    }

    fn prove(&self, text: &str) -> Option<Proof> {
        let blueprint = Blueprint::parse(text).ok()?;
        let mut desired = render(&blueprint);
        let names: Vec<Option<String>> = blueprint
            .accounts
            .iter()
            .map(|spec| spec.name.as_ref().map(ToString::to_string))
            .collect();
        for (name, desired) in names.iter().zip(&mut desired) {
            desired.account.service_control = self.controls.get(name).cloned().flatten();
        }
        let accounts: Vec<ProvenAccount<'_>> = names
            .into_iter()
            .zip(&desired)
            .map(|(name, desired)| ProvenAccount {
                name,
                account: &desired.account,
            })
            .collect();
        Some(prove(&accounts))
    }

    /// Whether a user gains more than enrolment without MFA, or more than keyward's self-service
    /// with MFA. Both are about the user itself only. A role counts by its actions: a role with
    /// fewer rights than the user already has is not a gain.
    fn gains(&self, proof: &Proof) -> bool {
        let mut users = reach(proof).into_iter();
        users.any(|(key, new)| {
            let Some(old) = self.reach.get(&key) else {
                return true;
            };
            let mut scenarios = Scenario::ALL.into_iter();
            scenarios.any(|scenario| {
                let (new, old) = (&new[scenario.index()], &old[scenario.index()]);
                let own = match Scenario::WITHOUT_MFA.contains(&scenario) {
                    true => enrolment(),
                    false => &self.self_service,
                };
                let gained = new.all.without(&old.all).without(own);
                let mut gained = gained.names();
                gained.any(|action| !is_covered(&old.all, &action))
                    || !new.others.without(&old.others).is_empty()
            })
        })
    }
}

/// Whether an action that the catalogue lacks is among others of a set, because the set has its whole
/// service: a wildcard allows both.
fn is_covered(all: &ActionSet, action: &str) -> bool {
    let catalogue = Catalogue::built_in();
    if catalogue.find(action).is_some() {
        return false;
    }
    let service = action.split_once(':').map_or("", |(service, _)| service);
    let mut known = catalogue.actions_of(service).peekable();
    match known.peek() {
        Some(_) => known.all(|entry| all.contains(&entry.to_string())),
        None => all.len() >= catalogue.actions().len(),
    }
}

fn reach(proof: &Proof) -> BTreeMap<UserKey, [Reach; 4]> {
    let users = proof.users.iter().map(|(key, user)| {
        let reach = Scenario::ALL.map(|scenario| {
            let powers = user.powers(scenario);
            let roles = powers.roles.keys();
            let roles = roles.filter_map(|role| proof.roles.get(role));
            Reach {
                all: roles.fold(powers.actions.clone(), |all, role| all.with(role)),
                others: powers.others.clone(),
            }
        });
        (key.clone(), reach)
    });
    users.collect()
}

/// The actions that the statements of a policy name.
fn actions_of(policy: &Policy) -> ActionSet {
    let statements = policy.statements().iter();
    let patterns = statements.flat_map(|statement| statement.actions().listed());
    patterns.map(|pattern| pattern.as_str()).collect()
}

#[cfg(test)]
mod tests;
