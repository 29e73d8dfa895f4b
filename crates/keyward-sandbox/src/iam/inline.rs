//! Policies embedded in users, groups and roles. All of one owner share a quota.

use super::holder::{Holder, Kind};
use super::names::{self, Longest};
use super::permit::{own, own_mut, permit_on};
use super::{Answer, documents, page};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Accounts, InlinePolicy};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "PutUserPolicy" => put(call, accounts, Kind::User),
        "PutGroupPolicy" => put(call, accounts, Kind::Group),
        "PutRolePolicy" => put(call, accounts, Kind::Role),
        "GetUserPolicy" => get(call, accounts, Kind::User),
        "GetGroupPolicy" => get(call, accounts, Kind::Group),
        "GetRolePolicy" => get(call, accounts, Kind::Role),
        "ListUserPolicies" => list(call, accounts, Kind::User),
        "ListGroupPolicies" => list(call, accounts, Kind::Group),
        "ListRolePolicies" => list(call, accounts, Kind::Role),
        "DeleteUserPolicy" => delete(call, accounts, Kind::User),
        "DeleteGroupPolicy" => delete(call, accounts, Kind::Group),
        "DeleteRolePolicy" => delete(call, accounts, Kind::Role),
        _ => return None,
    })
}

/// Creates a policy, or replaces the one with the same name.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>
fn put(call: &Call, accounts: &mut Accounts, kind: Kind) -> Answer {
    let (holder, name) = read(call, kind)?;
    let document = documents::identity(&call.params)?;
    permit_on(call, accounts, &holder.target(own(call, accounts)))?;
    let grants = holder.grants_mut(own_mut(call, accounts))?;
    let others = grants.inline.iter().filter(|other| other.name != name);
    let size = others.map(|other| other.document.size()).sum::<usize>() + document.size();
    let most = kind.inline_size();
    if size > most {
        return Err(Failure::new(
            409,
            "LimitExceeded",
            format!(
                "Maximum policy size of {most} bytes exceeded for {} {}",
                kind.noun(),
                holder.name
            ),
        ));
    }
    match grants.inline.iter_mut().find(|other| other.name == name) {
        Some(other) => other.document = document,
        None => {
            let name = name.to_owned();
            grants.inline.push(InlinePolicy { name, document });
            grants.inline.sort_by(|a, b| a.name.cmp(&b.name));
        }
    }
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>
fn get(call: &Call, accounts: &mut Accounts, kind: Kind) -> Answer {
    let (holder, name) = read(call, kind)?;
    let account = own(call, accounts);
    permit_on(call, accounts, &holder.target(account))?;
    let grants = holder.grants(account)?;
    let found = grants.inline.iter().find(|inline| inline.name == name);
    let found = found.ok_or_else(|| missing(kind, name))?;
    let mut xml = Xml::new();
    xml.text(kind.parameter(), holder.name);
    write(&mut xml, found);
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html>
fn list(call: &Call, accounts: &mut Accounts, kind: Kind) -> Answer {
    let holder = Holder::read(call, kind)?;
    let account = own(call, accounts);
    permit_on(call, accounts, &holder.target(account))?;
    let page = page::cut(&call.params, &holder.grants(account)?.inline)?;
    let mut xml = Xml::new();
    page.write_texts(&mut xml, "PolicyNames", |inline| &inline.name);
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html>
fn delete(call: &Call, accounts: &mut Accounts, kind: Kind) -> Answer {
    let (holder, name) = read(call, kind)?;
    permit_on(call, accounts, &holder.target(own(call, accounts)))?;
    let grants = holder.grants_mut(own_mut(call, accounts))?;
    let before = grants.inline.len();
    grants.inline.retain(|inline| inline.name != name);
    match grants.inline.len() < before {
        true => Ok(Xml::new()),
        false => Err(missing(kind, name)),
    }
}

fn read(call: &Call, kind: Kind) -> Result<(Holder<'_>, &str), Failure> {
    let holder = Holder::read(call, kind)?;
    let name = names::demand(&call.params, "PolicyName", Longest(128))?;
    Ok((holder, name))
}

fn missing(kind: Kind, name: &str) -> Failure {
    Failure::no_such(format!("{} policy with name {name}", kind.noun()))
}

/// Writes name and document.
pub(super) fn write(xml: &mut Xml, inline: &InlinePolicy) {
    xml.text("PolicyName", &inline.name).text(
        "PolicyDocument",
        documents::encode(inline.document.as_str()),
    );
}
