//! Errors as the person sees them: what failed, why, and the next command; and the one table
//! of exit codes.

use std::error::Error;
use std::fmt;

use keyward_aws::CallError;
use keyward_vault::{HolderState, LockHolder};

/// The kind of an error, which decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// AWS or the machine refused.
    Failed,
    /// Wrong usage, or a config error.
    Usage,
    /// A person is needed and cannot be reached.
    PersonNeeded,
    /// The vault stays closed.
    VaultClosed,
    /// The chain was made for a key that is not the vault's; nothing was done.
    PlanOutdated,
    /// The command of `exec` cannot be executed.
    NotExecutable,
    /// The command of `exec` was not found.
    NotFound,
}

impl ErrorKind {
    /// The process's exit code.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Failed | Self::PlanOutdated => 1,
            Self::Usage => 2,
            Self::PersonNeeded => 3,
            Self::VaultClosed => 4,
            Self::NotExecutable => 126,
            Self::NotFound => 127,
        }
    }
}

/// An error that ends the command.
#[derive(Debug)]
pub(crate) struct CliError {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    hints: Vec<Hint>,
    /// The number of errors that this one represents.
    count: usize,
}

impl CliError {
    /// An error without a cause.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
            hints: Vec::new(),
            count: 1,
        }
    }

    /// An error with the message of another one, and with its cause.
    pub(crate) fn wrapping(kind: ErrorKind, error: impl Error + Send + Sync + 'static) -> Self {
        let wrapped = Self::new(kind, error.to_string());
        match error.source() {
            Some(_) => wrapped.because(CauseOf(error)),
            None => wrapped,
        }
    }

    /// The error for a refusal by AWS or the machine.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Failed, message)
    }

    /// Wrong usage, or a config error.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// Adds the cause.
    pub(crate) fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds a next step.
    pub(crate) fn hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds several next steps.
    pub(crate) fn hint_all(mut self, hints: impl IntoIterator<Item: Into<Hint>>) -> Self {
        self.hints.extend(hints.into_iter().map(Into::into));
        self
    }

    /// The same error with another kind.
    pub(crate) fn of_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// The same error for `count` errors, which keyward does not report one by one.
    pub(crate) fn standing_for(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// Whether AWS refused the code of an MFA device.
    pub(crate) fn refuses_code(&self) -> bool {
        let cause = self.source.as_deref();
        let call = cause.and_then(|cause| cause.downcast_ref::<CauseOf<CallError>>());
        matches!(call, Some(CauseOf(CallError::WrongOrUsedCode { .. })))
    }

    /// The class of the error.
    pub(crate) fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The next steps.
    pub(crate) fn hints(&self) -> &[Hint] {
        &self.hints
    }

    /// The next steps as texts.
    pub(crate) fn hint_texts(&self) -> Vec<String> {
        self.hints.iter().map(ToString::to_string).collect()
    }
}

/// The cause of an error, which the error itself keeps.
#[derive(Debug)]
struct CauseOf<E>(E);

impl<E: Error> fmt::Display for CauseOf<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.source() {
            Some(cause) => write!(f, "{cause}"),
            None => write!(f, "{}", self.0),
        }
    }
}

impl<E: Error> Error for CauseOf<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()?.source()
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for CliError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|e| e as &(dyn Error + 'static))
    }
}

mod about;
mod convert;
mod elsewhere;
mod hint;
mod next_step;
mod resolve_fix;
mod several;

pub(crate) use about::NEW_ENVIRONMENT;
pub(crate) use convert::nothing_opens;
pub(crate) use elsewhere::{Given, elsewhere, make_writable};
pub(crate) use hint::Hint;
pub(crate) use resolve_fix::fix_of_ignored;

/// The innermost cause, which contains the system's message.
pub(crate) fn last_cause(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(inner) = last.source() {
        last = inner;
    }
    last.to_string()
}

/// Returns the fix for another keyward that does not release a lock.
pub(crate) fn how_to_go_on(holder: Option<LockHolder>) -> String {
    match holder {
        Some(LockHolder {
            pid,
            state: HolderState::Stopped,
        }) => format!("kill -CONT {pid}   (it goes on; `kill {pid}` ends it)"),
        _ => "answer its question or end it, or run the command in a terminal".to_owned(),
    }
}
