//! A role for cases with AWS Support.

use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};

const POLICY: &str = "AWSSupportAccess";

pub(in crate::audit) const CHECK: Check = Check {
    id: "support-role",
    title: "A role may open cases with AWS Support",
    reason: "In an incident someone other than the root user must be able to call AWS. A user, group or role with `AWSSupportAccess` counts.",
    severity: Severity::Low,
    fix: "add a role with `managed = [\"AWSSupportAccess\"]` to the blueprint",
    benchmark: Benchmark(["1.17", "1.17", "1.16", "2.16", "2.15"]),
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let account = &input.account;
    let users = account.users.values().map(|user| &user.grants);
    let groups = account.groups.values().map(|group| &group.grants);
    let roles = account.roles.values().map(|role| &role.grants);
    let mut attached = users
        .chain(groups)
        .chain(roles)
        .flat_map(|grants| &grants.attached);
    if !attached.any(|arn| arn.is_aws_managed() && arn.policy_name() == POLICY) {
        let message = format!("has `{POLICY}` attached to no role");
        found.add(Subject::Account, message);
    }
    Ok(())
}
