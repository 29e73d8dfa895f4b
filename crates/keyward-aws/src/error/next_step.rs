//! The next step after a failed call, as data. The program words it, because only the program knows
//! its commands and the profile of the caller.

use super::{AwsMessage, CallError, NetworkKind, RootVariables};

/// A step that a person can take after a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// Name the MFA device in the profile, so that the session is made with a code.
    NameMfaDevice,
    /// Enrol a device, for a user who has none.
    EnrolFirstDevice,
    /// Ask AWS who signs: the key behind a session made with a code may be gone.
    CheckKeyOfSession,
    /// Forget a session whose key was deleted or deactivated.
    ForgetSessionOfLostKey,
    /// Forget a session that AWS ended early, or whose expiry came from a wrong clock.
    ForgetEndedSession,
    /// Forget a session whose secret does not belong to its id.
    ForgetSpoiledSession,
    /// Check a key that AWS does not know, or store a new one.
    CheckOrReplaceKey,
    /// Name the endpoint of the service that issued the key, which is not AWS.
    NameEndpointOfKey,
    /// Use a region of the partition that the key belongs to.
    UseRegionOfPartition,
    /// Wait until a new key has spread.
    WaitForNewKey,
    /// Store the key again, because its secret is wrong.
    StoreKeyAgain,
    /// Set this machine's clock.
    SetClock,
    /// Ask for an hour or less, which a chain of roles allows.
    AskForAnHour,
    /// Look up the hop that limits the duration.
    ExplainDuration,
    /// Ask for a shorter session, or raise the role's maximum.
    LowerDuration,
    /// Allow `sts:TagSession` in the role's trust policy, or drop the tags.
    AllowTagSession,
    /// Allow `sts:SetSourceIdentity` in the role's trust policy, or drop the source identity.
    AllowSourceIdentity,
    /// Name the MFA device, because a policy denies the call explicitly.
    SatisfyExplicitDeny,
    /// Check the role's name and account.
    CheckRoleName,
    /// Meet the role's conditions: MFA, a more recent code, an external id.
    MeetRoleConditions,
    /// Check both sides: the trust policy and the caller's policies.
    CheckBothSides,
    /// Wait for the next code.
    WaitForNextCode,
    /// Take the code from the device that the profile names.
    UseNamedDevice,
    /// Give two codes in a row, of the right entry.
    GiveTwoCodesInARow,
    /// Resynchronise the device, if fresh codes fail too.
    ResyncDevice,
    /// List the user's devices to find the right serial.
    ListDevices,
    /// Enrol a virtual device and name its serial.
    EnrolVirtualDevice,
    /// Use another sign-in, because the API accepts no passkeys.
    UseConsoleForPasskey,
    /// Read AWS's message for the rule of the password policy.
    ReadPasswordRule,
    /// Delete an unused key, or finish the rotation.
    FreeAccessKey,
    /// Delete what is unused, or ask AWS to raise the quota.
    RaiseQuota,
    /// Shorten or remove an inline policy, because all those of an entity share one limit.
    ShortenInlinePolicies,
    /// Remove a tag of the entity.
    RemoveTag,
    /// Delete the device of that name, or take another name.
    RenameDevice,
    /// Use the profile that holds the long-lived key.
    UseLongLivedKey,
    /// Ask for a policy that allows the action.
    AskForPolicy,
    /// Wait and retry.
    Retry,
    /// Check the network and the region's name.
    CheckDns,
    /// Check the proxy's address, name and password.
    CheckProxy,
    /// Write the scheme of the proxy as it speaks.
    CheckProxyScheme,
    /// Check the network, the proxy and the endpoint.
    CheckConnection,
    /// Name the certificate of a proxy that intercepts TLS.
    NameProxyCertificate,
    /// Install the machine's root certificates.
    InstallRoots,
    /// Check the network and retry.
    CheckNetwork,
    /// Check the endpoint: another server may have answered.
    CheckEndpoint,
    /// List what exists before a retry, because AWS may have created it.
    ListBeforeRetry,
    /// Check the clocks of this machine and of the endpoint.
    CheckClocks,
    /// Name a readable bundle of PEM certificates.
    NameCaBundle,
    /// Correct or unset the variables that name root certificates.
    FixRootVariables(RootVariables),
    /// Correct or unset the variable of the proxy.
    FixProxyVariable(&'static str),
    /// Raise the limits of open files and processes.
    RaiseLimits,
    /// Check the region, the endpoint and its switches.
    CheckRegionAndEndpoint,
    /// Check the region for this endpoint or partition.
    CheckRegion,
    /// Enable STS in the region, or choose another one.
    EnableRegion,
    /// Shorten session policy and tags.
    ShortenPolicy,
    /// Read AWS's message for the fault of the policy.
    ReadPolicyFault,
    /// Sign up for the service or the region.
    OptIn,
    /// Detach or remove what still uses it.
    DetachFirst,
    /// Retry, because AWS has a fault.
    RetryLater,
}

