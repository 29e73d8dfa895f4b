//! Reads one statement.

use super::json::Json;
use super::parse::{Fields, Scalars, element_place, entries, item_place, shown, texts};
use crate::action::ActionPattern;
use crate::condition::{Condition, Operator};
use crate::error::{Place, PolicyError};
use crate::policy::{PolicyKind, Version};
use crate::principal::{Principal, PrincipalMistake};
use crate::resource::ResourcePattern;
use crate::statement::{Effect, Selection, Statement};

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
    place: Place,
    version: Version,
    kind: Option<PolicyKind>,
) -> Result<Statement, PolicyError> {
    let mut fields = Fields::new(json, place.clone(), ELEMENTS)?;
    let sid = fields.take_text("Sid")?;
    let effect = effect(&mut fields, &place)?;
    let principals = either(&mut fields, &place, PRINCIPAL, principals)?;
    let actions = either(&mut fields, &place, ACTION, actions)?
        .ok_or_else(|| missing(&place, "Action", "add `Action` or `NotAction`"))?;
    let resources = either(&mut fields, &place, RESOURCE, |json, place| {
        resources(json, place, version)
    })?;
    let conditions = match fields.take("Condition") {
        Some((place, json)) => conditions(json, &place, version)?,
        None => Vec::new(),
    };
    fields.finish()?;
    if let Some((place, given)) = &sid
        && principals.is_none()
        && !given.bytes().all(|b| b.is_ascii_alphanumeric())
    {
        return Err(PolicyError::Sid {
            place: place.clone(),
            given: shown(given),
        });
    }
    let sid = sid.map(|(_, sid)| sid);
    let statement = Statement {
        sid,
        effect,
        principals,
        actions,
        resources,
        conditions,
    };
    suits(&statement, &place, kind)?;
    Ok(statement)
}

fn missing(place: &Place, element: &'static str, mend: &'static str) -> PolicyError {
    PolicyError::Missing {
        place: place.clone(),
        element,
        mend,
    }
}

fn effect(fields: &mut Fields, place: &Place) -> Result<Effect, PolicyError> {
    match fields.take_text("Effect")? {
        Some((_, text)) if text == "Allow" => Ok(Effect::Allow),
        Some((_, text)) if text == "Deny" => Ok(Effect::Deny),
        Some((place, given)) => Err(PolicyError::Effect {
            place,
            given: shown(&given),
        }),
        None => Err(missing(place, "Effect", "add `Allow` or `Deny`")),
    }
}

