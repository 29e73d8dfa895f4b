//! Names that are nearly the name asked for, for error messages. Refuses to guess far: one or
//! two typing errors, another case, or a part that was left out.

/// At most three of the known names, nearest first. The name itself is not among them.
#[must_use]
pub fn similar_names<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut similar: Vec<(usize, &str)> = known
        .into_iter()
        .filter(|name| *name != wanted)
        .filter_map(|name| Some((distance(wanted, name)?, name)))
        .collect();
    similar.sort_unstable();
    similar.dedup();
    similar.into_iter().take(3).map(|(_, name)| name).collect()
}

/// Returns the distance of two names, or `None` when they are too far apart to be meant for one
/// another. A part that was left out counts more than any typing errors, and the more the longer it
/// is.
fn distance(wanted: &str, name: &str) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (
        wanted.to_lowercase().chars().collect(),
        name.to_lowercase().chars().collect(),
    );
    if a.len() >= 3 && (b.starts_with(&a) || b.ends_with(&a)) {
        return Some(3 + b.len() - a.len());
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

#[cfg(test)]
mod tests;
