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

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use keyward_core::id::RoleArn;
use keyward_iam::catalogue::Catalogue;
use keyward_iam::catalogue::managed;
use serde::{Serialize, Serializer};

use super::baseline::{Admitted, Gains};
use super::controls::CountedLevel;
use super::finding::{Finding, Promise};
use super::scenario::Scenario;
use super::show::NOT_JUDGED;
use super::{ActionSet, JUDGEMENT, Powers, Proof, UserKey, UserProof};

#[derive(Serialize)]
struct ProofWire<'a> {
    users: BTreeMap<String, UserWire<'a>>,
    /// The rights of the reached roles; `s3:*` means every listed action of a service.
    roles: BTreeMap<String, RoleWire>,
    outsiders: Vec<Admitted>,
    findings: Findings<'a>,
    /// The users whose key alone can enrol a device, as long as they have none.
    enrol_with_key: Vec<String>,
    promises: BTreeMap<&'static str, bool>,
    /// Actions that policies name and the catalogue lacks; each counts as allowed where it may be.
    unlisted_actions: Vec<&'a str>,
    stale_mfa_age_seconds: u64,
    service_control: &'a [CountedLevel],
    /// What may change the answers and is not known here.
    not_judged: &'static str,
    catalogue: CatalogueWire,
    /// The number of the judgement, for a later comparison.
    judgement: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<GainsWire<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_with_mfa: Option<GainsWire<'a>>,
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

/// The contexts of a user. Each is made when it is written: the names of every action fill a
/// megabyte, so those of all users together would not fit into memory.
struct UserWire<'a> {
    key: &'a UserKey,
    proof: &'a UserProof,
}

impl Serialize for UserWire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let scenarios: BTreeMap<&str, Scenario> = Scenario::ALL
            .map(|scenario| (scenario.as_str(), scenario))
            .into();
        serializer.collect_map(scenarios.into_iter().map(|(name, scenario)| {
            let powers = self.proof.powers(scenario);
            (name, powers_wire(self.key, powers))
        }))
    }
}

#[derive(Serialize)]
struct PowersWire<'a> {
    actions: Names<'a>,
    others: Names<'a>,
    undecided: Names<'a>,
    undecided_others: Names<'a>,
    roles: Vec<String>,
    undecided_roles: Vec<String>,
    paths: BTreeMap<String, Vec<String>>,
}

/// The full names of actions, each made when it is written.
struct Names<'a>(&'a ActionSet);

impl Serialize for Names<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.names())
    }
}

/// The full names of actions, by the alphabet.
struct SortedNames<'a>(&'a ActionSet);

impl Serialize for SortedNames<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut names: Vec<String> = self.0.names().collect();
        names.sort_unstable();
        serializer.collect_seq(names)
    }
}

/// The findings, each made when it is written.
struct Findings<'a>(&'a [Finding]);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(finding))
    }
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

type GainsWire<'a> = BTreeMap<&'a str, BTreeMap<&'static str, GainWire<'a>>>;

#[derive(Serialize)]
struct GainWire<'a> {
    actions: SortedNames<'a>,
    roles: &'a BTreeSet<String>,
    others: SortedNames<'a>,
    through_roles: &'a BTreeMap<String, Vec<String>>,
}

/// Writes the proof as JSON, with a line end. With a baseline, it lists what is new. It needs memory
/// for the names of one context at a time.
///
/// # Errors
/// `out` refuses the text.
pub fn write(proof: &Proof, gains: Option<&Gains>, out: &mut impl io::Write) -> io::Result<()> {
    let users = proof.users.iter();
    let wire = ProofWire {
        users: users
            .map(|(key, proof)| (key.to_string(), UserWire { key, proof }))
            .collect(),
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
        findings: Findings(&proof.findings),
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
        not_judged: NOT_JUDGED,
        catalogue: CatalogueWire {
            actions: Catalogue::built_in().date(),
            policies: managed::date(),
        },
        judgement: JUDGEMENT,
        new: gains.map(|gains| gained(&gains.without_mfa)),
        new_with_mfa: gains.map(|gains| gained(&gains.with_mfa)),
        new_outsiders: gains.map(|gains| gains.outsiders.as_slice()),
    };
    serde_json::to_writer_pretty(&mut *out, &wire)?;
    out.write_all(b"\n")
}

/// The proof as JSON, as one text.
#[cfg(test)]
pub(super) fn json(proof: &Proof, gains: Option<&Gains>) -> String {
    let mut bytes = Vec::new();
    write(proof, gains, &mut bytes).expect("a list takes every byte");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

fn powers_wire<'a>(key: &UserKey, powers: &'a Powers) -> PowersWire<'a> {
    let name = |role: &RoleArn| key.role_name(role);
    let undecided = powers.roles.iter().filter(|(_, path)| !path.certain);
    PowersWire {
        actions: Names(&powers.actions),
        others: Names(&powers.others),
        undecided: Names(&powers.undecided),
        undecided_others: Names(&powers.undecided_others),
        roles: powers.roles.keys().map(name).collect(),
        undecided_roles: undecided.map(|(role, _)| name(role)).collect(),
        paths: powers
            .roles
            .iter()
            .map(|(role, path)| (name(role), path.roles.iter().map(name).collect()))
            .collect(),
    }
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
        advice: (finding.fix.is_none() || finding.is_advised_beside_fix())
            .then(|| finding.advice()),
    }
}

fn gained(gains: &super::baseline::Gained) -> GainsWire<'_> {
    gains
        .iter()
        .map(|(user, contexts)| {
            let contexts = contexts.iter().map(|(scenario, gain)| {
                let gain = GainWire {
                    actions: SortedNames(&gain.actions),
                    roles: &gain.roles,
                    others: SortedNames(&gain.others),
                    through_roles: &gain.through_roles,
                };
                (scenario.as_str(), gain)
            });
            (user.as_str(), contexts.collect())
        })
        .collect()
}

#[cfg(test)]
mod tests;
