//! Reads a document, and the shapes that recur in it: objects with known elements, and values
//! that may stand alone or in a list.

use std::collections::HashSet;

use super::json::Json;
use super::statement::statement;
use crate::error::{Place, PolicyError};
use crate::policy::{Policy, PolicyKind, Version};

/// Reads a document; without a kind, whatever each statement itself permits.
pub(crate) fn read(json: &str, kind: Option<PolicyKind>) -> Result<Policy, PolicyError> {
    let tree: Json = serde_json::from_str(json).map_err(PolicyError::Json)?;
    let place = Place(String::new());
    let mut fields = Fields::new(tree, place.clone(), "`Version`, `Id`, `Statement`")?;
    let version = match fields.take_text("Version")? {
        None => None,
        Some((_, text)) if text == "2012-10-17" => Some(Version::V2012),
        Some((_, text)) if text == "2008-10-17" => Some(Version::V2008),
        Some((place, given)) => {
            return Err(PolicyError::Version {
                place,
                given: shown(&given),
            });
        }
    };
    let id = fields.take_text("Id")?.map(|(_, id)| id);
    let (statement_place, listed) = fields.take("Statement").ok_or(PolicyError::Missing {
        place,
        element: "Statement",
        mend: "a policy is a list of statements",
    })?;
    fields.finish()?;
    let rules = version.unwrap_or(Version::V2008);
    let statements = match listed {
        Json::List(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| statement(item, item_place(&statement_place, index), rules, kind))
            .collect::<Result<Vec<_>, _>>()?,
        single => vec![statement(single, statement_place.clone(), rules, kind)?],
    };
    let mut seen = HashSet::new();
    for (index, statement) in statements.iter().enumerate() {
        let Some(sid) = statement.sid().filter(|sid| !sid.is_empty()) else {
            continue;
        };
        if !seen.insert(sid) {
            let place = element_place(&item_place(&statement_place, index), "Sid");
            return Err(PolicyError::SidTwice {
                place,
                given: shown(sid),
            });
        }
    }
    Ok(Policy {
        version,
        id,
        statements,
    })
}

/// The elements of an object, taken out one by one so that what is left is unknown.
pub(super) struct Fields {
    place: Place,
    known: &'static str,
    left: Vec<(String, Json)>,
}

impl Fields {
    pub(super) fn new(json: Json, place: Place, known: &'static str) -> Result<Self, PolicyError> {
        let left = entries(json, &place)?;
        Ok(Self { place, known, left })
    }

    pub(super) fn take(&mut self, element: &str) -> Option<(Place, Json)> {
        let at = self.left.iter().position(|(name, _)| name == element)?;
        let (_, value) = self.left.remove(at);
        Some((element_place(&self.place, element), value))
    }

    pub(super) fn take_text(
        &mut self,
        element: &str,
    ) -> Result<Option<(Place, String)>, PolicyError> {
        match self.take(element) {
            None => Ok(None),
            Some((place, Json::Text(text))) => Ok(Some((place, text))),
            Some((place, _)) => Err(PolicyError::WrongType {
                place,
                wanted: "a string",
            }),
        }
    }

    pub(super) fn finish(self) -> Result<(), PolicyError> {
        match self.left.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => Err(PolicyError::UnknownElement {
                place: self.place,
                name: shown(&name),
                known: self.known,
            }),
        }
    }
}

/// The entries of an object whose names must differ.
pub(super) fn entries(json: Json, place: &Place) -> Result<Vec<(String, Json)>, PolicyError> {
    let Json::Object(entries) = json else {
        return Err(PolicyError::WrongType {
            place: place.clone(),
            wanted: "an object",
        });
    };
    let mut seen = HashSet::new();
    for (name, _) in &entries {
        if !seen.insert(name.as_str()) {
            return Err(PolicyError::Twice {
                place: place.clone(),
                name: shown(name),
            });
        }
    }
    Ok(entries)
}

/// Whether a list may hold numbers and booleans, which count as their text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalars {
    Text,
    Any,
}

/// One string or a list of strings, each with its place.
pub(super) fn texts(
    json: Json,
    place: &Place,
    scalars: Scalars,
) -> Result<Vec<(Place, String)>, PolicyError> {
    match json {
        Json::List(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| text(item, item_place(place, index), scalars))
            .collect(),
        single => Ok(vec![text(single, place.clone(), scalars)?]),
    }
}

fn text(json: Json, place: Place, scalars: Scalars) -> Result<(Place, String), PolicyError> {
    match (json, scalars) {
        (Json::Text(text), _) => Ok((place, text)),
        (Json::Number(text), Scalars::Any) => Ok((place, text)),
        (Json::Bool(value), Scalars::Any) => Ok((place, value.to_string())),
        _ => Err(PolicyError::WrongType {
            place,
            wanted: "a string or a list of strings",
        }),
    }
}

pub(super) fn element_place(place: &Place, element: &str) -> Place {
    let dot = if place.0.is_empty() { "" } else { "." };
    Place(format!("{}{dot}{}", place.0, shown(element)))
}

pub(super) fn item_place(place: &Place, index: usize) -> Place {
    Place(format!("{}[{index}]", place.0))
}

/// The start of a text for a message; the rest of a long one helps nobody.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
