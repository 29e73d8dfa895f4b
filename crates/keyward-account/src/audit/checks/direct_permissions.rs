//! Users that get permissions otherwise than through groups.

use keyward_iam::Effect;
use keyward_iam::model::Document;

use super::examples;
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};

pub(in crate::audit) const CHECK: Check = Check {
    id: "direct-permissions",
    title: "Users get permissions only through groups",
    reason: "Permissions on single users are overlooked when a person changes duties. A policy that only denies gives no permission.",
    severity: Severity::Low,
    fix: "put the policy on a group, and the user into the group",
    benchmark: Benchmark(["1.15", "1.15", "1.14", "2.14", "2.13"]),
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let account = &input.account;
    for user in account.users.values() {
        let inline = user.grants.inline.iter();
        let inline = inline.filter(|(_, document)| grants(document));
        let attached = user.grants.attached.iter().filter(|arn| {
            let known = account.policies.get(*arn);
            known.is_none_or(|policy| grants(&policy.document))
        });
        let names: Vec<String> = inline
            .map(|(name, _)| name.to_string())
            .chain(attached.map(|arn| arn.policy_name().to_owned()))
            .collect();
        if !names.is_empty() {
            let message = format!("has policies of its own: {}", examples(&names));
            found.add(Subject::User(user.name.clone()), message);
        }
    }
    Ok(())
}

/// Whether a document grants anything. One that cannot be read may.
fn grants(document: &Document) -> bool {
    document.policy().is_none_or(|policy| {
        let mut statements = policy.statements().iter();
        statements.any(|statement| statement.effect() == Effect::Allow)
    })
}
