//! The root user: no key, a device, and no everyday use.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html>

use super::{DAY, days};
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};

/// The number of days without a use that the check demands of the root user.
const UNUSED_DAYS: u64 = 30;

pub(in crate::audit) const ACCESS_KEY: Check = Check {
    id: "root-access-key",
    title: "The root user has no access key",
    reason: "No policy limits the root user. A stolen root key is the whole account.",
    severity: Severity::High,
    fix: "sign in as the root user and delete its access keys under Security credentials",
    benchmark: Benchmark(["1.4", "1.4", "1.3", "2.3", "2.4"]),
    look: access_key,
};

fn access_key(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    if input.count("AccountAccessKeysPresent")? > 0 {
        found.add(Subject::Root, "has an access key".to_owned());
    }
    Ok(())
}

pub(in crate::audit) const MFA: Check = Check {
    id: "root-mfa",
    title: "The root user has an MFA device",
    reason: "Without a device the password of one mailbox opens the whole account.",
    severity: Severity::High,
    fix: "sign in as the root user and add an MFA device under Security credentials",
    benchmark: Benchmark(["1.5", "1.5", "1.4", "2.4", "2.5"]),
    look: mfa,
};

fn mfa(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let has_no_credentials = input.count("AccountPasswordPresent") == Ok(0);
    if input.count("AccountMFAEnabled")? == 0 && !has_no_credentials {
        found.add(Subject::Root, "has no MFA device".to_owned());
    }
    Ok(())
}

pub(in crate::audit) const HARDWARE_MFA: Check = Check {
    id: "root-hardware-mfa",
    title: "The MFA device of the root user is a hardware device",
    reason: "An authenticator app can be copied with the phone that holds it; a security key cannot.",
    severity: Severity::Low,
    fix: "sign in as the root user, add a security key, and remove the authenticator app",
    benchmark: Benchmark(["1.6", "1.6", "1.5", "2.5", "2.6"]),
    look: hardware_mfa,
};

/// A root user without a device is the business of [`MFA`].
fn hardware_mfa(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let devices = input.devices.get()?;
    let is_roots = |owner: &str| owner.ends_with(":root");
    let of_root = devices.iter().find(|device| {
        device.owner.as_deref().is_some_and(is_roots)
            || device.serial.ends_with(":mfa/root-account-mfa-device")
    });
    if let (Some(device), true) = (of_root, input.count("AccountMFAEnabled")? > 0) {
        let message = format!("uses the virtual MFA device `{}`", device.serial);
        found.add(Subject::Root, message);
    }
    Ok(())
}

pub(in crate::audit) const USED: Check = Check {
    id: "root-used",
    title: "The root user is not used",
    reason: "Everyday work needs no root user. A use within the last 30 days is reported.",
    severity: Severity::Medium,
    fix: "use a role for this work, and keep the root user for what only it can do",
    benchmark: Benchmark(["1.7", "1.7", "1.6", "2.6", "2.7"]),
    look: used,
};

fn used(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let report = input.credentials.get()?;
    let root = report
        .root()
        .ok_or_else(|| NotRead("the credential report has no row for the root user".to_owned()))?;
    let password = root.password.and_then(|password| password.last_used);
    let keys = root.keys.values().filter_map(|key| key.last_used);
    if let Some(last) = keys.chain(password).max() {
        let age = last.elapsed(input.now);
        if age.as_secs() < UNUSED_DAYS * DAY {
            let message = match days(age) {
                1 => format!("was used on {last}, 1 day ago"),
                days => format!("was used on {last}, {days} days ago"),
            };
            found.add(Subject::Root, message);
        }
    }
    Ok(())
}
