//! Policies that allow everything.

use std::cell::LazyCell;

use keyward_iam::{Effect, Holder, Selection, Statement};

use super::documents::{asks_for_mfa, held, is_on_everything};
use super::role_without_mfa::ways_in;
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::Severity;
use crate::audit::input::{Input, NotRead};

pub(in crate::audit) const CHECK: Check = Check {
    id: "full-administrator",
    title: "No policy that allows every action on everything is attached",
    reason: "Severity is low for a role that no one assumes without MFA, and for a statement that itself asks for MFA.",
    severity: Severity::High,
    fix: "attach it to a role that asks for MFA, and let administrators assume that role",
    benchmark: Benchmark(["1.16", "1.16", "1.15", "2.15", "2.14"]),
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let open = LazyCell::new(|| ways_in(&input.account));
    for held in held(&input.account) {
        let Some(policy) = held.document.policy() else {
            continue;
        };
        for (index, statement) in policy.statements().iter().enumerate() {
            if !allows_everything(statement) {
                continue;
            }
            let severity = match &held.holder {
                _ if asks_for_mfa(statement) => Severity::Low,
                Holder::Role(name) if !open.contains_key(name) => Severity::Low,
                _ => Severity::High,
            };
            found.add_as(
                severity,
                held.subject(),
                Some(held.cite(index, statement)),
                "is allowed every action on every resource".to_owned(),
            );
        }
    }
    Ok(())
}

fn allows_everything(statement: &Statement) -> bool {
    let every_action = match statement.actions() {
        Selection::Only(listed) => listed
            .iter()
            .any(|pattern| matches!(pattern.as_str(), "*" | "*:*")),
        Selection::Except(_) => false,
    };
    statement.effect() == Effect::Allow && every_action && is_on_everything(statement)
}
