//! Actions: `service:Name`, compared without regard to case, with wildcards in the name. The
//! service is taken apart once, because nearly every comparison is settled by it.

use std::fmt;

use super::pattern::{Case, Pattern, Scope};
use super::truth::Truth;
use super::version::Version;
use crate::catalogue::ActionEntry;
use crate::request::{Action, ActionError, Context, split};

/// An entry of a statement's actions: `*`, `iam:*`, `iam:Get*`, `sts:AssumeRole`.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionPattern {
    source: Box<str>,
    /// `None` for every service.
    service: Option<Box<str>>,
    name: Name,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Never,
    Any,
    Exact(Box<str>),
    Prefix(Box<str>),
    Glob(Pattern),
}

impl ActionPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The text is neither `*` nor `service:name`.
    pub fn parse(text: &str) -> Result<Self, ActionError> {
        if text == "*" {
            return Ok(Self {
                source: text.into(),
                service: None,
                name: Name::Any,
            });
        }
        let (service, name) = split(text)?;
        let service = (service != "*").then(|| service.into());
        Ok(Self {
            source: text.into(),
            service,
            name: Name::new(name),
        })
    }

    /// A text that is not a pattern, in a document that AWS stores: it matches nothing.
    pub(crate) fn void(text: &str) -> Self {
        Self {
            source: text.into(),
            service: None,
            name: Name::Never,
        }
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
    pub fn covers(&self, action: &Action) -> bool {
        self.covers_service(action.service()) && self.name.matches(action.name())
    }

    /// Whether an action of the catalogue is meant.
    #[must_use]
    pub fn covers_entry(&self, action: ActionEntry<'_>) -> bool {
        self.covers_service(action.service()) && self.name.matches(action.name())
    }

    /// The text that every covered name starts with, in whatever case: the name up to its first
    /// wildcard.
    pub(crate) fn name_start(&self) -> &str {
        match &self.name {
            Name::Never | Name::Any => "",
            Name::Exact(text) | Name::Prefix(text) => text,
            Name::Glob(_) => {
                let (_, name) = split(&self.source).unwrap_or_default();
                name.split(['*', '?']).next().unwrap_or_default()
            }
        }
    }

    /// Whether a name is meant, in a service that the pattern is about.
    pub(crate) fn covers_name(&self, name: &str) -> bool {
        self.name.matches(name)
    }

    /// Whether every action of the service is meant, or of all services.
    pub(crate) fn covers_every_name(&self) -> bool {
        self.name == Name::Any
    }

    pub(crate) fn covers_service(&self, service: &str) -> bool {
        self.service
            .as_deref()
            .is_none_or(|own| own.eq_ignore_ascii_case(service))
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
            Self::Never => false,
            Self::Any => true,
            Self::Exact(exact) => exact.eq_ignore_ascii_case(name),
            Self::Prefix(prefix) => name
                .as_bytes()
                .get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes())),
            Self::Glob(pattern) => {
                pattern.matches(name, Case::Ignored, &Context::new()) == Truth::Yes
            }
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
