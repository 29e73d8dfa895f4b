//! The request of one `AssumeRole`, read from the profile that names the role. Refuses values
//! that STS would refuse by their shape.

use std::str::FromStr;

use super::error::{ResolveError, ValueOrigin};
use super::view::View;
use super::{AssumeRole, Inputs, tags};
use crate::id::{InvalidId, RoleArn};

/// The request as the profile's keys make it. The environment speaks for the profile that was
/// asked for, and for no other on the way.
pub(super) fn request(inputs: &Inputs<'_>, view: &View<'_>) -> Result<AssumeRole, ResolveError> {
    let asked_for = view.name == *inputs.profile;
    let variable = |name: &'static str| if asked_for { inputs.env(name) } else { None };
    let role_arn: RoleArn = view
        .id("role_arn")?
        .ok_or_else(|| ResolveError::NoCredentials {
            profile: view.name.clone(),
        })?;
    Ok(AssumeRole {
        role_arn,
        role_session_name: either(
            variable("AWS_ROLE_SESSION_NAME"),
            "AWS_ROLE_SESSION_NAME",
            view,
            "role_session_name",
        )?,
        external_id: view.id("external_id")?,
        tags: session_tags(variable(TAGS), view)?,
        transitive_tag_keys: transitive_tag_keys(variable(TRANSITIVE), view)?,
        source_identity: either(
            variable("AWS_SOURCE_IDENTITY"),
            "AWS_SOURCE_IDENTITY",
            view,
            "source_identity",
        )?,
        policy: None,
        policy_arns: Vec::new(),
    })
}

const TAGS: &str = "AWS_SESSION_TAGS";
const TRANSITIVE: &str = "AWS_TRANSITIVE_TAGS";

/// The variable's value where it has one, else the profile's.
fn either<T>(
    value: Option<String>,
    variable: &'static str,
    view: &View<'_>,
    key: &'static str,
) -> Result<Option<T>, ResolveError>
where
    T: FromStr<Err = InvalidId>,
{
    match value {
        Some(value) => value
            .parse()
            .map(Some)
            .map_err(|source| ResolveError::InvalidValue {
                key: variable,
                place: ValueOrigin::Variable(variable),
                source,
            }),
        None => view.id(key),
    }
}

fn session_tags(
    value: Option<String>,
    view: &View<'_>,
) -> Result<Vec<(String, String)>, ResolveError> {
    match either_text(value, TAGS, view, "session_tags") {
        Some((text, place)) => tags::parse(&text).map_err(|source| ResolveError::InvalidTags {
            key: "session_tags",
            place,
            source,
        }),
        None => Ok(Vec::new()),
    }
}

fn transitive_tag_keys(
    value: Option<String>,
    view: &View<'_>,
) -> Result<Vec<String>, ResolveError> {
    const KEY: &str = "transitive_session_tags";
    match either_text(value, TRANSITIVE, view, KEY) {
        Some((text, place)) => {
            tags::parse_keys(&text).map_err(|source| ResolveError::InvalidTags {
                key: KEY,
                place,
                source,
            })
        }
        None => Ok(Vec::new()),
    }
}

/// The variable's text where it has one, else the profile's, and where it was set.
fn either_text(
    value: Option<String>,
    variable: &'static str,
    view: &View<'_>,
    key: &'static str,
) -> Option<(String, ValueOrigin)> {
    match value {
        Some(value) => Some((value, ValueOrigin::Variable(variable))),
        None => view.get(key).map(|found| {
            (
                found.value.to_owned(),
                ValueOrigin::Line(found.origin.clone()),
            )
        }),
    }
}
