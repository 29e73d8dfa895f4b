//! An audit as JSON: one object with `account`, `taken`, `report_generated`, `service_control`,
//! `not_judged`, `findings`, `not_checked` and `passed`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::audit::finding::{Finding, Subject};
use crate::audit::registry::check;
use crate::audit::{Audit, in_words};
use crate::prove::{CountedLevel, NOT_JUDGED};

#[derive(Serialize)]
struct Document<'a> {
    account: &'a str,
    taken: String,
    report_generated: Option<String>,
    summary: BTreeMap<&'static str, usize>,
    service_control: &'a [CountedLevel],
    not_judged: &'static str,
    findings: Vec<Entry<'a>>,
    not_checked: Vec<Open<'a>>,
    passed: &'a [&'static str],
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'static str,
    severity: &'static str,
    kind: &'static str,
    subject: &'a str,
    statement: Option<StatementEntry>,
    message: &'a str,
    fix: &'a str,
    benchmark: BTreeMap<String, &'static str>,
}

#[derive(Serialize)]
struct StatementEntry {
    policy: String,
    sid: Option<String>,
    index: usize,
    text: String,
}

#[derive(Serialize)]
struct Open<'a> {
    id: &'static str,
    reason: &'a str,
}

/// The document, with a line end. `subject` is the name of `kind`; for the account and its root
/// user it is `account` and `root`.
#[must_use]
pub fn write(audit: &Audit) -> String {
    let severities = crate::audit::Severity::ALL;
    let document = Document {
        account: audit.account.as_str(),
        taken: audit.taken.to_string(),
        report_generated: audit.report_generated.map(|at| at.to_string()),
        summary: severities
            .into_iter()
            .map(|severity| (severity.as_str(), audit.count(severity)))
            .collect(),
        service_control: &audit.controls,
        not_judged: NOT_JUDGED,
        findings: audit.findings.iter().map(entry).collect(),
        not_checked: audit
            .not_checked
            .iter()
            .map(|open| Open {
                id: open.id,
                reason: &open.reason,
            })
            .collect(),
        passed: &audit.passed,
    };
    let text = serde_json::to_string_pretty(&document).expect("the document has only text keys");
    text + "\n"
}

fn entry(finding: &Finding) -> Entry<'_> {
    let controls = check(finding.id).into_iter();
    let controls = controls.flat_map(|check| check.benchmark.controls());
    Entry {
        id: finding.id,
        severity: finding.severity.as_str(),
        kind: finding.subject.kind(),
        subject: match &finding.subject {
            Subject::Account | Subject::Root => finding.subject.kind(),
            named => named.name(),
        },
        statement: finding.statement.as_ref().map(|statement| StatementEntry {
            policy: statement.policy.to_string(),
            sid: statement.sid.clone(),
            index: statement.index,
            text: in_words(statement),
        }),
        message: &finding.message,
        fix: &finding.fix,
        benchmark: controls
            .map(|(version, number)| (format!("cis-{version}"), number))
            .collect(),
    }
}
