//! Decisions that AWS makes by rules of its own, whatever policies say.

use crate::request::{Action, Mfa};

/// Whether AWS answers an action whatever policies say: a deny of `sts:GetCallerIdentity` has no
/// effect, and policies cannot control `sts:GetSessionToken`, which long-term keys only may call.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getsessiontoken.html>
#[must_use]
pub fn needs_no_permission(action: &Action) -> bool {
    needs_no_permission_by_name(action.service(), action.name())
}

pub(crate) fn needs_no_permission_by_name(service: &str, name: &str) -> bool {
    service.eq_ignore_ascii_case("sts")
        && ["GetCallerIdentity", "GetSessionToken"]
            .iter()
            .any(|free| name.eq_ignore_ascii_case(free))
}

/// Whether the user whom a call is about has an MFA device already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enrolment {
    /// At least one device is enabled.
    HasDevice,
    /// None is.
    None,
}

/// Whether AWS refuses a user's call on its own MFA devices although policies allow it: once a
/// device is enabled, enabling a further one and deactivating one take credentials made with a
/// code. The rule came in 2023 with security bulletin AWS-2023-001; no policy can lift it.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_cliapi.html>
#[must_use]
pub fn needs_a_code(action: &Action, enrolment: Enrolment, mfa: Mfa) -> bool {
    let about_devices = ["iam:EnableMFADevice", "iam:DeactivateMFADevice"]
        .iter()
        .any(|guarded| action.is(guarded));
    let with_code = matches!(mfa, Mfa::Session { .. });
    about_devices && enrolment == Enrolment::HasDevice && !with_code
}

#[cfg(test)]
mod tests;
