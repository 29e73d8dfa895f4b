//! Users with two active access keys.

use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};

pub(in crate::audit) const CHECK: Check = Check {
    id: "two-active-keys",
    title: "No user has two active access keys",
    reason: "A second key is of use only while the first is being replaced.",
    severity: Severity::Low,
    fix: "deactivate the older key, then delete it: keyward rotate does both",
    benchmark: Benchmark(["1.13", "1.13", "1.12", "2.12", ""]),
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for (name, row) in input.credentials.get()?.users() {
        if row.keys.len() > 1 {
            let message = "has two active access keys".to_owned();
            found.add(Subject::User(name.clone()), message);
        }
    }
    Ok(())
}
