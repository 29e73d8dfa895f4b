//! The managed policies of stacks: the one kind of resource that the practice account really makes,
//! because IAM shows it to everyone. If a user changes or deletes one by hand, the stack drifts.

use std::collections::BTreeMap;

use keyward_core::Timestamp;
use keyward_iam::{Policy, PolicyKind};
use serde_json::Value;

use super::memory::{Key, Stack, Stacks};
use super::template::kind_of;
use crate::state::{Account, Accounts, Document, Grants, ManagedPolicy};

/// A policy as a template describes it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Described {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) path: String,
    pub(super) description: Option<String>,
    pub(super) document: Value,
}

impl Described {
    pub(super) fn arn(&self, stack: &Stack) -> String {
        let (account, _) = stack.region();
        format!("arn:aws:iam::{account}:policy{}{}", self.path, self.name)
    }

    /// Returns the document as a policy; `None` if IAM would refuse it.
    pub(super) fn policy(&self) -> Option<Policy> {
        Policy::parse_as(PolicyKind::Identity, &self.document.to_string()).ok()
    }
}

/// The policies of a stack, by ARN.
pub(super) fn described(stack: &Stack) -> BTreeMap<String, Described> {
    let resources = stack.template.iter().flat_map(|it| it.resources());
    let policies = resources.filter(|(_, body)| kind_of(body) == "AWS::IAM::ManagedPolicy");
    let policies = policies.map(|(id, body)| {
        let properties = resolved(&body["Properties"], stack);
        let text = |key: &str| properties[key].as_str().map(str::to_owned);
        let described = Described {
            id: id.to_owned(),
            name: text("ManagedPolicyName").unwrap_or_else(|| format!("{}-{id}", stack.name)),
            path: text("Path").unwrap_or_else(|| "/".to_owned()),
            description: text("Description"),
            document: properties["PolicyDocument"].clone(),
        };
        (described.arn(stack), described)
    });
    policies.collect()
}

/// The policy that cannot be deleted, because it is attached to something, and IAM's words.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html>
pub(super) fn held(stack: &Stack, accounts: &Accounts) -> Option<(String, String)> {
    let account = accounts.account(&stack.region().0)?;
    let users = account.users.values().map(|user| &user.grants);
    let groups = account.groups.values().map(|group| &group.grants);
    let roles = account.roles.values().map(|role| &role.grants);
    let grants: Vec<&Grants> = users.chain(groups).chain(roles).collect();
    let attached = |arn: &String| grants.iter().any(|grants| grants.attached.contains(arn));
    let (_, policy) = described(stack)
        .into_iter()
        .find(|(arn, _)| attached(arn))?;
    let reason = "Cannot delete a policy attached to entities.".to_owned();
    Some((policy.id, reason))
}

/// The value with the pseudo parameters that it refers to.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html>
fn resolved(value: &Value, stack: &Stack) -> Value {
    let (account, region) = stack.region();
    let parameters = [
        ("AWS::Region", region.as_str()),
        ("AWS::AccountId", account.as_str()),
        ("AWS::Partition", "aws"),
        ("AWS::StackId", stack.id.as_str()),
        ("AWS::StackName", stack.name.as_str()),
    ];
    if let Some(name) = value["Ref"].as_str() {
        let mut parameters = parameters.iter();
        let known = parameters.find(|(parameter, _)| *parameter == name);
        return known.map_or_else(|| value.clone(), |(_, known)| Value::from(*known));
    }
    if let Some(text) = value["Fn::Sub"].as_str() {
        let mut text = text.to_owned();
        for (parameter, known) in parameters {
            text = text.replace(&format!("${{{parameter}}}"), known);
        }
        return Value::from(text);
    }
    match value {
        Value::Object(map) => {
            let entries = map.iter();
            entries
                .map(|(key, value)| (key.clone(), resolved(value, stack)))
                .collect()
        }
        Value::Array(items) => items.iter().map(|item| resolved(item, stack)).collect(),
        other => other.clone(),
    }
}

/// Makes and deletes policies as the template of a stack changed.
pub(super) fn follow(
    before: &BTreeMap<String, Described>,
    stacks: &Stacks,
    key: &Key,
    accounts: &mut Accounts,
    now: Timestamp,
) {
    let Some(stack) = stacks.find(key) else {
        return;
    };
    let Some(account) = accounts.account_mut(&stack.region().0) else {
        return;
    };
    let after = described(stack);
    for arn in before.keys().filter(|arn| !after.contains_key(*arn)) {
        account.policies.remove(arn);
    }
    for (arn, described) in after {
        if before.get(&arn) != Some(&described)
            && let Some(policy) = made(&described, account, now)
        {
            account.policies.insert(arn, policy);
        }
    }
}

fn made(described: &Described, account: &Account, now: Timestamp) -> Option<ManagedPolicy> {
    let name = described.name.parse().ok()?;
    let document = Document::from(described.policy()?);
    let mut policy = ManagedPolicy::new(&account.id, &described.path, &name, document, now);
    policy.description.clone_from(&described.description);
    Some(policy)
}
