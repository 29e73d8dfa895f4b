//! The output of `account prove --json`. People's scripts rely on the names:
//!
//! ```json
//! {"users":{"alice":{"long_term_key":{"actions":["iam:GetUser"],"others":[],"undecided":[],
//!   "undecided_others":[],"roles":["ReadOnly"],"undecided_roles":[],"paths":{"ReadOnly":["ReadOnly"]}},"session_without_mfa":{…},"mfa":{…},
//!   "stale_mfa":{…}}},
//!  "findings":[{"id":"…","severity":"high","kind":"user","subject":"alice","statement":"…",
//!   "message":"…","certain":true}]}
//! ```
//!
//! With several accounts, a user is `ACCOUNT/NAME` and roles are ARNs, or `ACCOUNT/NAME` in ids.

use std::collections::BTreeMap;

use keyward_core::id::RoleArn;
use keyward_iam::catalogue::Catalogue;
use keyward_iam::catalogue::managed;
use serde::Serialize;

use super::baseline::{Admitted, Gains};
use super::controls::CountedLevel;
use super::finding::{Finding, Promise};
use super::scenario::Scenario;
use super::{ActionSet, Powers, Proof, UserKey, UserProof};

#[derive(Serialize)]
struct ProofWire<'a> {
    users: BTreeMap<String, BTreeMap<&'static str, PowersWire>>,
    /// The rights of the reached roles; `s3:*` means every listed action of a service.
    roles: BTreeMap<String, RoleWire>,
    outsiders: Vec<Admitted>,
    findings: Vec<FindingWire<'a>>,
    /// The users whose key alone can enrol a device, as long as they have none.
    enrol_with_key: Vec<String>,
    promises: BTreeMap<&'static str, bool>,
    /// Actions that policies name and the catalogue lacks; each counts as allowed where it may be.
    unlisted_actions: Vec<&'a str>,
    stale_mfa_age_seconds: u64,
    service_control: &'a [CountedLevel],
    catalogue: CatalogueWire,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<GainsWire>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_with_mfa: Option<GainsWire>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_outsiders: Option<&'a [Admitted]>,
}

#[derive(Serialize)]
struct RoleWire {
    actions: Vec<String>,
    undecided: Vec<String>,
}

#[derive(Serialize)]
struct CatalogueWire {
    actions: &'static str,
    policies: &'static str,
}

#[derive(Serialize)]
struct PowersWire {
    actions: Vec<String>,
    others: Vec<String>,
    undecided: Vec<String>,
    undecided_others: Vec<String>,
    roles: Vec<String>,
    undecided_roles: Vec<String>,
    paths: BTreeMap<String, Vec<String>>,
}

#[derive(Serialize)]
struct FindingWire<'a> {
    id: &'a str,
    severity: &'static str,
    kind: &'static str,
    subject: &'a str,
    statement: Option<String>,
    message: &'a str,
    certain: bool,
    promise: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

type GainsWire = BTreeMap<String, BTreeMap<&'static str, GainWire>>;

#[derive(Serialize)]
struct GainWire {
    actions: Vec<String>,
    roles: Vec<String>,
    others: Vec<String>,
    through_roles: BTreeMap<String, Vec<String>>,
}

/// The proof as JSON. With a baseline, it lists what is new.
#[must_use]
pub fn json(proof: &Proof, gains: Option<&Gains>) -> String {
    let wire = ProofWire {
        users: proof.users.iter().map(user).collect(),
        roles: proof
            .roles
            .iter()
            .map(|(role, actions)| {
                let undecided = proof.undecided_of_roles.get(role);
                let wire = RoleWire {
                    actions: actions.in_short(),
                    undecided: undecided.map_or_else(Vec::new, ActionSet::in_short),
                };
                (proof.role_name(role), wire)
            })
            .collect(),
        outsiders: proof
            .outsiders
            .iter()
            .map(|admission| Admitted::of(proof, admission))
            .collect(),
        findings: proof.findings.iter().map(finding).collect(),
        enrol_with_key: proof
            .users
            .iter()
            .filter(|(_, user)| user.enrols_with_key)
            .map(|(key, _)| key.to_string())
            .collect(),
        promises: Promise::ALL
            .map(|promise| {
                let mut findings = proof.findings.iter();
                let kept = !findings.any(|finding| finding.breaks == Some(promise));
                (promise.as_str(), kept)
            })
            .into_iter()
            .collect(),
        unlisted_actions: proof.unlisted.iter().map(String::as_str).collect(),
        stale_mfa_age_seconds: proof.stale_age.as_secs(),
        service_control: &proof.controls,
        catalogue: CatalogueWire {
            actions: Catalogue::built_in().date(),
            policies: managed::date(),
        },
        new: gains.map(|gains| gained(&gains.without_mfa)),
        new_with_mfa: gains.map(|gains| gained(&gains.with_mfa)),
        new_outsiders: gains.map(|gains| gains.outsiders.as_slice()),
    };
    serde_json::to_string_pretty(&wire).expect("texts, numbers and lists make JSON") + "\n"
}

fn user((key, proof): (&UserKey, &UserProof)) -> (String, BTreeMap<&'static str, PowersWire>) {
    let powers = Scenario::ALL.map(|scenario| {
        let powers = proof.powers(scenario);
        (scenario.as_str(), powers_wire(key, powers))
    });
    (key.to_string(), powers.into_iter().collect())
}

fn powers_wire(key: &UserKey, powers: &Powers) -> PowersWire {
    let name = |role: &RoleArn| key.role_name(role);
    let undecided = powers.roles.iter().filter(|(_, path)| !path.certain);
    PowersWire {
        actions: names(&powers.actions),
        others: names(&powers.others),
        undecided: names(&powers.undecided),
        undecided_others: names(&powers.undecided_others),
        roles: powers.roles.keys().map(name).collect(),
        undecided_roles: undecided.map(|(role, _)| name(role)).collect(),
        paths: powers
            .roles
            .iter()
            .map(|(role, path)| (name(role), path.roles.iter().map(name).collect()))
            .collect(),
    }
}

fn names(actions: &ActionSet) -> Vec<String> {
    actions.names().collect()
}

fn finding(finding: &Finding) -> FindingWire<'_> {
    FindingWire {
        id: &finding.id,
        severity: finding.severity.as_str(),
        kind: finding.kind.as_str(),
        subject: &finding.subject,
        statement: finding.statement.as_ref().map(ToString::to_string),
        message: &finding.message,
        certain: finding.certain,
        promise: finding.breaks.map(Promise::as_str),
        fix: finding.fix.as_deref(),
        advice: finding.fix.is_none().then(|| finding.advice()),
    }
}

fn gained(gains: &super::baseline::Gained) -> GainsWire {
    gains
        .iter()
        .map(|(user, contexts)| {
            let contexts = contexts.iter().map(|(scenario, gain)| {
                let gain = GainWire {
                    actions: gain.actions.iter().cloned().collect(),
                    roles: gain.roles.iter().cloned().collect(),
                    others: gain.others.iter().cloned().collect(),
                    through_roles: gain.through_roles.clone(),
                };
                (scenario.as_str(), gain)
            });
            (user.clone(), contexts.collect())
        })
        .collect()
}

#[cfg(test)]
mod tests;
