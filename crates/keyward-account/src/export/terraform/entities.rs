//! The entities of an account as resources of the provider `hashicorp/aws`.
//!
//! Source: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs>

use std::collections::BTreeMap;

use keyward_core::id::{GroupName, PolicyArn};
use keyward_iam::model::{Document, Grants, Group, PasswordPolicy, Role, Tags, User};
use serde_json::{Map, Value, json};

use super::resources::{Reference, Resources, literal};
use crate::desired::Desired;
use crate::ownership::BLUEPRINT_TAG;

/// Writes the resources of one account.
pub(super) struct Writer<'d> {
    desired: &'d Desired,
    resources: Resources,
    policies: BTreeMap<PolicyArn, Reference>,
    groups: BTreeMap<GroupName, Reference>,
}

/// A user, group or role as the types of its resources name it.
#[derive(Clone, Copy)]
struct Kind {
    /// The argument that names the holder.
    argument: &'static str,
    inline: &'static str,
    attachment: &'static str,
}

const USER: Kind = Kind {
    argument: "user",
    inline: "aws_iam_user_policy",
    attachment: "aws_iam_user_policy_attachment",
};
const GROUP: Kind = Kind {
    argument: "group",
    inline: "aws_iam_group_policy",
    attachment: "aws_iam_group_policy_attachment",
};
const ROLE: Kind = Kind {
    argument: "role",
    inline: "aws_iam_role_policy",
    attachment: "aws_iam_role_policy_attachment",
};

impl<'d> Writer<'d> {
    pub(super) fn new(desired: &'d Desired) -> Self {
        Self {
            desired,
            resources: Resources::default(),
            policies: BTreeMap::new(),
            groups: BTreeMap::new(),
        }
    }

    /// Everything: what others refer to comes first.
    pub(super) fn write(mut self) -> Resources {
        let account = &self.desired.account;
        self.settings();
        self.policies();
        for group in account.groups.values() {
            self.group(group);
        }
        for user in account.users.values() {
            self.user(user);
        }
        for role in account.roles.values() {
            self.role(role);
        }
        self.resources
    }

    fn settings(&mut self) {
        let account = &self.desired.account;
        if let Some(alias) = &account.alias {
            let body = object(json!({ "account_alias": alias.as_str() }));
            let id = alias.as_str();
            self.resources
                .add("aws_iam_account_alias", "alias", id, body);
        }
        if let Some(policy) = &account.password_policy {
            self.resources.add(
                "aws_iam_account_password_policy",
                "passwords",
                "iam-account-password-policy",
                password_policy(policy),
            );
        }
        for provider in account.oidc_providers.values() {
            let audiences: Vec<String> = provider.audiences.iter().map(|a| literal(a)).collect();
            let mut body = object(json!({
                "url": literal(&format!("https://{}", provider.issuer)),
                "client_id_list": audiences,
            }));
            if !provider.thumbprints.is_empty() {
                body.insert("thumbprint_list".into(), json!(provider.thumbprints));
            }
            tags(&mut body, &provider.tags, &[]);
            let id = account.oidc_provider_arn(&provider.issuer);
            let name = provider.issuer.as_str();
            self.resources
                .add("aws_iam_openid_connect_provider", name, &id, body);
        }
    }

    fn policies(&mut self) {
        let own = self.desired.account.policies.values();
        for policy in own.filter(|policy| !policy.arn.is_aws_managed()) {
            let mut body = object(json!({
                "name": policy.name.as_str(),
                "path": literal(policy.path.as_str()),
                "policy": document(&policy.document),
            }));
            tags(&mut body, &policy.tags, &["description"]);
            let id = policy.arn.as_str();
            let reference = self
                .resources
                .add("aws_iam_policy", policy.name.as_str(), id, body);
            self.policies.insert(policy.arn.clone(), reference);
        }
    }

    fn group(&mut self, group: &Group) {
        let name = group.name.as_str();
        let body = object(json!({ "name": name, "path": literal(group.path.as_str()) }));
        let reference = self.resources.add("aws_iam_group", name, name, body);
        self.grants(GROUP, name, &reference, &group.grants);
        self.groups.insert(group.name.clone(), reference);
    }

