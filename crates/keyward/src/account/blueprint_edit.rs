//! Edits the text of a blueprint. Comments, order, spacing, line endings and a byte order mark of
//! everything else stay.

use keyward_core::id::UserName;
use toml_edit::{DocumentMut, Item, RawString, Table, TomlError};

/// The text without a user; `None` if it describes no such user.
///
/// A comment directly above the user's table goes with it. Comments above those, after an empty
/// line, stay.
///
/// # Errors
/// The text is not TOML.
pub(crate) fn without_user(text: &str, user: &UserName) -> Result<Option<String>, TomlError> {
    // The editor writes neither a mark nor `\r\n`.
    let (mark, text) = match text.strip_prefix(MARK) {
        Some(rest) => (MARK, rest),
        None => ("", text),
    };
    let mut document: DocumentMut = text.replace("\r\n", "\n").parse()?;
    let users = document.get_mut("users");
    let Some(users) = users.and_then(Item::as_table_like_mut) else {
        return Ok(None);
    };
    let Some(removed) = users.remove(user.as_str()) else {
        return Ok(None);
    };
    if let Item::Table(table) = &removed {
        let prefix = table.decor().prefix().and_then(RawString::as_str);
        let kept = comments_of_others(prefix.unwrap_or_default());
        if !kept.is_empty() {
            put_before_next(&mut document, table.position(), kept);
        }
    }
    Ok(Some(format!(
        "{mark}{}",
        with_endings(&document.to_string(), text)
    )))
}

/// The byte order mark, which some editors write at the beginning of a file.
const MARK: &str = "\u{feff}";

/// The edited text, in which each line ends as in the text before. A line that was not there before
/// ends as the one above it.
fn with_endings(edited: &str, before: &str) -> String {
    let mut before = before.split_inclusive('\n').peekable();
    let mut ending = match before.peek() {
        Some(line) if line.ends_with("\r\n") => "\r\n",
        _ => "\n",
    };
    let mut text = String::new();
    for line in edited.split_inclusive('\n') {
        let bare = line.trim_end_matches('\n');
        let same = |old: &&str| old.trim_end_matches('\n').trim_end_matches('\r') == bare;
        if let Some(at) = before.clone().position(|old| same(&old)) {
            let old = before.nth(at).unwrap_or_default();
            ending = if old.ends_with("\r\n") { "\r\n" } else { "\n" };
        }
        text.push_str(bare);
        if line.ends_with('\n') {
            text.push_str(ending);
        }
    }
    text
}

/// The part of a table's prefix that does not belong to the table: all up to the last empty
/// line, if that holds a comment.
fn comments_of_others(prefix: &str) -> &str {
    let kept = prefix.rfind("\n\n").map_or("", |end| &prefix[..=end]);
    if kept.trim().is_empty() { "" } else { kept }
}

type Place = isize;

fn put_before_next(document: &mut DocumentMut, removed: Option<Place>, text: &str) {
    let mut places = Vec::new();
    each_table(document.as_table_mut(), &mut |table| {
        places.extend(table.position().filter(|place| Some(*place) > removed));
    });
    let Some(next) = places.into_iter().min() else {
        let trailing = document.trailing().as_str().unwrap_or_default();
        let trailing = format!("{text}{trailing}");
        document.set_trailing(trailing);
        return;
    };
    each_table(document.as_table_mut(), &mut |table| {
        if table.position() == Some(next) {
            let own = table.decor().prefix().and_then(RawString::as_str);
            let prefix = format!("{text}{}", own.unwrap_or_default());
            table.decor_mut().set_prefix(prefix);
        }
    });
}

/// Visits every table below one.
fn each_table(table: &mut Table, visit: &mut dyn FnMut(&mut Table)) {
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(table) => {
                visit(table);
                each_table(table, visit);
            }
            Item::ArrayOfTables(tables) => {
                for table in tables.iter_mut() {
                    visit(table);
                    each_table(table, visit);
                }
            }
            Item::None | Item::Value(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
