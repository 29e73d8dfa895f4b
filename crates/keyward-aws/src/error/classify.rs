//! From an SDK error to a [`CallError`]: the code and the words of the answer, and what the call
//! was about.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::network::kind_of;
use super::{Action, AwsMessage, Because, CallError, NetworkKind, Service, plain};
use crate::call::Call;
use crate::watch::Seen;

/// A failure, with all that explains it.
pub(crate) struct Failure<'c, 'a> {
    call: &'c Call<'a>,
    seen: Seen,
    fault: Fault,
}

/// The SDK's error without the parts that hold requests and answers in full.
enum Fault {
    Said(AwsMessage),
    Network(NetworkKind, Because),
    Unreadable,
    Request(Because),
}

impl<'c, 'a> Failure<'c, 'a> {
    /// Reads the SDK's error. `proxy` returns the variable of the proxy of a URL.
    pub(crate) fn read<E>(
        error: &SdkError<E, HttpResponse>,
        call: &'c Call<'a>,
        seen: Seen,
        proxy: impl Fn(&str) -> Option<&'static str>,
    ) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let fault = match error {
            SdkError::ServiceError(service) => match service.err().code() {
                Some(code) => {
                    let text = service.err().message().unwrap_or_default();
                    let id = service.err().meta().extra("aws_request_id");
                    Fault::Said(AwsMessage::new(code, text, id, &secrets(call)))
                }
                None => Fault::Unreadable,
            },
            // The endpoint is unknown if the request could not be built and signed.
            SdkError::DispatchFailure(_) if seen.endpoint.is_none() => {
                Fault::Request(Because::innermost(error).hide(&secrets(call)))
            }
            SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
                Some(error) => {
                    let kind =
                        kind_of(error).through(seen.endpoint.as_deref().and_then(proxy), error);
                    Fault::Network(kind, Because::below(error).hide(&secrets(call)))
                }
                None => Fault::Network(NetworkKind::Lost, Because::text("dispatch failure")),
            },
            SdkError::TimeoutError(_) => Fault::Network(
                NetworkKind::Timeout,
                Because::text("the attempt took too long"),
            ),
            SdkError::ConstructionFailure(_) => {
                Fault::Request(Because::innermost(error).hide(&secrets(call)))
            }
            // The parser's words may quote the answer, which may hold credentials.
            _ => Fault::Unreadable,
        };
        Self { call, seen, fault }
    }

    /// Whether the answer may be due to the time the request was signed at.
    pub(crate) fn may_be_skew(&self) -> bool {
        let Fault::Said(message) = &self.fault else {
            return false;
        };
        blames_the_clock(message)
            || message.code() == "SignatureDoesNotMatch"
            || message.code() == "InvalidSignatureException"
    }

    /// AWS's clock minus the local one, in seconds.
    pub(crate) fn skew(&self) -> Option<i64> {
        self.seen.skew
    }

    pub(crate) fn into_error(self) -> CallError {
        let Self { call, seen, fault } = self;
        let action = call.action;
        match fault {
            Fault::Said(message) => said_error(call, message, &seen),
            Fault::Network(kind, because) => CallError::Network {
                action,
                endpoint: seen.endpoint.unwrap_or_else(|| "AWS".to_owned()),
                kind,
                because,
            },
            Fault::Unreadable => unreadable(action, seen.answer),
            Fault::Request(because) => CallError::Request { action, because },
        }
    }
}

/// The error about an answer of this status and content type, if one came.
pub(crate) fn unreadable(action: Action, answer: Option<(u16, String)>) -> CallError {
    let what = answer.map_or_else(
        || "it broke off".to_owned(),
        |(status, kind)| format!("status {status}, {}", plain(&kind)),
    );
    CallError::Unreadable { action, what }
}

/// Everything that AWS's message must not repeat to a person. AWS quotes canonical requests,
/// with the session token among the headers, when a signature is wrong.
fn secrets<'s>(call: &'s Call<'_>) -> Vec<&'s str> {
    let mut secrets: Vec<&str> = call.secrets.clone();
    if let Some(credentials) = call.credentials {
        secrets.push(credentials.secret_access_key.expose());
        secrets.extend(
            credentials
                .session_token
                .as_ref()
                .map(|token| token.expose()),
        );
    }
    secrets
}

fn blames_the_clock(message: &AwsMessage) -> bool {
    matches!(
        message.code(),
        "RequestExpired" | "RequestTimeTooSkewed" | "RequestInTheFuture"
    ) || message.message().contains("Signature expired")
        || message.message().contains("Signature not yet current")
}

/// The codes that mean throttling, as the SDK lists them.
const THROTTLING: [&str; 7] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
];

fn said_error(call: &Call<'_>, message: AwsMessage, seen: &Seen) -> CallError {
    let action = call.action;
    let access_key_id = || {
        call.credentials
            .map(|credentials| credentials.access_key_id.clone())
    };
    let in_session = call
        .credentials
        .is_some_and(|credentials| credentials.session_token.is_some());
    let text = message.message().to_owned();
    if blames_the_clock(&message) {
        return CallError::ClockSkew {
            action,
            seconds: seen.skew,
            message,
        };
    }
    match message.code() {
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidAccessKeyId"
        | "AuthFailure" => {
            if action.service == Service::Iam && in_session {
                CallError::NotAuthorizedWithoutMfa { action, message }
            } else {
                CallError::KeyUnknown {
                    action,
                    access_key_id: access_key_id(),
                    message,
                }
            }
        }
        "SignatureDoesNotMatch" | "InvalidSignatureException"
            if !text.contains("should be scoped") =>
        {
            CallError::WrongSecret {
                action,
                access_key_id: access_key_id(),
                message,
            }
        }
        "ExpiredToken" | "ExpiredTokenException" => CallError::ExpiredToken { action, message },
        "AccessDenied" | "AccessDeniedException" => denied(call, message),
        "ValidationError" if text.contains("role chaining") => {
            CallError::ChainingLimit { action, message }
        }
        "ValidationError" if text.contains("MaxSessionDuration") => CallError::DurationTooLong {
            action,
            role: call.role.cloned(),
            message,
        },
        "InvalidAuthenticationCode" => CallError::WrongOrUsedCode { action, message },
        "PasswordPolicyViolation" => CallError::PasswordPolicyViolation { action, message },
        "LimitExceeded" | "LimitExceededException" => CallError::Limit {
            action,
            earlier: seen.earlier,
            message,
        },
        "NoSuchEntity" | "NoSuchEntityException" => CallError::NoSuchEntity { action, message },
        "EntityAlreadyExists" | "EntityAlreadyExistsException" | "AlreadyExistsException" => {
            CallError::AlreadyExists {
                action,
                earlier: seen.earlier,
                message,
            }
        }
        code if THROTTLING.contains(&code) => CallError::Throttled { action, message },
        code => CallError::Other {
            action,
            code: code.to_owned(),
            message,
        },
    }
}

/// `AccessDenied` can mean a wrong code, an unknown device, or a denial by a trust policy or another
/// policy. Only the text of the message distinguishes them.
fn denied(call: &Call<'_>, message: AwsMessage) -> CallError {
    let action = call.action;
    let text = message.message();
    if text.contains("MultiFactorAuthentication failed") {
        return if text.contains("invalid MFA one time pass code") {
            CallError::WrongOrUsedCode { action, message }
        } else {
            CallError::UnknownDevice {
                action,
                serial: call.serial.cloned(),
                message,
            }
        };
    }
    if call.role.is_some() {
        return CallError::AssumeRoleDenied {
            action,
            role: call.role.cloned(),
            message,
        };
    }
    CallError::Denied { action, message }
}
