//! Writes the blueprint: settings, then policies, groups, roles and users, each as it is, and
//! what is left out at the end.

use std::collections::BTreeSet;
use std::time::Duration;

use keyward_core::id::{PolicyArn, ProfileName};
use keyward_iam::Policy;
use keyward_iam::catalogue::managed;
use keyward_iam::model::{
    Account, Document, Grants, Group, ManagedPolicy, OidcProvider, PasswordPolicy, Role, Tags, User,
};
use serde_json::Value;

use super::Unmanaged;
use super::toml::{key, lines, list, string};
use super::unmanaged::LeftOut;

/// The beginning of every adopted blueprint.
const HEAD: &str = "\
#:schema ./keyward-blueprint.schema.json
#
# The account as it was when this file was made. `keyward account plan` finds nothing to change
# until you edit it.
#
# Entities with `adopted` existed before this file. keyward keeps them as described here, does not
# mark them, and does not destroy them. It makes and marks the entities that you add without
# `adopted`, and removes them when you remove them here. The table at the end lists what keyward
# does not manage.
";

const SELF_SERVICE: &str = "
# Nothing is added to your users yet. To let them enrol MFA devices, and to deny everything else
# to them until they use one, remove this table. The plan says whom that stops.
[self_service]
enabled = false
";

pub(super) fn blueprint(
    account: &Account,
    profile: Option<&ProfileName>,
    left_out: &LeftOut,
    unmanaged: &[Unmanaged],
) -> String {
    let mut writer = Writer {
        account,
        left_out,
        own: BTreeSet::new(),
        text: HEAD.to_owned(),
    };
    let own = account.policies.keys().filter(|arn| writer.is_own(arn));
    writer.own = own.map(PolicyArn::policy_name).collect();
    writer.settings(profile);
    writer.providers();
    writer.policies();
    writer.groups();
    writer.roles();
    writer.users();
    writer.unmanaged(unmanaged);
    writer.text
}

struct Writer<'a> {
    account: &'a Account,
    left_out: &'a LeftOut,
    /// The names of the policies that the file describes.
    own: BTreeSet<&'a str>,
    text: String,
}

