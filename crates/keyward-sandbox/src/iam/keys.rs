//! Access keys: two for each user and for the root user, shown once.

use keyward_core::id::AccessKeyId;

use super::permit::{no_user, own, own_mut, permit, permit_owner};
use super::{Answer, page, status};
use crate::call::Call;
use crate::failure::Failure;
use crate::random;
use crate::state::{AccessKey, Account, Accounts, KEYS_PER_USER, KeyStatus, Owner};
use crate::xml::Xml;

const ID: &str = "Member must satisfy regular expression pattern: [\\w]+";

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "ListAccessKeys" => list(call, accounts),
        "CreateAccessKey" => create(call, accounts),
        "UpdateAccessKey" => update(call, accounts),
        "DeleteAccessKey" => delete(call, accounts),
        "GetAccessKeyLastUsed" => last_used(call, accounts),
        _ => return None,
    })
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    let owner = permit_owner(call, accounts)?;
    let keys = keys_mut(own_mut(call, accounts), &owner)?;
    let page = page::cut(&call.params, keys.iter())?;
    let mut xml = Xml::new();
    page.write(&mut xml, "AccessKeyMetadata", |xml, key| {
        xml.maybe("UserName", owner.user())
            .text("AccessKeyId", &key.id)
            .text("Status", key.status.as_str())
            .text("CreateDate", key.created);
    });
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html>
fn create(call: &Call, accounts: &mut Accounts) -> Answer {
    let owner = permit_owner(call, accounts)?;
    let keys = keys_mut(own_mut(call, accounts), &owner)?;
    if keys.len() >= KEYS_PER_USER {
        return Err(Failure::limit("AccessKeysPerUser", KEYS_PER_USER));
    }
    let key = AccessKey {
        id: random::access_key_id("AKIA"),
        secret: random::secret_access_key(),
        status: KeyStatus::Active,
        created: call.now,
        last_used: None,
        known_from: call.now,
    };
    let mut xml = Xml::new();
    xml.element("AccessKey", |xml| {
        xml.maybe("UserName", owner.user())
            .text("AccessKeyId", &key.id)
            .text("Status", key.status.as_str())
            // Exposed because this answer is the only one that ever shows it.
            .text("SecretAccessKey", key.secret.expose())
            .text("CreateDate", key.created);
    });
    keys.push(key);
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html>
fn update(call: &Call, accounts: &mut Accounts) -> Answer {
    let owner = permit_owner(call, accounts)?;
    let status = status(&call.params)?;
    let id: AccessKeyId = call.params.demand("AccessKeyId", ID)?;
    let keys = keys_mut(own_mut(call, accounts), &owner)?;
    let key = keys.iter_mut().find(|key| key.id == id);
    key.ok_or_else(|| no_key(&id))?.status = status;
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    let owner = permit_owner(call, accounts)?;
    let id: AccessKeyId = call.params.demand("AccessKeyId", ID)?;
    let keys = keys_mut(own_mut(call, accounts), &owner)?;
    let at = keys.iter().position(|key| key.id == id);
    keys.remove(at.ok_or_else(|| no_key(&id))?);
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html>
fn last_used(call: &Call, accounts: &mut Accounts) -> Answer {
    let id: AccessKeyId = call.params.demand("AccessKeyId", ID)?;
    let account = own(call, accounts);
    let Some((owner, key)) = account.keys().find(|(_, key)| key.id == id) else {
        permit(call, accounts, "*")?;
        return Err(no_key(&id));
    };
    let user = owner.user().and_then(|name| account.users.get(name));
    match user {
        Some(user) => permit(call, accounts, &user.arn(&account.id))?,
        None => permit(call, accounts, "*")?,
    }
    let mut xml = Xml::new();
    xml.maybe("UserName", owner.user())
        .element("AccessKeyLastUsed", |xml| match &key.last_used {
            Some(used) => {
                xml.text("LastUsedDate", used.at)
                    .text("ServiceName", &used.service)
                    .text("Region", &used.region);
            }
            None => {
                xml.text("ServiceName", "N/A").text("Region", "N/A");
            }
        });
    Ok(xml)
}

fn keys_mut<'a>(
    account: &'a mut Account,
    owner: &Owner,
) -> Result<&'a mut Vec<AccessKey>, Failure> {
    match owner {
        Owner::Root => Ok(&mut account.root.keys),
        Owner::User(name) => match account.users.get_mut(name) {
            Some(user) => Ok(&mut user.keys),
            None => Err(no_user(name)),
        },
    }
}

fn no_key(id: &AccessKeyId) -> Failure {
    Failure::no_such(format!("Access Key with id {id}"))
}
