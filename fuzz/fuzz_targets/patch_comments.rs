//! Any TOML file with one thing removed, as the patches of a proof remove it. The rest is read as
//! before, lines change only where they must, and a comment stays unless it stands directly above
//! what goes, or behind it.
#![no_main]

use std::collections::{BTreeMap, BTreeSet};

use libfuzzer_sys::fuzz_target;
use toml_edit::{DocumentMut, Item, TableLike, Value};

// A patch is shown as lines, so this file includes the source of what edits the whole text.
#[path = "../../crates/keyward-account/src/prove/fix/comments.rs"]
mod comments;

fuzz_target!(|input: (u8, &str)| {
    let (which, text) = input;
    let Ok(before) = text.parse::<DocumentMut>() else {
        return;
    };
    // The library moves dotted keys of one table together, also without an edit.
    if before.to_string() != text.replace("\r\n", "\n") {
        return;
    }
    let paths = paths(&Plain::of(before.as_item()));
    let Some(path) = paths.get(usize::from(which) % paths.len().max(1)) else {
        return;
    };
    let mut after = before.clone();
    let Some(kind) = remove(after.as_item_mut(), path) else {
        return;
    };
    comments::restore(&before, &mut after);
    let left = after.to_string();
    let again: DocumentMut = left.parse().expect("an edited file is read");

    let mut expect = Plain::of(before.as_item());
    expect.remove(path);
    assert_eq!(Plain::of(again.as_item()).pruned(), expect.pruned());
    let (old, new) = (Line::all(text), Line::all(&left));
    match kind {
        Kind::Whole => same_lines(&old, &new),
        Kind::Inline => outer_comments_stay(&old, &new),
    }
    comments_stay(&old, &new);
});

/// Whether lines go, or a part of a value.
#[derive(PartialEq)]
enum Kind {
    Whole,
    Inline,
}

#[derive(Clone, Debug)]
enum Step {
    Key(String),
    Index(usize),
}

/// The values of a file without their form.
#[derive(Debug, PartialEq)]
enum Plain {
    Table(BTreeMap<String, Plain>),
    List(Vec<Plain>),
    Leaf(String),
}

impl Plain {
    fn of(item: &Item) -> Self {
        match item {
            Item::ArrayOfTables(list) => Self::List(list.iter().map(|t| Self::table(t)).collect()),
            Item::Value(Value::Array(list)) => {
                let items = list.iter().map(|v| Self::of(&Item::Value(v.clone())));
                Self::List(items.collect())
            }
            Item::Value(Value::InlineTable(table)) => Self::table(table),
            Item::Table(table) => Self::table(table),
            Item::Value(Value::String(text)) => Self::Leaf(format!("{:?}", text.value())),
            Item::Value(value) => Self::Leaf(value.clone().decorated("", "").to_string()),
            Item::None => Self::Table(BTreeMap::new()),
        }
    }

    fn table(table: &dyn TableLike) -> Self {
        let entries = table
            .iter()
            .map(|(key, item)| (key.to_owned(), Self::of(item)));
        Self::Table(entries.collect())
    }

    fn remove(&mut self, path: &[Step]) {
        match (self, path) {
            (Self::Table(table), [Step::Key(key)]) => drop(table.remove(key)),
            (Self::List(list), [Step::Index(index)]) => drop(list.remove(*index)),
            (Self::Table(table), [Step::Key(key), rest @ ..]) => {
                table.get_mut(key).expect("it is there").remove(rest);
            }
            (Self::List(list), [Step::Index(index), rest @ ..]) => list[*index].remove(rest),
            _ => unreachable!("paths lead through tables and lists"),
        }
    }

    /// Without tables and lists that have nothing left: their lines may be gone.
    fn pruned(self) -> Option<Self> {
        match self {
            Self::Table(table) => {
                let table: BTreeMap<_, _> = table
                    .into_iter()
                    .filter_map(|(key, value)| Some((key, value.pruned()?)))
                    .collect();
                (!table.is_empty()).then_some(Self::Table(table))
            }
            Self::List(list) => {
                let list: Vec<_> = list.into_iter().filter_map(Self::pruned).collect();
                (!list.is_empty()).then_some(Self::List(list))
            }
            leaf @ Self::Leaf(_) => Some(leaf),
        }
    }
}

/// The paths to everything that can be removed.
fn paths(plain: &Plain) -> Vec<Vec<Step>> {
    let inner: Vec<(Step, &Plain)> = match plain {
        Plain::Table(table) => {
            let entries = table
                .iter()
                .map(|(key, value)| (Step::Key(key.clone()), value));
            entries.collect()
        }
        Plain::List(list) => {
            let items = list.iter().enumerate();
            items
                .map(|(index, value)| (Step::Index(index), value))
                .collect()
        }
        Plain::Leaf(_) => Vec::new(),
    };
    let mut all = Vec::new();
    for (step, value) in inner {
        all.push(vec![step.clone()]);
        for mut path in paths(value) {
            path.insert(0, step.clone());
            all.push(path);
        }
    }
    all
}

/// Removes one thing. `None` if patches never remove such a thing.
fn remove(item: &mut Item, path: &[Step]) -> Option<Kind> {
    match (item, path) {
        (Item::Value(value), path) => in_value(value, path),
        (Item::ArrayOfTables(list), [Step::Index(index)]) => {
            let _ = list.remove(*index);
            Some(Kind::Whole)
        }
        (Item::ArrayOfTables(list), [Step::Index(index), Step::Key(key), rest @ ..]) => {
            let table = list.get_mut(*index)?;
            match rest {
                [] => table.remove(key).map(|_| Kind::Whole),
                rest => remove(table.get_mut(key)?, rest),
            }
        }
        (Item::Table(table), [Step::Key(key)]) => table.remove(key).map(|_| Kind::Whole),
        (Item::Table(table), [Step::Key(key), rest @ ..]) => remove(table.get_mut(key)?, rest),
        _ => None,
    }
}

