//! Actions that need no permission, and devices that need a code.

use super::{Enrolment, needs_a_code, needs_no_permission};
use crate::request::Mfa;
use crate::testing::{action, aged};

#[test]
fn two_actions_need_no_permission() {
    for (text, expect) in [
        ("sts:GetCallerIdentity", true),
        ("STS:getsessiontoken", true),
        ("sts:GetFederationToken", false),
        ("sts:AssumeRole", false),
    ] {
        assert_eq!(needs_no_permission(&action(text)), expect, "{text}");
    }
}

#[test]
fn a_further_device_needs_a_code_of_the_first() {
    for (text, enrolment, mfa, expect) in [
        (
            "iam:EnableMFADevice",
            Enrolment::None,
            Mfa::LongTermKey,
            false,
        ),
        (
            "iam:EnableMFADevice",
            Enrolment::HasDevice,
            Mfa::LongTermKey,
            true,
        ),
        (
            "iam:EnableMFADevice",
            Enrolment::HasDevice,
            Mfa::SessionWithout,
            true,
        ),
        ("iam:EnableMFADevice", Enrolment::HasDevice, aged(60), false),
        (
            "iam:DeactivateMFADevice",
            Enrolment::HasDevice,
            Mfa::LongTermKey,
            true,
        ),
        (
            "iam:CreateVirtualMFADevice",
            Enrolment::HasDevice,
            Mfa::LongTermKey,
            false,
        ),
        (
            "iam:ResyncMFADevice",
            Enrolment::HasDevice,
            Mfa::LongTermKey,
            false,
        ),
    ] {
        let refused = needs_a_code(&action(text), enrolment, mfa);
        assert_eq!(refused, expect, "{text} with {enrolment:?} and {mfa:?}");
    }
}
