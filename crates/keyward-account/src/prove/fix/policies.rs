//! Edits that remove a whole policy, however the blueprint writes it: an inline policy of a user or
//! group, or the name of a managed one, so that its rights go, and the trust policy of a role, so that
//! it gets keyward's, which asks for MFA.

use std::collections::BTreeSet;

use keyward_iam::{Holder, PolicySource};
use toml_edit::{DocumentMut, Item};

use super::edit::Edit;
use super::tables::{of_holder, remove_inline, remove_managed};
use crate::prove::finding::{Finding, SubjectKind};

/// One edit for each policy behind a finding, for `most` of them.
pub(super) fn edits(text: &str, findings: &[Finding], most: usize) -> Vec<Edit> {
    let Ok(document) = text.parse::<DocumentMut>() else {
        return Vec::new();
    };
    let mut seen = BTreeSet::new();
    let policies = findings.iter().filter_map(policy);
    let policies = policies.filter(|policy| seen.insert(policy.clone()));
    let edits = policies.take(most).filter_map(|policy| {
        let mut document = document.clone();
        policy.remove(&mut document)?;
        Some(Edit::of(text, document))
    });
    edits.collect()
}

/// A policy that goes as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Whole {
    /// An inline policy of a user or group, by its name.
    Inline(Holder, String),
    /// The name of a managed policy in the list of its holder.
    Managed(Holder, String),
    /// The trust policy of a role.
    Trust(Holder),
}

/// The user, group or role that a finding is about.
fn holder(finding: &Finding) -> Option<Holder> {
    let name = finding.subject.rsplit('/').next()?;
    match finding.kind {
        SubjectKind::User => name.parse().ok().map(Holder::User),
        SubjectKind::Group => name.parse().ok().map(Holder::Group),
        SubjectKind::Role => name.parse().ok().map(Holder::Role),
        SubjectKind::Policy => None,
    }
}

fn policy(finding: &Finding) -> Option<Whole> {
    if let Some(name) = finding.id.strip_prefix("unknown-policy/") {
        let name = name.trim_end_matches("/roles").to_owned();
        return Some(Whole::Managed(holder(finding)?, name));
    }
    match &finding.statement.as_ref()?.policy {
        PolicySource::Inline {
            holder: holder @ (Holder::User(_) | Holder::Group(_)),
            name,
        } => Some(Whole::Inline(holder.clone(), name.to_string())),
        PolicySource::Attached {
            holder: holder @ (Holder::User(_) | Holder::Group(_)),
            arn,
        } => Some(Whole::Managed(holder.clone(), arn.policy_name().to_owned())),
        PolicySource::Trust => {
            let role = match finding.kind {
                SubjectKind::Role => finding.subject.as_str(),
                _ => finding.id.strip_prefix("role-without-mfa/")?,
            };
            let name = role.rsplit('/').next()?;
            Some(Whole::Trust(Holder::Role(name.parse().ok()?)))
        }
        _ => None,
    }
}

impl Whole {
    /// Removes the policy, or returns `None` if the blueprint does not write it.
    fn remove(&self, document: &mut DocumentMut) -> Option<()> {
        match self {
            Self::Inline(holder, name) => {
                let inline = of_holder(document, holder)?.get("inline")?;
                let _ = inline.as_table_like().map(|inline| inline.get(name))??;
                remove_inline(document, holder, name);
                Some(())
            }
            Self::Managed(holder, name) => remove_managed(document, holder, name),
            Self::Trust(role) => {
                let role = of_holder(document, role)?;
                let _: Item = role.remove("trust")?;
                Some(())
            }
        }
    }
}
