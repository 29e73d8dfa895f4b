//! What belongs to a user: the user itself, and the devices that carry its name.

use std::sync::OnceLock;

use keyward_iam::catalogue::{Catalogue, Resources};
use keyward_iam::{Among, ArnSet};

use super::action_set::ActionSet;
use super::people::Person;
use super::sweep::Sweep;

/// The resource types of IAM that belong to one person.
pub(super) const PERSONAL: [&str; 3] = ["user", "mfa", "sms-mfa"];

/// The resources of the user: its name in any path, since a name exists once in an account, and
/// its devices `NAME` and `NAME-…`.
pub(super) fn own(person: &Person<'_>) -> Vec<ArnSet> {
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
    .map(|text| ArnSet::matching(text))
    .collect()
}

/// The allowed actions about users and devices that are allowed on other people's, too.
pub(super) fn others(sweep: &Sweep<'_>, person: &Person<'_>, allowed: &ActionSet) -> ActionSet {
    let among = Among {
        kinds: kinds(),
        outside: &own(person),
    };
    sweep.allowed_among(&allowed.and(personal()), among)
}

/// Everyone's users and devices.
pub(super) fn kinds() -> &'static [ArnSet] {
    static KINDS: OnceLock<[ArnSet; 3]> = OnceLock::new();
    KINDS.get_or_init(|| PERSONAL.map(|kind| ArnSet::matching(&format!("arn:*:iam::*:{kind}/*"))))
}

/// The actions that are about a user or a device.
fn personal() -> &'static ActionSet {
    static PERSONAL_ACTIONS: OnceLock<ActionSet> = OnceLock::new();
    PERSONAL_ACTIONS.get_or_init(|| {
        let iam = Catalogue::built_in().actions_of("iam");
        iam.filter(|entry| match entry.resources() {
            Resources::Types(mut types) => types.any(|t| PERSONAL.contains(&t.name())),
            Resources::Any | Resources::Unknown => false,
        })
        .map(|entry| entry.to_string())
        .collect()
    })
}
