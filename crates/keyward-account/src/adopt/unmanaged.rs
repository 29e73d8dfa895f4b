//! The entities of an account that a blueprint cannot hold, with the reasons. A user whose group is
//! left out is left out too, and the other way round, because a blueprint that listed one without
//! the other would remove the user from the group.

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::id::{GroupName, OidcIssuer, PolicyArn, RoleName, UserName};
use keyward_iam::model::{Account, Document, Grants};

use super::{Source, Unmanaged};
use crate::ownership::{
    BlueprintName, GROUP_POLICY, blueprint_of, blueprint_of_group, blueprint_of_policy,
};
use crate::stacks::marked_region;

/// The entities that are left out, with the reasons.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    /// The blueprints that made some of them.
    makers: BTreeSet<BlueprintName>,
    pub(super) users: BTreeMap<UserName, String>,
    pub(super) groups: BTreeMap<GroupName, String>,
    pub(super) roles: BTreeMap<RoleName, String>,
    pub(super) policies: BTreeMap<PolicyArn, String>,
    pub(super) providers: BTreeMap<OidcIssuer, String>,
}

impl LeftOut {
    pub(super) fn of(account: &Account) -> Self {
        let mut left = Self::default();
        let own = account.policies.values();
        for policy in own.filter(|policy| !policy.arn.is_aws_managed()) {
            let maker = left.made_by(blueprint_of_policy(&policy.path));
            let marker = || {
                let region = marked_region(&policy.path)?;
                Some(format!("it belongs to a stack of keyward in {region}"))
            };
            let maker = maker.or_else(marker);
            if let Some(why) = maker.or_else(|| unread("its document", &policy.document)) {
                left.policies.insert(policy.arn.clone(), why);
            }
        }
        for (name, group) in &account.groups {
            let maker = left.made_by(blueprint_of_group(group));
            let why = maker
                .or_else(|| reserved(&group.grants))
                .or_else(|| unread_inline(&group.grants));
            if let Some(why) = why {
                left.groups.insert(name.clone(), why);
            }
        }
        for (name, role) in &account.roles {
            let aws = role
                .is_aws_owned()
                .then(|| "AWS owns it, and the account cannot change it".to_owned());
            let maker = left.made_by(blueprint_of(&role.tags));
            let why = aws
                .or(maker)
                .or_else(|| unread("its trust policy", &role.trust))
                .or_else(|| unread_inline(&role.grants));
            if let Some(why) = why {
                left.roles.insert(name.clone(), why);
            }
        }
        for (name, user) in &account.users {
            let maker = left.made_by(blueprint_of(&user.tags));
            if let Some(why) = maker.or_else(|| unread_inline(&user.grants)) {
                left.users.insert(name.clone(), why);
            }
        }
        for (issuer, provider) in &account.oidc_providers {
            if let Some(why) = left.made_by(blueprint_of(&provider.tags)) {
                left.providers.insert(issuer.clone(), why);
            }
        }
        while left.spread(account) {}
        left
    }

    /// Leaves out the users of groups that are left out, and the groups of users that are. A
    /// user that another blueprint made may stay in a group, because plans leave it there.
    fn spread(&mut self, account: &Account) -> bool {
        let before = (self.users.len(), self.groups.len());
        for (name, user) in &account.users {
            let mut groups = user.groups.iter();
            let missing = groups.find(|group| {
                self.groups.contains_key(*group) || !account.groups.contains_key(*group)
            });
            if let Some(group) = missing {
                let why = format!("its group `{group}` is not in this file");
                self.users.entry(name.clone()).or_insert(why);
            }
            if self.users.contains_key(name) && blueprint_of(&user.tags).is_none() {
                for group in user
                    .groups
                    .iter()
                    .filter(|it| account.groups.contains_key(*it))
                {
                    let why = format!("its member `{name}` is not in this file");
                    self.groups.entry(group.clone()).or_insert(why);
                }
            }
        }
        before != (self.users.len(), self.groups.len())
    }

