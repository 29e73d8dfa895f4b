//! One check, and what it has found.

use keyward_iam::StatementRef;

use super::benchmark::Benchmark;
use super::finding::{Finding, Severity, Subject};
use super::input::{Input, NotRead};

/// One check.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// The stable id.
    pub id: &'static str,
    /// The state that the check demands, in one sentence.
    pub title: &'static str,
    /// The reason for the check, and how it judges.
    pub reason: &'static str,
    /// The severity of most of its findings.
    pub severity: Severity,
    /// The usual fix for a finding.
    pub fix: &'static str,
    /// The benchmark's numbers for it.
    pub benchmark: Benchmark,
    /// Looks.
    pub(super) look: fn(&Input, &mut CheckFindings) -> Result<(), NotRead>,
}

/// The findings of one check so far.
#[derive(Debug)]
pub(super) struct CheckFindings {
    check: &'static Check,
    pub(super) findings: Vec<Finding>,
}

impl CheckFindings {
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

    /// A finding about a part of the subject, such as one of its keys. The part has one name in every run.
    pub(super) fn add_part(
        &mut self,
        subject: Subject,
        part: &str,
        statement: Option<StatementRef>,
        message: String,
    ) {
        self.findings.push(Finding {
            part: Some(part.to_owned()),
            ..self.finding(self.check.severity, subject, statement, message)
        });
    }

    /// A finding of another severity, or with the statement behind it.
    pub(super) fn add_as(
        &mut self,
        severity: Severity,
        subject: Subject,
        statement: Option<StatementRef>,
        message: String,
    ) {
        let finding = self.finding(severity, subject, statement, message);
        self.findings.push(finding);
    }

    fn finding(
        &self,
        severity: Severity,
        subject: Subject,
        statement: Option<StatementRef>,
        message: String,
    ) -> Finding {
        Finding {
            id: self.check.id,
            severity,
            subject,
            part: None,
            statement,
            message,
            fix: self.check.fix.to_owned(),
        }
    }
}
