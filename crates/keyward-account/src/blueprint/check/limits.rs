//! Limits that no account can raise: sizes of documents, numbers of groups, policies and tags.
//! They are measured on what the blueprint renders to, so that what keyward adds counts too. The
//! account's own quotas, which may be lower, are checked when a plan is made. What was adopted is
//! not measured, because AWS has accepted it.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
//! Source: <https://docs.aws.amazon.com/general/latest/gr/iam-service.html>

use keyward_iam::model::{Account, Document, Grants, Tags};
use keyward_iam::size::{
    INLINE_OF_A_GROUP, INLINE_OF_A_ROLE, INLINE_OF_A_USER, MANAGED_POLICY, non_whitespace_chars,
};

use crate::blueprint::problem::Report;
use crate::blueprint::{Blueprint, Origin, Position};
use crate::desired::{ASSUME_POLICY, render_own};

/// The most of everything.
mod most {
    pub(super) const GROUPS_OF_A_USER: usize = 10;
    pub(super) const POLICIES_OF_A_USER: usize = 20;
    pub(super) const POLICIES_OF_A_GROUP: usize = 10;
    pub(super) const POLICIES_OF_A_ROLE: usize = 25;
    pub(super) const TRUST: usize = 8192;
    pub(super) const TAGS: usize = 50;
    pub(super) const AUDIENCES: usize = 100;
    pub(super) const THUMBPRINTS: usize = 5;
    pub(super) const PROVIDERS: usize = 100;
    pub(super) const USERS: usize = 5000;
    pub(super) const GROUPS: usize = 500;
    pub(super) const ROLES: usize = 10_000;
    pub(super) const POLICIES: usize = 10_000;
}

pub(super) fn check(blueprint: &Blueprint, report: &mut Report<'_>) {
    let mut own = blueprint.clone();
    own.policies.retain(|_, spec| spec.origin == Origin::Made);
    let accounts = blueprint.accounts.iter().zip(render_own(blueprint));
    for ((spec, desired), made) in accounts.zip(render_own(&own)) {
        let mut check = Check {
            blueprint,
            report,
            at: spec.id.at,
            what: match &spec.name {
                Some(name) => format!("the account `{name}`"),
                None => "the account".to_owned(),
            },
            fix: "remove some",
        };
        check.totals(&desired.account);
        check.users(&desired.account);
        check.groups(&desired.account);
        check.roles(&desired.account);
        check.policies(&desired.account);
        check.assume_policies(&made.account);
        check.providers(&desired.account);
    }
}

struct Check<'c, 't> {
    blueprint: &'c Blueprint,
    report: &'c mut Report<'t>,
    /// The position of the measured entity.
    at: Position,
    /// The name of the entity in messages.
    what: String,
    /// What to do where it has too much.
    fix: &'static str,
}

impl Check<'_, '_> {
    fn totals(&mut self, account: &Account) {
        let own = account.policies.keys().filter(|arn| !arn.is_aws_managed());
        self.at_most(own.count(), most::POLICIES, "policies");
        self.at_most(account.users.len(), most::USERS, "users");
        self.at_most(account.groups.len(), most::GROUPS, "groups");
        self.at_most(account.roles.len(), most::ROLES, "roles");
        let providers = account.oidc_providers.len();
        self.at_most(providers, most::PROVIDERS, "OIDC providers");
    }

    fn users(&mut self, account: &Account) {
        for (name, user) in &account.users {
            let spec = &self.blueprint.users[name];
            if spec.origin == Origin::Adopted {
                continue;
            }
            self.at = spec.at;
            self.what = format!("the user `{name}`");
            self.at_most(user.groups.len(), most::GROUPS_OF_A_USER, "groups");
            self.attached(&user.grants, most::POLICIES_OF_A_USER);
            self.inline(&user.grants, INLINE_OF_A_USER);
            self.tags(&user.tags);
        }
    }