/// Reads an element or its opposite; both at once are refused.
fn either<T>(
    fields: &mut Fields,
    place: &Place,
    [plain, opposite]: [&'static str; 2],
    mut read: impl FnMut(Json, &Place) -> Result<Vec<T>, PolicyError>,
) -> Result<Option<Selection<T>>, PolicyError> {
    match (fields.take(plain), fields.take(opposite)) {
        (None, None) => Ok(None),
        (Some((place, json)), None) => Ok(Some(Selection::Only(read(json, &place)?))),
        (None, Some((place, json))) => Ok(Some(Selection::Except(read(json, &place)?))),
        (Some(_), Some(_)) => Err(PolicyError::Both {
            place: place.clone(),
            first: plain,
            second: opposite,
        }),
    }
}

/// One string or several; none at all would make a statement that says nothing.
fn some_texts(json: Json, place: &Place) -> Result<Vec<(Place, String)>, PolicyError> {
    let texts = texts(json, place, Scalars::Text)?;
    if texts.is_empty() {
        return Err(PolicyError::WrongType {
            place: place.clone(),
            wanted: "a string or a list with at least one",
        });
    }
    Ok(texts)
}

fn actions(json: Json, place: &Place) -> Result<Vec<ActionPattern>, PolicyError> {
    some_texts(json, place)?
        .into_iter()
        .map(|(place, text)| {
            ActionPattern::parse(&text).map_err(|mistake| PolicyError::Action {
                place,
                given: shown(&text),
                mistake,
            })
        })
        .collect()
}

fn resources(
    json: Json,
    place: &Place,
    version: Version,
) -> Result<Vec<ResourcePattern>, PolicyError> {
    some_texts(json, place)?
        .into_iter()
        .map(|(place, text)| {
            ResourcePattern::parse(&text, version).map_err(|mistake| PolicyError::Resource {
                place,
                given: shown(&text),
                mistake,
            })
        })
        .collect()
}

fn principals(json: Json, place: &Place) -> Result<Vec<Principal>, PolicyError> {
    let wrong = || PolicyError::WrongType {
        place: place.clone(),
        wanted: "`*` or an object such as `{\"AWS\": \"arn:aws:iam::123456789012:root\"}`",
    };
    if let Json::Text(text) = &json {
        return if text == "*" {
            Ok(vec![Principal::Everyone])
        } else {
            Err(wrong())
        };
    }
    let mut listed = Vec::new();
    for (name, value) in entries(json, place)? {
        let read: fn(&str) -> Result<Principal, PrincipalMistake> = match name.as_str() {
            "AWS" => Principal::parse_aws,
            "Service" => |text| Ok(Principal::Service(text.to_owned())),
            "Federated" => |text| Ok(Principal::Federated(text.to_owned())),
            "CanonicalUser" => |text| Ok(Principal::CanonicalUser(text.to_owned())),
            _ => {
                return Err(PolicyError::UnknownElement {
                    place: place.clone(),
                    name: shown(&name),
                    known: "`AWS`, `Service`, `Federated`, `CanonicalUser`",
                });
            }
        };
        for (place, text) in some_texts(value, &element_place(place, &name))? {
            let read = if text.is_empty() {
                Err(PrincipalMistake::Empty)
            } else {
                read(&text)
            };
            let principal = read.map_err(|mistake| PolicyError::Principal {
                place,
                given: shown(&text),
                mistake,
            })?;
            listed.push(principal);
        }
    }
    if listed.is_empty() {
        Err(wrong())
    } else {
        Ok(listed)
    }
}

fn conditions(json: Json, place: &Place, version: Version) -> Result<Vec<Condition>, PolicyError> {
    let mut conditions = Vec::new();
    for (name, keys) in entries(json, place)? {
        let place = element_place(place, &name);
        let operator: Operator = name.parse().map_err(|mistake| PolicyError::Operator {
            place: place.clone(),
            mistake,
        })?;
        for (key, json) in entries(keys, &place)? {
            let place = element_place(&place, &key);
            if key.is_empty() {
                return Err(missing(&place, "key", "write one such as `aws:username`"));
            }
            let is_list = matches!(json, Json::List(_));
            let values: Vec<String> = texts(json, &place, Scalars::Any)?
                .into_iter()
                .map(|(_, text)| text)
                .collect();
            let given = values.clone();
            let condition =
                Condition::new(operator, &key, values, version).map_err(|(index, mistake)| {
                    PolicyError::Value {
                        place: if is_list {
                            item_place(&place, index)
                        } else {
                            place
                        },
                        given: shown(&given[index]),
                        mistake,
                    }
                })?;
            conditions.push(condition);
        }
    }
    Ok(conditions)
}

/// Whether the statement may stand in this kind of policy. Of no particular kind, a statement
/// without a principal is an identity's, and any other may have a resource or none.
fn suits(
    statement: &Statement,
    place: &Place,
    kind: Option<PolicyKind>,
) -> Result<(), PolicyError> {
    let Statement {
        principals,
        actions,
        resources,
        ..
    } = statement;
    let kind = match (kind, principals) {
        (Some(kind), _) => kind,
        (None, None) => PolicyKind::Identity,
        (None, Some(_)) => return Ok(()),
    };
    let misplaced = |element, mend| PolicyError::Misplaced {
        place: element_place(place, element),
        mend,
    };
    match (kind, principals, resources) {
        (PolicyKind::Identity, Some(principals), _) => Err(misplaced(
            written(principals, PRINCIPAL),
            "the identity it is attached to is the principal; leave it out",
        )),
        (PolicyKind::Identity, None, None) => Err(missing(
            place,
            "Resource",
            "add `Resource` or `NotResource`",
        )),
        (PolicyKind::Trust, None, _) => Err(missing(
            place,
            "Principal",
            "a trust policy says whom it trusts",
        )),
        (PolicyKind::Trust, Some(principals @ Selection::Except(_)), _) => Err(misplaced(
            written(principals, PRINCIPAL),
            "write `Principal` with a condition `ArnNotEquals` on `aws:PrincipalArn`",
        )),
        (PolicyKind::Trust, _, Some(resources)) => Err(misplaced(
            written(resources, RESOURCE),
            "the role is the resource; leave it out",
        )),
        (PolicyKind::Trust, Some(_), None) if !actions.listed().iter().all(is_sts) => {
            Err(misplaced(
                written(actions, ACTION),
                "a trust policy has actions such as `sts:AssumeRole` only",
            ))
        }
        (PolicyKind::Identity | PolicyKind::Trust, ..) => Ok(()),
    }
}

fn is_sts(action: &ActionPattern) -> bool {
    action
        .service()
        .is_some_and(|service| service.eq_ignore_ascii_case("sts"))
}
