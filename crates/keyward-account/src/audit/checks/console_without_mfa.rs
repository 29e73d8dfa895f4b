//! Console users without an MFA device.

use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};
use crate::audit::powers::excess;
use crate::prove::targets;

pub(in crate::audit) const CHECK: Check = Check {
    id: "console-without-mfa",
    title: "Every user with a console password has an MFA device",
    reason: "Severity is low where the user has no access key, and the policies allow nothing but enrolment until then.",
    severity: Severity::High,
    fix: "let the user enrol a device: keyward mfa enroll PROFILE",
    benchmark: Benchmark(["1.10", "1.10", "1.9", "2.9", "2.10"]),
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let report = input.credentials.get()?;
    let targets = targets(&input.account);
    for (name, row) in report.users() {
        if row.password.is_none() || row.mfa_active {
            continue;
        }
        let user = input.account.users.get(name);
        // A stolen key enrols a device of the thief's own.
        let is_held_back = row.keys.is_empty()
            && user.is_some_and(|user| excess(&input.account, user, &targets).actions.is_empty());
        let (severity, message) = match is_held_back {
            true => (
                Severity::Low,
                "has a console password and no MFA device yet; the policies allow only enrolment until then, so anyone who has the password can enrol one",
            ),
            false => (Severity::High, "has a console password and no MFA device"),
        };
        found.add_as(
            severity,
            Subject::User(name.clone()),
            None,
            message.to_owned(),
        );
    }
    Ok(())
}
