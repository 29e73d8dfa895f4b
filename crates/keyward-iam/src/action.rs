//! Actions: `service:Name`, compared without regard to case, with wildcards in the name. The
//! service is taken apart once, because nearly every comparison is settled by it.

use std::fmt;

use crate::context::Context;
use crate::pattern::{Case, Pattern, Scope};
use crate::policy::Version;

/// What a statement says about actions: `*`, `iam:*`, `iam:Get*`, `sts:AssumeRole`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionPattern {
    source: Box<str>,
    /// `None` for every service.
    service: Option<Box<str>>,
    name: Name,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Any,
    Exact(Box<str>),
    Prefix(Box<str>),
    Glob(Pattern),
}

/// Why a text is no action pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActionMistake {
    /// No service before the name.
    #[error(
        "an action needs its service in front; write it as `iam:GetUser`, or `*` for every action"
    )]
    NoService,
    /// A service with a character that no service has.
    #[error(
        "a service prefix has letters, digits, `-` and `.` only; wildcards belong after the colon"
    )]
    BadService,
    /// Nothing, or another colon, after the service.
    #[error("an action has one name after one colon; write it as `iam:GetUser` or `iam:*`")]
    BadName,
}

/// An action of a request, taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Action<'a> {
    service: &'a str,
    name: &'a str,
}

impl<'a> Action<'a> {
    pub(crate) fn new(action: &'a str) -> Self {
        let (service, name) = action.split_once(':').unwrap_or(("", action));
        Self { service, name }
    }
}

impl ActionPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The text is neither `*` nor `service:name`.
    pub fn parse(text: &str) -> Result<Self, ActionMistake> {
        if text == "*" {
            return Ok(Self {
                source: text.into(),
                service: None,
                name: Name::Any,
            });
        }
        let (service, name) = text.split_once(':').ok_or(ActionMistake::NoService)?;
        if service.is_empty() {
            return Err(ActionMistake::NoService);
        }
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
        if service != "*" && !service.bytes().all(known) {
            return Err(ActionMistake::BadService);
        }
        if name.is_empty() || name.contains(|c: char| c == ':' || c.is_whitespace()) {
            return Err(ActionMistake::BadName);
        }
        let service = (service != "*").then(|| service.into());
        Ok(Self {
            source: text.into(),
            service,
            name: Name::new(name),
        })
    }

    /// The text as the policy has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// The service the pattern is about; `None` for all of them.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        self.service.as_deref()
    }

    /// Whether an action such as `iam:GetUser` is meant.
    #[must_use]
    pub fn covers(&self, action: &str) -> bool {
        self.matches(Action::new(action))
    }

    pub(crate) fn matches(&self, action: Action<'_>) -> bool {
        self.service
            .as_deref()
            .is_none_or(|service| service.eq_ignore_ascii_case(action.service))
            && self.name.matches(action.name)
    }
}

impl Name {
    fn new(text: &str) -> Self {
        match text.find(['*', '?']) {
            None => Self::Exact(text.into()),
            Some(0) if text == "*" => Self::Any,
            Some(at) if &text[at..] == "*" => Self::Prefix(text[..at].into()),
            Some(_) => Self::Glob(
                Pattern::compile(text, Scope::Text, Version::V2008)
                    .expect("a text without variables always compiles"),
            ),
        }
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(exact) => exact.eq_ignore_ascii_case(name),
            Self::Prefix(prefix) => name
                .as_bytes()
                .get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes())),
            Self::Glob(pattern) => pattern.matches(name, Case::Ignored, &Context::new()),
        }
    }
}

impl fmt::Display for ActionPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

#[cfg(test)]
mod tests;
