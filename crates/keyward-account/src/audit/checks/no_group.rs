//! Users in no group.

use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};

pub(in crate::audit) const CHECK: Check = Check {
    id: "user-without-group",
    title: "Every user is in a group",
    reason: "A user in no group is missed by every rule that the account puts on groups.",
    severity: Severity::Low,
    fix: "put the user into a group, or delete it",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for user in input.account.users.values() {
        if user.groups.is_empty() {
            let message = "is in no group".to_owned();
            found.add(Subject::User(user.name.clone()), message);
        }
    }
    Ok(())
}
