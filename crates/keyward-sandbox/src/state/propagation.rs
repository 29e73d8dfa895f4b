//! New entities that have not propagated yet. During a call that comes too early they are withheld
//! from their account and restored afterwards, so that no action needs to know about propagation.
//! Only their names stay taken.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>

use std::collections::BTreeSet;
use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::id::AccountId;

use super::{
    Account, Accounts, EntityKind, Group, InstanceProfile, ManagedPolicy, OidcProvider, Role, User,
};

/// The time for which a new entity stays unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HiddenFor {
    /// To this many of the API calls that follow, from any caller.
    Calls(u32),
    /// Until the practice account's clock has moved on so far.
    Time(Duration),
}

/// An entity by what its account keeps it under: its name, or its ARN.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    account: AccountId,
    kind: EntityKind,
    name: String,
}

#[derive(Debug, Clone, Copy)]
enum Until {
    Calls(u32),
    Time(Timestamp),
}

/// All entities that have not propagated yet.
#[derive(Debug, Default)]
pub(crate) struct Propagation(Vec<(Key, Until)>);

/// Entities that one call does not see.
#[derive(Debug, Default)]
pub(crate) struct Withheld(Vec<(AccountId, Entity)>);

#[derive(Debug)]
enum Entity {
    User(Box<User>),
    Group(Group),
    Role(Box<Role>),
    Policy(Box<ManagedPolicy>),
    OidcProvider(OidcProvider),
    InstanceProfile(InstanceProfile),
}

impl Propagation {
    /// Withholds what has not propagated by the call of this moment.
    pub(crate) fn withhold(&mut self, accounts: &mut Accounts, now: Timestamp) -> Withheld {
        self.0.retain(|(_, until)| match until {
            Until::Calls(left) => *left > 0,
            Until::Time(at) => *at > now,
        });
        let mut withheld = Withheld::default();
        for (key, until) in &mut self.0 {
            if let Until::Calls(left) = until {
                *left -= 1;
            }
            let Some(account) = accounts.account_mut(&key.account) else {
                continue;
            };
            if let Some(entity) = take(account, key) {
                account.reserved.insert((key.kind, entity.name()));
                withheld.0.push((key.account.clone(), entity));
            }
        }
        withheld
    }

    /// Hides the entities that were not there before the call.
    pub(crate) fn hide_new(
        &mut self,
        before: &BTreeSet<Key>,
        accounts: &Accounts,
        hidden: HiddenFor,
        now: Timestamp,
    ) {
        let until = match hidden {
            HiddenFor::Calls(calls) => Until::Calls(calls),
            HiddenFor::Time(time) => Until::Time(now.after(time)),
        };
        let new = keys(accounts)
            .into_iter()
            .filter(|key| !before.contains(key));
        self.0.extend(new.map(|key| (key, until)));
    }
}

impl Withheld {
    /// Puts everything back.
    pub(crate) fn restore(self, accounts: &mut Accounts) {
        for (id, entity) in self.0 {
            if let Some(account) = accounts.account_mut(&id) {
                account.reserved.clear();
                put(account, entity);
            }
        }
    }
}

/// Everything that can be hidden, as it is now.
pub(crate) fn keys(accounts: &Accounts) -> BTreeSet<Key> {
    let of = |account: &Account| {
        let key = |kind: EntityKind, name: String| Key {
            account: account.id.clone(),
            kind,
            name,
        };
        let users = account.users.keys();
        let mut keys: Vec<Key> = users
            .map(|name| key(EntityKind::User, name.to_string()))
            .collect();
        for (kind, names) in [
            (EntityKind::Group, account.groups.keys().collect::<Vec<_>>()),
            (EntityKind::Role, account.roles.keys().collect()),
            (EntityKind::Policy, account.policies.keys().collect()),
            (
                EntityKind::OidcProvider,
                account.oidc_providers.keys().collect(),
            ),
            (
                EntityKind::InstanceProfile,
                account.instance_profiles.keys().collect(),
            ),
        ] {
            keys.extend(names.into_iter().map(|name| key(kind, name.clone())));
        }
        keys
    };
    accounts.iter().flat_map(of).collect()
}

fn take(account: &mut Account, key: &Key) -> Option<Entity> {
    let name = key.name.as_str();
    match key.kind {
        EntityKind::User => {
            let user = account.users.remove(&name.parse().ok()?)?;
            Some(Entity::User(Box::new(user)))
        }
        EntityKind::Group => account.groups.remove(name).map(Entity::Group),
        EntityKind::Role => Some(Entity::Role(Box::new(account.roles.remove(name)?))),
        EntityKind::Policy => Some(Entity::Policy(Box::new(account.policies.remove(name)?))),
        EntityKind::OidcProvider => account
            .oidc_providers
            .remove(name)
            .map(Entity::OidcProvider),
        EntityKind::InstanceProfile => {
            let profile = account.instance_profiles.remove(name)?;
            Some(Entity::InstanceProfile(profile))
        }
    }
}

fn put(account: &mut Account, entity: Entity) {
    match entity {
        Entity::User(user) => {
            account.users.insert(user.name.clone(), *user);
        }
        Entity::Group(group) => {
            account.groups.insert(group.name.clone(), group);
        }
        Entity::Role(role) => {
            account.roles.insert(role.name.clone(), *role);
        }
        Entity::Policy(policy) => {
            account.policies.insert(policy.arn.clone(), *policy);
        }
        Entity::OidcProvider(provider) => {
            account
                .oidc_providers
                .insert(provider.arn.clone(), provider);
        }
        Entity::InstanceProfile(profile) => {
            account
                .instance_profiles
                .insert(profile.name.clone(), profile);
        }
    }
}

impl Entity {
    /// The name that is unique among its kind.
    fn name(&self) -> String {
        match self {
            Self::User(user) => user.name.to_string(),
            Self::Group(group) => group.name.clone(),
            Self::Role(role) => role.name.clone(),
            Self::Policy(policy) => policy.name.clone(),
            Self::OidcProvider(provider) => provider.arn.clone(),
            Self::InstanceProfile(profile) => profile.name.clone(),
        }
    }
}
