//! Refusals: AWS's status, code and text. Each text is here or in the one action that returns it,
//! so that tests can check whether a client recognises it.

use std::borrow::Cow;
use std::fmt::Display;

/// A refusal as the query protocols carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: Cow::Borrowed(code),
            message: message.into(),
        }
    }

    /// No signature at all.
    pub(crate) fn unsigned() -> Self {
        Self::new(
            403,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
        )
    }

    /// A signature that cannot be read.
    pub(crate) fn incomplete(message: impl Into<String>) -> Self {
        Self::new(400, "IncompleteSignature", message)
    }

    /// A signature that is wrong, or right at the wrong time.
    pub(crate) fn signature(message: impl Into<String>) -> Self {
        Self::new(403, "SignatureDoesNotMatch", message)
    }

    /// An unknown, inactive or unsuitable key or token. IAM says the same to a session that was
    /// made without MFA, which is why that is so hard to understand.
    pub(crate) fn invalid_token() -> Self {
        Self::new(
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        )
    }

    pub(crate) fn expired_token() -> Self {
        Self::new(
            403,
            "ExpiredToken",
            "The security token included in the request is expired",
        )
    }

    pub(crate) fn denied(message: impl Into<String>) -> Self {
        Self::new(403, "AccessDenied", message)
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationError", message)
    }

    /// A value outside what the API's model allows.
    pub(crate) fn constraint(member: &str, value: impl Display, constraint: &str) -> Self {
        Self::validation(format!(
            "1 validation error detected: Value '{value}' at '{member}' failed to satisfy \
             constraint: {constraint}"
        ))
    }

    /// A member that must be there and is not.
    pub(crate) fn absent(member: &str) -> Self {
        Self::validation(format!(
            "1 validation error detected: Value null at '{member}' failed to satisfy \
             constraint: Member must not be null"
        ))
    }

    /// IAM: the entity is not there. AWS answers in the form "The user with name X cannot be
    /// found."
    pub(crate) fn no_such(what: impl Display) -> Self {
        Self::new(404, "NoSuchEntity", format!("The {what} cannot be found."))
    }

    /// A value that is well formed and still makes no sense.
    pub(crate) fn invalid_input(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidInput", message)
    }

    /// A document that is not a policy, or not of the required kind.
    pub(crate) fn malformed_policy(message: impl Into<String>) -> Self {
        Self::new(400, "MalformedPolicyDocument", message)
    }

    /// A role that a service made for itself.
    pub(crate) fn protected_role(name: &str) -> Self {
        Self::new(
            400,
            "UnmodifiableEntity",
            format!(
                "Cannot perform the operation on the protected role '{name}' - this role is only \
                 modifiable by AWS"
            ),
        )
    }

    pub(crate) fn exists(message: impl Into<String>) -> Self {
        Self::new(409, "EntityAlreadyExists", message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, "DeleteConflict", message)
    }

    pub(crate) fn limit(quota: &str, most: usize) -> Self {
        Self::new(
            409,
            "LimitExceeded",
            format!("Cannot exceed quota for {quota}: {most}"),
        )
    }

    pub(crate) fn no_action(action: &str, version: &str) -> Self {
        Self::new(
            400,
            "InvalidAction",
            format!("Could not find operation {action} for version {version}"),
        )
    }

    /// The blame that the answer carries in `<Type>`.
    pub(crate) fn kind(&self) -> &'static str {
        if self.status >= 500 {
            "Receiver"
        } else {
            "Sender"
        }
    }
}
