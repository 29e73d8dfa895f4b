//! An audit as one self-contained HTML page: no script, no picture and no request. It follows
//! the reader's choice of light or dark, prints, and works by keyboard, since it is headings,
//! lists and `details` elements. Every text that comes from the account is escaped.

use std::fmt::{self, Write as _};

use crate::audit::finding::Finding;
use crate::audit::registry::check;
use crate::audit::report::text::headline;
use crate::audit::{Audit, Severity, in_words};

/// The look. Colours alone carry no meaning: each finding also names its severity.
const STYLE: &str = "\
:root{color-scheme:light dark;--text:#1b1f24;--page:#fff;--card:#f4f6f8;--line:#c9d1d9;--faint:#57606a;\
--high:#b3140e;--medium:#8a4b00;--low:#0b5394;--good:#116329}\
@media (prefers-color-scheme:dark){:root{--text:#e6edf3;--page:#0d1117;--card:#161b22;--line:#30363d;\
--faint:#9ea7b1;--high:#ff8a80;--medium:#f0b35b;--low:#7ab8ff;--good:#6fd58a}}\
body{margin:0 auto;max-width:60rem;padding:1.5rem;background:var(--page);color:var(--text);\
font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\
h1{font-size:1.5rem;margin:0 0 .5rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}\
.counts{display:flex;flex-wrap:wrap;gap:.75rem;list-style:none;padding:0}\
.counts li{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.4rem .8rem}\
details{background:var(--card);border:1px solid var(--line);border-radius:.4rem;margin:.5rem 0;padding:.5rem .8rem}\
summary{cursor:pointer}summary:focus-visible{outline:2px solid var(--low);outline-offset:2px}\
.high{color:var(--high)}.medium{color:var(--medium)}.low{color:var(--low)}.good{color:var(--good)}\
.faint,dt{color:var(--faint)}dl{margin:.5rem 0 0}dd{margin:0 0 .5rem}code{font-size:.9em}\
@media print{body{max-width:none;padding:0}details{break-inside:avoid;background:none}}";

/// The page.
#[must_use]
pub fn write(audit: &Audit) -> String {
    let mut page = String::new();
    page_into(audit, &mut page).expect("writing to a string does not fail");
    page
}

fn page_into(audit: &Audit, out: &mut String) -> fmt::Result {
    let account = Escaped(audit.account.as_str());
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>Audit of account {account}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>Audit of account {account}</h1>\n<p>{}</p>\n",
        Escaped(&headline(audit)),
    )?;
    counts(audit, out)?;
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
    passed(audit, out)?;
    write!(out, "<p class=\"faint\">Judged at {}", audit.taken)?;
    if let Some(at) = audit.report_generated {
        write!(out, ", with a credential report that AWS made at {at}")?;
    }
    out.push_str(".</p>\n</main>\n</body>\n</html>\n");
    Ok(())
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
        Escaped(&found.subject.to_string()),
        Escaped(&found.message),
        severity = found.severity,
    )?;
    let mut row =
        |name: &str, text: &str| writeln!(out, "<dt>{name}</dt><dd>{}</dd>", Escaped(text));
    if let Some(statement) = &found.statement {
        row("Evidence", &in_words(statement))?;
    }
    row("Fix", &found.fix)?;
    if let Some(check) = check(found.id) {
        row(
            "Check",
            &format!("{}: {}. {}", check.id, check.title, check.reason),
        )?;
        let controls = check.benchmark.controls();
        let controls: Vec<String> = controls
            .map(|(version, number)| format!("{number} (version {version})"))
            .collect();
        if !controls.is_empty() {
            row("CIS AWS Foundations Benchmark", &controls.join(", "))?;
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
        let (id, reason) = (Escaped(open.id), Escaped(&open.reason));
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
        let (title, id) = (Escaped(check.title), Escaped(check.id));
        writeln!(out, "<li>{title} <code class=\"faint\">{id}</code></li>")?;
    }
    out.push_str("</ul>\n");
    Ok(())
}

/// A text as the content of an element or a quoted attribute.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}
