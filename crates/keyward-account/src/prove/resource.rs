//! The resources of a statement as sets, with the values of one context in place of variables.

use keyward_iam::{Context, Fact, Policy, ResourcePattern, Selection, Statement, Version};

use super::glob::{Glob, GlobBuilder};

/// What a variable stands for whose value depends on the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Any text: what a statement may cover.
    Widest,
    /// Nothing to rely on: what a statement certainly covers.
    Narrowest,
}

impl Reading {
    pub(super) fn other(self) -> Self {
        match self {
            Self::Widest => Self::Narrowest,
            Self::Narrowest => Self::Widest,
        }
    }
}

/// The resources of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resources {
    /// Every resource.
    All,
    /// What is in one of these sets.
    Only(Vec<Glob>),
    /// What is in none of these sets.
    Except(Vec<Glob>),
}

impl Resources {
    /// The resources of a statement in a context.
    pub(super) fn of(
        policy: &Policy,
        statement: &Statement,
        context: &Context,
        reading: Reading,
    ) -> Self {
        let sets = |listed: &[ResourcePattern], reading| {
            let bind = |pattern: &ResourcePattern| {
                bind(pattern.as_str(), policy.version(), context, reading)
            };
            listed.iter().filter_map(bind).collect::<Vec<_>>()
        };
        match statement.resources() {
            None => Self::All,
            Some(Selection::Only(listed)) => {
                let sets = sets(listed, reading);
                match sets.iter().any(Glob::is_everything) {
                    true => Self::All,
                    false => Self::Only(sets),
                }
            }
            Some(Selection::Except(listed)) => Self::Except(sets(listed, reading.other())),
        }
    }
}

/// Puts values into a resource. `None` where it matches nothing, or nothing to rely on.
fn bind(text: &str, version: Version, context: &Context, reading: Reading) -> Option<Glob> {
    let mut glob = GlobBuilder::default();
    let mut colons = 0;
    let mut rest = text;
    while let Some(start) = variable_start(rest, version) {
        colons += rest[..start].matches(':').count();
        glob.pattern(&rest[..start]);
        let end = variable_end(&rest[start..])? + start;
        put(&rest[start + 2..end], context, reading, &mut glob)?;
        rest = &rest[end + 1..];
    }
    colons += rest.matches(':').count();
    glob.pattern(rest);
    if text != "*" {
        // An ARN without all of its parts means any value of those it lacks.
        for _ in colons..5 {
            glob.literal(":").many();
        }
    }
    Some(glob.build())
}

fn variable_start(text: &str, version: Version) -> Option<usize> {
    match version {
        Version::V2008 => None,
        Version::V2012 => text.find("${"),
    }
}

/// Where the brace is that closes a variable. A quoted default may hold a brace of its own.
fn variable_end(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, c)| match c {
        '\'' => {
            quoted = !quoted;
            None
        }
        '}' if !quoted => Some(at),
        _ => None,
    })
}

/// Adds what a variable stands for.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
fn put(inner: &str, context: &Context, reading: Reading, glob: &mut GlobBuilder) -> Option<()> {
    if matches!(inner, "*" | "?" | "$") {
        glob.literal(inner);
        return Some(());
    }
    let (key, default) = match inner.split_once(',') {
        Some((key, default)) => (key, Some(default.trim().trim_matches('\''))),
        None => (inner, None),
    };
    match (context.fact(key.trim()), default) {
        (Fact::Values([one]), _) => glob.literal(one),
        (Fact::Absent, Some(default)) => glob.literal(default),
        (Fact::Values(_) | Fact::Absent, _) => return None,
        (Fact::Unknown, _) if reading == Reading::Widest => glob.many(),
        (Fact::Unknown, _) => return None,
    };
    Some(())
}

#[cfg(test)]
mod tests;