    fn made_by(&mut self, maker: Option<BlueprintName>) -> Option<String> {
        let maker = maker?;
        let why = format!("the blueprint named `{maker}` made it");
        self.makers.insert(maker);
        Some(why)
    }

    /// A name for the new blueprint that no other one has: otherwise it would treat their entities
    /// as its own, and remove them.
    pub(super) fn free_name(&self) -> BlueprintName {
        let names = std::iter::once("adopted".to_owned());
        let mut names = names.chain((2..).map(|number| format!("adopted{number}")));
        let names = names.by_ref().map(|name| {
            name.parse::<BlueprintName>()
                .expect("a word and a number are a name")
        });
        let mut free = names.filter(|name| !self.makers.contains(name));
        free.next().expect("numbers do not run out")
    }

    /// Everything that is left out, for people.
    pub(super) fn list(&self, account: &Account, source: Source) -> Vec<Unmanaged> {
        let mut list = settings(account, source);
        let users = self
            .users
            .iter()
            .map(|(name, why)| (format!("user {name}"), why));
        let groups = self
            .groups
            .iter()
            .map(|(name, why)| (format!("group {name}"), why));
        let roles = self
            .roles
            .iter()
            .map(|(name, why)| (format!("role {name}"), why));
        let policies = self.policies.iter().map(|(arn, why)| {
            let what = format!("policy {}", arn.policy_name());
            (what, why)
        });
        let providers = self.providers.iter().map(|(issuer, why)| {
            let what = format!("identity provider {issuer}");
            (what, why)
        });
        let entities = users.chain(groups).chain(roles).chain(policies);
        let entities = entities.chain(providers);
        list.extend(entities.map(|(what, why)| item(what, why)));
        list
    }
}

/// The settings that do not belong to one entity.
fn settings(account: &Account, source: Source) -> Vec<Unmanaged> {
    let mut list = vec![item(
        "passwords, access keys and MFA devices".to_owned(),
        "keyward issues first credentials to new users, and leaves existing ones alone",
    )];
    if account
        .roles
        .values()
        .any(|role| !role.instance_profiles.is_empty())
    {
        list.push(item(
            "instance profiles".to_owned(),
            "a blueprint does not describe them",
        ));
    }
    let absent = match source {
        Source::Details => "the authorization details do not hold it",
        Source::Live => "the account has none",
    };
    if account.alias.is_none() {
        list.push(item("account alias".to_owned(), absent));
    }
    if account.password_policy.is_none() {
        list.push(item("password policy".to_owned(), absent));
    }
    if source == Source::Details {
        list.push(item("longest sessions of roles".to_owned(), absent));
        list.push(item("descriptions of roles".to_owned(), absent));
        list.push(item("identity providers".to_owned(), absent));
    }
    list
}

fn item(what: String, why: &str) -> Unmanaged {
    Unmanaged {
        what,
        why: why.to_owned(),
    }
}

/// Returns why a group stays unmanaged: its inline policy has the name of keyward's mark, and no
/// blueprint made it.
fn reserved(grants: &Grants) -> Option<String> {
    let mut names = grants.inline.keys();
    let name = names.find(|name| name.as_str().eq_ignore_ascii_case(GROUP_POLICY))?;
    Some(format!("its inline policy `{name}` has a reserved name"))
}

fn unread_inline(grants: &Grants) -> Option<String> {
    let mut inline = grants.inline.iter();
    inline.find_map(|(name, document)| unread(&format!("its inline policy `{name}`"), document))
}

fn unread(what: &str, document: &Document) -> Option<String> {
    match document {
        Document::Read(_) => None,
        Document::Unread { problem, .. } => {
            let problem = problem.lines().next().unwrap_or_default();
            Some(format!("{what} cannot be read: {problem}"))
        }
    }
}
