//! Edits of policy documents in a blueprint, in each of its forms: JSON in a string, one statement
//! as a table, a list of statements, a table with `Statement`.

use serde_json::{Value as Json, json};
use toml_edit::{Array, ArrayOfTables, Item, RawString, TableLike, Value};

use super::comments;

/// Whether a statement stays in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Yes,
    No,
}

/// The rest of a document after an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    Something,
    Nothing,
}

/// A statement of either form.
pub(super) trait Statement {
    /// The strings of an element that is a string or a list of strings; empty where it is
    /// absent.
    fn strings(&self, key: &str) -> Vec<String>;
    /// Sets an element that is a string or a list of strings. What stays keeps its form.
    fn set_strings(&mut self, key: &str, strings: &[String]);
    /// Whether an element exists.
    fn has(&self, key: &str) -> bool;
    /// The element `Condition` as text, for a search.
    fn condition(&self) -> String;
}

/// An edit of statements by their position, from 0.
type Change<'c> = dyn FnMut(usize, &mut dyn Statement) -> Keep + 'c;

/// Edits the statements of a document. `None` if the value is not a document.
pub(super) fn edit(item: &mut Item, change: &mut Change<'_>) -> Option<Left> {
    if let Some(text) = item.as_str() {
        let mut document: Json = serde_json::from_str(text).ok()?;
        let before = document.clone();
        let left = in_json(&mut document, change)?;
        if document != before {
            let text = serde_json::to_string_pretty(&document).ok()?;
            let mut value = Value::from(format!("{text}\n"));
            if let Some(old) = item.as_value() {
                // Comments around the document stay.
                *value.decor_mut() = old.decor().clone();
            }
            *item = Item::Value(value);
        }
        return Some(left);
    }
    let has_statement = item
        .as_table_like()
        .is_some_and(|table| table.contains_key("Statement"));
    if has_statement {
        let table = item.as_table_like_mut()?;
        return statements(table.get_mut("Statement")?, change);
    }
    statements(item, change)
}

fn in_json(document: &mut Json, change: &mut Change<'_>) -> Option<Left> {
    let statement = document.get_mut("Statement")?;
    if let Json::Array(list) = statement {
        let mut position = 0;
        list.retain_mut(|one| {
            let keep = change(position, one);
            position += 1;
            keep == Keep::Yes
        });
        return Some(left(list.len()));
    }
    Some(match change(0, statement) {
        Keep::Yes => Left::Something,
        Keep::No => Left::Nothing,
    })
}

fn statements(item: &mut Item, change: &mut Change<'_>) -> Option<Left> {
    match item {
        Item::Value(Value::Array(list)) => Some(in_list(list, change)),
        Item::ArrayOfTables(tables) => Some(in_tables(tables, change)),
        one => {
            let table = one.as_table_like_mut()?;
            Some(match change(0, &mut InToml(table)) {
                Keep::Yes => Left::Something,
                Keep::No => Left::Nothing,
            })
        }
    }
}

fn in_list(list: &mut Array, change: &mut Change<'_>) -> Left {
    comments::retain(list, |position, value| match value {
        Value::InlineTable(table) => change(position, &mut InToml(table)) == Keep::Yes,
        _ => true,
    });
    left(list.len())
}

fn in_tables(tables: &mut ArrayOfTables, change: &mut Change<'_>) -> Left {
    let mut removed = Vec::new();
    for (position, table) in tables.iter_mut().enumerate() {
        if change(position, &mut InToml(table)) == Keep::No {
            removed.push(position);
        }
    }
    for position in removed.into_iter().rev() {
        let _ = tables.remove(position);
    }
    left(tables.len())
}

fn left(statements: usize) -> Left {
    match statements {
        0 => Left::Nothing,
        _ => Left::Something,
    }
}

impl Statement for Json {
    fn strings(&self, key: &str) -> Vec<String> {
        match self.get(key) {
            Some(Json::String(one)) => vec![one.clone()],
            Some(Json::Array(list)) => {
                let list = list.iter().filter_map(Json::as_str);
                list.map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    fn set_strings(&mut self, key: &str, strings: &[String]) {
        self[key] = match strings {
            [one] if self.get(key).is_none_or(Json::is_string) => json!(one),
            many => json!(many),
        };
    }

    fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    fn condition(&self) -> String {
        self.get("Condition")
            .map_or_else(String::new, Json::to_string)
    }
}

/// A statement of TOML.
struct InToml<'t>(&'t mut dyn TableLike);

impl Statement for InToml<'_> {
    fn strings(&self, key: &str) -> Vec<String> {
        let Some(item) = self.0.get(key) else {
            return Vec::new();
        };
        match (item.as_str(), item.as_array()) {
            (Some(one), _) => vec![one.to_owned()],
            (None, Some(list)) => {
                let list = list.iter().filter_map(Value::as_str);
                list.map(str::to_owned).collect()
            }
            (None, None) => Vec::new(),
        }
    }

    fn set_strings(&mut self, key: &str, strings: &[String]) {
        if let Some(list) = self.0.get_mut(key).and_then(Item::as_array_mut) {
            let is_wanted = |text: &str| strings.iter().any(|wanted| wanted == text);
            comments::retain(list, |_, value| value.as_str().is_none_or(is_wanted));
            let known: Vec<String> = list
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            let new = strings.iter().filter(|wanted| !known.contains(wanted));
            list.extend(new);
            // The element that is first now may have followed a comma.
            if let Some(first) = list.get_mut(0) {
                let behind = first.decor().prefix().and_then(RawString::as_str);
                if behind == Some(" ") {
                    first.decor_mut().set_prefix("");
                }
            }
            return;
        }
        let value = match strings {
            [one] => Value::from(one.as_str()),
            many => Value::Array(many.iter().collect()),
        };
        match self.0.get_mut(key).and_then(Item::as_value_mut) {
            // Comments around the element stay.
            Some(old) => {
                let decor = old.decor().clone();
                *old = value;
                *old.decor_mut() = decor;
            }
            None => drop(self.0.insert(key, Item::Value(value))),
        }
    }

    fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    fn condition(&self) -> String {
        self.0
            .get("Condition")
            .map_or_else(String::new, Item::to_string)
    }
}
