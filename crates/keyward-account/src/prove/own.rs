//! What belongs to a user: the user itself, and the devices that carry its name.

use keyward_iam::catalogue::Resources;

use super::action_set::{ActionSet, Numbered};
use super::glob::Glob;
use super::people::Person;
use super::sweep::Sweep;

/// The resource types of IAM that belong to one person.
pub(super) const PERSONAL: [&str; 3] = ["user", "mfa", "sms-mfa"];

/// The resources of the user: its name in any path, since a name exists once in an account, and
/// its devices `NAME` and `NAME-…`.
pub(super) fn own(person: &Person<'_>) -> Vec<Glob> {
    let (partition, id) = (&person.account.partition, &person.account.id);
    let name = person.user.name.as_str();
    let prefix = format!("arn:{partition}:iam::{id}:");
    [
        format!("{prefix}user/{name}"),
        format!("{prefix}user/*/{name}"),
        format!("{prefix}mfa/{name}"),
        format!("{prefix}mfa/{name}-*"),
        format!("{prefix}mfa/*/{name}"),
        format!("{prefix}mfa/*/{name}-*"),
        format!("{prefix}sms-mfa/{name}"),
    ]
    .iter()
    .map(|text| Glob::pattern(text))
    .collect()
}

/// The allowed actions about users and devices that are allowed on other people's, too.
pub(super) fn others(sweep: &Sweep<'_>, person: &Person<'_>, allowed: &ActionSet) -> ActionSet {
    let personal = personal().iter().copied();
    let allowed = personal.filter(|number| allowed.holds(*number));
    sweep.allowed_outside(allowed, &kinds(), &own(person))
}

/// Everyone's users and devices.
pub(super) fn kinds() -> Vec<Glob> {
    PERSONAL
        .iter()
        .map(|kind| Glob::pattern(&format!("arn:*:iam::*:{kind}/*")))
        .collect()
}

/// The actions that are about a user or a device.
fn personal() -> &'static [usize] {
    static PERSONAL_ACTIONS: std::sync::OnceLock<Vec<usize>> = std::sync::OnceLock::new();
    PERSONAL_ACTIONS.get_or_init(|| {
        let numbered = Numbered::built_in();
        let iam = numbered.numbers("iam");
        iam.filter(|number| match numbered.entry(*number).resources() {
            Resources::Types(mut types) => types.any(|t| PERSONAL.contains(&t.name())),
            Resources::Any | Resources::Unknown => false,
        })
        .collect()
    })
}
