//! Findings as people read them: those that differ only in the user, or only in the action, are
//! one block. Each finding stays what it is; the JSON and the page list every one.

use std::collections::BTreeMap;

use keyward_iam::StatementRef;

use super::credentials::OF_SERVICES;
use super::finding::{Finding, Promise, Severity, SubjectKind};

/// Findings that are one for people.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block<'p> {
    /// The first of them.
    pub(super) first: &'p Finding,
    /// The users, groups, roles or policies.
    pub(super) subjects: Vec<&'p str>,
    /// The actions in the ids, if there are several.
    pub(super) actions: Vec<&'p str>,
    /// The reason, with `NAME` for the name of each of several users.
    pub(super) message: String,
}

/// The number of credentials of services, for the same users, that stay blocks of their own.
const CREDENTIALS_ONE_BY_ONE: usize = 5;

/// The number of other longer-lived secrets, for the same users, that stay blocks of their own.
const LONGER_LIVED_ONE_BY_ONE: usize = 12;

/// What findings of one block share.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Shared<'p> {
    /// The id, or the part before the action.
    id: &'p str,
    severity: Severity,
    kind: SubjectKind,
    /// Empty where it is the subjects that differ.
    subjects: Vec<&'p str>,
    statement: Option<&'p StatementRef>,
    message: String,
    certain: bool,
    breaks: Option<Promise>,
    fix: Option<&'p str>,
}

/// Returns the findings in blocks, in the order of the first of each.
pub(super) fn blocks(findings: &[Finding]) -> Vec<Block<'_>> {
    let blocks = of_actions(of_users(findings), Likeness::CredentialOfService);
    let blocks = of_actions(blocks, Likeness::LongerLived);
    of_actions(blocks, Likeness::Reason)
}

/// Puts findings together that differ only in the subject.
fn of_users(findings: &[Finding]) -> Vec<Block<'_>> {
    let mut known: BTreeMap<Shared<'_>, usize> = BTreeMap::new();
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for finding in findings {
        let message = without_name(finding);
        let shared = Shared::of(finding, &finding.id, Vec::new(), message);
        if let Some(at) = known.get(&shared) {
            let block = &mut blocks[*at];
            block.subjects.push(&finding.subject);
            block.message.clone_from(&shared.message);
            continue;
        }
        known.insert(shared, blocks.len());
        blocks.push(Block {
            first: finding,
            subjects: vec![&finding.subject],
            actions: Vec::new(),
            message: finding.message.clone(),
        });
    }
    blocks
}

/// What makes blocks about different actions alike.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// The same reason.
    Reason,
    /// That they make a credential of one service, whatever the reason says of it.
    CredentialOfService,
    /// That they make something that outlives the key, if there are many.
    LongerLived,
}

/// Puts blocks together that differ only in the action.
fn of_actions(blocks: Vec<Block<'_>>, likeness: Likeness) -> Vec<Block<'_>> {
    let mut sizes: BTreeMap<Shared<'_>, usize> = BTreeMap::new();
    for shared in blocks.iter().filter_map(|block| likeness.shared(block)) {
        *sizes.entry(shared).or_default() += 1;
    }
    let mut known: BTreeMap<Shared<'_>, usize> = BTreeMap::new();
    let mut together: Vec<Block<'_>> = Vec::new();
    for mut block in blocks {
        let shared = likeness.shared(&block);
        let shared = shared.filter(|shared| sizes.get(shared) > Some(&likeness.one_by_one()));
        let Some(shared) = shared else {
            together.push(block);
            continue;
        };
        let action = block.first.action();
        if let Some(at) = known.get(&shared) {
            together[*at].actions.extend(action);
            continue;
        }
        known.insert(shared, together.len());
        block.actions.extend(action);
        together.push(block);
    }
    together
}

impl Likeness {
    /// The number of blocks that stay apart.
    fn one_by_one(self) -> usize {
        match self {
            Self::Reason => 1,
            Self::CredentialOfService => CREDENTIALS_ONE_BY_ONE,
            Self::LongerLived => LONGER_LIVED_ONE_BY_ONE,
        }
    }

    /// What blocks must share. A block that cannot be joined by others has nothing.
    fn shared<'p>(self, block: &Block<'p>) -> Option<Shared<'p>> {
        let first = block.first;
        let action = first.action().filter(|_| block.actions.is_empty())?;
        let quoted = format!("`{action}`");
        let message = match self {
            Self::Reason if block.message.contains(&quoted) => block.message.replace(&quoted, ""),
            Self::CredentialOfService if first.is_credential_of_service() => String::new(),
            Self::LongerLived if first.is_longer_lived() => String::new(),
            Self::Reason | Self::CredentialOfService | Self::LongerLived => return None,
        };
        let (family, _) = first.id.split_once('/')?;
        Some(Shared::of(first, family, block.subjects.clone(), message))
    }
}

impl<'p> Shared<'p> {
    fn of(finding: &'p Finding, id: &'p str, subjects: Vec<&'p str>, message: String) -> Self {
        Self {
            id,
            severity: finding.severity,
            kind: finding.kind,
            subjects,
            statement: finding.statement.as_ref(),
            message,
            certain: finding.certain,
            breaks: finding.breaks,
            fix: finding.fix.as_deref(),
        }
    }
}

impl Finding {
    /// The action that the id ends with, if it is one.
    fn action(&self) -> Option<&str> {
        let (_, what) = self.id.split_once('/')?;
        (what.contains(':') && !what.contains('/')).then_some(what)
    }

    pub(super) fn is_longer_lived(&self) -> bool {
        self.id.starts_with("longer-lived/")
    }

    pub(super) fn is_credential_of_service(&self) -> bool {
        let mut listed = OF_SERVICES.iter();
        let action = self.id.strip_prefix("longer-lived/");
        action.is_some_and(|action| listed.any(|(name, _)| *name == action))
    }
}

/// The reason, with `NAME` for the name of the subject.
fn without_name(finding: &Finding) -> String {
    let name = finding.subject.rsplit('/').next().unwrap_or_default();
    let message = finding.message.replace(&format!("`{name}`"), "`NAME`");
    message.replace(&format!("/{name}`"), "/NAME`")
}

#[cfg(test)]
mod tests;
