//! Every check, by its stable id. An id never changes its meaning and is never used again; the
//! numbers of benchmarks change with their versions, so they are tags.

use super::benchmark::Benchmark;
use super::checks;
use super::finding::{Finding, Severity, Subject};
use super::input::{Input, NotRead};
use keyward_iam::StatementRef;

/// One check.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// The stable id.
    pub id: &'static str,
    /// What should be so, in one sentence.
    pub title: &'static str,
    /// Why, and how it is judged.
    pub reason: &'static str,
    /// The severity of most of its findings.
    pub severity: Severity,
    /// What to do about a finding.
    pub fix: &'static str,
    /// The benchmark's numbers for it.
    pub benchmark: Benchmark,
    /// Looks.
    pub(super) look: fn(&Input, &mut Found) -> Result<(), NotRead>,
}

/// What one check has found so far.
#[derive(Debug)]
pub(super) struct Found {
    check: &'static Check,
    pub(super) findings: Vec<Finding>,
}

impl Found {
    pub(super) fn new(check: &'static Check) -> Self {
        Self {
            check,
            findings: Vec::new(),
        }
    }

    /// The severity of most findings of the check.
    pub(super) fn severity(&self) -> Severity {
        self.check.severity
    }

    /// Removes duplicate findings about the same entity.
    pub(super) fn once(&mut self) {
        let mut seen = std::collections::BTreeSet::new();
        self.findings
            .retain(|found| seen.insert((found.subject.clone(), found.message.clone())));
    }

    /// A finding of the check's own severity.
    pub(super) fn add(&mut self, subject: Subject, message: String) {
        self.add_as(self.check.severity, subject, None, message);
    }

    /// A finding of another severity, or with the statement behind it.
    pub(super) fn add_as(
        &mut self,
        severity: Severity,
        subject: Subject,
        statement: Option<StatementRef>,
        message: String,
    ) {
        self.findings.push(Finding {
            id: self.check.id,
            severity,
            subject,
            statement,
            message,
            fix: self.check.fix.to_owned(),
        });
    }
}

/// All checks, in the order of the benchmark, then keyward's own.
pub static CHECKS: &[Check] = &[
    checks::root::ACCESS_KEY,
    checks::root::MFA,
    checks::root::HARDWARE_MFA,
    checks::root::USED,
    checks::password::LENGTH,
    checks::password::REUSE,
    checks::console_without_mfa::CHECK,
    checks::setup_key::CHECK,
    checks::unused::CHECK,
    checks::two_keys::CHECK,
    checks::old_key::CHECK,
    checks::direct_permissions::CHECK,
    checks::full_administrator::CHECK,
    checks::support_role::CHECK,
    checks::expired_certificate::CHECK,
    checks::cloudshell::CHECK,
    checks::acts_without_mfa::CHECK,
    checks::role_without_mfa::CHECK,
    checks::guard_missing::CHECK,
    checks::open_workflow_trust::CHECK,
    checks::open_federated_trust::CHECK,
    checks::mfa_condition::ALLOW,
    checks::mfa_condition::DENY,
    checks::never_used::CHECK,
    checks::no_group::CHECK,
    checks::broad_grant::CHECK,
    checks::unjudged_policy::CHECK,
    checks::unassigned_device::CHECK,
    checks::dead_grant::CHECK,
    checks::self_service::ENROLMENT,
    checks::self_service::DEVICE,
    checks::signing_certificate::CHECK,
    checks::service_credential::CHECK,
    checks::ssh_key::CHECK,
];

/// The check with an id.
#[must_use]
pub fn check(id: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.id == id)
}
