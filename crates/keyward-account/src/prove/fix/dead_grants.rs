//! Edits that remove grants which never apply. A grant that AWS may apply stays.

use keyward_iam::{PolicySource, StatementRef};
use toml_edit::{DocumentMut, Item};

use super::document::{Keep, Left, edit};
use super::edit::Edit;
use super::tables::{entry, of_holder, remove_inline, remove_policy};
use super::widening::without;
use crate::prove::finding::Finding;

/// One edit for each policy with such grants, for `most` of them.
pub(super) fn edits(text: &str, findings: &[Finding], most: usize) -> Vec<Edit> {
    let mut policies: Vec<(&PolicySource, Vec<(&str, &StatementRef)>)> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.certain) {
        let action = finding.id.strip_prefix("dead-grant/");
        let (Some(action), Some(statement)) = (action, &finding.statement) else {
            continue;
        };
        let source = &statement.policy;
        match policies.iter_mut().find(|(known, _)| *known == source) {
            Some((_, dead)) => dead.push((action, statement)),
            None => policies.push((source, vec![(action, statement)])),
        }
    }
    let edits = policies.iter().take(most);
    edits
        .filter_map(|(source, dead)| edited(text, source, dead))
        .collect()
}

fn edited(text: &str, source: &PolicySource, dead: &[(&str, &StatementRef)]) -> Option<Edit> {
    let mut document: DocumentMut = text.parse().ok()?;
    let policy = match source {
        PolicySource::Inline { holder, name } => of_holder(&mut document, holder)?
            .get_mut("inline")
            .and_then(Item::as_table_like_mut)?
            .get_mut(name.as_str())?,
        PolicySource::Attached { arn, .. } => entry(&mut document, "policies", arn.policy_name())?
            .as_table_like_mut()?
            .get_mut("document")?,
        _ => return None,
    };
    let left = edit(policy, &mut |position, statement| {
        let actions = statement.strings("Action");
        let dead = dead.iter().filter(|(_, at)| at.index == position);
        let live = dead.fold(actions.clone(), |live, (action, _)| without(&live, action));
        match (live.len() == actions.len(), live.is_empty()) {
            (true, _) => Keep::Yes,
            (false, true) => Keep::No,
            (false, false) => {
                statement.set_strings("Action", &live);
                Keep::Yes
            }
        }
    })?;
    if left == Left::Nothing {
        match source {
            PolicySource::Inline { holder, name } => {
                remove_inline(&mut document, holder, name.as_str());
            }
            PolicySource::Attached { arn, .. } => remove_policy(&mut document, arn.policy_name()),
            _ => {}
        }
    }
    Some(Edit::of(text, document))
}
