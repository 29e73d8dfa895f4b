//! Principals of trust policies when users and roles are renamed or deleted. AWS stores the unique
//! id behind an ARN, so a later user or role of the same name is not trusted.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles>

use keyward_iam::{Policy, PolicyKind, Principal};
use serde_json::Value;

use super::Accounts;

/// A principal as a trust policy writes it.
#[derive(Debug)]
pub(crate) struct PrincipalText(pub(crate) String);

impl Accounts {
    /// Replaces an ARN in every trust policy: by the new ARN after a rename, by the unique id after
    /// a deletion.
    pub(crate) fn replace_principal(&mut self, arn: &PrincipalText, other: &PrincipalText) {
        let (PrincipalText(arn), PrincipalText(other)) = (arn, other);
        let accounts = self.accounts.values_mut();
        for role in accounts.flat_map(|account| account.roles.values_mut()) {
            let meant = |principal: &Principal| *principal == Principal::Arn(arn.clone());
            if names(&role.trust, meant) {
                role.trust = rewritten(&role.trust, |text| (text == arn).then(|| other.clone()));
            }
        }
    }

    /// Replaces the unique ids of existing users and roles by their ARNs.
    pub(crate) fn resolve_unique_ids(&self, trust: &Policy) -> Policy {
        let is_id = |principal: &Principal| matches!(principal, Principal::UniqueId(_));
        match names(trust, is_id) {
            true => rewritten(trust, |text| self.arn_of(text)),
            false => trust.clone(),
        }
    }

    fn arn_of(&self, id: &str) -> Option<String> {
        self.iter().find_map(|account| {
            let user = account.users.values().find(|user| user.id == id);
            let role = account.roles.values().find(|role| role.id == id);
            user.map(|user| user.arn(&account.id))
                .or_else(|| role.map(|role| role.arn(&account.id).to_string()))
        })
    }
}

fn names(trust: &Policy, is_meant: impl Fn(&Principal) -> bool) -> bool {
    let statements = trust.statements().iter();
    let listed = statements.filter_map(|statement| statement.principals());
    listed.flat_map(|all| all.listed()).any(is_meant)
}

/// The policy with some texts under `AWS` replaced.
fn rewritten(trust: &Policy, replace: impl Fn(&str) -> Option<String>) -> Policy {
    let mut document: Value =
        serde_json::from_str(&trust.to_json()).expect("a policy writes itself as JSON");
    let statements = document["Statement"].as_array_mut();
    for statement in statements.into_iter().flatten() {
        for element in ["Principal", "NotPrincipal"] {
            if let Some(listed) = statement.get_mut(element).and_then(|p| p.get_mut("AWS")) {
                replace_texts(listed, &replace);
            }
        }
    }
    Policy::parse_as(PolicyKind::Trust, &document.to_string())
        .expect("one principal in place of another leaves a trust policy valid")
}

fn replace_texts(listed: &mut Value, replace: &impl Fn(&str) -> Option<String>) {
    match listed {
        Value::String(text) => {
            if let Some(other) = replace(text) {
                *text = other;
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| replace_texts(item, replace)),
        _ => {}
    }
}
