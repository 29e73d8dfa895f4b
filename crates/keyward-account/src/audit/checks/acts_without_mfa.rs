//! Whether MFA is enforced: what each user's key can do without it. That a user has a device does
//! not mean that the user must use it.

use keyward_iam::catalogue::{AccessLevel, Catalogue};

use super::examples;
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};
use crate::audit::powers::excess;
use crate::prove::{DOUBT, targets};

pub(in crate::audit) const CHECK: Check = Check {
    id: "acts-without-mfa",
    title: "Without MFA, users can only enrol a device",
    reason: "Judged for a long-term key and for a session without a code, over every action that AWS documents. Severity is low where only IAM can be read.",
    severity: Severity::High,
    fix: "put the users under the guard: list them in a blueprint, or attach a policy that denies everything but enrolment without MFA",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let targets = targets(&input.account);
    for user in input.account.users.values() {
        let excess = excess(&input.account, user, &targets);
        if excess.actions.is_empty() {
            continue;
        }
        let severity = match excess.actions.iter().all(|action| only_reads_iam(action)) {
            true => Severity::Low,
            false => Severity::High,
        };
        let examples = examples(&excess.actions);
        let message = match (excess.actions.len(), excess.undecided) {
            (1, 0) => format!("can call {examples} without MFA"),
            (1, _) => format!("can call {examples} without MFA{DOUBT}"),
            (many, 0) => {
                format!("can call {many} actions without MFA beyond enrolment: {examples}")
            }
            (many, undecided) => format!(
                "can call {many} actions without MFA beyond enrolment, {undecided} of them only if a \
                 condition holds that depends on the request: {examples}"
            ),
        };
        let subject = Subject::User(user.name.clone());
        found.add_as(severity, subject, excess.statement, message);
    }
    Ok(())
}

fn only_reads_iam(action: &str) -> bool {
    let level = Catalogue::built_in()
        .find(action)
        .map(|entry| entry.level());
    action.starts_with("iam:") && matches!(level, Some(AccessLevel::List | AccessLevel::Read))
}
