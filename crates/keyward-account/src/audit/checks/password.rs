//! The rules for console passwords.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html>

use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};

/// The shortest password that the benchmark accepts.
const LENGTH_WANTED: u32 = 14;

/// The number of earlier passwords that the benchmark wants AWS to remember, which is also the most
/// that AWS remembers.
const REUSE_WANTED: u32 = 24;

pub(in crate::audit) const LENGTH: Check = Check {
    id: "password-length",
    title: "Console passwords have at least 14 characters",
    reason: "AWS's own rule, which holds where the account has none, is 8 characters.",
    severity: Severity::Medium,
    fix: "set `min_length = 14` or more in the blueprint's `[password_policy]`",
    benchmark: Benchmark(["1.8", "1.8", "1.7", "2.7", "2.8"]),
    look: length,
};

fn length(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    match input.password_policy.get()? {
        None => found.add(
            Subject::Account,
            "has no password policy: passwords of 8 characters are accepted".to_owned(),
        ),
        Some(policy) if policy.minimum_length < LENGTH_WANTED => found.add(
            Subject::Account,
            format!("accepts passwords of {} characters", policy.minimum_length),
        ),
        Some(_) => {}
    }
    Ok(())
}

pub(in crate::audit) const REUSE: Check = Check {
    id: "password-reuse",
    title: "The last 24 console passwords cannot be used again",
    reason: "A password that was once leaked must not come back.",
    severity: Severity::Low,
    fix: "set `reuse_prevention = 24` in the blueprint's `[password_policy]`",
    benchmark: Benchmark(["1.9", "1.9", "1.8", "2.8", "2.9"]),
    look: reuse,
};

fn reuse(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let policy = input.password_policy.get()?;
    let remembered = policy.as_ref().and_then(|policy| policy.reuse_prevention);
    match remembered {
        Some(count) if count >= REUSE_WANTED => {}
        Some(count) => found.add(
            Subject::Account,
            format!("remembers only the last {count} passwords"),
        ),
        None => found.add(Subject::Account, "remembers no earlier password".to_owned()),
    }
    Ok(())
}
