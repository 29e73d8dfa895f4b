//! The keys of one table, asked for by name. A key that no reader asks for is unknown, and reported
//! with the known key that it resembles.

use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;

use keyward_core::suggest::similar_names;
use keyward_core::time::parse_duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::blueprint::problem::Report;
use crate::blueprint::{At, Position};

/// A value of the tree with its place in the text.
pub(super) type Value<'t> = &'t Spanned<DeValue<'t>>;

/// A table whose keys are being read.
pub(super) struct Fields<'t> {
    /// The name of the table in messages, such as `[users.alice]`.
    place: String,
    span: Range<usize>,
    table: &'t DeTable<'t>,
    asked: Vec<&'static str>,
}

impl<'t> Fields<'t> {
    pub(super) fn new(place: String, span: Range<usize>, table: &'t DeTable<'t>) -> Self {
        Self {
            place,
            span,
            table,
            asked: Vec::new(),
        }
    }

    /// The keys of a value that should be a table; an empty table if it is not one.
    pub(super) fn of(place: String, value: Value<'t>, report: &mut Report<'_>) -> Option<Self> {
        match value.as_ref() {
            DeValue::Table(table) => Some(Self::new(place, value.span(), table)),
            other => {
                let found = kind(other);
                report.error(
                    &value.span(),
                    format!("{place} is {found}"),
                    "write a table",
                );
                None
            }
        }
    }

    /// The place of the table in the file.
    pub(super) fn span(&self) -> &Range<usize> {
        &self.span
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Returns the name of a key of this table for messages.
    pub(super) fn named(&self, key: &str) -> String {
        match self.place.as_str() {
            "" => format!("`{key}`"),
            place => format!("`{key}` of {place}"),
        }
    }

    /// The value of a key.
    pub(super) fn get(&mut self, key: &'static str) -> Option<Value<'t>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.table.get(key)
    }

    /// Returns the position of the value of a key.
    pub(super) fn position_of(
        &mut self,
        key: &'static str,
        report: &Report<'_>,
    ) -> Option<Position> {
        let value = self.get(key)?;
        Some(report.position(value.span().start))
    }

    /// Reports every key that was not asked for.
    pub(super) fn finish(self, report: &mut Report<'_>) {
        for key in self.table.keys() {
            let name = key.as_ref().as_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let similar = similar_names(name, self.asked.iter().copied());
            let fix = match similar.first() {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("remove it; the keys are {}", listed(&self.asked)),
            };
            let message = match self.place.as_str() {
                "" => format!("a blueprint has no key `{}`", shown(name)),
                place => format!("{place} has no key `{}`", shown(name)),
            };
            report.error(&key.span(), message, fix);
        }
    }

    /// A string.
    pub(super) fn text(
        &mut self,
        key: &'static str,
        report: &mut Report<'_>,
    ) -> Option<(&'t str, Range<usize>)> {
        let value = self.get(key)?;
        text_of(value, &self.named(key), report)
    }

    /// A string of a certain form.
    pub(super) fn parsed<T>(&mut self, key: &'static str, report: &mut Report<'_>) -> Option<At<T>>
    where
        T: FromStr,
        T::Err: Display,
    {
        let value = self.get(key)?;
        parse_value(value, &self.named(key), report)
    }

    /// A string or a list of strings of a certain form. Entries that do not have it are reported
    /// and left out.
    pub(super) fn list<T>(&mut self, key: &'static str, report: &mut Report<'_>) -> Vec<At<T>>
    where
        T: FromStr,
        T::Err: Display,
    {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let named = self.named(key);
        match value.as_ref() {
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| parse_value(item, &named, report))
                .collect(),
            DeValue::String(_) => parse_value(value, &named, report).into_iter().collect(),
            other => {
                let message = format!("{named} is {}", kind(other));
                report.error(
                    &value.span(),
                    message,
                    "write a string or a list of strings",
                );
                Vec::new()
            }
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str, report: &mut Report<'_>) -> Option<bool> {
        let value = self.get(key)?;
        if let DeValue::Boolean(flag) = value.as_ref() {
            return Some(*flag);
        }
        let message = format!("{} is {}", self.named(key), kind(value.as_ref()));
        report.error(&value.span(), message, "write `true` or `false`");
        None
    }

    /// A whole number within a range.
    pub(super) fn number(
        &mut self,
        key: &'static str,
        range: std::ops::RangeInclusive<u32>,
        report: &mut Report<'_>,
    ) -> Option<u32> {
        let value = self.get(key)?;
        if let DeValue::Integer(number) = value.as_ref() {
            let parsed = u32::from_str_radix(number.as_str(), number.radix()).ok();
            if let Some(number) = parsed.filter(|number| range.contains(number)) {
                return Some(number);
            }
        }
        let given = match value.as_ref() {
            DeValue::Integer(number) => format!("`{number}`"),
            other => kind(other).to_owned(),
        };
        let fix = format!("write a number from {} to {}", range.start(), range.end());
        report.error(
            &value.span(),
            format!("{} is {given}", self.named(key)),
            fix,
        );
        None
    }

    /// A duration such as `"1h"`, or a number of seconds.
    pub(super) fn duration(
        &mut self,
        key: &'static str,
        report: &mut Report<'_>,
    ) -> Option<At<Duration>> {
        let value = self.get(key)?;
        let parsed = match value.as_ref() {
            DeValue::String(text) => parse_duration(text).map_err(|e| e.to_string()),
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix())
                .map(Duration::from_secs)
                .map_err(|_| format!("`{number}` is not a number of seconds")),
            other => Err(format!("it is {}", kind(other))),
        };
        match parsed {
            Ok(value_read) => Some(At {
                value: value_read,
                at: report.position(value.span().start),
            }),
            Err(problem) => {
                let message = format!("{}: {problem}", self.named(key));
                report.error(&value.span(), message, "write a duration such as \"1h\"");
                None
            }
        }
    }

