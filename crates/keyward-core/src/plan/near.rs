//! Names that are nearly the name asked for, for error messages. Refuses to guess far: one or
//! two slips of the finger, another case, or a part that was left out.

use crate::config::ConfigSet;
use crate::id::ProfileName;
use crate::plan::StoredKey;

/// At most three names, nearest first.
pub(super) fn misses(wanted: &str, config: &ConfigSet, stored: &[StoredKey]) -> Vec<String> {
    let known = config
        .profiles()
        .map(|profile| &profile.name)
        .chain(stored.iter().map(|key| &key.profile));
    let mut near: Vec<(usize, &str)> = known
        .map(ProfileName::as_str)
        .filter(|name| *name != wanted)
        .filter_map(|name| Some((distance(wanted, name)?, name)))
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter()
        .take(3)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// How far apart two names are, or `None` when they are too far to be meant for one another.
fn distance(wanted: &str, name: &str) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (
        wanted.to_lowercase().chars().collect(),
        name.to_lowercase().chars().collect(),
    );
    if a.len() >= 3 && (b.starts_with(&a) || b.ends_with(&a)) {
        return Some(3);
    }
    // Short names are all near one another, so they get less room.
    let room = match a.len() {
        0..2 => 0,
        2..4 => 1,
        _ => 2,
    };
    if a.len().abs_diff(b.len()) > room {
        return None;
    }
    Some(edits(&a, &b)).filter(|edits| *edits <= room)
}

/// The number of insertions, deletions and replacements between two texts.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
