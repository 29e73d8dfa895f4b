//! Shapes of IAM's names and paths, and the paths that AWS keeps for its own roles.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>

use crate::failure::Failure;
use crate::params::Params;

/// The constraint that a wrong name breaks.
pub(super) const WORD: &str = "The specified value is invalid. It must contain only alphanumeric characters and/or the \
     following: +=,.@_-";

/// Whether a name may contain every character.
pub(super) fn is_word(name: &str) -> bool {
    name.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b))
}

/// The longest name of one kind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Longest(pub(super) usize);

/// A parameter that must be there and be a name.
pub(super) fn demand<'a>(
    params: &'a Params,
    parameter: &'static str,
    longest: Longest,
) -> Result<&'a str, Failure> {
    let name = params.require(parameter)?;
    check(parameter, name, longest)?;
    Ok(name)
}

/// A parameter that is a name, if it is there.
pub(super) fn read<'a>(
    params: &'a Params,
    parameter: &'static str,
    longest: Longest,
) -> Result<Option<&'a str>, Failure> {
    match params.get(parameter) {
        None => Ok(None),
        Some(_) => demand(params, parameter, longest).map(Some),
    }
}

fn check(parameter: &'static str, name: &str, longest: Longest) -> Result<(), Failure> {
    let member = crate::params::member(parameter);
    if name.is_empty() {
        let constraint = "Member must have length greater than or equal to 1";
        return Err(Failure::constraint(&member, name, constraint));
    }
    if name.chars().count() > longest.0 {
        let constraint = format!(
            "Member must have length less than or equal to {}",
            longest.0
        );
        return Err(Failure::constraint(&member, name, &constraint));
    }
    match is_word(name) {
        true => Ok(()),
        false => Err(Failure::validation(format!(
            "The specified value for {member} is invalid. It must contain only alphanumeric \
             characters and/or the following: +=,.@_-"
        ))),
    }
}

/// `Path`; `/` by default.
pub(super) fn path(params: &Params) -> Result<String, Failure> {
    Ok(path_in(params, "Path")?.unwrap_or_else(|| "/".to_owned()))
}

/// A path in the parameter with this name, if it is there.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names>
pub(super) fn path_in(params: &Params, parameter: &'static str) -> Result<Option<String>, Failure> {
    let Some(path) = params.get(parameter) else {
        return Ok(None);
    };
    let whole = path.starts_with('/') && path.ends_with('/') && path.len() <= 512;
    if !whole || !path.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Failure::validation(
            "The specified value for path is invalid. It must begin and end with / and contain \
             only alphanumeric characters and/or / characters.",
        ));
    }
    Ok(Some(path.to_owned()))
}

/// Whether a path holds roles that only AWS makes: those of its services and of its sign-in.
pub(super) fn is_reserved(path: &str) -> bool {
    path.starts_with("/aws-service-role/") || path.starts_with("/aws-reserved/")
}

/// `PathPrefix`; `/` by default.
pub(super) fn prefix(params: &Params) -> Result<&str, Failure> {
    let prefix = params.get("PathPrefix").unwrap_or("/");
    match prefix.starts_with('/') && prefix.bytes().all(|b| b.is_ascii_graphic()) {
        true => Ok(prefix),
        false => Err(Failure::validation(
            "The specified value for pathPrefix is invalid. It must begin with the / character \
             and contain only alphanumeric characters and/or / characters.",
        )),
    }
}
