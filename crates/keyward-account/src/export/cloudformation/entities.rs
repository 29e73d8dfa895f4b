//! The entities of an account as resources of CloudFormation. Policies come first, then groups,
//! users and roles, as each refers to those before it.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html>

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::id::{GroupName, PolicyArn};
use keyward_iam::model::{Account, Document, Grants, Group, Role, Tags, User};
use serde_json::{Map, Value, json};

use super::portable::Portable;
use crate::stacks::{Resources, reference};

/// Writes the resources of one account.
pub(super) struct Writer<'a> {
    account: &'a Account,
    portable: Portable<'a>,
    resources: Resources,
    ids: Ids,
    policies: BTreeMap<PolicyArn, String>,
    groups: BTreeMap<GroupName, String>,
    /// Logical ids of users and roles by ARN, which trust policies may name.
    principals: BTreeMap<String, String>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(account: &'a Account) -> Self {
        Self {
            account,
            portable: Portable(account),
            resources: Resources::default(),
            ids: Ids::default(),
            policies: BTreeMap::new(),
            groups: BTreeMap::new(),
            principals: BTreeMap::new(),
        }
    }

    pub(super) fn write(mut self) -> Resources {
        self.providers();
        self.policies();
        for group in self.account.groups.values() {
            self.group(group);
        }
        for user in self.account.users.values() {
            self.user(user);
        }
        self.roles();
        self.resources
    }

    fn providers(&mut self) {
        for provider in self.account.oidc_providers.values() {
            let audiences: Vec<&String> = provider.audiences.iter().collect();
            let mut body = object(json!({
                "Url": format!("https://{}", provider.issuer),
                "ClientIdList": audiences,
            }));
            if !provider.thumbprints.is_empty() {
                body.insert("ThumbprintList".into(), json!(provider.thumbprints));
            }
            tags(&mut body, &provider.tags);
            let id = self.ids.make("Provider", provider.issuer.as_str());
            self.resources
                .add(&id, "AWS::IAM::OIDCProvider", Value::Object(body));
        }
    }

    fn policies(&mut self) {
        let own = self.account.policies.values();
        for policy in own.filter(|policy| !policy.arn.is_aws_managed()) {
            let body = json!({
                "ManagedPolicyName": policy.name.as_str(),
                "Path": policy.path.as_str(),
                "PolicyDocument": self.document(&policy.document),
            });
            let id = self.ids.make("Policy", policy.name.as_str());
            self.resources.add(&id, "AWS::IAM::ManagedPolicy", body);
            self.policies.insert(policy.arn.clone(), id);
        }
    }

    fn group(&mut self, group: &Group) {
        let mut body = object(json!({
            "GroupName": group.name.as_str(),
            "Path": group.path.as_str(),
        }));
        self.grants(&mut body, &group.grants);
        let id = self.ids.make("Group", group.name.as_str());
        self.resources
            .add(&id, "AWS::IAM::Group", Value::Object(body));
        self.groups.insert(group.name.clone(), id);
    }

    fn user(&mut self, user: &User) {
        let mut body = object(json!({
            "UserName": user.name.as_str(),
            "Path": user.path.as_str(),
        }));
        if !user.groups.is_empty() {
            let groups: Vec<Value> = user
                .groups
                .iter()
                .map(|group| match self.groups.get(group) {
                    Some(id) => reference(id),
                    None => json!(group.as_str()),
                })
                .collect();
            body.insert("Groups".into(), Value::Array(groups));
        }
        self.grants(&mut body, &user.grants);
        tags(&mut body, &user.tags);
        let id = self.ids.make("User", user.name.as_str());
        self.resources
            .add(&id, "AWS::IAM::User", Value::Object(body));
        self.principals.insert(self.account.user_arn(user), id);
    }

    /// A role comes after those that its trust policy names, if they do not name each other.
    fn roles(&mut self) {
        let mut waiting: Vec<&Role> = self.account.roles.values().collect();
        while !waiting.is_empty() {
            let names: BTreeSet<String> = waiting
                .iter()
                .map(|role| self.account.role_arn(role).to_string())
                .collect();
            let (ready, blocked): (Vec<&Role>, Vec<&Role>) = waiting.iter().partition(|role| {
                let text = role.trust.to_json();
                !names.iter().any(|arn| text.contains(&format!("\"{arn}\"")))
            });
            let stuck = ready.is_empty();
            for role in if stuck { &blocked } else { &ready } {
                self.role(role);
            }
            waiting = if stuck { Vec::new() } else { blocked };
        }
    }

    fn role(&mut self, role: &Role) {
        let mut body = object(json!({
            "RoleName": role.name.as_str(),
            "Path": role.path.as_str(),
            "AssumeRolePolicyDocument": self.document(&role.trust),
        }));
        if let Some(text) = &role.description {
            body.insert("Description".into(), json!(text));
        }
        if let Some(length) = role.max_session {
            body.insert("MaxSessionDuration".into(), json!(length.as_secs()));
        }
        self.grants(&mut body, &role.grants);
        tags(&mut body, &role.tags);
        let id = self.ids.make("Role", role.name.as_str());
        let trust = role.trust.to_json();
        let named = self.principals.iter();
        let mut named: Vec<&String> = named
            .filter(|(arn, _)| trust.contains(&format!("\"{arn}\"")))
            .map(|(_, id)| id)
            .collect();
        named.sort();
        let attributes = match named.is_empty() {
            true => json!({}),
            false => json!({ "DependsOn": named }),
        };
        self.resources
            .add_with(&id, "AWS::IAM::Role", Value::Object(body), attributes);
        let arn = self.account.role_arn(role).to_string();
        self.principals.insert(arn, id);
    }

    fn grants(&self, body: &mut Map<String, Value>, grants: &Grants) {
        let attached: Vec<Value> = grants.attached.iter().map(|arn| self.policy(arn)).collect();
        if !attached.is_empty() {
            body.insert("ManagedPolicyArns".into(), Value::Array(attached));
        }
        let inline: Vec<Value> = grants
            .inline
            .iter()
            .map(|(name, document)| {
                json!({
                    "PolicyName": name.as_str(),
                    "PolicyDocument": self.document(document),
                })
            })
            .collect();
        if !inline.is_empty() {
            body.insert("Policies".into(), Value::Array(inline));
        }
        if let Some(arn) = &grants.boundary {
            body.insert("PermissionsBoundary".into(), self.policy(arn));
        }
    }

    fn policy(&self, arn: &PolicyArn) -> Value {
        match self.policies.get(arn) {
            Some(id) => reference(id),
            None => self.portable.text(arn.as_str()),
        }
    }

    /// A document as an object; one that is not JSON stays text.
    fn document(&self, document: &Document) -> Value {
        let text = document.to_json();
        match serde_json::from_str::<Value>(&text) {
            Ok(value) => self.portable.value(&value),
            Err(_) => Value::String(text),
        }
    }
}

/// Tags beside keyward's own, because of which keyward would treat the entity as its own.
fn tags(body: &mut Map<String, Value>, tags: &Tags) {
    let own: Vec<(&str, &str)> = tags
        .iter()
        .filter(|(key, _)| !key.starts_with("keyward:"))
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    if !own.is_empty() {
        body.insert("Tags".into(), crate::stacks::tags(&own));
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Logical ids: letters and digits, each used once.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html>
#[derive(Debug, Default)]
struct Ids {
    taken: BTreeSet<String>,
}

impl Ids {
    /// An id that begins with the kind and reads like the name.
    fn make(&mut self, kind: &str, name: &str) -> String {
        let mut id = kind.to_owned();
        for word in name.split(|c: char| !c.is_ascii_alphanumeric()) {
            let mut letters = word.chars();
            id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            id.extend(letters);
        }
        id.truncate(240);
        let base = id.clone();
        let mut number = 2_u32;
        while !self.taken.insert(id.clone()) {
            id = format!("{base}N{number}");
            number += 1;
        }
        id
    }
}
