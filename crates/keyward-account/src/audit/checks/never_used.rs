//! Passwords and keys that were never used.

use super::{DAY, days};
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};

/// The number of days that a new user has for the first use.
const PATIENCE_DAYS: u64 = 7;

pub(in crate::audit) const CHECK: Check = Check {
    id: "never-used",
    title: "Passwords and keys are used within a week of their creation",
    reason: "A secret that its owner never used may have reached someone else, or no one.",
    severity: Severity::Low,
    fix: "ask the person, and take the password or key away if it is not needed",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for (name, row) in input.credentials.get()?.users() {
        let password = row.password.map(|password| {
            let since = password.changed.or(row.created);
            ("the console password".to_owned(), since, password.last_used)
        });
        let keys = row.keys.iter().map(|(number, key)| {
            let what = format!("access key {number}");
            (what, key.created, key.last_used)
        });
        for (what, since, used) in password.into_iter().chain(keys) {
            let (Some(since), None) = (since, used) else {
                continue;
            };
            let age = since.elapsed(input.now);
            if age.as_secs() >= PATIENCE_DAYS * DAY {
                let message = format!("has never used {what}, {} days old", days(age));
                found.add_part(Subject::User(name.clone()), &what, None, message);
            }
        }
    }
    Ok(())
}
