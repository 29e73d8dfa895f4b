//! An audit as lines for people: the headline, the findings by severity, and the skipped checks.

use std::fmt;

use keyward_core::text::count;

use crate::audit::finding::Finding;
use crate::audit::registry::check;
use crate::audit::{Audit, Severity, in_words};
use crate::prove::NOT_JUDGED;
use crate::prove::controls::in_words as in_words_of;

/// The appearance of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A headline.
    Heading,
    /// A finding.
    Finding(Severity),
    /// A detail of the line above.
    Detail,
    /// A check that was not made.
    NotChecked,
    /// Everything is well.
    Good,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its appearance.
    pub style: Style,
    text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The lines.
#[must_use]
pub fn lines(audit: &Audit) -> Vec<Line> {
    let mut lines = vec![line(Style::Heading, headline(audit))];
    for finding in &audit.findings {
        lines.push(line(
            Style::Finding(finding.severity),
            format!(
                "{:<6}  {}: {}",
                finding.severity.as_str(),
                finding.subject,
                finding.message
            ),
        ));
        lines.extend(details(finding).map(|text| line(Style::Detail, format!("        {text}"))));
    }
    for open in &audit.not_checked {
        let text = format!("not checked: {}: {}", open.id, open.reason);
        lines.push(line(Style::NotChecked, text));
    }
    if let Some(at) = audit.report_generated {
        let text = format!("AWS made the credential report at {at}; it keeps one for four hours");
        lines.push(line(Style::Detail, text));
    }
    if !audit.controls.is_empty() {
        lines.push(line(Style::Detail, in_words_of(&audit.controls)));
    }
    lines.push(line(Style::Detail, NOT_JUDGED.to_owned()));
    if audit.findings.is_empty() && audit.not_checked.is_empty() {
        let text = format!("{} found nothing", count(audit.passed.len(), "check"));
        lines.push(line(Style::Good, text));
    }
    lines
}

fn line(style: Style, text: String) -> Line {
    Line { style, text }
}

/// The account and its numbers.
#[must_use]
pub fn headline(audit: &Audit) -> String {
    let counts = Severity::ALL.map(|s| format!("{} {s}", audit.count(s)));
    let open = match audit.not_checked.len() {
        0 => String::new(),
        open => format!(", {open} not checked"),
    };
    format!(
        "account {}: {}; {} passed{open}",
        audit.account,
        counts.join(", "),
        count(audit.passed.len(), "check")
    )
}

fn details(finding: &Finding) -> impl Iterator<Item = String> {
    let controls: Vec<String> = check(finding.id)
        .into_iter()
        .flat_map(|check| check.benchmark.controls())
        .map(|(version, number)| format!("CIS {version}: {number}"))
        .collect();
    let name = match controls.last() {
        Some(newest) => format!("{} ({newest})", finding.id),
        None => finding.id.to_owned(),
    };
    let statement = finding.statement.as_ref().map(in_words);
    [Some(name), statement, Some(format!("fix: {}", finding.fix))]
        .into_iter()
        .flatten()
}