    fn groups(&mut self, account: &Account) {
        for (name, group) in &account.groups {
            let spec = &self.blueprint.groups[name];
            if spec.origin == Origin::Adopted {
                continue;
            }
            self.at = spec.at;
            self.what = format!("the group `{name}`");
            let parts = group.grants.attached.iter();
            let mut parts = parts.filter(|arn| arn.policy_name().starts_with(ASSUME_POLICY));
            self.fix = match parts.next() {
                Some(_) => "make two groups, each with fewer roles under `assume`",
                None => "remove some",
            };
            self.attached(&group.grants, most::POLICIES_OF_A_GROUP);
            self.inline(&group.grants, INLINE_OF_A_GROUP);
        }
        self.fix = "remove some";
    }

    fn roles(&mut self, account: &Account) {
        for (name, role) in &account.roles {
            let spec = &self.blueprint.roles[name];
            if spec.origin == Origin::Adopted {
                continue;
            }
            self.at = spec.at;
            self.what = format!("the role `{name}`");
            self.attached(&role.grants, most::POLICIES_OF_A_ROLE);
            self.inline(&role.grants, INLINE_OF_A_ROLE);
            self.at_most(
                size(&role.trust),
                most::TRUST,
                "characters in its trust policy",
            );
            self.tags(&role.tags);
        }
    }

    /// An adopted policy may have the name of one that lists roles, but not beside it: names of
    /// policies differ whatever the path. One with the path of keyward's own policies would be in place of
    /// it, so only `made`, the account without adopted policies, shows it.
    fn assume_policies(&mut self, made: &Account) {
        let adopted = self.blueprint.policies.iter();
        let adopted = adopted.filter(|(_, spec)| spec.origin == Origin::Adopted);
        for (name, spec) in adopted {
            let mut made = made.policies.values();
            let clash = made.any(|it| {
                it.name.as_str().starts_with(ASSUME_POLICY)
                    && it.name.as_str().eq_ignore_ascii_case(name.as_str())
            });
            if clash {
                let message = format!("the name `{name}` is reserved for the roles of a group");
                let fix = "make two groups, each with fewer roles under `assume`";
                self.report.error_at(spec.at, message, fix);
            }
        }
    }

    fn policies(&mut self, account: &Account) {
        for policy in account.policies.values() {
            let Some(spec) = self.blueprint.policies.get(&policy.name) else {
                continue;
            };
            if spec.origin == Origin::Adopted {
                continue;
            }
            self.at = spec.at;
            self.what = format!("the policy `{}`", policy.name);
            self.at_most(size(&policy.document), MANAGED_POLICY, "characters");
            self.tags(&policy.tags);
        }
    }

    /// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html>
    fn providers(&mut self, account: &Account) {
        for (issuer, provider) in &account.oidc_providers {
            let Some(spec) = self.blueprint.oidc_providers.get(issuer) else {
                continue;
            };
            if spec.origin == Origin::Adopted {
                continue;
            }
            self.at = spec.at;
            self.what = format!("the provider `{issuer}`");
            self.at_most(provider.audiences.len(), most::AUDIENCES, "audiences");
            self.at_most(provider.thumbprints.len(), most::THUMBPRINTS, "thumbprints");
            self.tags(&provider.tags);
        }
    }

    fn attached(&mut self, grants: &Grants, most: usize) {
        self.at_most(grants.attached.len(), most, "managed policies");
    }

    fn inline(&mut self, grants: &Grants, most: usize) {
        let characters = grants.inline.values().map(size).sum();
        self.at_most(characters, most, "characters in its inline policies");
    }

    fn tags(&mut self, tags: &Tags) {
        self.at_most(tags.len(), most::TAGS, "tags");
    }

    fn at_most(&mut self, count: usize, most: usize, of: &str) {
        if count > most {
            let message = format!("{} has {count} {of}, and AWS accepts {most}", self.what);
            self.report.error_at(self.at, message, self.fix);
        }
    }
}

fn size(document: &Document) -> usize {
    non_whitespace_chars(&document.to_json())
}
