//! Reads one statement. A broken part is reported and left out; the statement is complete only
//! when nothing was reported.

use super::problem::{JsonPath, PolicyProblem, Problems, shown};
use super::shape::{Fields, Scalars, entries, some_texts, texts};
use super::tree::Json;
use crate::language::action::ActionPattern;
use crate::language::condition::{Condition, ConditionValue, Operator};
use crate::language::principal::{Principal, PrincipalError};
use crate::language::resource::ResourcePattern;
use crate::language::rules::{Form, PolicyKind, Rules};
use crate::language::statement::{Effect, Selection, Statement, UnknownOperator};
use crate::language::version::Version;

/// The elements of a statement while it is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Elements {
    pub(super) version: Version,
    pub(super) rules: Rules,
}

const ELEMENTS: &str = "`Sid`, `Effect`, `Principal`, `NotPrincipal`, `Action`, `NotAction`, `Resource`, \
                        `NotResource`, `Condition`";

/// An element and its opposite.
pub(super) const PRINCIPAL: [&str; 2] = ["Principal", "NotPrincipal"];
pub(super) const ACTION: [&str; 2] = ["Action", "NotAction"];
pub(super) const RESOURCE: [&str; 2] = ["Resource", "NotResource"];

/// The one of both that a selection is written as.
pub(super) fn written<T>(
    selection: &Selection<T>,
    [plain, opposite]: [&'static str; 2],
) -> &'static str {
    match selection {
        Selection::Only(_) => plain,
        Selection::Except(_) => opposite,
    }
}

pub(super) fn statement(
    json: Json,
    place: JsonPath,
    elements: Elements,
    problems: &mut Problems,
) -> Option<Statement> {
    let Elements { rules, .. } = elements;
    let mut fields = Fields::new(json, place.clone(), ELEMENTS, problems)?;
    let sid = fields.take_text("Sid", problems);
    let effect = effect(&mut fields, &place, problems);
    let principals = either(&mut fields, &place, PRINCIPAL, problems, principals);
    let actions = either(&mut fields, &place, ACTION, problems, |json, place, p| {
        actions(json, place, rules, p)
    });
    if actions.is_none() {
        problems.add(missing(&place, "Action", "add `Action` or `NotAction`"));
    }
    let resources = either(&mut fields, &place, RESOURCE, problems, |json, place, p| {
        resources(json, place, elements, p)
    });
    let conditions = match fields.take("Condition") {
        Some((place, json)) => conditions(json, &place, elements, problems),
        None => Conditions::default(),
    };
    fields.finish(problems);
    if let Some((place, given)) = &sid
        && principals.is_none()
        && rules.form == Form::New
        && !given.bytes().all(|b| b.is_ascii_alphanumeric())
    {
        problems.add(PolicyProblem::Sid {
            place: place.clone(),
            given: shown(given),
        });
    }
    let statement = Statement {
        sid: sid.map(|(_, sid)| sid),
        effect: effect?,
        principals,
        actions: actions?,
        resources,
        conditions: conditions.listed,
        unknown_operators: conditions.unknown_operators,
    };
    if let Some(problem) = unsuitable(&statement, &place, rules) {
        problems.add(problem);
    }
    Some(statement)
}

