//! Policy documents in a blueprint: JSON in a string, or TOML with the same elements. A mistake
//! is reported at the element that has it where the document is TOML, and at the string where it
//! is JSON.

use std::ops::Range;

use keyward_iam::{Policy, PolicyKind};
use serde_json::{Map, Value as Json, json};
use toml::de::{DeTable, DeValue};

use super::fields::{Value, kind};
use crate::blueprint::problem::Report;
use crate::blueprint::{At, Origin};

/// Reads the document in `value`. `named` is how messages name it. A document that existed before
/// the blueprint may hold what AWS refuses today or what means nothing: that is a warning.
pub(super) fn document(
    value: Value<'_>,
    as_kind: PolicyKind,
    origin: Origin,
    named: &str,
    report: &mut Report<'_>,
) -> Option<At<Policy>> {
    let at = report.position(value.span().start);
    let json = match value.as_ref() {
        DeValue::String(text) => text.as_ref().to_owned(),
        DeValue::Table(table) if table.contains_key("Statement") => json_table(table).to_string(),
        DeValue::Table(table) => in_document(vec![json_table(table)]),
        DeValue::Array(statements) => {
            in_document(statements.iter().map(|s| json_value(s.as_ref())).collect())
        }
        other => {
            let message = format!("{named} is {}", kind(other));
            report.error(
                &value.span(),
                message,
                "write a policy document: JSON in a string, or tables with `Effect`, `Action` and `Resource`",
            );
            return None;
        }
    };
    match Policy::parse_as(as_kind, &json) {
        Ok(policy) => Some(At { value: policy, at }),
        Err(problems) => {
            let stored = match origin {
                Origin::Adopted => Policy::parse_stored(as_kind, &json).ok(),
                Origin::Made => None,
            };
            for problem in problems.iter() {
                let message = match std::error::Error::source(problem) {
                    Some(cause) => format!("{named}: {problem}: {cause}"),
                    None => format!("{named}: {problem}"),
                };
                let span = place_of(value, problem.path());
                if stored.is_some() {
                    let fix = "correct the document: AWS stores this part, and does not say what it makes of it";
                    report.warning_at(report.position(span.start), message, fix);
                } else {
                    report.error(&span, message, "correct the document");
                }
            }
            stored.map(|value| At { value, at })
        }
    }
}

fn in_document(statements: Vec<Json>) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// A table as JSON, its keys in the order of the file. The version of the policy language
/// defaults to the current one, which knows variables.
fn json_table(table: &DeTable<'_>) -> Json {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let mut object = Map::new();
    if table.contains_key("Statement") && !table.contains_key("Version") {
        object.insert("Version".to_owned(), json!("2012-10-17"));
    }
    for (key, value) in entries {
        object.insert(key.as_ref().to_string(), json_value(value.as_ref()));
    }
    Json::Object(object)
}

fn json_value(value: &DeValue<'_>) -> Json {
    match value {
        DeValue::String(text) => json!(text.as_ref()),
        DeValue::Boolean(flag) => json!(flag),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => json!(number),
            Err(_) => json!(number.to_string()),
        },
        DeValue::Float(number) => json!(number.as_str()),
        DeValue::Datetime(date) => json!(date.to_string()),
        DeValue::Array(items) => items.iter().map(|i| json_value(i.as_ref())).collect(),
        DeValue::Table(table) => json_table(table),
    }
}

/// The span of a path such as `Statement[2].Condition.Bool`, as far as the tree has it.
fn place_of(document: Value<'_>, path: &str) -> Range<usize> {
    let mut span = document.span();
    let mut value = document.as_ref();
    let steps = path
        .split(['.', '['])
        .map(|step| step.trim_end_matches(']'));
    for step in steps.filter(|step| !step.is_empty()) {
        // A bare statement or a list of statements has no element `Statement` around it.
        let unwrapped = match value {
            DeValue::Table(table) => step == "Statement" && !table.contains_key(step),
            _ => step == "Statement",
        };
        let index = step.parse::<usize>().ok();
        let next = match (value, index) {
            _ if unwrapped => continue,
            (DeValue::Table(table), None) => table.get(step),
            (DeValue::Array(items), Some(index)) => items.get(index),
            (DeValue::Table(_), Some(0)) => continue,
            _ => None,
        };
        let Some(next) = next else { break };
        span = next.span();
        value = next.as_ref();
    }
    span
}
