//! An action of a request: `service:Name`. Letter case is kept, and does not count when AWS
//! compares.

use std::fmt;
use std::str::FromStr;

/// An action such as `iam:GetUser`, without wildcards.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Action {
    text: Box<str>,
    colon: usize,
}

/// The reasons why a text is neither an action nor a pattern of actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
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
    /// A wildcard in the action of a request.
    #[error("a request is for one action; write it without wildcards, as `iam:GetUser`")]
    Wildcard,
}

impl Action {
    /// The action as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The service prefix, such as `iam`.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.text[..self.colon]
    }

    /// The name without its service, such as `GetUser`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.text[self.colon + 1..]
    }

    /// Whether this is the action `text`, whatever the case of letters.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.text.eq_ignore_ascii_case(text)
    }
}

impl FromStr for Action {
    type Err = ActionError;

    fn from_str(text: &str) -> Result<Self, ActionError> {
        if text.contains(':') && text.contains(['*', '?']) {
            return Err(ActionError::Wildcard);
        }
        let (service, _) = split(text)?;
        Ok(Self {
            text: text.into(),
            colon: service.len(),
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Splits `service:name`. The name may hold wildcards. A service of `*` stands before a name of `*` only:
/// AWS answers others with "Action vendors (e.g., aws, ec2, etc.) must not contain wildcards".
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
pub(crate) fn split(text: &str) -> Result<(&str, &str), ActionError> {
    let (service, name) = text.split_once(':').ok_or(ActionError::NoService)?;
    if service.is_empty() {
        return Err(ActionError::NoService);
    }
    let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    let is_everything = service == "*" && name.bytes().all(|b| b == b'*');
    if !is_everything && !service.bytes().all(known) {
        return Err(ActionError::BadService);
    }
    if name.is_empty() || name.contains(|c: char| c == ':' || c.is_whitespace()) {
        return Err(ActionError::BadName);
    }
    Ok((service, name))
}

#[cfg(test)]
mod tests;
