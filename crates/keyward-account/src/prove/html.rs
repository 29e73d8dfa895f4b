//! A proof as one page: the headline, the promises, the findings with evidence and fix, what each
//! person can do in each context, and the graph.

use keyward_iam::catalogue::{Catalogue, managed};
use keyward_iam::model::Account;

use super::controls::in_words;
use super::finding::{Finding, Promise, Severity};
use super::show::{JUDGED_ALONE, NOT_JUDGED, enrolling, headline};
use super::{Proof, ProvenAccount};
use crate::graph::graph_of;
use crate::html::{
    Escaped, Page, Prose, contents, line, patch, people, picture, row, sentence, table,
};

/// The page.
#[must_use]
pub fn page(proof: &Proof, accounts: &[ProvenAccount<'_>]) -> String {
    let mut out = String::new();
    let headline = sentence(&headline(proof));
    line(
        &mut out,
        format_args!("<p class=\"headline\">{}.</p>", Escaped(&headline)),
    );
    line(
        &mut out,
        format_args!("<p class=\"faint\">{}.</p>", Escaped(JUDGED_ALONE)),
    );
    if let Some(enrolling) = enrolling(proof) {
        let enrolling = sentence(&enrolling);
        line(&mut out, format_args!("<p>{}.</p>", Escaped(&enrolling)));
    }
    promises(&mut out, proof);
    contents(&mut out, proof);
    for severity in [Severity::High, Severity::Medium, Severity::Low] {
        findings(&mut out, proof, severity);
    }
    table(&mut out, proof);
    people(&mut out, proof, |_| Vec::new());
    let judged: Vec<&Account> = accounts.iter().map(|proven| proven.account).collect();
    picture(&mut out, &graph_of(&judged));
    limits(&mut out, proof);
    let ids: Vec<&str> = judged.iter().map(|account| account.id.as_str()).collect();
    let title = match ids.len() {
        1 => format!("Proof of account {}", ids[0]),
        _ => format!("Proof of accounts {}", ids.join(", ")),
    };
    Page {
        title: &title,
        body: out,
    }
    .to_string()
}

fn promises(out: &mut String, proof: &Proof) {
    out.push_str("<ul class=\"promises\">\n");
    for promise in Promise::ALL {
        let broken = proof.findings.iter();
        let broken = broken.filter(|finding| finding.breaks == Some(promise));
        let (class, word) = match broken.count() {
            0 => ("good", "kept"),
            _ => ("high", "broken"),
        };
        let words = promise.words();
        line(
            out,
            format_args!("<li><strong class=\"{class}\">{word}</strong>: {words}</li>"),
        );
    }
    out.push_str("</ul>\n");
}

fn findings(out: &mut String, proof: &Proof, severity: Severity) {
    let found = proof.findings.iter();
    let found: Vec<&Finding> = found.filter(|f| f.severity == severity).collect();
    if found.is_empty() {
        return;
    }
    let word = severity.as_str();
    line(
        out,
        format_args!("<h2 class=\"{word}\">Severity {word}</h2>"),
    );
    for finding in found {
        line(
            out,
            format_args!(
                "<details open>\n<summary><strong class=\"{word}\">{word}</strong> {}: {}</summary>\n<dl>",
                Escaped(&finding.subject),
                Prose(&finding.message)
            ),
        );
        if let Some(statement) = &finding.statement {
            row(out, "Evidence", &statement.to_string());
        }
        if let Some(promise) = finding.breaks {
            row(out, "Breaks the promise", promise.words());
        }
        if let Some(fix) = &finding.fix {
            patch(out, "Fix in the blueprint, proved", fix);
            if finding.is_advised_beside_fix() {
                row(out, "Or, if outsiders need it", &finding.advice());
            }
        } else {
            row(out, "To do", &finding.advice());
        }
        row(out, "Id", &finding.id);
        out.push_str("</dl>\n</details>\n");
    }
}

fn limits(out: &mut String, proof: &Proof) {
    line(
        out,
        format_args!(
            "<p class=\"faint\">{}.</p>",
            Escaped(&sentence(&in_words(&proof.controls)))
        ),
    );
    line(
        out,
        format_args!("<p class=\"faint\">{}.</p>", Escaped(&sentence(NOT_JUDGED))),
    );
    let (actions, policies) = (Catalogue::built_in().date(), managed::date());
    line(
        out,
        format_args!(
            "<p class=\"faint\">Judged by the actions of {actions} and the AWS-managed policies of \
             {policies}. Wildcards also cover newer actions, which are not listed here.</p>"
        ),
    );
    if !proof.unlisted.is_empty() {
        let names: Vec<&str> = proof.unlisted.iter().map(String::as_str).collect();
        line(
            out,
            format_args!(
                "<p class=\"faint\">Policies name actions that this list lacks: {}.</p>",
                Escaped(&names.join(", "))
            ),
        );
    }
}

#[cfg(test)]
mod tests;
