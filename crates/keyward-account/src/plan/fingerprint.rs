//! The inputs of a plan, as digests: one for each setting and entity that the blueprint describes
//! or made, with the members of groups and the holders of policies, and one for each other policy
//! of the account that the blueprint uses. A saved plan is stale once one of them differs.

mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use keyward_core::id::{AccountId, PolicyArn, UserName};
use keyward_iam::model::{Account, Tags};

use self::text::Text;
use super::index::{Index, fold};
use super::open_secrets::credentials_needed;
use crate::desired::Desired;
use crate::ownership::{
    BlueprintName, blueprint_of, blueprint_of_group, blueprint_of_policy, blueprint_of_stack,
};
use crate::snapshot::Snapshot;
use crate::stacks::StackPlace;

/// The digests of everything that a plan looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    pub(super) account: AccountId,
    pub(super) blueprint: BlueprintName,
    pub(super) seen: BTreeMap<Seen, Digest>,
}

/// One thing that a plan looked at, by a name in small letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    pub(super) kind: SeenKind,
    pub(super) name: String,
}

/// The kinds of things that a plan looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SeenKind {
    Alias,
    PasswordPolicy,
    Group,
    OidcProvider,
    Policy,
    /// A policy of the account that the blueprint attaches, or sets as a boundary, and does not describe.
    UsedPolicy,
    Role,
    User,
    Credentials,
    Stack,
}

/// A SHA-256 digest in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digest(pub(super) String);

/// The account is no longer as it was when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StalePlan {
    /// The plan is about another account.
    #[error("the plan was made for account `{planned}`, and this is account `{found}`")]
    OtherAccount {
        /// The account of the plan.
        planned: AccountId,
        /// The account of the snapshot.
        found: AccountId,
    },
    /// Something is different.
    #[error("the account has changed since the plan was made ({0}): plan again")]
    Changed(String),
    /// The public key of a person, to which a secret is encrypted, is another one.
    #[error("the public key of user `{0}` has changed since the plan was made: plan again")]
    OtherKey(UserName),
    /// The blueprint in the file results in another plan.
    #[error("its steps are not those of its blueprint ({0})")]
    OtherSteps(String),
}

impl Fingerprint {
    pub(super) fn new(desired: &Desired, snapshot: &Snapshot) -> Self {
        let mut scope = described(desired);
        let needed = credentials_needed(desired, snapshot);
        for user in needed {
            scope.insert(seen(SeenKind::Credentials, &user));
        }
        Self {
            account: snapshot.account.id.clone(),
            blueprint: desired.blueprint.clone(),
            seen: digests(scope, &desired.blueprint, snapshot),
        }
    }

    /// The users whose credentials must be read before [`Fingerprint::check`].
    pub fn credentials(&self) -> impl Iterator<Item = UserName> + '_ {
        let seen = self.seen.keys();
        seen.filter(|seen| seen.kind == SeenKind::Credentials)
            .filter_map(|seen| seen.name.parse().ok())
    }

    /// The stacks that must be read before [`Fingerprint::check`].
    pub fn stacks(&self) -> impl Iterator<Item = StackPlace> + '_ {
        let seen = self.seen.keys();
        seen.filter(|seen| seen.kind == SeenKind::Stack)
            .filter_map(|seen| seen.name.parse().ok())
    }

    /// Whether the account is still as it was.
    ///
    /// # Errors
    /// What is different.
    pub fn check(&self, snapshot: &Snapshot) -> Result<(), StalePlan> {
        let found = &snapshot.account.id;
        if *found != self.account {
            return Err(StalePlan::OtherAccount {
                planned: self.account.clone(),
                found: found.clone(),
            });
        }
        let scope = self.seen.keys().cloned().collect();
        let now = digests(scope, &self.blueprint, snapshot);
        let keys: BTreeSet<&Seen> = now.keys().chain(self.seen.keys()).collect();
        let mut changed = keys
            .into_iter()
            .filter(|key| now.get(key) != self.seen.get(key));
        match changed.next() {
            None => Ok(()),
            Some(first) => Err(StalePlan::Changed(match changed.count() {
                0 => first.to_string(),
                more => format!("{first} and {more} more"),
            })),
        }
    }
}

/// The settings and entities that the blueprint describes.
fn described(desired: &Desired) -> BTreeSet<Seen> {
    let account = &desired.account;
    let alias = account.alias.iter().map(|_| seen(SeenKind::Alias, &""));
    let passwords = account.password_policy.iter();
    let passwords = passwords.map(|_| seen(SeenKind::PasswordPolicy, &""));
    let users = account.users.keys().map(|it| seen(SeenKind::User, it));
    let groups = account.groups.keys().map(|it| seen(SeenKind::Group, it));
    let roles = account.roles.keys().map(|it| seen(SeenKind::Role, it));
    let policies = account.policies.values();
    let policies = policies.filter(|it| !it.arn.is_aws_managed());
    let policies = policies.map(|it| seen(SeenKind::Policy, &it.name));
    let used = used_policies(account).filter(|arn| !account.policies.contains_key(*arn));
    let used = used.map(|arn| seen(SeenKind::UsedPolicy, &arn.policy_name()));
    let providers = account.oidc_providers.keys();
    let providers = providers.map(|it| seen(SeenKind::OidcProvider, it));
    let stacks = desired.stacks.iter();
    let stacks = stacks.map(|it| seen(SeenKind::Stack, &it.place));
    alias
        .chain(stacks)
        .chain(passwords)
        .chain(users)
        .chain(groups)
        .chain(roles)
        .chain(policies)
        .chain(used)
        .chain(providers)
        .collect()
}

