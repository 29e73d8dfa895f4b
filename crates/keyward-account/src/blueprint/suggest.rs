//! Which known name a mistyped one was probably meant to be. It refuses to guess far: another
//! case, or one or two slips of the finger.

/// The nearest of the known names, if one is near.
pub(crate) fn nearest<'k>(
    given: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<&'k str> {
    let given: Vec<char> = given.to_lowercase().chars().collect();
    let room = match given.len() {
        0..2 => 0,
        2..4 => 1,
        _ => 2,
    };
    known
        .into_iter()
        .filter_map(|name| {
            let lower: Vec<char> = name.to_lowercase().chars().collect();
            let near = given.len().abs_diff(lower.len()) <= room;
            let edits = near.then(|| edits(&given, &lower))?;
            (edits <= room).then_some((edits, name))
        })
        .min()
        .map(|(_, name)| name)
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
