//! Access keys: two for each user, shown once.

use keyward_core::id::{AccessKeyId, UserName};

use super::permit::{find_user, find_user_mut, own, own_mut, permit, permit_user};
use super::{Answer, page};
use crate::call::Call;
use crate::failure::Failure;
use crate::random;
use crate::state::{AccessKey, Accounts, KEYS_PER_USER, KeyStatus};
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
    let name = permit_user(call, accounts)?;
    let user = find_user(own(call, accounts), &name)?;
    let page = page::cut(&call.params, &user.keys)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "AccessKeyMetadata", |xml, key| {
        xml.text("UserName", &name)
            .text("AccessKeyId", &key.id)
            .text("Status", key.status.as_str())
            .text("CreateDate", key.created);
    });
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html>
fn create(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    let user = find_user_mut(own_mut(call, accounts), &name)?;
    if user.keys.len() >= KEYS_PER_USER {
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
        xml.text("UserName", &name)
            .text("AccessKeyId", &key.id)
            .text("Status", key.status.as_str())
            // Exposed because this answer is the only one that ever shows it.
            .text("SecretAccessKey", key.secret.expose())
            .text("CreateDate", key.created);
    });
    user.keys.push(key);
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html>
fn update(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    let status = call.params.require("Status")?;
    let status = KeyStatus::parse(status).ok_or_else(|| {
        let constraint = "Member must satisfy enum value set: [Active, Inactive]";
        Failure::constraint("status", status, constraint)
    })?;
    key_mut(call, accounts, &name)?.status = status;
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    let id = key_mut(call, accounts, &name)?.id.clone();
    find_user_mut(own_mut(call, accounts), &name)?
        .keys
        .retain(|key| key.id != id);
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html>
fn last_used(call: &Call, accounts: &mut Accounts) -> Answer {
    let id: AccessKeyId = call.params.demand("AccessKeyId", ID)?;
    let owner = accounts
        .key(&id)
        .filter(|(account, ..)| account.id == call.caller.account);
    let Some((account, user, key)) = owner else {
        permit(call, accounts, "*")?;
        return Err(no_key(&id));
    };
    permit(call, accounts, &user.arn(&account.id))?;
    let mut xml = Xml::new();
    xml.text("UserName", &user.name)
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

fn key_mut<'a>(
    call: &Call,
    accounts: &'a mut Accounts,
    name: &UserName,
) -> Result<&'a mut AccessKey, Failure> {
    let id: AccessKeyId = call.params.demand("AccessKeyId", ID)?;
    let user = find_user_mut(own_mut(call, accounts), name)?;
    user.keys
        .iter_mut()
        .find(|key| key.id == id)
        .ok_or_else(|| no_key(&id))
}

fn no_key(id: &AccessKeyId) -> Failure {
    Failure::no_such(format!("Access Key with id {id}"))
}
