//! An audit as one page: the headline, the findings by severity, what was not checked, what each
//! person has and can do, and the graph.

use std::fmt::{self, Write as _};

use keyward_core::text::count;

use super::people::facts;
use crate::audit::finding::Finding;
use crate::audit::registry::check;
use crate::audit::{Audit, Input, Severity, in_words};
use crate::graph::graph;
use crate::html::{Escaped, Page, Prose, contents, people, picture, row, sentence, table};
use crate::prove::{NOT_JUDGED, Proof, ProvenAccount, controls, prove};

/// The page about an audit of this input.
#[must_use]
pub fn write(audit: &Audit, input: &Input) -> String {
    let mut body = String::new();
    let proof = prove(&[ProvenAccount::only(&input.account)]);
    body_into(audit, &proof, &mut body).expect("writing to a string does not fail");
    table(&mut body, &proof);
    people(&mut body, &proof, |key| facts(audit, input, &proof, key));
    picture(&mut body, &graph(&input.account));
    footer(audit, &mut body).expect("writing to a string does not fail");
    let title = format!("Audit of account {}", audit.account);
    Page {
        title: &title,
        body,
    }
    .to_string()
}

fn body_into(audit: &Audit, proof: &Proof, out: &mut String) -> fmt::Result {
    writeln!(out, "<p class=\"headline\">{}</p>", headline(audit))?;
    counts(audit, out)?;
    contents(out, proof);
    for severity in Severity::ALL {
        if audit.count(severity) == 0 {
            continue;
        }
        writeln!(out, "<h2 class=\"{severity}\">Severity {severity}</h2>")?;
        let findings = audit.findings.iter();
        for found in findings.filter(|finding| finding.severity == severity) {
            finding(found, out)?;
        }
    }
    not_checked(audit, out)?;
    passed(audit, out)
}

/// The number of findings. Their severities are counted below.
fn headline(audit: &Audit) -> String {
    match (audit.findings.len(), audit.count(Severity::High)) {
        (0, _) => "Nothing was found.".to_owned(),
        (all, 0) => format!("{}, none of high severity.", count(all, "finding")),
        (all, high) => format!("{}, {high} of high severity.", count(all, "finding")),
    }
}

fn footer(audit: &Audit, out: &mut String) -> fmt::Result {
    write!(out, "<p class=\"faint\">Judged at {}", audit.taken)?;
    if let Some(at) = audit.report_generated {
        write!(out, ", with a credential report that AWS made at {at}")?;
    }
    if !audit.controls.is_empty() {
        write!(out, "; {}", Escaped(&controls::in_words(&audit.controls)))?;
    }
    out.push_str(".</p>\n");
    let unjudged = sentence(NOT_JUDGED);
    writeln!(out, "<p class=\"faint\">{}.</p>", Escaped(&unjudged))
}

fn counts(audit: &Audit, out: &mut String) -> fmt::Result {
    out.push_str("<ul class=\"counts\">\n");
    for severity in Severity::ALL {
        let count = audit.count(severity);
        writeln!(
            out,
            "<li><strong class=\"{severity}\">{count}</strong> {severity}</li>"
        )?;
    }
    let (passed, open) = (audit.passed.len(), audit.not_checked.len());
    writeln!(
        out,
        "<li><strong class=\"good\">{passed}</strong> passed</li>"
    )?;
    writeln!(out, "<li><strong>{open}</strong> not checked</li>\n</ul>")
}

fn finding(found: &Finding, out: &mut String) -> fmt::Result {
    writeln!(
        out,
        "<details open>\n<summary><strong class=\"{severity}\">{severity}</strong> {}: {}</summary>\n<dl>",
        Prose(&found.subject.to_string()),
        Prose(&found.message),
        severity = found.severity,
    )?;
    if let Some(statement) = &found.statement {
        row(out, "Evidence", &in_words(statement));
    }
    row(out, "Fix", &found.fix);
    if let Some(check) = check(found.id) {
        let words = format!("{}: {}. {}", check.id, check.title, check.reason);
        row(out, "Check", &words);
        let controls = check.benchmark.controls();
        let controls: Vec<String> = controls
            .map(|(version, number)| format!("{number} (version {version})"))
            .collect();
        if !controls.is_empty() {
            row(out, "CIS AWS Foundations Benchmark", &controls.join(", "));
        }
    }
    out.push_str("</dl>\n</details>\n");
    Ok(())
}

fn not_checked(audit: &Audit, out: &mut String) -> fmt::Result {
    if audit.not_checked.is_empty() {
        return Ok(());
    }
    out.push_str("<h2>Not checked</h2>\n<ul>\n");
    for open in &audit.not_checked {
        let (id, reason) = (Escaped(open.id), Prose(&open.reason));
        writeln!(out, "<li><code>{id}</code>: {reason}</li>")?;
    }
    out.push_str("</ul>\n");
    Ok(())
}

fn passed(audit: &Audit, out: &mut String) -> fmt::Result {
    if audit.passed.is_empty() {
        return Ok(());
    }
    out.push_str("<h2 class=\"good\">Passed</h2>\n<ul>\n");
    for check in audit.passed.iter().filter_map(|id| check(id)) {
        let (title, id) = (Prose(check.title), Escaped(check.id));
        writeln!(out, "<li>{title} <code class=\"faint\">{id}</code></li>")?;
    }
    out.push_str("</ul>\n");
    Ok(())
}
