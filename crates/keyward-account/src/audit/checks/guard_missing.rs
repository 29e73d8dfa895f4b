//! Users whom no policy stops without MFA: whatever is granted to them later takes effect for a
//! stolen key at once.

use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};
use crate::audit::powers::would_act_without_mfa;

pub(in crate::audit) const CHECK: Check = Check {
    id: "guard-missing",
    title: "A policy denies every user what goes beyond enrolment without MFA",
    reason: "Judged as if each user were allowed everything: only a deny or a boundary holds then.",
    severity: Severity::Medium,
    fix: "attach a policy with `\"Effect\": \"Deny\"` and `\"BoolIfExists\": {\"aws:MultiFactorAuthPresent\": \"false\"}`, as a blueprint does",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for user in input.account.users.values() {
        if would_act_without_mfa(&input.account, user) {
            let message = "is not under a guard: a policy added later works without MFA".to_owned();
            found.add(Subject::User(user.name.clone()), message);
        }
    }
    Ok(())
}