fn missing(place: &JsonPath, element: &'static str, fix: &'static str) -> PolicyProblem {
    PolicyProblem::Missing {
        place: place.clone(),
        element,
        fix,
    }
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html>
fn effect(fields: &mut Fields, place: &JsonPath, problems: &mut Problems) -> Option<Effect> {
    let Some((place, json)) = fields.take("Effect") else {
        problems.add(missing(place, "Effect", "add `Allow` or `Deny`"));
        return None;
    };
    match json {
        Json::Text(text) if text == "Allow" => Some(Effect::Allow),
        Json::Text(text) if text == "Deny" => Some(Effect::Deny),
        Json::Text(given) => {
            problems.add(PolicyProblem::Effect {
                place,
                given: shown(&given),
            });
            None
        }
        _ => {
            problems.add(PolicyProblem::WrongType {
                place,
                wanted: "a string",
            });
            None
        }
    }
}

/// Reads an element or its opposite; both at once are refused.
fn either<T>(
    fields: &mut Fields,
    place: &JsonPath,
    [plain, opposite]: [&'static str; 2],
    problems: &mut Problems,
    read: impl Fn(Json, &JsonPath, &mut Problems) -> Vec<T>,
) -> Option<Selection<T>> {
    let (first, second) = (fields.take(plain), fields.take(opposite));
    if first.is_some() && second.is_some() {
        problems.add(PolicyProblem::Both {
            place: place.clone(),
            first: plain,
            second: opposite,
        });
    }
    let first = first.map(|(place, json)| Selection::Only(read(json, &place, problems)));
    let second = second.map(|(place, json)| Selection::Except(read(json, &place, problems)));
    first.or(second)
}

fn actions(
    json: Json,
    place: &JsonPath,
    rules: Rules,
    problems: &mut Problems,
) -> Vec<ActionPattern> {
    let mut listed = Vec::new();
    for (place, text) in some_texts(json, place, problems) {
        match ActionPattern::parse(&text) {
            Ok(pattern) => listed.push(pattern),
            Err(_) if rules.form == Form::Stored => listed.push(ActionPattern::unclear(&text)),
            Err(error) => problems.add(PolicyProblem::Action {
                place,
                given: shown(&text),
                error,
            }),
        }
    }
    listed
}

fn resources(
    json: Json,
    place: &JsonPath,
    elements: Elements,
    problems: &mut Problems,
) -> Vec<ResourcePattern> {
    let mut listed = Vec::new();
    for (place, text) in some_texts(json, place, problems) {
        match ResourcePattern::parse(&text, elements.version, elements.rules) {
            Ok(pattern) => listed.push(pattern),
            Err(error) => problems.add(PolicyProblem::Resource {
                place,
                given: shown(&text),
                error,
            }),
        }
    }
    listed
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
fn principals(json: Json, place: &JsonPath, problems: &mut Problems) -> Vec<Principal> {
    if matches!(&json, Json::Text(text) if text == "*") {
        return vec![Principal::Everyone];
    }
    let kinds = match json {
        Json::Object(ref kinds) if !kinds.is_empty() => entries(json, place, problems),
        _ => None,
    };
    let Some(kinds) = kinds else {
        problems.add(PolicyProblem::WrongType {
            place: place.clone(),
            wanted: "`*` or an object such as `{\"AWS\": \"arn:aws:iam::123456789012:root\"}`",
        });
        return Vec::new();
    };
    let mut listed = Vec::new();
    for (name, value) in kinds {
        let Some(read) = reader(&name) else {
            problems.add(PolicyProblem::UnknownElement {
                place: place.clone(),
                name: shown(&name),
                known: "`AWS`, `Service`, `Federated`, `CanonicalUser`",
            });
            continue;
        };
        for (place, text) in some_texts(value, &place.element(&name), problems) {
            let principal = if text.is_empty() {
                Err(PrincipalError::Empty)
            } else {
                read(&text)
            };
            match principal {
                Ok(principal) => listed.push(principal),
                Err(error) => problems.add(PolicyProblem::Principal {
                    place,
                    given: shown(&text),
                    error,
                }),
            }
        }
    }
    listed
}

type PrincipalReader = fn(&str) -> Result<Principal, PrincipalError>;

/// Returns the reader of the entries under one name of a `Principal` object.
fn reader(name: &str) -> Option<PrincipalReader> {
    match name {
        "AWS" => Some(Principal::parse_aws),
        "Service" => Some(|text| Ok(Principal::Service(text.to_owned()))),
        "Federated" => Some(|text| Ok(Principal::Federated(text.to_owned()))),
        "CanonicalUser" => Some(|text| Ok(Principal::CanonicalUser(text.to_owned()))),
        _ => None,
    }
}

/// The conditions of a statement.
#[derive(Debug, Default)]
struct Conditions {
    listed: Vec<Condition>,
    /// Names that are no operators, in a document that AWS stores.
    unknown_operators: Vec<UnknownOperator>,
}

fn conditions(
    json: Json,
    place: &JsonPath,
    elements: Elements,
    problems: &mut Problems,
) -> Conditions {
    let mut conditions = Conditions::default();
    for (name, keys) in entries(json, place, problems).unwrap_or_default() {
        let place = place.element(&name);
        let operator = match name.parse::<Operator>() {
            Ok(operator) => operator,
            Err(_) if elements.rules.form == Form::Stored => {
                let keys = raw_keys(keys, &place, problems);
                let name = name.into();
                conditions
                    .unknown_operators
                    .push(UnknownOperator { name, keys });
                continue;
            }
            Err(error) => {
                problems.add(PolicyProblem::Operator { place, error });
                continue;
            }
        };
        for (key, json) in entries(keys, &place, problems).unwrap_or_default() {
            let place = place.element(&key);
            if key.is_empty() {
                problems.add(missing(&place, "key", "write one such as `aws:username`"));
                continue;
            }
            let values = values(operator, json, &place, elements, problems);
            conditions
                .listed
                .push(Condition::new(operator, &key, values));
        }
    }
    conditions
}

/// The keys of an operator that does not exist, with their values as texts.
fn raw_keys(json: Json, place: &JsonPath, problems: &mut Problems) -> Vec<(String, Vec<String>)> {
    let keys = entries(json, place, problems).unwrap_or_default();
    keys.into_iter()
        .map(|(key, json)| {
            let values = texts(json, &place.element(&key), Scalars::Any, problems);
            (key, values.into_iter().map(|(_, text)| text).collect())
        })
        .collect()
}

fn values(
    operator: Operator,
    json: Json,
    place: &JsonPath,
    elements: Elements,
    problems: &mut Problems,
) -> Vec<ConditionValue> {
    let mut values = Vec::new();
    for (place, text) in texts(json, place, Scalars::Any, problems) {
        match operator.compile(&text, elements.version) {
            Ok(value) => values.push(value),
            Err(_) if elements.rules.form == Form::Stored => {
                values.push(ConditionValue::void(&text));
            }
            Err(error) => problems.add(PolicyProblem::Value {
                place,
                given: shown(&text),
                error,
            }),
        }
    }
    values
}

/// Returns why the statement does not suit this kind of policy; `None` if it does. Of no particular
/// kind, a statement without a principal is an identity's, and any other may have a resource or
/// none.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
fn unsuitable(statement: &Statement, place: &JsonPath, rules: Rules) -> Option<PolicyProblem> {
    let Statement {
        principals,
        actions,
        resources,
        ..
    } = statement;
    let kind = match (rules.kind, principals) {
        (Some(kind), _) => kind,
        (None, None) => PolicyKind::Identity,
        (None, Some(_)) => return None,
    };
    let misplaced = |element, fix| PolicyProblem::Misplaced {
        place: place.element(element),
        fix,
    };
    use PolicyKind::{Identity, ServiceControl, Session, Trust};
    match (kind, principals, resources) {
        (Identity | Session | ServiceControl, Some(principals), _) => Some(misplaced(
            written(principals, PRINCIPAL),
            "the identity it is attached to is the principal; leave it out",
        )),
        (Identity | Session | ServiceControl, None, None) => Some(missing(
            place,
            "Resource",
            "add `Resource` or `NotResource`",
        )),
        (Trust, None, _) => Some(missing(
            place,
            "Principal",
            "a trust policy says whom it trusts",
        )),
        (Trust, Some(principals @ Selection::Except(_)), _) if rules.form == Form::New => {
            Some(misplaced(
                written(principals, PRINCIPAL),
                "write `Principal` with a condition `ArnNotEquals` on `aws:PrincipalArn`",
            ))
        }
        (Trust, _, Some(resources)) => Some(misplaced(
            written(resources, RESOURCE),
            "the role is the resource; leave it out",
        )),
        (Trust, Some(_), None) if !actions.listed().iter().all(is_sts) => Some(misplaced(
            written(actions, ACTION),
            "a trust policy has actions such as `sts:AssumeRole` only",
        )),
        (Identity | Session | ServiceControl | Trust, ..) => None,
    }
}

fn is_sts(action: &ActionPattern) -> bool {
    action
        .service()
        .is_some_and(|service| service.eq_ignore_ascii_case("sts"))
}
