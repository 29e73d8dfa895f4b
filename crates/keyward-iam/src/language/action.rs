//! Actions: `service:Name`, compared without regard to case, with wildcards in the name. The
//! service is taken apart once, because nearly every comparison is settled by it.

use std::fmt;
use std::sync::OnceLock;

use super::pattern::{Case, Pattern, Scope};
use super::truth::Truth;
use super::version::Version;
use crate::catalogue::ActionEntry;
use crate::request::{Action, ActionError, Context, split};

/// An entry of a statement's actions: `*`, `iam:*`, `iam:Get*`, `sts:AssumeRole`.
///
/// AWS documents wildcards in the name, and `*` alone for everything. A stored document may hold another
/// text, such as `**` or `i*:GetUser`. What AWS makes of it is not known.
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
    /// No name of the documented form. It may mean the actions whose whole text matches.
    Perhaps(Pattern, Listed),
    Any,
    Exact(Box<str>),
    Prefix(Box<str>),
    Glob(Pattern),
}

/// The actions of the catalogue that a text may mean, one bit each, once they were asked for. Many
/// questions are asked of a policy, and such a text is tried on the whole of each action.
#[derive(Debug, Clone, Default)]
struct Listed(OnceLock<Box<[u64]>>);

/// They follow from the text.
impl PartialEq for Listed {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Listed {}

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

    /// A text of no documented form, in a document that AWS stores. It may mean the actions that it matches
    /// as a whole, without the blanks around it. It means no others.
    pub(crate) fn unclear(text: &str) -> Self {
        Self {
            source: text.into(),
            service: None,
            name: Name::Perhaps(glob(text.trim()), Listed::default()),
        }
    }

    /// Whether AWS does not document what the text means.
    #[must_use]
    pub fn is_unclear(&self) -> bool {
        matches!(self.name, Name::Perhaps(..))
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
    pub fn covers(&self, action: &Action) -> Truth {
        match self.covers_service(action.service()) {
            true => self.covers_name(action.service(), action.name()),
            false => Truth::No,
        }
    }

    /// Whether an action of the catalogue is meant, or may be.
    #[must_use]
    pub fn may_cover(&self, action: ActionEntry<'_>) -> bool {
        self.covers_service(action.service())
            && self.covers_name(action.service(), action.name()) != Truth::No
    }

    /// The text that every covered name starts with, in whatever case: the name up to its first
    /// wildcard.
    pub(crate) fn name_start(&self) -> &str {
        match &self.name {
            Name::Perhaps(..) | Name::Any => "",
            Name::Exact(text) | Name::Prefix(text) => text,
            Name::Glob(_) => {
                let (_, name) = split(&self.source).unwrap_or_default();
                name.split(['*', '?']).next().unwrap_or_default()
            }
        }
    }

    /// Whether a name is meant, in a service that the pattern is about.
    pub(crate) fn covers_name(&self, service: &str, name: &str) -> Truth {
        self.name.matches(service, name)
    }

    /// Whether a text of no documented form may mean an action of the catalogue, by the action's number.
    /// `listed` looks for all such actions, and is asked once.
    pub(crate) fn may_mean(&self, number: usize, listed: impl FnOnce(&Self) -> Box<[u64]>) -> bool {
        let Name::Perhaps(_, known) = &self.name else {
            return false;
        };
        let known = known.0.get_or_init(|| listed(self));
        known
            .get(number / 64)
            .is_some_and(|word| word & 1 << (number % 64) != 0)
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
            Some(_) => Self::Glob(glob(text)),
        }
    }

    fn matches(&self, service: &str, name: &str) -> Truth {
        let full = |pattern: &Pattern, text: &str| {
            pattern.matches(text, Case::Ignored, &Context::new()) == Truth::Yes
        };
        let matches = match self {
            Self::Any => true,
            Self::Exact(exact) => exact.eq_ignore_ascii_case(name),
            Self::Prefix(prefix) => name
                .as_bytes()
                .get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes())),
            Self::Glob(pattern) => full(pattern, name),
            Self::Perhaps(pattern, _) => {
                return match full(pattern, &format!("{service}:{name}")) {
                    true => Truth::Unknown,
                    false => Truth::No,
                };
            }
        };
        matches.into()
    }
}

fn glob(text: &str) -> Pattern {
    Pattern::compile(text, Scope::Text, Version::V2008)
        .expect("a text without variables always compiles")
}

impl fmt::Display for ActionPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

#[cfg(test)]
mod tests;
