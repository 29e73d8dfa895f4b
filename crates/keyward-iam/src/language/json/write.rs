//! Writes a document. It keeps the order, and writes one value without a list.

use serde_json::{Map, Value, json};

use super::statement::{ACTION, PRINCIPAL, RESOURCE, written};
use crate::language::condition::Condition;
use crate::language::policy::Policy;
use crate::language::principal::Principal;
use crate::language::statement::{Effect, Statement};
use crate::language::version::Version;

pub(super) fn write(policy: &Policy) -> String {
    let mut document = Map::new();
    if let Some(version) = policy.version {
        let text = match version {
            Version::V2008 => "2008-10-17",
            Version::V2012 => "2012-10-17",
        };
        document.insert("Version".into(), json!(text));
    }
    if let Some(id) = &policy.id {
        document.insert("Id".into(), json!(id));
    }
    let statements = policy.statements.iter().map(statement).collect();
    document.insert("Statement".into(), Value::Array(statements));
    Value::Object(document).to_string()
}

fn statement(statement: &Statement) -> Value {
    // Every part is named, so that a new one cannot be forgotten here.
    let Statement {
        sid,
        effect,
        principals,
        actions,
        resources,
        conditions,
        unknown_operators,
    } = statement;
    let mut object = Map::new();
    if let Some(sid) = sid {
        object.insert("Sid".into(), json!(sid));
    }
    let effect = match effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    };
    object.insert("Effect".into(), json!(effect));
    if let Some(selection) = principals {
        object.insert(
            written(selection, PRINCIPAL).into(),
            principal_map(selection.listed()),
        );
    }
    let listed = actions.listed().iter().map(|action| action.as_str());
    object.insert(written(actions, ACTION).into(), one_or_many(listed));
    if let Some(selection) = resources {
        let listed = selection.listed().iter().map(|resource| resource.as_str());
        object.insert(written(selection, RESOURCE).into(), one_or_many(listed));
    }
    if !conditions.is_empty() || !unknown_operators.is_empty() {
        let mut operators = condition_map(conditions);
        for unknown in unknown_operators {
            let keys = unknown.keys.iter().map(|(key, values)| {
                let values = one_or_many(values.iter().map(String::as_str));
                (key.clone(), values)
            });
            let keys = Value::Object(keys.collect());
            operators.insert(unknown.name.to_string(), keys);
        }
        object.insert("Condition".into(), Value::Object(operators));
    }
    Value::Object(object)
}

fn one_or_many<'a>(texts: impl Iterator<Item = &'a str>) -> Value {
    let mut texts: Vec<Value> = texts.map(Value::from).collect();
    if texts.len() == 1 {
        texts.remove(0)
    } else {
        Value::Array(texts)
    }
}

/// Groups the entries of one kind. The meaning stays the same.
fn principal_map(principals: &[Principal]) -> Value {
    if principals == [Principal::Everyone] {
        return json!("*");
    }
    let mut kinds: Vec<(&str, Vec<&str>)> = Vec::new();
    for principal in principals {
        let (kind, text) = match principal {
            Principal::Everyone => ("AWS", "*"),
            Principal::Account { source, .. } => ("AWS", source.as_str()),
            Principal::Arn(text) | Principal::UniqueId(text) => ("AWS", text.as_str()),
            Principal::Service(text) => ("Service", text.as_str()),
            Principal::Federated(text) => ("Federated", text.as_str()),
            Principal::CanonicalUser(text) => ("CanonicalUser", text.as_str()),
        };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, texts)) => texts.push(text),
            None => kinds.push((kind, vec![text])),
        }
    }
    let pairs = kinds
        .into_iter()
        .map(|(kind, texts)| (kind.to_owned(), one_or_many(texts.into_iter())));
    Value::Object(pairs.collect())
}

fn condition_map(conditions: &[Condition]) -> Map<String, Value> {
    let mut operators = Map::new();
    for condition in conditions {
        let keys = operators
            .entry(condition.operator().to_string())
            .or_insert_with(|| Value::Object(Map::new()));
        let values = one_or_many(condition.values().iter().map(|value| value.as_str()));
        if let Value::Object(keys) = keys {
            keys.insert(condition.key().to_owned(), values);
        }
    }
    operators
}
