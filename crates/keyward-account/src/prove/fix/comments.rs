//! Comments of the user in an edited blueprint. A comment directly above a removed thing goes with
//! it. A comment that a blank line separates from it stays, at the next line that is left.

use std::collections::BTreeSet;

use toml_edit::{Array, Decor, DocumentMut, Item, Key, RawString, Table, Value};

/// A line with room for comments above it: a key of a table, or the table's header if `key` is empty.
/// `table` is the table's position in the document; the document itself has none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    table: Option<isize>,
    key: Vec<String>,
}

/// Puts the comments that an edit may not remove back into the edited document.
pub(super) fn restore(before: &DocumentMut, after: &mut DocumentMut) {
    let left: BTreeSet<Place> = places(after).into_iter().map(|(place, _)| place).collect();
    let mut carried = String::new();
    for (place, above) in places(before) {
        if !left.contains(&place) {
            carried.push_str(&apart(&above));
        } else if !carried.is_empty() {
            put(after.as_table_mut(), &place, &std::mem::take(&mut carried));
        }
    }
    if !carried.is_empty() {
        let trailing = carried + after.trailing().as_str().unwrap_or_default();
        after.set_trailing(trailing);
    }
}

/// Removes the elements of a list that `keep` refuses; it gets their positions, from 0. A comment
/// behind an element belongs to it.
pub(super) fn retain(list: &mut Array, mut keep: impl FnMut(usize, &mut Value) -> bool) {
    let mut removed = Vec::new();
    for (position, value) in list.iter_mut().enumerate() {
        if !keep(position, value) {
            removed.push(position);
        }
    }
    for position in removed.into_iter().rev() {
        remove(list, position);
    }
}

/// Removes one element. The text before an element begins behind the comma of the previous one.
fn remove(list: &mut Array, position: usize) {
    let removed = list.remove(position);
    let before = text(removed.decor().prefix());
    let Some((behind_previous, own)) = before.split_once('\n') else {
        return;
    };
    let behind = match list.get(position) {
        Some(next) => text(next.decor().prefix()),
        None => text(removed.decor().suffix()) + list.trailing().as_str().unwrap_or_default(),
    };
    let (above, indentation) = own.rsplit_once('\n').unwrap_or(("", own));
    let rest = match behind.split_once('\n') {
        Some((_, rest)) => rest,
        None if !before.contains('#') => return,
        None => indentation,
    };
    let kept = apart(above);
    match list.get_mut(position) {
        Some(next) => {
            let joined = format!("{behind_previous}\n{}", above_all(&kept, rest));
            next.decor_mut().set_prefix(joined);
        }
        None => list.set_trailing(format!("{behind_previous}\n{kept}{rest}")),
    }
}

/// Returns the lines above something, up to the last comment that a blank line separates from it.
/// Without such a comment, the text is empty.
fn apart(above: &str) -> String {
    let lines: Vec<&str> = above.lines().collect();
    let blank = lines.iter().rposition(|line| line.trim().is_empty());
    let apart = &lines[..blank.unwrap_or(0)];
    let last = apart.iter().rposition(|line| line.trim().starts_with('#'));
    let kept = apart.iter().take(last.map_or(0, |last| last + 1));
    kept.map(|line| format!("{line}\n")).collect()
}

/// Every place of a document in the order of its lines, with the text above it.
fn places(document: &DocumentMut) -> Vec<(Place, String)> {
    let mut tables = Vec::new();
    collect(document.as_table(), &mut tables);
    tables.sort_by_key(|table| table.position());
    let mut places = Vec::new();
    for table in tables {
        let header = Place {
            table: table.position(),
            key: Vec::new(),
        };
        places.push((header.clone(), text(table.decor().prefix())));
        for (keys, _) in table.get_values() {
            let above = keys.last().map(|key| text(key.leaf_decor().prefix()));
            let key = keys.into_iter().map(Key::get).map(str::to_owned).collect();
            let place = Place {
                key,
                ..header.clone()
            };
            places.push((place, above.unwrap_or_default()));
        }
    }
    places
}

/// The document's own table and those with a header.
fn collect<'t>(table: &'t Table, tables: &mut Vec<&'t Table>) {
    if tables.is_empty() || table.position().is_some() && !table.is_dotted() {
        tables.push(table);
    }
    for (_, item) in table {
        match item {
            Item::Table(inner) => collect(inner, tables),
            Item::ArrayOfTables(list) => list.iter().for_each(|inner| collect(inner, tables)),
            _ => {}
        }
    }
}

/// Puts comments above what is already above a place.
fn put(table: &mut Table, place: &Place, comments: &str) {
    let is_it = table.position() == place.table && !table.is_dotted();
    match place.key.split_last() {
        None if is_it => put_above(table.decor_mut(), comments),
        Some((last, way)) if is_it => {
            let inner = way.iter().try_fold(&mut *table, |table, key| {
                table.get_mut(key).and_then(Item::as_table_mut)
            });
            if let Some(mut key) = inner.and_then(|inner| inner.key_mut(last)) {
                put_above(key.leaf_decor_mut(), comments);
            }
        }
        _ => {
            for (_, item) in table.iter_mut() {
                match item {
                    Item::Table(inner) => put(inner, place, comments),
                    Item::ArrayOfTables(list) => {
                        list.iter_mut()
                            .for_each(|inner| put(inner, place, comments));
                    }
                    _ => {}
                }
            }
        }
    }
}

fn put_above(decor: &mut Decor, comments: &str) {
    let above = text(decor.prefix());
    decor.set_prefix(above_all(comments, &above));
}

/// Comments and the text above a thing. A blank line keeps them apart from what they were not about.
fn above_all(comments: &str, above: &str) -> String {
    let first = above.split_once('\n').map(|(first, _)| first);
    let is_apart = first.is_some_and(|first| first.trim().is_empty());
    let blank = if is_apart || comments.is_empty() {
        ""
    } else {
        "\n"
    };
    format!("{comments}{blank}{above}")
}

fn text(raw: Option<&RawString>) -> String {
    let text = raw.and_then(RawString::as_str);
    text.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
