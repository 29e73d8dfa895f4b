//! Reads a document as a whole: its version, its id and its statements.

use std::collections::HashSet;

use super::problem::{JsonPath, PolicyProblem, PolicyProblems, Problems, shown};
use super::shape::Fields;
use super::statement::{Elements, statement};
use super::tree::Json;
use crate::language::policy::Policy;
use crate::language::rules::{Form, Rules};
use crate::language::statement::Statement;
use crate::language::version::Version;

pub(super) fn read(json: &str, rules: Rules) -> Result<Policy, PolicyProblems> {
    let mut problems = Problems::default();
    let policy = match serde_json::from_str(json) {
        Ok(tree) => document(tree, rules, &mut problems),
        Err(error) => {
            problems.add(PolicyProblem::Json(error));
            None
        }
    };
    problems.unless_any(policy)
}

fn document(json: Json, rules: Rules, problems: &mut Problems) -> Option<Policy> {
    let place = JsonPath::document();
    let known = "`Version`, `Id`, `Statement`";
    let mut fields = Fields::new(json, place.clone(), known, problems)?;
    let version = version(&mut fields, problems);
    let id = fields.take_text("Id", problems).map(|(_, id)| id);
    let listed = fields.take("Statement");
    fields.finish(problems);
    let rules = Elements {
        version: version.unwrap_or(Version::V2008),
        rules,
    };
    let statements = match listed {
        Some((place, Json::List(items))) => {
            refuse_empty(&items, &place, rules.rules, problems);
            let statements: Vec<Option<Statement>> = items
                .into_iter()
                .enumerate()
                .map(|(index, item)| statement(item, place.item(index), rules, problems))
                .collect();
            if rules.rules.form == Form::New {
                repeated_ids(&statements, &place, problems);
            }
            statements.into_iter().flatten().collect()
        }
        Some((place, single)) => statement(single, place, rules, problems)
            .into_iter()
            .collect(),
        None => {
            problems.add(PolicyProblem::Missing {
                place,
                element: "Statement",
                fix: "a policy is a list of statements",
            });
            Vec::new()
        }
    };
    Some(Policy {
        version,
        id,
        statements,
    })
}

fn version(fields: &mut Fields, problems: &mut Problems) -> Option<Version> {
    let (place, text) = fields.take_text("Version", problems)?;
    match text.as_str() {
        "2012-10-17" => Some(Version::V2012),
        "2008-10-17" => Some(Version::V2008),
        given => {
            problems.add(PolicyProblem::Version {
                place,
                given: shown(given),
            });
            // The rules of the version to write, so that only this is reported.
            Some(Version::V2012)
        }
    }
}

/// AWS accepts no document without a statement.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
fn refuse_empty(items: &[Json], place: &JsonPath, rules: Rules, problems: &mut Problems) {
    if items.is_empty() && rules.kind.is_some() && rules.form == Form::New {
        problems.add(PolicyProblem::WrongType {
            place: place.clone(),
            wanted: "a statement or a list with at least one",
        });
    }
}

/// The ids of statements differ within a document.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
fn repeated_ids(statements: &[Option<Statement>], place: &JsonPath, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for (index, statement) in statements.iter().enumerate() {
        let sid = statement.as_ref().and_then(Statement::sid);
        let Some(sid) = sid.filter(|sid| !sid.is_empty()) else {
            continue;
        };
        if !seen.insert(sid) {
            problems.add(PolicyProblem::DuplicateSid {
                place: place.item(index).element("Sid"),
                given: shown(sid),
            });
        }
    }
}