impl CallError {
    /// The next steps, most likely first. Empty when no useful step is known.
    #[must_use]
    pub fn next_steps(&self) -> Vec<NextStep> {
        use NextStep as N;
        match self {
            Self::NotAuthorizedWithoutMfa { .. } => {
                vec![N::NameMfaDevice, N::EnrolFirstDevice, N::CheckKeyOfSession]
            }
            Self::KeyUnknown {
                access_key_id: Some(id),
                ..
            } if id.is_temporary() => vec![N::ForgetSessionOfLostKey],
            Self::KeyUnknown {
                access_key_id: Some(id),
                ..
            } if !id.has_aws_shape() => vec![N::NameEndpointOfKey],
            Self::KeyUnknown { .. } => vec![
                N::CheckOrReplaceKey,
                N::UseRegionOfPartition,
                N::WaitForNewKey,
            ],
            Self::WrongSecret {
                access_key_id: Some(id),
                ..
            } if id.is_temporary() => vec![N::ForgetSpoiledSession],
            Self::WrongSecret { .. } => vec![N::StoreKeyAgain],
            Self::ExpiredToken { .. } => vec![N::ForgetEndedSession],
            Self::ClockSkew { .. } => vec![N::SetClock],
            Self::ChainingLimit { .. } => vec![N::AskForAnHour, N::ExplainDuration],
            Self::DurationTooLong { .. } => vec![N::LowerDuration],
            Self::AssumeRoleDenied { message, .. } => after_refused_role(message),
            Self::WrongOrUsedCode { action, .. }
                if ["EnableMFADevice", "ResyncMFADevice"].contains(&action.name) =>
            {
                vec![N::GiveTwoCodesInARow]
            }
            Self::WrongOrUsedCode { .. } => {
                vec![N::WaitForNextCode, N::UseNamedDevice, N::ResyncDevice]
            }
            Self::UnknownDevice { .. } => vec![N::ListDevices],
            Self::UnsupportedDevice { .. } => {
                vec![N::EnrolVirtualDevice, N::UseConsoleForPasskey]
            }
            Self::PasswordPolicyViolation { .. } => vec![N::ReadPasswordRule],
            Self::Limit { action, .. } if action.name == "CreateAccessKey" => {
                vec![N::FreeAccessKey]
            }
            Self::Limit { action, .. } if is_inline_policy(action.name) => {
                vec![N::ShortenInlinePolicies]
            }
            Self::Limit { action, .. } if action.name.starts_with("Tag") => vec![N::RemoveTag],
            Self::Limit { .. } => vec![N::RaiseQuota],
            Self::AlreadyExists { action, .. } if action.name == "CreateVirtualMFADevice" => {
                vec![N::RenameDevice]
            }
            Self::Denied { message, .. } => vec![after_denial(message)],
            Self::Throttled { .. } => vec![N::Retry],
            Self::Network { action, kind, .. } => {
                after_network_failure(*kind, action.name.starts_with("Create"))
            }
            Self::Unreadable { .. } => vec![N::CheckEndpoint],
            Self::ImpossibleEnd { .. } => vec![N::CheckClocks],
            Self::CaBundle { .. } => vec![N::NameCaBundle],
            Self::NamedRoots { variables, .. } => vec![N::FixRootVariables(*variables)],
            Self::NoRoots { .. } => vec![N::InstallRoots, N::NameCaBundle],
            Self::Proxy { variable, .. } => vec![N::FixProxyVariable(variable)],
            Self::Request { .. } => vec![N::CheckRegionAndEndpoint],
            Self::Runtime { .. } => vec![N::RaiseLimits],
            Self::NoSuchEntity { .. } | Self::AlreadyExists { .. } => Vec::new(),
            Self::Other { code, message, .. } => after_code(code, message).into_iter().collect(),
        }
    }
}