impl Writer<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn table(&mut self, kind: &str, name: &str) {
        self.line(&format!("\n[{kind}.{}]", key(name)));
        self.line("adopted = true");
    }

    fn entry(&mut self, name: &str, value: &str) {
        self.line(&format!("{} = {value}", key(name)));
    }

    fn settings(&mut self, profile: Option<&ProfileName>) {
        self.line("\nversion = 1");
        self.entry("name", &string(self.left_out.free_name().as_str()));
        self.line("\n[account]");
        self.entry("id", &string(self.account.id.as_str()));
        if self.account.partition != "aws" {
            self.entry("partition", &string(&self.account.partition));
        }
        if let Some(alias) = &self.account.alias {
            self.entry("alias", &string(alias.as_str()));
        }
        if let Some(profile) = profile {
            self.entry("profile", &string(profile.as_str()));
        }
        self.line("adopted = true");
        if let Some(policy) = &self.account.password_policy {
            self.password_policy(policy);
        }
        self.text.push_str(SELF_SERVICE);
    }

    fn password_policy(&mut self, policy: &PasswordPolicy) {
        let PasswordPolicy {
            minimum_length,
            symbols,
            numbers,
            uppercase,
            lowercase,
            users_may_change,
            max_age_days,
            reuse_prevention,
            hard_expiry,
        } = policy;
        self.line("\n[password_policy]");
        self.entry("min_length", &minimum_length.to_string());
        for (name, requirement) in [
            ("require_symbols", symbols),
            ("require_numbers", numbers),
            ("require_uppercase", uppercase),
            ("require_lowercase", lowercase),
            ("users_may_change", users_may_change),
            ("hard_expiry", hard_expiry),
        ] {
            self.entry(name, &requirement.is_on().to_string());
        }
        if let Some(days) = max_age_days {
            self.entry("max_age_days", &days.to_string());
        }
        let reuse = reuse_prevention.unwrap_or(0);
        self.entry("reuse_prevention", &reuse.to_string());
    }

    fn providers(&mut self) {
        for (issuer, provider) in &self.account.oidc_providers {
            if self.left_out.providers.contains_key(issuer) {
                continue;
            }
            let OidcProvider {
                audiences,
                thumbprints,
                tags,
                ..
            } = provider;
            self.table("oidc_providers", issuer.as_str());
            self.entry("audiences", &list(audiences));
            if !thumbprints.is_empty() {
                self.entry("thumbprints", &list(thumbprints));
            }
            self.tags(tags);
        }
    }

    fn policies(&mut self) {
        for policy in self.account.policies.values() {
            if !self.is_own(&policy.arn) {
                continue;
            }
            let ManagedPolicy { name, path, .. } = policy;
            self.table("policies", name.as_str());
            self.path(path.as_str());
            if let Document::Read(document) = &policy.document {
                self.entry("document", &json(document));
            }
        }
    }

    fn groups(&mut self) {
        for (name, group) in &self.account.groups {
            if self.left_out.groups.contains_key(name) {
                continue;
            }
            let Group { path, grants, .. } = group;
            self.table("groups", name.as_str());
            self.path(path.as_str());
            self.attached(grants);
            self.inline("groups", name.as_str(), grants);
        }
    }

    fn roles(&mut self) {
        for (name, role) in &self.account.roles {
            if self.left_out.roles.contains_key(name) {
                continue;
            }
            self.role(role);
        }
    }

    fn role(&mut self, role: &Role) {
        let name = role.name.as_str();
        self.table("roles", name);
        self.path(role.path.as_str());
        if let Some(description) = &role.description {
            self.entry("description", &string(description));
        }
        if let Some(longest) = role.max_session {
            self.entry("max_session", &string(&duration(longest)));
        }
        self.attached(&role.grants);
        if let Document::Read(trust) = &role.trust {
            self.entry("trust", &json(trust));
        }
        self.tags(&role.tags);
        self.inline("roles", name, &role.grants);
    }

    fn users(&mut self) {
        for (name, user) in &self.account.users {
            if self.left_out.users.contains_key(name) {
                continue;
            }
            let User {
                path,
                groups,
                grants,
                tags,
                ..
            } = user;
            self.table("users", name.as_str());
            self.path(path.as_str());
            if !groups.is_empty() {
                self.entry("groups", &list(groups.iter().map(|group| group.as_str())));
            }
            self.attached(grants);
            self.tags(tags);
            self.inline("users", name.as_str(), grants);
        }
    }

    fn unmanaged(&mut self, unmanaged: &[Unmanaged]) {
        self.line("\n# What this blueprint does not manage, and why. Nothing reads this table.");
        self.line("[unmanaged]");
        for Unmanaged { what, why } in unmanaged {
            self.entry(what, &string(why));
        }
    }

    fn path(&mut self, path: &str) {
        if path != "/" {
            self.entry("path", &string(path));
        }
    }

    fn attached(&mut self, grants: &Grants) {
        if !grants.attached.is_empty() {
            let names = grants.attached.iter().map(|arn| self.policy_name(arn));
            let names = list(names);
            self.entry("managed", &names);
        }
        if let Some(boundary) = &grants.boundary {
            let name = string(&self.policy_name(boundary));
            self.entry("boundary", &name);
        }
    }

    /// The embedded policies, in a table of their own, which must come last.
    fn inline(&mut self, kind: &str, holder: &str, grants: &Grants) {
        if grants.inline.is_empty() {
            return;
        }
        self.line(&format!("[{kind}.{}.inline]", key(holder)));
        for (name, document) in &grants.inline {
            if let Document::Read(policy) = document {
                self.entry(name.as_str(), &json(policy));
            }
        }
    }

    /// The tags that a blueprint may set. No user can set those of AWS itself.
    fn tags(&mut self, tags: &Tags) {
        let reserved = |key: &str, prefix: &str| {
            let start = key.get(..prefix.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        let own = tags.iter();
        let own: Vec<String> = own
            .filter(|(key, _)| !reserved(key, "aws:") && !reserved(key, "keyward:"))
            .map(|(name, value)| format!("{} = {}", key(name), string(value)))
            .collect();
        if !own.is_empty() {
            self.entry("tags", &format!("{{ {} }}", own.join(", ")));
        }
    }

    /// Whether the file describes a policy: it is the account's own, and not left out.
    fn is_own(&self, arn: &PolicyArn) -> bool {
        !arn.is_aws_managed()
            && self.account.policies.contains_key(arn)
            && !self.left_out.policies.contains_key(arn)
    }

    /// The shortest name that means this policy in the file: its own name where the file
    /// describes it, or if AWS manages it and no other policy has the name.
    fn policy_name(&self, arn: &PolicyArn) -> String {
        let name = arn.policy_name();
        if self.is_own(arn) {
            return name.to_owned();
        }
        let taken = self.own.contains(name);
        let means = managed::find_arn(name).is_some_and(|known| {
            let tail = known.as_str().split_once(":iam:").map(|(_, tail)| tail);
            tail.is_some() && tail == arn.as_str().split_once(":iam:").map(|(_, tail)| tail)
        });
        if means && !taken && arn.partition() == self.account.partition {
            name.to_owned()
        } else {
            arn.to_string()
        }
    }
}

/// A document as lines of JSON.
fn json(policy: &Policy) -> String {
    let text = policy.to_json();
    let pretty = serde_json::from_str::<Value>(&text)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok());
    lines(&pretty.unwrap_or(text))
}

/// Whole hours or minutes where it is that.
fn duration(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds % 3600 == 0 => format!("{}h", seconds / 3600),
        seconds if seconds % 60 == 0 => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}
