//! Access keys that were made together with their user and never used.

use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};

/// The time after the user's creation in which a new key counts as made with the user.
const TOGETHER_SECONDS: u64 = 60;

pub(in crate::audit) const CHECK: Check = Check {
    id: "setup-key",
    title: "Console users get no access key when they are made",
    reason: "A key that was made on the chance of being needed is one more secret to lose.",
    severity: Severity::Low,
    fix: "delete the key, and let the user make one when it is needed",
    benchmark: Benchmark(["1.11", "1.11", "1.10", "2.10", ""]),
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for (name, row) in input.credentials.get()?.users() {
        let Some(user_created) = row.created.filter(|_| row.password.is_some()) else {
            continue;
        };
        for (number, key) in &row.keys {
            let together = key
                .created
                .is_some_and(|key| user_created.elapsed(key).as_secs() <= TOGETHER_SECONDS);
            if together && key.last_used.is_none() {
                let part = format!("access key {number}");
                let message = format!("got {part} with the console password and never used it");
                found.add_part(Subject::User(name.clone()), &part, None, message);
            }
        }
    }
    Ok(())
}