/// Whether a call writes an inline policy.
fn is_inline_policy(action: &str) -> bool {
    ["PutUserPolicy", "PutGroupPolicy", "PutRolePolicy"].contains(&action)
}

impl CallError {
    /// Whether a statement of a policy denies the call, as AWS's message says.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
    #[must_use]
    pub fn is_explicit_denial(&self) -> bool {
        matches!(self, Self::Denied { message, .. } if message.message().contains("explicit deny"))
    }
}

fn after_refused_role(message: &AwsMessage) -> Vec<NextStep> {
    let text = message.message();
    if text.contains("sts:TagSession") {
        return vec![NextStep::AllowTagSession];
    }
    if text.contains("sts:SetSourceIdentity") {
        return vec![NextStep::AllowSourceIdentity];
    }
    let mut steps = Vec::new();
    if text.contains("explicit deny") {
        steps.push(NextStep::SatisfyExplicitDeny);
    }
    steps.extend([
        NextStep::CheckRoleName,
        NextStep::MeetRoleConditions,
        NextStep::CheckBothSides,
    ]);
    steps
}

fn after_denial(message: &AwsMessage) -> NextStep {
    if message.message().contains("session credentials") {
        NextStep::UseLongLivedKey
    } else if message.message().contains("explicit deny") {
        NextStep::SatisfyExplicitDeny
    } else {
        NextStep::AskForPolicy
    }
}

/// The steps after a call that got no answer. `creates` says whether it makes something at AWS.
pub(crate) fn after_network_failure(kind: NetworkKind, creates: bool) -> Vec<NextStep> {
    let mut steps = match kind {
        NetworkKind::Dns => vec![NextStep::CheckDns],
        NetworkKind::Proxy(_) => vec![NextStep::CheckProxy],
        NetworkKind::ProxyTls(_) => {
            vec![NextStep::CheckProxyScheme, NextStep::NameProxyCertificate]
        }
        NetworkKind::Connect => vec![NextStep::CheckConnection],
        NetworkKind::Tls => vec![NextStep::NameProxyCertificate, NextStep::InstallRoots],
        NetworkKind::Timeout | NetworkKind::Lost => vec![NextStep::CheckNetwork],
        NetworkKind::TooLong => vec![NextStep::CheckEndpoint],
    };
    let unknown_fate = [
        NetworkKind::Timeout,
        NetworkKind::Lost,
        NetworkKind::TooLong,
    ];
    if creates && unknown_fate.contains(&kind) {
        steps.push(NextStep::ListBeforeRetry);
    }
    steps
}

fn after_code(code: &str, message: &AwsMessage) -> Option<NextStep> {
    if message
        .message()
        .contains("should be scoped to a valid region")
    {
        return Some(NextStep::CheckRegion);
    }
    match code {
        "RegionDisabledException" => Some(NextStep::EnableRegion),
        "PackedPolicyTooLarge" | "PackedPolicyTooLargeException" => Some(NextStep::ShortenPolicy),
        "MalformedPolicyDocument" => Some(NextStep::ReadPolicyFault),
        "OptInRequired" => Some(NextStep::OptIn),
        "DeleteConflict" => Some(NextStep::DetachFirst),
        "InternalFailure" | "ServiceFailure" | "ServiceUnavailable" => Some(NextStep::RetryLater),
        _ => None,
    }
}