    fn user(&mut self, user: &User) {
        let name = user.name.as_str();
        let mut body = object(json!({ "name": name, "path": literal(user.path.as_str()) }));
        self.boundary(&mut body, &user.grants);
        tags(&mut body, &user.tags, &[]);
        let reference = self.resources.add("aws_iam_user", name, name, body);
        self.grants(USER, name, &reference, &user.grants);
        if user.groups.is_empty() {
            return;
        }
        let groups: Vec<Value> = user
            .groups
            .iter()
            .map(|group| match self.groups.get(group) {
                Some(reference) => reference.attribute("name"),
                None => json!(group.as_str()),
            })
            .collect();
        let names: Vec<&str> = user.groups.iter().map(GroupName::as_str).collect();
        let body = object(json!({ "user": reference.attribute("name"), "groups": groups }));
        let id = format!("{name}/{}", names.join("/"));
        self.resources
            .add("aws_iam_user_group_membership", name, &id, body);
    }

    fn role(&mut self, role: &Role) {
        let name = role.name.as_str();
        let mut body = object(json!({
            "name": name,
            "path": literal(role.path.as_str()),
            "assume_role_policy": document(&role.trust),
        }));
        let mut unmanaged = Vec::new();
        match &role.description {
            Some(text) => drop(body.insert("description".into(), json!(literal(text)))),
            None => unmanaged.push("description"),
        }
        match role.max_session {
            Some(length) => {
                body.insert("max_session_duration".into(), json!(length.as_secs()));
            }
            None => unmanaged.push("max_session_duration"),
        }
        self.boundary(&mut body, &role.grants);
        tags(&mut body, &role.tags, &unmanaged);
        let reference = self.resources.add("aws_iam_role", name, name, body);
        self.grants(ROLE, name, &reference, &role.grants);
    }

    fn grants(&mut self, kind: Kind, holder: &str, reference: &Reference, grants: &Grants) {
        for (name, text) in &grants.inline {
            let body = object(json!({
                "name": name.as_str(),
                kind.argument: reference.attribute("name"),
                "policy": document(text),
            }));
            let id = format!("{holder}:{name}");
            let label = format!("{holder}_{name}");
            self.resources.add(kind.inline, &label, &id, body);
        }
        for arn in &grants.attached {
            let body = object(json!({
                kind.argument: reference.attribute("name"),
                "policy_arn": self.policy(arn),
            }));
            let id = format!("{holder}/{arn}");
            let label = format!("{holder}_{}", arn.policy_name());
            self.resources.add(kind.attachment, &label, &id, body);
        }
    }

    fn boundary(&self, body: &mut Map<String, Value>, grants: &Grants) {
        if let Some(arn) = &grants.boundary {
            body.insert("permissions_boundary".into(), self.policy(arn));
        }
    }

    fn policy(&self, arn: &PolicyArn) -> Value {
        match self.policies.get(arn) {
            Some(reference) => reference.attribute("arn"),
            None => json!(literal(arn.as_str())),
        }
    }
}

/// Tags, and the attributes that Terraform must ignore: those that the blueprint does not set, and
/// the tags. Other tools tag these entities too, and Terraform would remove their tags.
fn tags(body: &mut Map<String, Value>, tags: &Tags, unmanaged: &[&'static str]) {
    let own: Map<String, Value> = tags
        .iter()
        .filter(|(key, _)| *key != BLUEPRINT_TAG)
        .map(|(key, value)| (literal(key), json!(literal(value))))
        .collect();
    if !own.is_empty() {
        body.insert("tags".into(), Value::Object(own));
    }
    let mut ignored = unmanaged.to_vec();
    ignored.extend(["tags", "tags_all"]);
    body.insert("lifecycle".into(), json!({ "ignore_changes": ignored }));
}

fn password_policy(policy: &PasswordPolicy) -> Map<String, Value> {
    let mut body = object(json!({
        "minimum_password_length": policy.minimum_length,
        "require_symbols": policy.symbols.is_on(),
        "require_numbers": policy.numbers.is_on(),
        "require_uppercase_characters": policy.uppercase.is_on(),
        "require_lowercase_characters": policy.lowercase.is_on(),
        "allow_users_to_change_password": policy.users_may_change.is_on(),
        "hard_expiry": policy.hard_expiry.is_on(),
    }));
    if let Some(days) = policy.max_age_days {
        body.insert("max_password_age".into(), json!(days));
    }
    if let Some(count) = policy.reuse_prevention {
        body.insert("password_reuse_prevention".into(), json!(count));
    }
    body
}

fn document(document: &Document) -> String {
    literal(&document.to_json())
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