/// The customer-managed policies that users, groups and roles hold.
fn used_policies(account: &Account) -> impl Iterator<Item = &PolicyArn> {
    let users = account.users.values().map(|it| &it.grants);
    let groups = account.groups.values().map(|it| &it.grants);
    let roles = account.roles.values().map(|it| &it.grants);
    let all = users.chain(groups).chain(roles);
    all.flat_map(|grants| grants.attached.iter().chain(&grants.boundary))
        .filter(|arn| !arn.is_aws_managed())
}

/// The digests of what is in scope, and of everything that the blueprint made.
fn digests(
    mut scope: BTreeSet<Seen>,
    blueprint: &BlueprintName,
    snapshot: &Snapshot,
) -> BTreeMap<Seen, Digest> {
    let account = &snapshot.account;
    let ours = |tags: &Tags| blueprint_of(tags).as_ref() == Some(blueprint);
    let groups = account.groups.values();
    let groups = groups.filter(|it| blueprint_of_group(it).as_ref() == Some(blueprint));
    scope.extend(groups.map(|it| seen(SeenKind::Group, &it.name)));
    let users = account.users.values().filter(|it| ours(&it.tags));
    scope.extend(users.map(|it| seen(SeenKind::User, &it.name)));
    let roles = account.roles.values().filter(|it| ours(&it.tags));
    scope.extend(roles.map(|it| seen(SeenKind::Role, &it.name)));
    let policies = account.policies.values();
    let policies = policies.filter(|it| blueprint_of_policy(&it.path).as_ref() == Some(blueprint));
    scope.extend(policies.map(|it| seen(SeenKind::Policy, &it.name)));
    let providers = account.oidc_providers.values().filter(|it| ours(&it.tags));
    scope.extend(providers.map(|it| seen(SeenKind::OidcProvider, &it.issuer)));
    let stacks = snapshot.stacks.iter();
    let stacks = stacks.filter(|(_, it)| blueprint_of_stack(&it.tags).as_ref() == Some(blueprint));
    scope.extend(stacks.map(|(place, _)| seen(SeenKind::Stack, place)));
    let index = Index::new(snapshot);
    scope
        .into_iter()
        .map(|seen| {
            let digest = digest(&seen, &index, snapshot);
            (seen, digest)
        })
        .collect()
}

fn seen(kind: SeenKind, name: &impl ToString) -> Seen {
    // Users are looked up by name when their credentials are read, so theirs keep the spelling.
    let name = match kind {
        SeenKind::Credentials | SeenKind::OidcProvider | SeenKind::Stack => name.to_string(),
        _ => fold(name),
    };
    Seen { kind, name }
}

fn digest(seen: &Seen, index: &Index, snapshot: &Snapshot) -> Digest {
    let account = &snapshot.account;
    let mut text = Text::default();
    match seen.kind {
        SeenKind::Alias => text.words(account.alias.iter()),
        SeenKind::PasswordPolicy => text.password_policy(account.password_policy.as_ref()),
        SeenKind::Group => {
            let live = index.groups.get(&seen.name);
            if let Some(group) = live.and_then(|name| account.groups.get(name)) {
                text.group(group);
                text.words(index.members.get(&group.name).into_iter().flatten());
            }
        }
        SeenKind::OidcProvider => {
            let issuer = seen.name.parse().ok();
            if let Some(provider) = issuer.and_then(|it| account.oidc_providers.get(&it)) {
                text.provider(provider);
            }
        }
        SeenKind::Policy => {
            let live = index.policies.get(&seen.name);
            if let Some(policy) = live.and_then(|arn| account.policies.get(arn)) {
                text.policy(policy);
                text.holders(index, policy);
            }
        }
        // Other holders of the policy do not concern the plan.
        SeenKind::UsedPolicy => {
            let live = index.policies.get(&seen.name);
            if let Some(policy) = live.and_then(|arn| account.policies.get(arn)) {
                text.word(policy.arn.as_str());
                text.document(&policy.document);
            }
        }
        SeenKind::Role => {
            let live = index.roles.get(&seen.name);
            if let Some(role) = live.and_then(|name| account.roles.get(name)) {
                text.role(role);
            }
        }
        SeenKind::User => {
            let live = index.users.get(&seen.name);
            if let Some(user) = live.and_then(|name| account.users.get(name)) {
                text.user(user);
            }
        }
        SeenKind::Credentials => {
            let user: Option<UserName> = seen.name.parse().ok();
            text.credentials(user.and_then(|user| snapshot.credentials.get(&user)));
        }
        SeenKind::Stack => {
            let place = seen.name.parse().ok();
            if let Some(stack) = place.and_then(|place| snapshot.stacks.get(&place)) {
                text.stack(stack);
            }
        }
    }
    text.digest(account)
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match self.kind {
            SeenKind::Alias => f.write_str("the alias"),
            SeenKind::PasswordPolicy => f.write_str("the password policy"),
            SeenKind::Group => write!(f, "group `{name}`"),
            SeenKind::OidcProvider => write!(f, "identity provider `{name}`"),
            SeenKind::Policy | SeenKind::UsedPolicy => write!(f, "policy `{name}`"),
            SeenKind::Role => write!(f, "role `{name}`"),
            SeenKind::User => write!(f, "user `{name}`"),
            SeenKind::Credentials => write!(f, "the credentials of user `{name}`"),
            SeenKind::Stack => write!(f, "stack `{name}`"),
        }
    }
}
