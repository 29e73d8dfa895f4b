//! Certificates that sign requests: secrets that outlive every session.

use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};

pub(in crate::audit) const CHECK: Check = Check {
    id: "signing-certificate",
    title: "No user has an active signing certificate",
    reason: "An X.509 signing certificate works without MFA and is missed where access keys are counted.",
    severity: Severity::Medium,
    fix: "deactivate it, then delete it: aws iam update-signing-certificate --status Inactive",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for (name, row) in input.credentials.get()?.users() {
        let count = row.signing_certificates;
        if count > 0 {
            let message = format!("has {count} active signing certificate(s)");
            found.add(Subject::User(name.clone()), message);
        }
    }
    Ok(())
}
