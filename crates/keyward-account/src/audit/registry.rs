//! Every check, by its stable id. An id never changes its meaning and is never used again; the
//! numbers of benchmarks change with their versions, so they are tags.

use super::check::Check;
use super::checks;

/// All checks, in the order of the benchmark, then keyward's own.
pub static CHECKS: &[Check] = &[
    checks::root::ACCESS_KEY,
    checks::root::MFA,
    checks::root::HARDWARE_MFA,
    checks::root::USED,
    checks::password::LENGTH,
    checks::password::REUSE,
    checks::console_without_mfa::CHECK,
    checks::setup_key::CHECK,
    checks::unused::CHECK,
    checks::two_keys::CHECK,
    checks::old_key::CHECK,
    checks::direct_permissions::CHECK,
    checks::full_administrator::CHECK,
    checks::support_role::CHECK,
    checks::expired_certificate::CHECK,
    checks::cloudshell::CHECK,
    checks::key_without_device::CHECK,
    checks::acts_without_mfa::CHECK,
    checks::role_without_mfa::CHECK,
    checks::guard_missing::CHECK,
    checks::open_workflow_trust::CHECK,
    checks::open_federated_trust::CHECK,
    checks::mfa_condition::ALLOW,
    checks::mfa_condition::DENY,
    checks::never_used::CHECK,
    checks::no_group::CHECK,
    checks::broad_grant::CHECK,
    checks::unjudged_policy::CHECK,
    checks::unassigned_device::CHECK,
    checks::dead_grant::CHECK,
    checks::self_service::ENROLMENT,
    checks::self_service::DEVICE,
    checks::signing_certificate::CHECK,
    checks::service_credential::CHECK,
    checks::ssh_key::CHECK,
];

/// The check with an id.
#[must_use]
pub fn check(id: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.id == id)
}
