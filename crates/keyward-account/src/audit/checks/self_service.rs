//! Self-service that cannot work: enrolment that is offered and lacks a call, fails for users in a
//! path, or refuses a second device, and devices that their owners cannot delete.

use keyward_core::id::UserName;

use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};
use crate::prove::{enrolment_defects, may_delete_own_device};

pub(in crate::audit) const ENROLMENT: Check = Check {
    id: "self-service-fails",
    title: "Users to whom policies offer enrolment can enrol",
    reason: "The first sign-in, a path, a second device and a device of another name each need their own grants.",
    severity: Severity::Low,
    fix: "grant the call on the user's own ARN in any path, and on `mfa/NAME` and `mfa/NAME-*`, as a blueprint does",
    benchmark: Benchmark::NONE,
    look: enrolment,
};

pub(in crate::audit) const DEVICE: Check = Check {
    id: "device-out-of-reach",
    title: "Users can delete their own MFA devices",
    reason: "Policies name devices by the user's name. A device of another name or in a path can be deactivated and not deleted, so its name stays taken.",
    severity: Severity::Low,
    fix: "let the user enrol a device named after the user, or let an administrator delete this one",
    benchmark: Benchmark::NONE,
    look: device,
};

fn enrolment(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for defect in enrolment_defects(&input.account) {
        let Ok(name) = defect.subject.parse::<UserName>() else {
            continue;
        };
        let severity = found.severity();
        found.add_as(
            severity,
            Subject::User(name),
            defect.statement,
            defect.message,
        );
    }
    Ok(())
}

fn device(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for device in input.devices.get()? {
        let owner = device.owner.as_deref().unwrap_or_default();
        let users = input.account.users.values();
        let owner = users
            .into_iter()
            .find(|user| input.account.user_arn(user) == owner);
        let Some(owner) = owner else { continue };
        if may_delete_own_device(&input.account, owner, &device.serial) == Some(false) {
            let message = format!(
                "belongs to user `{}`, who may delete own devices and not this one",
                owner.name
            );
            found.add(Subject::Device(device.serial.clone()), message);
        }
    }
    Ok(())
}
