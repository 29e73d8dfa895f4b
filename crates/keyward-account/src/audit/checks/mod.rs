//! The checks, one concept a file: what is looked at, why, and what to do, beside the code.

pub(super) mod acts_without_mfa;
pub(super) mod broad_grant;
pub(super) mod cloudshell;
pub(super) mod console_without_mfa;
pub(super) mod dead_grant;
pub(super) mod direct_permissions;
mod documents;
pub(super) mod expired_certificate;
pub(super) mod full_administrator;
pub(super) mod guard_missing;
pub(super) mod key_without_device;
pub(super) mod mfa_condition;
pub(super) mod never_used;
pub(super) mod no_group;
pub(super) mod old_key;
pub(super) mod open_federated_trust;
pub(super) mod open_workflow_trust;
pub(super) mod password;
pub(super) mod role_without_mfa;
pub(super) mod root;
pub(super) mod self_service;
pub(super) mod service_credential;
pub(super) mod setup_key;
pub(super) mod signing_certificate;
pub(super) mod ssh_key;
pub(super) mod support_role;
pub(super) mod two_keys;
pub(super) mod unassigned_device;
pub(super) mod unjudged_policy;
pub(super) mod unused;

use std::time::Duration;

/// Whole days.
fn days(duration: Duration) -> u64 {
    duration.as_secs() / DAY
}

/// The seconds of a day.
const DAY: u64 = 86_400;

/// Up to three examples of a longer list.
fn examples(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(3).map(|n| format!("`{n}`")).collect();
    match names.len() > 3 {
        true => format!("{} and others", shown.join(", ")),
        false => shown.join(", "),
    }
}
