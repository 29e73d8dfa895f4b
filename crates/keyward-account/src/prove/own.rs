//! The things that belong to a user: the user itself, and the devices that carry its name.

use std::sync::OnceLock;

use keyward_iam::catalogue::{Catalogue, Resources};
use keyward_iam::{Among, ArnSet};

use super::action_set::ActionSet;
use super::people::Person;
use super::sweep::{Granted, Sweep, Swept};

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
pub(super) fn others(sweep: &Sweep<'_>, person: &Person<'_>, allowed: &ActionSet) -> Swept {
    let among = Among {
        kinds: kinds(),
        outside: &own(person),
    };
    let shared = shared(person);
    let mut others = Swept::default();
    for name in allowed.and(personal()).names() {
        let on_shared = shared.iter().filter_map(|set| sweep.answer_on(&name, set));
        let answers = sweep.answer_among(&name, among).into_iter();
        let allowed = answers
            .chain(on_shared)
            .filter(|answer| answer.is_allowed());
        let mut decided = allowed.map(|answer| !answer.is_undecided()).peekable();
        if decided.peek().is_none() {
            continue;
        }
        others.allowed.insert(&name);
        if !decided.any(|decided| decided) {
            others.undecided.insert(&name);
        }
    }
    others
}

/// The statement that allows an action on other people's users or devices.
pub(super) fn grant_on_others(
    sweep: &Sweep<'_>,
    person: &Person<'_>,
    action: &str,
) -> Option<Granted> {
    let shared = shared(person);
    let on_shared = shared.iter().filter_map(|set| sweep.grant_on(action, set));
    let others = sweep.grant_outside(action, &own(person)).into_iter();
    Granted::surest(others.chain(on_shared))
}

/// The devices of users whose names continue this user's with a dash: `al-ice` and `al-ice-…` look
/// like devices of a user `al`.
fn shared(person: &Person<'_>) -> Vec<ArnSet> {
    let (partition, id) = (&person.account.partition, &person.account.id);
    let prefix = format!("{}-", person.user.name);
    let users = person.account.users.keys();
    users
        .filter(|name| name.as_str().starts_with(&prefix))
        .flat_map(|name| {
            ["", "*/"].map(|path| {
                let device = format!("arn:{partition}:iam::{id}:mfa/{path}{name}");
                [
                    ArnSet::matching(&device),
                    ArnSet::matching(&format!("{device}-*")),
                ]
            })
        })
        .flatten()
        .collect()
}

/// Everyone's users and devices.
pub(super) fn kinds() -> &'static [ArnSet] {
    static KINDS: OnceLock<[ArnSet; 3]> = OnceLock::new();
    KINDS.get_or_init(|| PERSONAL.map(|kind| ArnSet::matching(&format!("arn:*:iam::*:{kind}/*"))))
}

/// The roles that AWS owns. The account cannot change them.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html>
pub(super) fn of_aws() -> &'static [ArnSet] {
    static OF_AWS: OnceLock<[ArnSet; 2]> = OnceLock::new();
    OF_AWS.get_or_init(|| {
        ["aws-service-role", "aws-reserved"]
            .map(|path| ArnSet::matching(&format!("arn:*:iam::*:role/{path}/*")))
    })
}

/// The actions that are about a user or a device that the caller chooses. `iam:ChangePassword` names none:
/// it changes the caller's own password.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ChangePassword.html>
fn personal() -> &'static ActionSet {
    static PERSONAL_ACTIONS: OnceLock<ActionSet> = OnceLock::new();
    PERSONAL_ACTIONS.get_or_init(|| {
        let iam = Catalogue::built_in().actions_of("iam");
        iam.filter(|entry| match entry.resources() {
            Resources::Types(mut types) => types.any(|t| PERSONAL.contains(&t.name())),
            Resources::Any | Resources::Unknown => false,
        })
        .map(|entry| entry.to_string())
        .filter(|action| action != "iam:ChangePassword")
        .collect()
    })
}
