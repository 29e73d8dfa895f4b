//! Whether self-enrolment works: what a newcomer needs before there is a device, and what a second
//! device needs. Only users whose policies offer enrolment are looked at.

use keyward_iam::ArnSet;

use crate::prove::finding::{Finding, Severity, SubjectKind};
use crate::prove::people::Person;
use crate::prove::sweep::Sweep;

/// The subject of an action.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::prove) enum About {
    User,
    Device,
    Account,
}

/// The calls of a newcomer before there is a device, with their reasons.
pub(in crate::prove) const NEEDED: [(&str, About, &str); 8] = [
    (
        "iam:ChangePassword",
        About::User,
        "the first sign-in demands a new password",
    ),
    (
        "iam:GetAccountPasswordPolicy",
        About::Account,
        "the first sign-in shows the rules for passwords",
    ),
    (
        "iam:GetUser",
        About::User,
        "the console and keyward look up the user",
    ),
    (
        "iam:CreateVirtualMFADevice",
        About::Device,
        "enrolling makes a device",
    ),
    (
        "iam:EnableMFADevice",
        About::User,
        "enrolling enables the device",
    ),
    (
        "iam:ResyncMFADevice",
        About::User,
        "a device with a wrong clock is resynchronized",
    ),
    (
        "iam:ListMFADevices",
        About::User,
        "enrolling shows the devices",
    ),
    (
        "iam:ListVirtualMFADevices",
        About::Account,
        "enrolling looks for an unused device",
    ),
];

const CREATE: &str = "iam:CreateVirtualMFADevice";
pub(in crate::prove) const ENABLE: &str = "iam:EnableMFADevice";

/// Returns the parts of self-enrolment that cannot work for a user, with an access key alone and
/// with a code.
pub(in crate::prove) fn defects(
    person: &Person<'_>,
    sweep: &Sweep<'_>,
    with_code: &Sweep<'_>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    if sweep.grant(CREATE).is_none() && sweep.grant(ENABLE).is_none() {
        return found;
    }
    let mut push = |id: String, message: String, statement| {
        found.push(Finding {
            id,
            severity: Severity::Low,
            kind: SubjectKind::User,
            subject: person.key.to_string(),
            statement,
            message,
            certain: true,
            breaks: None,
            fix: None,
        });
    };
    let mut in_path = true;
    for (action, about, why) in NEEDED {
        if sweep.grant_on(action, &target(person, about)).is_some() {
            continue;
        }
        if about == About::User && at_root(sweep, person, action) {
            in_path = false;
            continue;
        }
        let message = format!("cannot call `{action}` before there is a device: {why}");
        push(format!("enrolment/{action}"), message, None);
    }
    let name = &person.user.name;
    if !in_path || !in_any_path(sweep, person) {
        let message = format!(
            "enrolment is offered to `user/{name}` only, so it fails for a user in a path such as \
             `user/team/{name}`"
        );
        let by = sweep.grant(ENABLE).map(|granted| granted.by);
        push("enrolment/path".to_owned(), message, by);
    }
    let only = ArnSet::one(&device(person, name.as_str()));
    if let Some(granted) = with_code.grant(CREATE)
        && with_code.grant_outside(CREATE, &[only]).is_none()
    {
        let message = format!(
            "a device must have the name `{name}`, so there can be no second one and none of \
             another name"
        );
        push(
            "enrolment/second-device".to_owned(),
            message,
            Some(granted.by),
        );
    }
    found
}

fn device(person: &Person<'_>, name: &str) -> String {
    let (partition, id) = (&person.account.partition, &person.account.id);
    format!("arn:{partition}:iam::{id}:mfa/{name}")
}

fn target(person: &Person<'_>, about: About) -> ArnSet {
    ArnSet::one(&match about {
        About::User => person.arn.to_string(),
        About::Device => device(person, person.user.name.as_str()),
        About::Account => "*".to_owned(),
    })
}

fn user_at(person: &Person<'_>, path: &str) -> ArnSet {
    let (partition, id) = (&person.account.partition, &person.account.id);
    let name = &person.user.name;
    ArnSet::one(&format!("arn:{partition}:iam::{id}:user{path}{name}"))
}

/// Whether the action would be allowed if the user had no path.
fn at_root(sweep: &Sweep<'_>, person: &Person<'_>, action: &str) -> bool {
    sweep.grant_on(action, &user_at(person, "/")).is_some()
}

/// Whether enrolment would also work in a path.
fn in_any_path(sweep: &Sweep<'_>, person: &Person<'_>) -> bool {
    let root = sweep.grant_on(ENABLE, &user_at(person, "/")).is_none();
    root || sweep
        .grant_on(ENABLE, &user_at(person, "/some-path/"))
        .is_some()
}
