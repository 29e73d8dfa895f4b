//! A blueprint as a practice account: as if it had been applied, with a key and a phone for each
//! user, and a key for root. Keys and seeds are derived from names, so that they are the same in
//! every run; they protect nothing.

use data_encoding::{BASE32_NOPAD, BASE64};
use keyward_account::desired::Desired;
use keyward_core::id::{AccountId, UserName};
use keyward_iam::model::{Account, Grants, PasswordPolicy, Role, User};
use keyward_sandbox::Accounts;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::screen::error::CliError;

/// The practice accounts of a blueprint.
pub(crate) fn accounts(desired: &[Desired]) -> Result<Accounts, CliError> {
    let accounts: Vec<Value> = desired.iter().map(account).collect();
    let state = json!({ "version": 1, "accounts": accounts });
    Accounts::from_json(&state.to_string())
        .map_err(|e| CliError::failed("the practice account cannot play this blueprint").because(e))
}

fn account(desired: &Desired) -> Value {
    let account = &desired.account;
    let own = account
        .policies
        .values()
        .filter(|policy| !policy.arn.is_aws_managed());
    json!({
        "id": account.id.as_str(),
        "alias": account.alias.as_ref().map(|alias| alias.as_str()),
        "password_policy": account.password_policy.as_ref().map(password_policy),
        "managed_policies": own.map(|policy| json!({
            "name": policy.name.as_str(),
            "path": policy.path.as_str(),
            "document": document(&policy.document.to_json()),
        })).collect::<Vec<_>>(),
        "groups": account.groups.values().map(|group| {
            let mut value = json!({
                "name": group.name.as_str(),
                "path": group.path.as_str(),
            });
            add_grants(&mut value, &group.grants);
            value
        }).collect::<Vec<_>>(),
        "users": account.users.values().map(|it| user(account, it)).collect::<Vec<_>>(),
        "roles": account.roles.values().map(role).collect::<Vec<_>>(),
        "mfa_devices": account.users.keys().map(|name| json!({
            "serial": format!("arn:{}:iam::{}:mfa/{name}", account.partition, account.id),
            "seed": BASE32_NOPAD.encode(&derived(&account.id, &format!("seed/{name}"))[..20]),
            "user": name.as_str(),
        })).collect::<Vec<_>>(),
    })
}

fn user(account: &Account, user: &User) -> Value {
    let (id, secret) = key(&account.id, &user.name);
    let mut value = json!({
        "name": user.name.as_str(),
        "path": user.path.as_str(),
        "groups": user.groups.iter().map(|group| group.as_str()).collect::<Vec<_>>(),
        "access_keys": [{ "id": id, "secret": secret }],
        "tags": user.tags,
    });
    add_grants(&mut value, &user.grants);
    value
}

fn role(role: &Role) -> Value {
    let mut value = json!({
        "name": role.name.as_str(),
        "path": role.path.as_str(),
        "description": role.description,
        "trust": document(&role.trust.to_json()),
        "tags": role.tags,
    });
    if let Some(longest) = role.max_session {
        value["max_session_duration"] = json!(longest.as_secs());
    }
    add_grants(&mut value, &role.grants);
    value
}

fn add_grants(value: &mut Value, grants: &Grants) {
    let inline: Map<String, Value> = grants
        .inline
        .iter()
        .map(|(name, policy)| (name.to_string(), document(&policy.to_json())))
        .collect();
    value["policies"] = Value::Object(inline);
    value["attached_policies"] = grants.attached.iter().map(|arn| arn.as_str()).collect();
    if let Some(boundary) = &grants.boundary {
        value["permissions_boundary"] = json!(boundary.as_str());
    }
}

fn password_policy(policy: &PasswordPolicy) -> Value {
    json!({
        "minimum_length": policy.minimum_length,
        "symbols": policy.symbols.is_on(),
        "numbers": policy.numbers.is_on(),
        "uppercase": policy.uppercase.is_on(),
        "lowercase": policy.lowercase.is_on(),
        "users_may_change": policy.users_may_change.is_on(),
        "max_age_days": policy.max_age_days,
        "reuse_prevention": policy.reuse_prevention,
        "hard_expiry": policy.hard_expiry.is_on(),
    })
}

fn document(json: &str) -> Value {
    serde_json::from_str(json).expect("a policy is written as JSON")
}

/// The access key of a user: an id and a secret in AWS's shapes.
fn key(account: &AccountId, user: &UserName) -> (String, String) {
    let id = BASE32_NOPAD.encode(&derived(account, &format!("id/{user}"))[..10]);
    let secret = BASE64.encode(&derived(account, &format!("secret/{user}"))[..30]);
    (format!("AKIA{id}"), secret)
}

fn derived(account: &AccountId, what: &str) -> Vec<u8> {
    Sha256::digest(format!("keyward practice account {account} {what}")).to_vec()
}

#[cfg(test)]
mod tests;
