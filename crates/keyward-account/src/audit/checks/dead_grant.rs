//! Grants that can never apply. The user lacks a right that a policy seems to give.

use keyward_iam::PolicySource;

use super::documents::subject;
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};
use crate::prove::dead_grants;

pub(in crate::audit) const CHECK: Check = Check {
    id: "dead-grant",
    title: "Every grant of an action can apply",
    reason: "Judges the conditions, and, for actions named in full, the resource types that AWS documents.",
    severity: Severity::Low,
    fix: "correct the resources or conditions of the statement, or remove the action from it",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for dead in dead_grants(&input.account) {
        let holder = dead.statement.as_ref().map(|statement| &statement.policy);
        let subject = match holder {
            Some(PolicySource::Inline { holder, .. }) => subject(holder),
            Some(PolicySource::Attached { arn, .. }) => Subject::Policy(arn.clone()),
            _ => Subject::Account,
        };
        found.add_part(subject, &dead.id, dead.statement, dead.message);
    }
    found.once();
    Ok(())
}
