//! The audit: an account judged by the identity controls of the CIS AWS Foundations Benchmark,
//! and by what such benchmarks leave out, above all whether MFA is enforced. A check whose data
//! is missing is reported as not done; it never passes in silence.

pub mod benchmark;
mod check;
mod checks;
mod finding;
pub mod input;
mod powers;
pub mod registry;
pub mod report;

use keyward_core::Timestamp;
use keyward_core::id::AccountId;

pub use check::Check;
pub use finding::{Finding, Severity, Subject, in_words};
pub use input::Input;
pub use registry::CHECKS;

use crate::prove::CountedLevel;
use crate::prove::controls::counted_level;
use check::CheckFindings;

/// The result of an audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// The account.
    pub account: AccountId,
    /// The time at which the account was read.
    pub taken: Timestamp,
    /// The time at which AWS made the credential report, if known.
    pub report_generated: Option<Timestamp>,
    /// The service control policies that were counted.
    pub controls: Vec<CountedLevel>,
    /// The findings, worst first.
    pub findings: Vec<Finding>,
    /// The ids of checks that found nothing.
    pub passed: Vec<&'static str>,
    /// The checks that could not be made.
    pub not_checked: Vec<NotChecked>,
}

/// A check that could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotChecked {
    /// The check's id.
    pub id: &'static str,
    /// The reason.
    pub reason: String,
}

impl Audit {
    /// Whether some finding is at least as bad as this.
    #[must_use]
    pub fn reaches(&self, level: Severity) -> bool {
        self.findings.iter().any(|found| found.severity >= level)
    }

    /// The number of findings of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let findings = self.findings.iter();
        findings.filter(|found| found.severity == severity).count()
    }
}

/// Makes every check.
#[must_use]
pub fn audit(input: &Input) -> Audit {
    let levels = input.account.service_control.iter().flatten();
    let mut audit = Audit {
        account: input.account.id.clone(),
        taken: input.now,
        report_generated: input.credentials.get().ok().and_then(|r| r.generated),
        controls: levels.map(|level| counted_level(None, level)).collect(),
        findings: Vec::new(),
        passed: Vec::new(),
        not_checked: Vec::new(),
    };
    for check in CHECKS {
        let mut found = CheckFindings::new(check);
        match (check.look)(input, &mut found) {
            Err(why) => audit.not_checked.push(NotChecked {
                id: check.id,
                reason: why.to_string(),
            }),
            Ok(()) if found.findings.is_empty() => audit.passed.push(check.id),
            Ok(()) => audit.findings.extend(found.findings),
        }
    }
    audit
        .findings
        .sort_by(|a, b| (b.severity, a.id, &a.subject).cmp(&(a.severity, b.id, &b.subject)));
    audit
}

#[cfg(test)]
mod tests;
