//! Access keys past their age.

use super::{DAY, days};
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};

/// The age at which a key should have been replaced.
const MOST_DAYS: u64 = 90;

pub(in crate::audit) const CHECK: Check = Check {
    id: "old-access-key",
    title: "Access keys are replaced every 90 days",
    reason: "A key that leaked unnoticed works until it is replaced.",
    severity: Severity::Medium,
    fix: "replace the key: keyward rotate PROFILE",
    benchmark: Benchmark(["1.14", "1.14", "1.13", "2.13", "2.12"]),
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for (name, row) in input.credentials.get()?.users() {
        for (number, key) in &row.keys {
            let Some(created) = key.created else { continue };
            let age = created.elapsed(input.now);
            if age.as_secs() > MOST_DAYS * DAY {
                let part = format!("access key {number}");
                let message = format!("has had {part} for {} days", days(age));
                found.add_part(Subject::User(name.clone()), &part, None, message);
            }
        }
    }
    Ok(())
}
