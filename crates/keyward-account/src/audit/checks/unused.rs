//! Passwords and keys that are no longer used.

use super::{DAY, days};
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};

/// After how many days an unused credential should be taken away.
const MOST_DAYS: u64 = 45;

pub(in crate::audit) const CHECK: Check = Check {
    id: "unused-credential",
    title: "Passwords and keys that were not used for 45 days are taken away",
    reason: "Where AWS knows of no use, the time since the password was changed or the key was made counts.",
    severity: Severity::Medium,
    fix: "deactivate the key or delete the password; delete the user if the person has left",
    benchmark: Benchmark(["1.12", "1.12", "1.11", "2.11", "2.11"]),
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for (name, row) in input.credentials.get()?.users() {
        let password = row.password.map(|password| {
            let since = password.last_used.or(password.changed).or(row.created);
            ("the console password".to_owned(), since)
        });
        let keys = row.keys.iter().map(|(number, key)| {
            let since = key.last_used.or(key.created);
            (format!("access key {number}"), since)
        });
        for (what, since) in password.into_iter().chain(keys) {
            let Some(since) = since else { continue };
            let age = since.elapsed(input.now);
            if age.as_secs() >= MOST_DAYS * DAY {
                let message = format!("has not used {what} for {} days", days(age));
                found.add_part(Subject::User(name.clone()), &what, None, message);
            }
        }
    }
    Ok(())
}
