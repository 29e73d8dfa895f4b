//! The service control policies that a judgement counted. The account cannot read them, so people
//! name them. A report names the ones in its input.

use keyward_iam::ControlLevel;
use serde::Serialize;

use super::ProvenAccount;

/// The policies of one level of an organization that were counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountedLevel {
    /// The account's name, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The root, unit or account that they are attached to.
    pub level: String,
    /// Their names.
    pub policies: Vec<String>,
}

/// Counts the service control policies of these accounts.
pub(super) fn counted(accounts: &[ProvenAccount<'_>]) -> Vec<CountedLevel> {
    let levels = accounts.iter().flat_map(|proven| {
        let levels = proven.account.service_control.iter().flatten();
        levels.map(|level| counted_level(proven.name.clone(), level))
    });
    levels.collect()
}

/// Counts the service control policies of one level.
#[must_use]
pub fn counted_level(account: Option<String>, level: &ControlLevel) -> CountedLevel {
    let policies = level.policies.iter();
    CountedLevel {
        account,
        level: level.name.clone(),
        policies: policies.map(|attached| attached.name.clone()).collect(),
    }
}

/// The sentence for people.
#[must_use]
pub fn in_words(counted: &[CountedLevel]) -> String {
    if counted.is_empty() {
        return "no service control policy was given, so those of an organization were not counted"
            .to_owned();
    }
    let levels: Vec<String> = counted
        .iter()
        .map(|counted| {
            let account = counted.account.iter();
            let account: String = account.map(|name| format!("{name}/")).collect();
            let policies = counted.policies.join(", ");
            format!("{account}{} ({policies})", counted.level)
        })
        .collect();
    format!("service control policies counted: {}", levels.join(", "))
}

#[cfg(test)]
mod tests;
