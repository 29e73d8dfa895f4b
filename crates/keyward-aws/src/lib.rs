//! Calls to AWS: the only crate that names its SDK. A blocking façade over STS, IAM, the
//! Identity Center and the console's sign-in service.
//!
//! It decides how AWS is reached (endpoints, proxies, trust, time), what may be sent twice, and
//! what an answer means for a person. It refuses to decide which call to make: plans do that.
//!
//! One current-thread runtime lives inside and is built, like the TLS roots, at the first call.
//! The methods therefore must not be called from within another runtime's task.

mod account;
mod aws;
mod browser_address;
mod call;
mod client;
mod clock;
mod error;
mod http;
mod iam;
mod pages;
mod proxy;
mod read;
mod settings;
mod signin;
mod sso;
mod sso_oidc;
mod sts;
mod transport;
mod trust;
mod watch;

pub use account::{
    Applied, ChangeSet, ChangeSetName, ChangeSetState, DriftDetection, DriftDetectionId,
    ExecutionToken, LimitsError, PlannedResource, StackEvent, StackId,
};
pub use aws::Aws;
pub use error::{
    Action, AwsMessage, Because, CallError, Earlier, NetworkKind, NextStep, RootVariables, Service,
    Settling,
};
pub use http::{HttpAnswer, HttpError, HttpRequest, Method};
pub use iam::{
    AccessKey, DeviceKind, KeyStatus, KeyUse, MfaDevice, NewAccessKey, NewMfaDevice,
    PasswordPolicy, RequiredCharacters, Role, User,
};
pub use settings::{Settings, Timeouts};
pub use signin::{DpopKey, InvalidDpopKey, LoginGrant, LoginToken, Unprovable};
pub use sso::{SsoAccount, SsoRole};
pub use sso_oidc::{CodeGrant, DeviceAnswer, DeviceAuthorization, Flow, OidcClient, SsoToken};
pub use sts::{CallerIdentity, InvalidWebIdentityToken, WebIdentityToken};
