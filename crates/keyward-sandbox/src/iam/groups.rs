//! Groups: made, looked at, renamed, and deleted when nothing hangs on them.

use keyward_core::id::AccountId;

use super::holder::{Holder, Kind};
use super::names::{self, Longest};
use super::permit::{own, own_mut, permit, permit_all, permit_on};
use super::{Answer, page, users};
use crate::call::Call;
use crate::failure::Failure;
use crate::random;
use crate::state::{Account, Accounts, EntityKind, Group};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "CreateGroup" => create(call, accounts),
        "GetGroup" => get(call, accounts),
        "ListGroups" => list(call, accounts),
        "UpdateGroup" => update(call, accounts),
        "DeleteGroup" => delete(call, accounts),
        _ => return None,
    })
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html>
fn create(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = names::demand(&call.params, "GroupName", Longest(128))?;
    let path = names::path(&call.params)?;
    let account = own(call, accounts);
    permit(call, accounts, &account.arn(&format!("group{path}{name}")))?;
    refuse_taken(account, name)?;
    if account.groups.len() >= account.quotas.groups {
        return Err(Failure::limit("GroupsPerAccount", account.quotas.groups));
    }
    let mut group = Group::new(&account.id, name, call.now);
    // Unlike the file's groups, one made by a call is new each time it is made.
    group.id = random::unique_id("AGPA");
    group.path = path;
    let mut xml = Xml::new();
    xml.element("Group", |xml| write(xml, &group, &account.id));
    own_mut(call, accounts)
        .groups
        .insert(name.to_owned(), group);
    Ok(xml)
}

/// The group and, in pages, its users.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html>
fn get(call: &Call, accounts: &mut Accounts) -> Answer {
    let holder = Holder::read(call, Kind::Group)?;
    let account = own(call, accounts);
    permit_on(call, accounts, &holder.target(account))?;
    let group = find(account, &holder)?;
    let members = account
        .users
        .values()
        .filter(|user| user.groups.contains(&group.name));
    let page = page::cut(&call.params, members)?;
    let mut xml = Xml::new();
    xml.element("Group", |xml| write(xml, group, &account.id));
    page.write(&mut xml, "Users", |xml, user| {
        users::write_bare(xml, user, &account.id)
    });
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "group/")?;
    let account = own(call, accounts);
    let prefix = names::prefix(&call.params)?;
    let groups = account
        .groups
        .values()
        .filter(|group| group.path.starts_with(prefix));
    let page = page::cut(&call.params, groups)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "Groups", |xml, group| {
        write(xml, group, &account.id)
    });
    Ok(xml)
}

/// A group keeps its id, members and policies under a new name or path. The caller needs the
/// permission on both names.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateGroup.html>
fn update(call: &Call, accounts: &mut Accounts) -> Answer {
    let holder = Holder::read(call, Kind::Group)?;
    let new_name = names::read(&call.params, "NewGroupName", Longest(128))?;
    let new_path = names::path_in(&call.params, "NewPath")?;
    let account = own(call, accounts);
    permit_on(call, accounts, &holder.target(account))?;
    let mut group = find(account, &holder)?.clone();
    if let Some(path) = new_path {
        group.path = path;
    }
    if let Some(name) = new_name {
        if !name.eq_ignore_ascii_case(holder.name) {
            refuse_taken(account, name)?;
        }
        name.clone_into(&mut group.name);
    }
    permit(call, accounts, &group.arn(&account.id))?;
    let account = own_mut(call, accounts);
    for user in account.users.values_mut() {
        if user.groups.remove(holder.name) {
            user.groups.insert(group.name.clone());
        }
    }
    account.groups.remove(holder.name);
    account.groups.insert(group.name.clone(), group);
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    let holder = Holder::read(call, Kind::Group)?;
    permit_on(call, accounts, &holder.target(own(call, accounts)))?;
    let account = own_mut(call, accounts);
    let group = find(account, &holder)?;
    let mut users = account.users.values();
    let in_the_way = [
        (
            users.any(|user| user.groups.contains(&group.name)),
            "remove users from group",
        ),
        (!group.grants.attached.is_empty(), "detach all policies"),
        (!group.grants.inline.is_empty(), "delete policies"),
    ];
    if let Some((_, first)) = in_the_way.iter().find(|(present, _)| *present) {
        return Err(Failure::conflict(format!(
            "Cannot delete entity, must {first} first."
        )));
    }
    account.groups.remove(holder.name);
    Ok(Xml::new())
}

pub(super) fn find<'a>(account: &'a Account, holder: &Holder<'_>) -> Result<&'a Group, Failure> {
    account
        .groups
        .get(holder.name)
        .ok_or_else(|| holder.missing())
}

fn refuse_taken(account: &Account, name: &str) -> Result<(), Failure> {
    match account.is_taken(EntityKind::Group, name) {
        true => Err(Failure::exists(format!(
            "Group with name {name} already exists."
        ))),
        false => Ok(()),
    }
}

/// The members of a group.
pub(super) fn write(xml: &mut Xml, group: &Group, account: &AccountId) {
    xml.text("Path", &group.path)
        .text("GroupName", &group.name)
        .text("GroupId", &group.id)
        .text("Arn", group.arn(account))
        .text("CreateDate", group.created);
}
