//! The policies that AWS manages: the names of all, and the documents of those that blueprints
//! and checks need. Refuses to guess: what is not compiled in is `None`, and a live account's own
//! documents are newer or equal.
//!
//! Source: <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/about-managed-policy-reference.html>

use std::fmt;
use std::sync::OnceLock;

use keyward_core::id::{PolicyArn, PolicyVersionId};
use keyward_core::suggest::similar_names;

use super::packed;
use crate::Policy;

/// The beginning of the ARN of a policy that AWS manages, outside China and GovCloud.
const PREFIX: &str = "arn:aws:iam::aws:policy/";

/// The document of an AWS-managed policy, as it was on a day.
#[derive(Clone, PartialEq, Eq)]
pub struct ManagedDocument {
    /// The version that was in force.
    pub version: PolicyVersionId,
    /// The day on which that version was made, as `2026-01-31`.
    pub date: &'static str,
    /// The document: JSON without white space.
    pub text: &'static str,
}

/// The compiled-in names, or the compiled-in documents: a first line with the date, then the rest.
struct Text {
    date: String,
    rest: String,
}

/// The day of the newest change that the compiled-in names and documents hold.
#[must_use]
pub fn date() -> &'static str {
    &name_list().date
}

/// The names of all policies that AWS manages, each with its path: `ReadOnlyAccess`,
/// `job-function/Billing`.
pub fn names() -> impl Iterator<Item = &'static str> {
    name_list().rest.lines()
}

/// The path and name of the policy of that name, which may have its path or not: `Billing` and
/// `job-function/Billing` are the same policy. Case matters.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
#[must_use]
pub fn find(name: &str) -> Option<&'static str> {
    names().find(|listed| *listed == name || without_path(listed) == name)
}

/// The ARN of the policy of that name, in the partition `aws`.
#[must_use]
pub fn find_arn(name: &str) -> Option<PolicyArn> {
    find(name).map(|listed| {
        format!("{PREFIX}{listed}")
            .parse()
            .expect("every listed name makes a policy ARN")
    })
}

/// At most three names that are nearly this one, nearest first and without their paths. The name
/// behind a wrong path is the only one.
#[must_use]
pub fn similar(name: &str) -> Vec<&'static str> {
    let bare = without_path(name);
    match find(bare) {
        Some(listed) if bare != name => vec![without_path(listed)],
        _ => similar_names(bare, names().map(without_path)),
    }
}

/// The document of a policy, if it is compiled in. Those of other partitions are not.
#[must_use]
pub fn document(arn: &PolicyArn) -> Option<ManagedDocument> {
    let wanted = arn.as_str().strip_prefix(PREFIX)?;
    let mut lines = document_list().rest.lines();
    while let (Some(head), Some(text)) = (lines.next(), lines.next()) {
        if let Some((name, version, date)) = head_of(head)
            && name == wanted
        {
            return Some(ManagedDocument {
                version: version
                    .parse()
                    .expect("every compiled-in document has a version"),
                date,
                text,
            });
        }
    }
    None
}

/// The ARNs of the policies whose documents are compiled in.
pub fn documented() -> impl Iterator<Item = PolicyArn> {
    document_list()
        .rest
        .lines()
        .step_by(2)
        .filter_map(head_of)
        .filter_map(|(name, _, _)| find_arn(name))
}

impl ManagedDocument {
    /// Returns the document as a policy.
    #[must_use]
    pub fn policy(&self) -> Policy {
        Policy::parse(self.text).expect("every compiled-in document is a policy")
    }
}

impl fmt::Debug for ManagedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ManagedDocument({} of {})", self.version, self.date)
    }
}

/// Name, version and date from the line above a document.
fn head_of(line: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = line.split_once(' ')?;
    let (version, date) = rest.split_once(' ')?;
    Some((name, version, date))
}

fn without_path(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn name_list() -> &'static Text {
    static NAMES: OnceLock<Text> = OnceLock::new();
    NAMES.get_or_init(|| {
        read(
            "keyward-policy-names 1 ",
            include_bytes!("data/policy-names.zlib"),
        )
    })
}

fn document_list() -> &'static Text {
    static DOCUMENTS: OnceLock<Text> = OnceLock::new();
    DOCUMENTS.get_or_init(|| {
        read(
            "keyward-policy-documents 1 ",
            include_bytes!("data/policy-documents.zlib"),
        )
    })
}

/// Unpacks a text and removes its first line.
fn read(header: &str, data: &[u8]) -> Text {
    let text = packed::unpack(data);
    let (date, rest) = text
        .strip_prefix(header)
        .and_then(|text| text.split_once('\n'))
        .expect("a compiled-in text begins with its own header");
    Text {
        date: date.to_owned(),
        rest: rest.to_owned(),
    }
}

#[cfg(test)]
mod tests;
