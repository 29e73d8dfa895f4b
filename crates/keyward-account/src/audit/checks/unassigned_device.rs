//! Virtual MFA devices without an owner.

use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};

pub(in crate::audit) const CHECK: Check = Check {
    id: "unassigned-device",
    title: "Every virtual MFA device belongs to a user",
    reason: "A device that an enrolment left behind keeps its name, so that the next enrolment under that name fails.",
    severity: Severity::Low,
    fix: "delete it: aws iam delete-virtual-mfa-device --serial-number SERIAL",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for device in input.devices.get()? {
        if device.owner.is_none() {
            let message = "belongs to no user".to_owned();
            found.add(Subject::Device(device.serial.clone()), message);
        }
    }
    Ok(())
}