    /// The entries of a table whose keys are names of a certain form. Entries with other names
    /// are reported and left out.
    pub(super) fn entries<T>(
        &mut self,
        key: &'static str,
        report: &mut Report<'_>,
    ) -> Vec<(At<T>, Value<'t>)>
    where
        T: FromStr,
        T::Err: Display,
    {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let Some(fields) = Fields::of(self.named(key), value, report) else {
            return Vec::new();
        };
        let mut entries = Vec::new();
        for (name, value) in fields.table {
            match name.as_ref().parse::<T>() {
                Ok(parsed) => entries.push((
                    At {
                        value: parsed,
                        at: report.position(name.span().start),
                    },
                    value,
                )),
                Err(problem) => report.error(
                    &name.span(),
                    format!("a name in {}: {problem}", fields.place),
                    "give it another name",
                ),
            }
        }
        entries
    }
}

fn text_of<'t>(
    value: Value<'t>,
    named: &str,
    report: &mut Report<'_>,
) -> Option<(&'t str, Range<usize>)> {
    match value.as_ref() {
        DeValue::String(text) => Some((text.as_ref(), value.span())),
        other => {
            let message = format!("{named} is {}", kind(other));
            report.error(&value.span(), message, "write a string");
            None
        }
    }
}

fn parse_value<T>(value: Value<'_>, named: &str, report: &mut Report<'_>) -> Option<At<T>>
where
    T: FromStr,
    T::Err: Display,
{
    let (text, span) = text_of(value, named, report)?;
    match text.parse() {
        Ok(parsed) => Some(At {
            value: parsed,
            at: report.position(span.start),
        }),
        Err(problem) => {
            let message = format!("{named}: {problem}");
            report.error(&span, message, "correct the value");
            None
        }
    }
}

/// A value's type in words.
pub(super) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// The start of a text for a message.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
