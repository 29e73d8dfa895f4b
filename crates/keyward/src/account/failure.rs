//! The reasons why an operation of a plan was not done.

use keyward_aws::CallError;

use super::settled::MayBeRefusal;
use crate::screen::error::CliError;

/// The reasons why an operation was not done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// AWS refused it, or did not answer.
    Call(CallError),
    /// This machine could not do its part.
    Machine(CliError),
}

impl MayBeRefusal for Failure {
    fn refusal(&self) -> Option<&CallError> {
        match self {
            Self::Call(error) => Some(error),
            Self::Machine(_) => None,
        }
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<CliError> for Failure {
    fn from(error: CliError) -> Self {
        Self::Machine(error)
    }
}
