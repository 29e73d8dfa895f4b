//! The errors of a call, as mistakes that a person can make and fix. AWS's message stays as the cause,
//! without the secrets that it may repeat.

mod classify;
mod message;
mod network;
mod next_step;
mod settling;

pub(crate) use classify::{Failure, unreadable};
pub use message::AwsMessage;
pub(crate) use message::plain;
pub use network::{Because, NetworkKind, RootVariables};
pub(crate) use network::{LONGEST_ANSWER, TooLong, kind_of, never_sent};
pub use next_step::NextStep;
pub(crate) use next_step::after_network_failure;
pub use settling::Settling;

use std::fmt;

use keyward_core::ImpossibleEnd;
use keyward_core::id::{AccessKeyId, MfaSerial, RoleArn};

/// A service of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Security Token Service.
    Sts,
    /// Identity and Access Management.
    Iam,
    /// The portal of the Identity Center.
    Sso,
    /// The Identity Center's token service.
    SsoOidc,
    /// The console's sign-in service.
    Signin,
    /// CloudFormation.
    CloudFormation,
    /// Elastic Compute Cloud.
    Ec2,
}

/// An action as policies write it, such as `sts:AssumeRole`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Action {
    /// The service.
    pub service: Service,
    /// The name, such as `AssumeRole`.
    pub name: &'static str,
}

impl Action {
    pub(crate) const fn sts(name: &'static str) -> Self {
        Self {
            service: Service::Sts,
            name,
        }
    }

    pub(crate) const fn iam(name: &'static str) -> Self {
        Self {
            service: Service::Iam,
            name,
        }
    }
}

impl Action {
    pub(crate) const fn sso(name: &'static str) -> Self {
        Self {
            service: Service::Sso,
            name,
        }
    }

    pub(crate) const fn signin(name: &'static str) -> Self {
        Self {
            service: Service::Signin,
            name,
        }
    }

    pub(crate) const fn cloudformation(name: &'static str) -> Self {
        Self {
            service: Service::CloudFormation,
            name,
        }
    }

    pub(crate) const fn ec2(name: &'static str) -> Self {
        Self {
            service: Service::Ec2,
            name,
        }
    }

    pub(crate) const fn sso_oidc(name: &'static str) -> Self {
        Self {
            service: Service::SsoOidc,
            name,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = match self.service {
            Service::Sts => "sts",
            Service::Iam => "iam",
            Service::Sso => "sso",
            Service::SsoOidc => "sso-oauth",
            Service::Signin => "signin",
            Service::CloudFormation => "cloudformation",
            Service::Ec2 => "ec2",
        };
        write!(f, "{service}:{}", self.name)
    }
}

/// The facts known about the earlier attempts of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Earlier {
    /// There was none, or AWS refused each of them.
    #[default]
    NoEffect,
    /// The answer to one was lost, or AWS failed: it may have done what was asked.
    Unknown,
}

