//! Access keys of users who have no MFA device. A thief of such a key enrols a device, and the
//! guard cannot distinguish the thief from the user.

use std::collections::BTreeSet;

use super::examples;
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};
use crate::prove::takeovers;

pub(in crate::audit) const CHECK: Check = Check {
    id: "key-without-device",
    title: "Every user with an access key who may enrol a device has one",
    reason: "AWS demands MFA for changes of devices only from users who already have one. Judged is what a code opens that the key alone does not.",
    severity: Severity::High,
    fix: "let the user enrol a device now (keyward mfa enroll PROFILE), or deactivate the key until then",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let users = input.credentials.get()?.users();
    let users: BTreeSet<_> = users
        .filter(|(_, row)| !row.keys.is_empty() && !row.mfa_active)
        .map(|(name, _)| name)
        .collect();
    if users.is_empty() {
        return Ok(());
    }
    for (name, takeover) in takeovers(&input.account, &users) {
        let roles = takeover.roles.iter();
        let roles: Vec<String> = roles.map(|role| role.role_name().to_owned()).collect();
        let gain = match (roles.len(), takeover.actions) {
            (0, actions) => format!("{actions} more actions"),
            (1, _) => format!("the role {}", examples(&roles)),
            _ => format!("the roles {}", examples(&roles)),
        };
        let message = format!(
            "has an active access key and no MFA device: a stolen key can enrol a device of the \
             thief's own, which opens {gain}"
        );
        let severity = found.severity();
        found.add_as(severity, Subject::User(name), Some(takeover.by), message);
    }
    Ok(())
}
