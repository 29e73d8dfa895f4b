//! The users of a practice account that have keys, and its root user if that has one: a profile
//! each, and what the vault holds of them. Roles have profiles only if the practice user plays; elsewhere `assume` names them.

use std::collections::BTreeSet;

use keyward_core::id::{AccountId, MfaSerial, PrincipalArn, ProfileName};
use keyward_sandbox::{AccessKey, Account, Accounts, KeyStatus, Owner, Root, User};
use keyward_vault::LongLivedKey;

/// A user with a key.
pub(super) struct Person {
    profile: ProfileName,
    key: AccessKey,
    arn: Option<PrincipalArn>,
    account: AccountId,
    serial: Option<MfaSerial>,
}

/// Each person with a working key.
pub(super) fn of(accounts: &Accounts) -> Vec<Person> {
    let mut taken = BTreeSet::new();
    let mut people = Vec::new();
    for account in accounts.iter() {
        people.extend(root(account, &mut taken));
        for user in account.users.values() {
            people.extend(person(account, user, &mut taken));
        }
    }
    people
}

fn root(account: &Account, taken: &mut BTreeSet<String>) -> Option<Person> {
    let mut keys = account.root.keys.iter();
    let key = keys.find(|key| key.status == KeyStatus::Active)?;
    let mut devices = account.devices.values();
    let serial = devices
        .find(|device| device.owner == Some(Owner::Root))
        .map(|device| device.serial.clone());
    Some(Person {
        profile: profile("root".to_owned(), account, taken)?,
        key: key.clone(),
        arn: Root::arn(&account.id).parse().ok(),
        account: account.id.clone(),
        serial,
    })
}

/// A profile's name; where another account has taken it, with the account behind it.
fn profile(plain: String, account: &Account, taken: &mut BTreeSet<String>) -> Option<ProfileName> {
    let name = match taken.insert(plain.clone()) {
        true => plain,
        false => format!("{plain}-{}", account.id),
    };
    name.parse().ok()
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
            // `,` and `=` are valid in user names but not in profile names.
            '=' | ',' => '-',
            c => c,
        })
        .collect();
    let mut devices = account.devices.values();
    let serial = devices
        .find(|device| device.is_of(&user.name))
        .map(|device| device.serial.clone());
    Some(Person {
        profile: profile(plain, account, taken)?,
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
    /// Returns the key for the vault. The account says when it made the key.
    pub(super) fn into_key(self) -> LongLivedKey {
        let AccessKey {
            id,
            secret,
            created,
            ..
        } = self.key;
        let mut key = LongLivedKey::new(self.profile, id, secret, created);
        key.user_arn = self.arn;
        key.account_id = Some(self.account);
        key.mfa_serial = self.serial;
        key
    }
}