/// The reasons why a call returned no result. [`next_steps`](CallError::next_steps) says what to
/// do.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// IAM accepts no session that was made without a code. The same answer comes when the key
    /// behind a session with a code has been deleted; the caller knows which session it was.
    #[error(
        "`{action}` was refused: IAM does not accept a session that was made without an MFA code"
    )]
    NotAuthorizedWithoutMfa {
        /// The action.
        action: Action,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// The key is deleted, inactive, of another partition, or was never right.
    #[error("AWS does not know the access key {}", show_key(access_key_id.as_ref()))]
    KeyUnknown {
        /// The action.
        action: Action,
        /// The key.
        access_key_id: Option<AccessKeyId>,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// The key exists, its secret is another.
    #[error("the secret does not belong to the access key {}", show_key(access_key_id.as_ref()))]
    WrongSecret {
        /// The action.
        action: Action,
        /// The key.
        access_key_id: Option<AccessKeyId>,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// The session is over.
    #[error("`{action}` was refused: the session has expired")]
    ExpiredToken {
        /// The action.
        action: Action,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// The local clock is wrong, and correcting for it did not help.
    #[error("`{action}` was refused: this machine's clock {}", show_skew(*seconds))]
    ClockSkew {
        /// The action.
        action: Action,
        /// AWS's clock minus the local one, if the answer carried a date.
        seconds: Option<i64>,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// Roles assumed from a session or another role live an hour at most.
    #[error("a role assumed from a session or from another role lives one hour at most")]
    ChainingLimit {
        /// The action.
        action: Action,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// The role's `MaxSessionDuration` is shorter than what was asked.
    #[error("{} allows only shorter sessions", show_role(role.as_ref()))]
    DurationTooLong {
        /// The action.
        action: Action,
        /// The role.
        role: Option<RoleArn>,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// The trust policy, the identity policy or an explicit deny refuses the role.
    #[error("assuming {} was refused", show_role(role.as_ref()))]
    AssumeRoleDenied {
        /// The action.
        action: Action,
        /// The role.
        role: Option<RoleArn>,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// The code is wrong, out of its time, or was used before.
    #[error("AWS did not accept the MFA code")]
    WrongOrUsedCode {
        /// The action.
        action: Action,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// The device does not exist or belongs to another user.
    #[error("AWS cannot check a code of the MFA device {}", show_serial(serial.as_ref()))]
    UnknownDevice {
        /// The action.
        action: Action,
        /// The serial that was sent.
        serial: Option<MfaSerial>,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// A security key or passkey: STS accepts only six-digit codes. Refused before any call.
    #[error("`{serial}` is a security key, and `{action}` accepts only six-digit codes")]
    UnsupportedDevice {
        /// The action.
        action: Action,
        /// The serial.
        serial: MfaSerial,
    },
    /// The new password breaks the account's policy.
    #[error("the account's password policy does not allow that password")]
    PasswordPolicyViolation {
        /// The action.
        action: Action,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// A quota is used up, such as two access keys for a user.
    #[error("`{action}` would exceed a limit of the account")]
    Limit {
        /// The action.
        action: Action,
        /// The facts known about earlier attempts at the same call.
        earlier: Earlier,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// The entity that the request names does not exist.
    #[error("`{action}` names something that does not exist")]
    NoSuchEntity {
        /// The action.
        action: Action,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// The entity that the request would create already exists.
    #[error("`{action}` would create something that already exists")]
    AlreadyExists {
        /// The action.
        action: Action,
        /// The facts known about earlier attempts at the same call.
        earlier: Earlier,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// A policy does not allow the action.
    #[error("`{action}` was refused")]
    Denied {
        /// The action.
        action: Action,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// Too many calls, even after pauses.
    #[error("AWS is throttling `{action}`")]
    Throttled {
        /// The action.
        action: Action,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// No answer.
    #[error("`{action}` got no answer: {kind} `{endpoint}`")]
    Network {
        /// The action.
        action: Action,
        /// Scheme and host.
        endpoint: String,
        /// The part that failed.
        kind: NetworkKind,
        /// The machine's words.
        #[source]
        because: Because,
    },
    /// An answer that AWS does not send: a captive portal, a proxy, an emulator.
    #[error("the answer to `{action}` did not come from AWS ({what})")]
    Unreadable {
        /// The action.
        action: Action,
        /// A description of what came instead, without its content.
        what: String,
    },
    /// A proxy is named that cannot be used. Its address is not repeated: a password may be in it.
    #[error("{variable} does not name a usable proxy")]
    Proxy {
        /// The variable.
        variable: &'static str,
        /// The reason.
        #[source]
        because: Because,
    },
    /// Credentials with an end that no session of AWS has: a clock or an emulator is wrong.
    #[error("`{action}` returned unusable credentials")]
    ImpossibleEnd {
        /// The action.
        action: Action,
        /// The fault of the expiry.
        #[source]
        because: ImpossibleEnd,
    },
    /// The CA bundle cannot be used.
    #[error("the CA bundle `{path}` cannot be used")]
    CaBundle {
        /// The path as configured.
        path: String,
        /// The reason.
        #[source]
        because: Because,
    },
    /// The variables of OpenSSL name no root certificate, so no server could be trusted.
    #[error("no root certificate comes from {variables}")]
    NamedRoots {
        /// The variables that are set.
        variables: RootVariables,
        /// The first fault.
        #[source]
        because: Because,
    },
    /// The machine has no root certificate, so no server could be trusted.
    #[error("this machine has no root certificates")]
    NoRoots {
        /// The first fault.
        #[source]
        because: Because,
    },
    /// The request could not be built, as with FIPS together with a custom endpoint.
    #[error("`{action}` cannot be sent as configured")]
    Request {
        /// The action.
        action: Action,
        /// The reason.
        #[source]
        because: Because,
    },
    /// The machine provided no event loop (out of file descriptors, for example).
    #[error("the machine does not allow network calls")]
    Runtime {
        /// The reason.
        #[source]
        because: Because,
    },
    /// Anything else that AWS says.
    #[error("`{action}` failed")]
    Other {
        /// The action.
        action: Action,
        /// AWS's error code.
        code: String,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
}

impl CallError {
    /// Whether AWS refused the credentials themselves: they have ended, the key behind them was
    /// deleted or made inactive, or the secret belongs to another session. Repeating the call with
    /// them does not help.
    #[must_use]
    pub fn refuses_credentials(&self) -> bool {
        match self {
            Self::KeyUnknown { .. } | Self::ExpiredToken { .. } => true,
            // AWS made the secret of a session, so it was not mistyped.
            Self::WrongSecret { access_key_id, .. } => access_key_id
                .as_ref()
                .is_some_and(AccessKeyId::is_temporary),
            _ => false,
        }
    }
}

fn show_key(id: Option<&AccessKeyId>) -> String {
    id.map_or_else(|| "of the request".to_owned(), |id| format!("`{id}`"))
}

fn show_role(role: Option<&RoleArn>) -> String {
    role.map_or_else(|| "the role".to_owned(), |role| format!("`{role}`"))
}

fn show_serial(serial: Option<&MfaSerial>) -> String {
    serial.map_or_else(
        || "of the request".to_owned(),
        |serial| format!("`{serial}`"),
    )
}

fn show_skew(seconds: Option<i64>) -> String {
    let Some(seconds) = seconds else {
        return "is wrong".to_owned();
    };
    let by =
        keyward_core::time::show_duration(std::time::Duration::from_secs(seconds.unsigned_abs()));
    if seconds > 0 {
        format!("is {by} behind")
    } else {
        format!("is {by} ahead")
    }
}

#[cfg(test)]
mod tests;