fn in_value(value: &mut Value, path: &[Step]) -> Option<Kind> {
    match (value, path) {
        (Value::Array(list), [Step::Index(removed)]) => {
            comments::retain(list, |index, _| index != *removed);
            Some(Kind::Inline)
        }
        (Value::Array(list), [Step::Index(index), rest @ ..]) => {
            in_value(list.get_mut(*index)?, rest)
        }
        (Value::InlineTable(table), [Step::Key(key), rest @ ..]) if !rest.is_empty() => {
            in_value(table.get_mut(key)?, rest)
        }
        // Patches remove no key of an inline table.
        _ => None,
    }
}

/// A line that is not blank.
struct Line<'t> {
    text: &'t str,
    /// The comment in it.
    comment: Option<&'t str>,
    /// Whether there is nothing but the comment.
    is_comment: bool,
    /// Whether a blank line or the end follows.
    is_last: bool,
    /// Whether the line ends within an array or a string of several lines.
    is_inside: bool,
}

impl<'t> Line<'t> {
    fn all(text: &'t str) -> Vec<Self> {
        let mut lines: Vec<Self> = Vec::new();
        let mut inside = Inside::default();
        for line in text.split('\n') {
            let was_text = inside.string.is_some();
            let comment = inside.comment(line);
            let shown = line.trim();
            if shown.is_empty() {
                if let Some(last) = lines.last_mut() {
                    last.is_last = true;
                }
                continue;
            }
            lines.push(Self {
                text: shown,
                comment: comment.map(str::trim),
                is_comment: comment.is_some() && shown.starts_with('#') && !was_text,
                is_last: false,
                is_inside: inside.depth > 0 || inside.string.is_some(),
            });
        }
        if let Some(last) = lines.last_mut() {
            last.is_last = true;
        }
        lines
    }
}

/// What is open at the end of a line.
#[derive(Default)]
struct Inside {
    depth: i32,
    string: Option<&'static str>,
}

impl Inside {
    /// Reads a line and returns its comment.
    fn comment<'t>(&mut self, line: &'t str) -> Option<&'t str> {
        let mut rest = line;
        loop {
            if let Some(end) = self.string {
                if end.starts_with('"') && rest.starts_with('\\') {
                    let mut chars = rest.chars();
                    let _ = (chars.next(), chars.next());
                    rest = chars.as_str();
                    continue;
                }
                if let Some(behind) = rest.strip_prefix(end) {
                    // Two quotes may stand before the three that end a string.
                    let quote = &end[..1];
                    let more = match end.len() {
                        3 => behind.len() - behind.trim_start_matches(quote).len(),
                        _ => 0,
                    };
                    rest = &behind[more.min(2)..];
                    self.string = None;
                    continue;
                }
            } else if rest.starts_with('#') {
                return Some(rest);
            } else if let Some(begin) = ["\"\"\"", "'''", "\"", "'"]
                .into_iter()
                .find(|begin| rest.starts_with(begin))
            {
                self.string = Some(begin);
                rest = &rest[begin.len()..];
                continue;
            }
            let next = rest.chars().next()?;
            if self.string.is_none() {
                self.depth += match next {
                    '[' | '{' => 1,
                    ']' | '}' => -1,
                    _ => 0,
                };
            }
            rest = &rest[next.len_utf8()..];
        }
    }
}

/// The lines that are left are lines that were there, in their order.
fn same_lines(old: &[Line<'_>], new: &[Line<'_>]) {
    let mut old = old.iter();
    for line in new {
        let known = old.any(|known| known.text == line.text);
        assert!(known, "`{}` is new or has moved", line.text);
    }
}

/// Comments outside of values stay when a value is edited.
fn outer_comments_stay(old: &[Line<'_>], new: &[Line<'_>]) {
    let left = counts(new.iter().filter_map(|line| line.comment));
    let outer = old.iter().filter(|line| !line.is_inside);
    for (comment, count) in counts(outer.filter_map(|line| line.comment)) {
        let stays = left.get(comment).is_some_and(|left| *left >= count);
        assert!(stays, "`{comment}` is gone");
    }
}

/// Comments above blank lines stay, and those directly above a line that stays.
fn comments_stay(old: &[Line<'_>], new: &[Line<'_>]) {
    let left: BTreeSet<&str> = new.iter().filter_map(|line| line.comment).collect();
    let lines: BTreeSet<&str> = new.iter().map(|line| line.text).collect();
    let known = counts(old.iter().map(|line| line.text));
    for (at, line) in old.iter().enumerate() {
        if !line.is_comment {
            continue;
        }
        let mut below = old[at..].iter();
        let end = below.find(|line| line.is_last || !line.is_comment);
        let Some(end) = end else { continue };
        let stays = match end.is_comment {
            // Within a value, it may go with that value.
            true => !line.is_inside,
            false => known.get(end.text) == Some(&1) && lines.contains(end.text),
        };
        let comment = line.comment.unwrap_or_default();
        assert!(!stays || left.contains(comment), "`{comment}` is gone");
    }
}

fn counts<'t>(texts: impl Iterator<Item = &'t str>) -> BTreeMap<&'t str, usize> {
    let mut counts = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    counts
}
