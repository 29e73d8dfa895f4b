//! The calls of a revocation in words, for people.

use keyward_account::leaver::DELETE_AFTER_TAG;
use keyward_account::plan::{Operation, PrincipalName};
use keyward_account::revoke::{Measure, Measures};
use keyward_aws::CallError;
use keyward_core::id::PolicyArn;

use crate::screen::error::CliError;
use crate::screen::ui::{BAD, GOOD, WARN};

/// All calls in words, those of several accounts in one line. `names` are the other accounts.
pub(crate) fn outline(measures: &Measures, names: &[&str]) -> Vec<String> {
    let home = measures.home.iter().filter_map(described);
    let mut lines: Vec<String> = home.map(|line| line.at("")).collect();
    let mut places: Vec<(Line, Vec<&str>)> = Vec::new();
    for (measures, name) in measures.elsewhere.iter().zip(names) {
        for line in measures.iter().filter_map(described) {
            match places.iter_mut().find(|(known, _)| *known == line) {
                Some((_, names)) => names.push(name),
                None => places.push((line, vec![name])),
            }
        }
    }
    lines.extend(places.into_iter().map(|(line, names)| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        line.at(&match names.as_slice() {
            [.., _, _, _, _] => format!(" in {} accounts", names.len()),
            names => format!(" in {}", names.join(", ")),
        })
    }));
    lines
}

/// A call in words.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    sign: String,
    what: String,
    becomes: &'static str,
}

impl Line {
    fn at(&self, place: &str) -> String {
        let Self {
            sign,
            what,
            becomes,
        } = self;
        match becomes.is_empty() {
            true => format!("{sign} {what}{place}"),
            false => format!("{sign} {what}{place}: {becomes}"),
        }
    }
}

/// One call in words; `None` for the marks that keyward removes for itself.
fn described(measure: &Measure) -> Option<Line> {
    let line = |sign: String, what: String, becomes| {
        Some(Line {
            sign,
            what,
            becomes,
        })
    };
    let (less, more) = (format!("{BAD}-{BAD:#}"), format!("{GOOD}+{GOOD:#}"));
    let note = format!("{WARN}~{WARN:#}");
    match measure {
        Measure::Note(_) => line(note, "tags that note what to undo".to_owned(), ""),
        Measure::CloseNote | Measure::Unmark => None,
        Measure::Replaced(operation) => {
            let (Operation::DeleteInlinePolicy { on, .. }
            | Operation::DetachPolicy { from: on, .. }) = operation
            else {
                return None;
            };
            line(
                note,
                holder(on),
                "the older denial goes, which the new one replaces",
            )
        }
        Measure::SwitchOff(key) => line(less, format!("access key {key}"), "off"),
        Measure::SwitchOn(key) => line(more, format!("access key {key}"), "on"),
        Measure::Call(operation) => match operation {
            Operation::PutInlinePolicy { on, .. } => {
                line(less, holder(on), "old sessions are denied")
            }
            Operation::DeleteInlinePolicy { on, .. } => {
                line(more, holder(on), "old sessions are allowed again")
            }
            Operation::CreatePolicy { name, .. } => line(
                note,
                format!("policy `{name}`"),
                "created, because the inline policies leave no room",
            ),
            Operation::CreatePolicyVersion { arn, .. } => {
                let what = format!("policy `{}`", arn.policy_name());
                line(note, what, "old sessions are denied up to now")
            }
            Operation::AttachPolicy { to, .. } => line(less, holder(to), "old sessions are denied"),
            Operation::DetachPolicy { from, .. } => {
                line(more, holder(from), "old sessions are allowed again")
            }
            Operation::DeletePolicy(arn) => {
                line(note, format!("policy `{}`", arn.policy_name()), "deleted")
            }
            Operation::DeleteCredentials { .. } => {
                line(less, "console password".to_owned(), "deleted")
            }
            Operation::Tag { tags, .. } if tags.contains_key(DELETE_AFTER_TAG) => {
                line(note, "tag with the date of the deletion".to_owned(), "")
            }
            _ => None,
        },
    }
}

/// The object of a call.
pub(super) fn what(measure: &Measure) -> String {
    let described = described(measure).map(|line| line.what);
    described.unwrap_or_else(|| "marks of keyward".to_owned())
}

/// The failure of a call that attaches a policy which has no denial, because IAM did not write it.
pub(super) fn not_attached(measure: &Measure, policy: &PolicyArn) -> CliError {
    CliError::failed(format!(
        "{}: old sessions stay, because policy `{}` was not written",
        what(measure),
        policy.policy_name()
    ))
}

/// The way on where nothing more can be attached to a holder whose inline policies are full.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub(super) fn full(measure: &Measure, error: &CallError) -> Option<String> {
    match (measure, error) {
        (Measure::Call(Operation::AttachPolicy { to, .. }), CallError::Limit { .. }) => {
            Some(format!(
                "detach one managed policy of {} or shorten its inline policies, then run the command again",
                holder(to)
            ))
        }
        _ => None,
    }
}

fn holder(on: &PrincipalName) -> String {
    on.entity().to_string()
}
