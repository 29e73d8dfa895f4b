//! The gains of a stolen key by a device of the thief's own. AWS demands MFA for calls about
//! devices only from users who already have one. The key of a user without a device thus enrols
//! one, and then gets sessions with a code.
//!
//! Source: <https://aws.amazon.com/security/security-bulletins/AWS-2023-001/>
//! Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::id::{PrincipalArn, RoleArn, UserName};
use keyward_iam::model::Account;
use keyward_iam::{ArnSet, Caller, StatementRef};

use super::ProvenAccount;
use super::people::{people, positions};
use super::promise::enrolment::ENABLE;
use super::reach::Roles;
use super::scenario::{Scenario, stale_age, user_context};
use super::sweep::{Granted, Rules, Sweep, targets};

/// The gains of the key of a user without a device by enrolling one.
#[derive(Debug)]
pub(crate) struct Takeover {
    /// The roles.
    pub(crate) roles: Vec<RoleArn>,
    /// The number of the user's own actions.
    pub(crate) actions: usize,
    /// The statement that lets the key enable a device.
    pub(crate) by: StatementRef,
}

/// The statement that lets a user enable a new device for itself. A thief with a hardware token names
/// its serial number, and makes no virtual device first.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableMFADevice.html>
pub(super) fn enrols(sweep: &Sweep<'_>, user: &PrincipalArn) -> Option<Granted> {
    sweep.grant_on(ENABLE, &ArnSet::one(user.as_str()))
}

/// Returns the gains of these users' keys by a device; users who gain nothing are left out.
pub(crate) fn takeovers(
    account: &Account,
    users: &BTreeSet<&UserName>,
) -> BTreeMap<UserName, Takeover> {
    let accounts = [ProvenAccount::only(account)];
    let positions = positions(&accounts);
    let roles = Roles::new(&positions);
    let targets = targets(account);
    let stale = stale_age([account]);
    let people = people(&accounts).into_iter();
    let people = people.filter(|person| users.contains(&person.user.name));
    let taken = people.filter_map(|person| {
        let permissions = person.gathered.permissions();
        let rules = Rules::new(&permissions, &targets);
        let [alone, with_code] = [Scenario::LongTermKey, Scenario::Mfa]
            .map(|scenario| user_context(account, person.user, scenario, stale))
            .map(|context| rules.settled(context));
        let sweep = rules.bind(&alone);
        let by = enrols(&sweep, &person.arn)?.by;
        let caller = Caller {
            arn: &person.arn,
            role: None,
            account: &account.id,
        };
        let before = roles.of_user(Scenario::LongTermKey, &caller, &permissions, &alone);
        let after = roles.of_user(Scenario::Mfa, &caller, &permissions, &with_code);
        let after = after.into_keys();
        let actions = rules.bind(&with_code).over_all().allowed;
        let takeover = Takeover {
            roles: after.filter(|role| !before.contains_key(role)).collect(),
            actions: actions.without(&sweep.over_all().allowed).len(),
            by,
        };
        let gains = takeover.actions > 0 || !takeover.roles.is_empty();
        gains.then(|| (person.user.name.clone(), takeover))
    });
    taken.collect()
}
