//! An edit of a blueprint, and how it is shown.

use std::rc::Rc;

use similar::{ChangeTag, TextDiff};
use toml_edit::DocumentMut;

use super::comments;

/// An edit of a blueprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    before: Rc<str>,
    /// The whole text after it.
    pub(super) text: String,
}

impl Edit {
    /// The edit that leads from a text to an edited document of it, in which the user's comments stay.
    pub(super) fn of(text: &str, mut edited: DocumentMut) -> Self {
        if let Ok(before) = text.parse() {
            comments::restore(&before, &mut edited);
        }
        Self::between(text.into(), edited.to_string())
    }

    /// The edit that leads from one text to the other.
    pub(super) fn between(before: Rc<str>, text: String) -> Self {
        Self { before, text }
    }

    /// The edited lines below the table that they are in: removed ones with `-` in front, added
    /// ones with `+`. Empty if nothing changes.
    pub(super) fn lines(&self) -> String {
        let diff = TextDiff::from_lines(&*self.before, &self.text);
        let before: Vec<&str> = self.before.lines().collect();
        let mut shown: Vec<String> = Vec::new();
        for group in diff.grouped_ops(0) {
            let start = group.first().map_or(0, |op| op.old_range().start);
            let changed: Vec<String> = group
                .iter()
                .flat_map(|op| diff.iter_changes(op))
                .filter_map(|change| {
                    let line = change.value().trim_end_matches(['\n', '\r']);
                    match change.tag() {
                        _ if line.is_empty() => None,
                        ChangeTag::Delete => Some(format!("- {line}")),
                        ChangeTag::Insert => Some(format!("+ {line}")),
                        ChangeTag::Equal => None,
                    }
                })
                .collect();
            let code = changed.iter().find(|line| !line[2..].starts_with('#'));
            let opens_a_table = code.is_some_and(|line| line[2..].starts_with('['));
            let above = before[..start.min(before.len())].iter().rev();
            let header = above.copied().find(|line| line.starts_with('['));
            let header = header.filter(|_| !opens_a_table && !changed.is_empty());
            let header = header.map(|line| format!("  {line}"));
            if header.is_some()
                && shown.iter().rev().find(|l| l.starts_with("  [")) != header.as_ref()
            {
                shown.extend(header);
            }
            shown.extend(changed);
        }
        shown.join("\n")
    }
}
