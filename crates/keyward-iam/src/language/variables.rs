//! Policy variables: `${aws:username}`, `${key, 'default'}`, and the escapes `${*}`, `${?}` and
//! `${$}`. Only version 2012-10-17 knows them; to older documents they are plain text.

use super::version::Version;
use crate::request::{Context, Fact};

/// One stretch of a text that may hold variables.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// Text in which wildcards keep their meaning.
    Text(&'a str),
    /// A literal character, even if it would be a wildcard.
    Escaped(char),
    /// A value that comes with the request.
    Variable(Variable),
}

/// A context key to insert, and the text to insert if the request lacks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    key: Box<str>,
    default: Option<Box<str>>,
}

/// The value of a variable in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// This text, taken literally.
    Text(&'a str),
    /// Nothing, so that no text matches.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value>
    Missing,
    /// Some text or nothing.
    Unknown,
}

impl Variable {
    /// The text to put in. A key with several values has no one text, and AWS does not choose:
    /// the variable then has no value.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    pub(crate) fn value<'a>(&'a self, context: &'a Context) -> Value<'a> {
        match context.fact(&self.key) {
            Fact::Values([one]) => Value::Text(one),
            Fact::Values(_) => Value::Missing,
            Fact::Absent => self.default.as_deref().map_or(Value::Missing, Value::Text),
            Fact::NotBefore(_) | Fact::Unknown => Value::Unknown,
        }
    }
}

/// The problem of a variable, with the fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VariableError {
    /// `${aws:username` without its end.
    #[error("a variable has no closing brace; add `}}`")]
    Unclosed,
    /// `${}`.
    #[error("a variable has no name; write one such as `${{aws:username}}`")]
    Nameless,
    /// A space, quote or brace in the name.
    #[error(
        "a variable name holds a character no condition key has; write it as `${{aws:username}}`"
    )]
    BadName,
    /// A default that is not `, 'text'`.
    #[error(
        "the default of a variable must be quoted; write it as `${{aws:PrincipalTag/team, 'none'}}`"
    )]
    BadDefault,
}

/// Splits a text at its variables.
pub(crate) fn split(text: &str, version: Version) -> Result<Vec<Part<'_>>, VariableError> {
    let mut parts = Vec::new();
    let mut rest = text;
    let begins = |rest: &str| match version {
        Version::V2008 => None,
        Version::V2012 => rest.find("${"),
    };
    while let Some(start) = begins(rest) {
        if start > 0 {
            parts.push(Part::Text(&rest[..start]));
        }
        let (part, after) = variable(&rest[start + 2..])?;
        parts.push(part);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    Ok(parts)
}

/// Reads what follows `${`, and returns what follows the closing brace.
fn variable(text: &str) -> Result<(Part<'_>, &str), VariableError> {
    for escaped in ['*', '?', '$'] {
        if let Some(after) = text.strip_prefix(escaped).and_then(|t| t.strip_prefix('}')) {
            return Ok((Part::Escaped(escaped), after));
        }
    }
    let end = text.find([',', '}']).ok_or(VariableError::Unclosed)?;
    let key = text[..end].trim();
    if key.is_empty() {
        return Err(VariableError::Nameless);
    }
    if key.contains(|c: char| c.is_whitespace() || "'\"{$*?".contains(c)) {
        return Err(VariableError::BadName);
    }
    let (default, after) = match text[end..].strip_prefix(',') {
        None => (None, &text[end + 1..]),
        Some(rest) => {
            let (default, after) = quoted(rest)?;
            (Some(default.into()), after)
        }
    };
    Ok((
        Part::Variable(Variable {
            key: key.into(),
            default,
        }),
        after,
    ))
}

/// Reads ` 'text'}`. The text ends at the first quote, so that a default may hold a brace.
fn quoted(text: &str) -> Result<(&str, &str), VariableError> {
    let inner = text
        .trim_start()
        .strip_prefix('\'')
        .ok_or(VariableError::BadDefault)?;
    let (default, rest) = inner.split_once('\'').ok_or(VariableError::BadDefault)?;
    let after = rest
        .trim_start()
        .strip_prefix('}')
        .ok_or(VariableError::Unclosed)?;
    Ok((default, after))
}

#[cfg(test)]
mod tests;
