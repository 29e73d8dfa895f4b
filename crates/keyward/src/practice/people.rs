//! The users of a practice account that have keys: a profile each, and what the vault holds of
//! them. Roles have profiles only where the practice user plays; elsewhere `assume` names them.

use std::collections::BTreeSet;

use keyward_core::Timestamp;
use keyward_core::id::{AccountId, MfaSerial, PrincipalArn, ProfileName};
use keyward_sandbox::{AccessKey, Account, Accounts, KeyStatus, User};
use keyward_vault::LongLivedKey;

/// A user with a key.
pub(super) struct Person {
    profile: ProfileName,
    key: AccessKey,
    arn: Option<PrincipalArn>,
    account: AccountId,
    serial: Option<MfaSerial>,
}

/// Everybody who has a key that works.
pub(super) fn of(accounts: &Accounts) -> Vec<Person> {
    let mut taken = BTreeSet::new();
    let mut people = Vec::new();
    for account in accounts.iter() {
        for user in account.users.values() {
            people.extend(person(account, user, &mut taken));
        }
    }
    people
}

fn person(account: &Account, user: &User, taken: &mut BTreeSet<String>) -> Option<Person> {
    let key = user
        .keys
        .iter()
        .find(|key| key.status == KeyStatus::Active)?;
    let plain: String = user
        .name
        .as_str()
        .chars()
        .map(|c| match c {
            // Two characters of users' names are none of profiles'.
            '=' | ',' => '-',
            c => c,
        })
        .collect();
    let name = match taken.insert(plain.clone()) {
        true => plain,
        false => format!("{plain}-{}", account.id),
    };
    let mut devices = account.devices.values();
    let serial = devices
        .find(|device| device.owner.as_ref() == Some(&user.name))
        .map(|device| device.serial.clone());
    Some(Person {
        profile: name.parse().ok()?,
        key: key.clone(),
        arn: user.arn(&account.id).parse().ok(),
        account: account.id.clone(),
        serial,
    })
}

/// The home's config file.
pub(super) fn config(people: &[Person]) -> String {
    let plays = |person: &&Person| {
        person.profile.as_str() == super::USER && person.key.id.as_str() == super::ACCESS_KEY_ID
    };
    let mut text = match people.iter().find(plays) {
        Some(_) => super::CONFIG.to_owned(),
        None => String::new(),
    };
    for person in people.iter().filter(|person| !plays(person)) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!(
            "[profile {}]\nregion = eu-central-1\n",
            person.profile
        ));
        if let Some(serial) = &person.serial {
            text.push_str(&format!("mfa_serial = {serial}\n"));
        }
    }
    text
}

impl Person {
    /// What the vault holds.
    pub(super) fn into_key(self, now: Timestamp) -> LongLivedKey {
        let AccessKey { id, secret, .. } = self.key;
        let mut key = LongLivedKey::new(self.profile, id, secret, now);
        key.user_arn = self.arn;
        key.account_id = Some(self.account);
        key.mfa_serial = self.serial;
        key
    }
}
