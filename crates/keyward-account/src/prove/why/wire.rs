//! The JSON of `account why`.

use std::collections::BTreeMap;

use keyward_iam::{Effect, PolicySource, StatementRef};
use serde::Serialize;

use super::{Outcome, Why};
use crate::prove::controls::CountedLevel;

#[derive(Serialize)]
struct WhyWire<'a> {
    user: &'a str,
    action: &'a str,
    resource: &'a str,
    contexts: BTreeMap<&'static str, AnswerWire>,
    service_control: &'a [CountedLevel],
    not_judged: Option<&'static str>,
    resource_note: Option<&'a str>,
}

#[derive(Serialize)]
struct AnswerWire {
    allowed: bool,
    decision: &'static str,
    by: Vec<DecidingWire>,
    limit: Option<String>,
    chain: Option<ChainWire>,
}

#[derive(Serialize)]
struct ChainWire {
    roles: Vec<String>,
    certain: bool,
}

#[derive(Serialize)]
struct DecidingWire {
    policy: String,
    sid: Option<String>,
    effect: &'static str,
}

impl Why {
    /// Returns the output of `account why --json`:
    /// `{"user","action","resource","contexts":{CONTEXT:{"allowed","decision","by","limit","chain"}}}`.
    #[must_use]
    pub fn json(&self) -> String {
        let contexts = self.answers.iter().map(|answer| {
            let by = answer.by.iter().map(|deciding| DecidingWire {
                policy: policy_name(&deciding.statement),
                sid: deciding.statement.sid.clone(),
                effect: match deciding.effect {
                    Effect::Allow => "Allow",
                    Effect::Deny => "Deny",
                },
            });
            let wire = AnswerWire {
                allowed: answer.outcome == Outcome::Allowed,
                decision: answer.outcome.as_str(),
                by: by.collect(),
                limit: answer.limit.clone(),
                chain: answer.chain.as_ref().map(|chain| ChainWire {
                    roles: chain.roles.iter().map(ToString::to_string).collect(),
                    certain: chain.certain,
                }),
            };
            (answer.scenario.as_str(), wire)
        });
        let wire = WhyWire {
            user: &self.user,
            action: &self.action,
            resource: &self.resource,
            contexts: contexts.collect(),
            service_control: &self.controls,
            not_judged: self.not_judged,
            resource_note: self.resource_note.as_deref(),
        };
        serde_json::to_string_pretty(&wire).expect("texts and lists make JSON") + "\n"
    }
}

/// The policy's own name, without its holder.
fn policy_name(statement: &StatementRef) -> String {
    match &statement.policy {
        PolicySource::Named(name) => name.clone(),
        PolicySource::Inline { name, .. } => name.to_string(),
        PolicySource::Attached { arn, .. } => arn.policy_name().to_owned(),
        PolicySource::Boundary => "permissions boundary".to_owned(),
        PolicySource::Session => "session policy".to_owned(),
        PolicySource::ServiceControl { policy, .. } => policy.clone(),
        PolicySource::Trust => "trust policy".to_owned(),
    }
}
