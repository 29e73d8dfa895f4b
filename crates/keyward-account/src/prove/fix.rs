//! Fixes as edited lines of the blueprint. A fix is shown only once it was tried: the edited
//! blueprint is read and proved, the finding is gone, and nothing new came up.

use std::collections::BTreeSet;

use super::finding::Finding;
use super::{Proof, ProvenAccount, prove};
use crate::blueprint::Blueprint;
use crate::desired::render;

/// Adds a fix to each finding of a blueprint's proof that an edit of its lines removes.
pub fn add_fixes(proof: &mut Proof, text: &str) {
    if proof.findings.is_empty() {
        return;
    }
    let known = ids(&proof.findings);
    for edit in edits(text) {
        let Some(left) = left(&edit.text) else {
            continue;
        };
        let worse = left.difference(&known).next().is_some();
        if worse {
            continue;
        }
        for finding in &mut proof.findings {
            let id = (finding.id.clone(), finding.subject.clone());
            if finding.fix.is_none() && !left.contains(&id) {
                finding.fix = Some(edit.lines.clone());
            }
        }
    }
}

type Id = (String, String);

fn ids(findings: &[Finding]) -> BTreeSet<Id> {
    let findings = findings.iter();
    findings
        .map(|finding| (finding.id.clone(), finding.subject.clone()))
        .collect()
}

/// What a proof of the edited blueprint still finds; `None` where it is no blueprint.
fn left(text: &str) -> Option<BTreeSet<Id>> {
    let blueprint = Blueprint::parse(text).ok()?;
    let desired = render(&blueprint);
    let accounts: Vec<ProvenAccount<'_>> = blueprint
        .accounts
        .iter()
        .zip(&desired)
        .map(|(spec, desired)| ProvenAccount {
            name: spec.name.as_ref().map(ToString::to_string),
            account: &desired.account,
        })
        .collect();
    Some(ids(&prove(&accounts).findings))
}

/// An edit of the blueprint.
struct Edit {
    /// The whole text after it.
    text: String,
    /// The edited lines: removed ones with `-` in front, added ones with `+`.
    lines: String,
}

/// The edits that may help, the smallest first.
fn edits(text: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    let mut table = "";
    for (at, line) in lines.iter().enumerate() {
        let code = line.split('#').next().unwrap_or_default().trim();
        if code.starts_with('[') {
            table = code.trim_matches(['[', ']']);
            continue;
        }
        let Some((key, value)) = code.split_once('=') else {
            continue;
        };
        let (key, value) = (key.trim(), value.trim());
        let replaced = match (table, key, value) {
            ("self_service", "guard" | "enabled", "false") => {
                Some(Some(line.replacen("false", "true", 1)))
            }
            // A role without a trust policy of its own gets one that asks for MFA.
            (table, "trust", _) if table.starts_with("roles.") => Some(None),
            (table, "managed" | "inline", _)
                if table.starts_with("users.") || table.starts_with("groups.") =>
            {
                Some(None)
            }
            (table, "assume", _) if table.starts_with("groups.") => {
                with_lesser_role(&lines, line).map(Some)
            }
            _ => None,
        };
        if let Some(new) = replaced {
            edits.push(edit(&lines, at, new));
        }
    }
    edits
}

/// The line with a role that only reads in front, if the blueprint has one.
fn with_lesser_role(lines: &[&str], line: &str) -> Option<String> {
    let role = read_only_role(lines)?;
    if line.contains(&format!("\"{role}\"")) {
        return None;
    }
    let (before, after) = line.split_once('[')?;
    let comma = if after.trim_start().starts_with(']') {
        ""
    } else {
        ", "
    };
    Some(format!("{before}[\"{role}\"{comma}{after}"))
}

/// The first role that has `ReadOnlyAccess` and nothing beside it.
fn read_only_role<'t>(lines: &[&'t str]) -> Option<&'t str> {
    let mut table = "";
    lines.iter().find_map(|line| {
        let code = line.split('#').next().unwrap_or_default().trim();
        if code.starts_with('[') {
            table = code.trim_matches(['[', ']']);
            return None;
        }
        let role = table.strip_prefix("roles.")?;
        let (key, value) = code.split_once('=')?;
        let only = key.trim() == "managed" && value.trim() == "[\"ReadOnlyAccess\"]";
        only.then_some(role)
    })
}

/// The text with one line replaced or taken out. A list that runs over several lines goes whole.
fn edit(lines: &[&str], at: usize, new: Option<String>) -> Edit {
    let end = match &new {
        Some(_) => at,
        None => last_line(lines, at),
    };
    let mut text: Vec<&str> = lines[..at].to_vec();
    text.extend(new.as_deref());
    text.extend(&lines[end + 1..]);
    let header = lines[..at].iter().rev().find(|line| line.starts_with('['));
    let mut shown: Vec<String> = header.iter().map(|line| format!("  {line}")).collect();
    shown.extend(lines[at..=end].iter().map(|line| format!("- {line}")));
    shown.extend(new.iter().map(|line| format!("+ {line}")));
    Edit {
        text: text.join("\n") + "\n",
        lines: shown.join("\n"),
    }
}

/// Where a value ends that begins in a line.
fn last_line(lines: &[&str], at: usize) -> usize {
    let triple = lines[at].matches("\"\"\"").count() + lines[at].matches("'''").count();
    if triple % 2 == 1 {
        let rest = lines[at + 1..].iter();
        let closing = rest.take_while(|line| !line.contains("\"\"\"") && !line.contains("'''"));
        return (at + 1 + closing.count()).min(lines.len() - 1);
    }
    let depth = |line: &str| {
        let open = line.matches(['[', '{']).count();
        let close = line.matches([']', '}']).count();
        open.cast_signed() - close.cast_signed()
    };
    let mut open = 0;
    for (index, line) in lines.iter().enumerate().skip(at) {
        open += depth(line);
        if open <= 0 {
            return index;
        }
    }
    lines.len() - 1
}

#[cfg(test)]
mod tests;
