//! The shapes that recur in a document: objects with known elements, and values that may be alone
//! or in a list. It reports and skips broken parts, so that reading continues.

use std::collections::HashSet;

use super::problem::{JsonPath, PolicyProblem, Problems, shown};
use super::tree::Json;

/// The elements of an object, taken out one by one so that what is left is unknown.
pub(super) struct Fields {
    place: JsonPath,
    known: &'static str,
    left: Vec<(String, Json)>,
}

impl Fields {
    /// The elements of `json`, or nothing when it is not an object.
    pub(super) fn new(
        json: Json,
        place: JsonPath,
        known: &'static str,
        problems: &mut Problems,
    ) -> Option<Self> {
        let left = entries(json, &place, problems)?;
        Some(Self { place, known, left })
    }

    pub(super) fn take(&mut self, element: &str) -> Option<(JsonPath, Json)> {
        let at = self.left.iter().position(|(name, _)| name == element)?;
        let (_, value) = self.left.remove(at);
        Some((self.place.element(element), value))
    }

    pub(super) fn take_text(
        &mut self,
        element: &str,
        problems: &mut Problems,
    ) -> Option<(JsonPath, String)> {
        match self.take(element)? {
            (place, Json::Text(text)) => Some((place, text)),
            (place, _) => {
                problems.add(PolicyProblem::WrongType {
                    place,
                    wanted: "a string",
                });
                None
            }
        }
    }

    /// Reports every element that was not taken.
    pub(super) fn finish(self, problems: &mut Problems) {
        for (name, _) in self.left {
            problems.add(PolicyProblem::UnknownElement {
                place: self.place.clone(),
                name: shown(&name),
                known: self.known,
            });
        }
    }
}

/// The entries of an object, whose names must differ.
pub(super) fn entries(
    json: Json,
    place: &JsonPath,
    problems: &mut Problems,
) -> Option<Vec<(String, Json)>> {
    let Json::Object(mut entries) = json else {
        problems.add(PolicyProblem::WrongType {
            place: place.clone(),
            wanted: "an object",
        });
        return None;
    };
    let mut seen = HashSet::new();
    entries.retain(|(name, _)| {
        let first = seen.insert(name.clone());
        if !first {
            problems.add(PolicyProblem::DuplicateKey {
                place: place.clone(),
                name: shown(name),
            });
        }
        first
    });
    Some(entries)
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
    place: &JsonPath,
    scalars: Scalars,
    problems: &mut Problems,
) -> Vec<(JsonPath, String)> {
    match json {
        Json::List(items) => items
            .into_iter()
            .enumerate()
            .filter_map(|(index, item)| text(item, place.item(index), scalars, problems))
            .collect(),
        single => text(single, place.clone(), scalars, problems)
            .into_iter()
            .collect(),
    }
}

/// One string or several; none at all would make a statement that says nothing.
pub(super) fn some_texts(
    json: Json,
    place: &JsonPath,
    problems: &mut Problems,
) -> Vec<(JsonPath, String)> {
    if matches!(&json, Json::List(items) if items.is_empty()) {
        problems.add(PolicyProblem::WrongType {
            place: place.clone(),
            wanted: "a string or a list with at least one",
        });
    }
    texts(json, place, Scalars::Text, problems)
}

fn text(
    json: Json,
    place: JsonPath,
    scalars: Scalars,
    problems: &mut Problems,
) -> Option<(JsonPath, String)> {
    match (json, scalars) {
        (Json::Text(text), _) => Some((place, text)),
        (Json::Number(text), Scalars::Any) => Some((place, text)),
        (Json::Bool(value), Scalars::Any) => Some((place, value.to_string())),
        _ => {
            problems.add(PolicyProblem::WrongType {
                place,
                wanted: "a string or a list of strings",
            });
            None
        }
    }
}
