//! A name that a profile can get.

use std::str::FromStr;

use keyward_core::config::{EditError, FileKind, SectionRef};
use keyward_core::id::{AccessKeyId, InvalidId, KeyIdFault, ProfileName};

/// A name that a new section of the config file can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewName(ProfileName);

/// The reasons why a name cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NewNameError {
    /// It is not a valid name.
    #[error(transparent)]
    Name(#[from] InvalidId),
    /// Not every AWS tool would read it.
    #[error(transparent)]
    Section(#[from] EditError),
    /// A half of a key was pasted one question too early.
    #[error("it looks like an access key, not like a name")]
    Key,
}

impl NewName {
    pub(super) fn of(name: ProfileName) -> Result<Self, EditError> {
        SectionRef::Profile(name.clone()).writable(FileKind::Config)?;
        Ok(Self(name))
    }
}

impl FromStr for NewName {
    type Err = NewNameError;

    fn from_str(text: &str) -> Result<Self, NewNameError> {
        let is_id = text
            .parse::<AccessKeyId>()
            .is_ok_and(|id| id.has_aws_shape());
        if is_id || KeyIdFault::of(text) == Some(KeyIdFault::LikeSecret) {
            return Err(NewNameError::Key);
        }
        Ok(Self::of(text.parse()?)?)
    }
}

impl From<NewName> for ProfileName {
    fn from(name: NewName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests;
