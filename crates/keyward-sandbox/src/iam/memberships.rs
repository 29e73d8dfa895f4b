//! Members of groups.

use super::groups::{self, find};
use super::holder::{Holder, Kind};
use super::permit::{find_user, own, own_mut, permit_on, permit_user};
use super::{Answer, page};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Accounts, GROUPS_PER_USER};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "AddUserToGroup" => add(call, accounts),
        "RemoveUserFromGroup" => remove(call, accounts),
        "ListGroupsForUser" => list(call, accounts),
        _ => return None,
    })
}

/// Policies are matched against the group. Adding a member again changes nothing.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html>
fn add(call: &Call, accounts: &mut Accounts) -> Answer {
    let group = Holder::read(call, Kind::Group)?;
    let user = Holder::read(call, Kind::User)?;
    permit_on(call, accounts, &group.target(own(call, accounts)))?;
    let account = own_mut(call, accounts);
    find(account, &group)?;
    let found = account.user_mut(user.name).ok_or_else(|| user.missing())?;
    if !found.groups.contains(group.name) && found.groups.len() >= GROUPS_PER_USER {
        return Err(Failure::limit("GroupsPerUser", GROUPS_PER_USER));
    }
    found.groups.insert(group.name.to_owned());
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveUserFromGroup.html>
fn remove(call: &Call, accounts: &mut Accounts) -> Answer {
    let group = Holder::read(call, Kind::Group)?;
    let user = Holder::read(call, Kind::User)?;
    permit_on(call, accounts, &group.target(own(call, accounts)))?;
    let account = own_mut(call, accounts);
    find(account, &group)?;
    let found = account.user_mut(user.name).ok_or_else(|| user.missing())?;
    match found.groups.remove(group.name) {
        true => Ok(Xml::new()),
        false => Err(Failure::new(
            404,
            "NoSuchEntity",
            format!("User {} is not in group {}.", user.name, group.name),
        )),
    }
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupsForUser.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    call.params.require("UserName")?;
    let name = permit_user(call, accounts)?;
    let account = own(call, accounts);
    let user = find_user(account, &name)?;
    let groups = user
        .groups
        .iter()
        .filter_map(|name| account.groups.get(name));
    let page = page::cut(&call.params, groups)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "Groups", |xml, group| {
        groups::write(xml, group, &account.id)
    });
    Ok(xml)
}
