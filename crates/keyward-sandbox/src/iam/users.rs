//! Users: made, looked at, renamed, and deleted when nothing hangs on them.

use keyward_core::id::{AccountId, UserName};

use super::permit::{
    Target, find_user, own, own_mut, permit, permit_all, permit_on, permit_owner, permit_user,
};
use super::{Answer, boundaries, names, page, tag_list};
use crate::call::Call;
use crate::failure::Failure;
use crate::random;
use crate::state::{Account, Accounts, EntityKind, Owner, PrincipalText, Root, User};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "CreateUser" => create(call, accounts),
        "GetUser" => get(call, accounts),
        "ListUsers" => list(call, accounts),
        "UpdateUser" => update(call, accounts),
        "DeleteUser" => delete(call, accounts),
        _ => return None,
    })
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html>
fn get(call: &Call, accounts: &mut Accounts) -> Answer {
    let owner = permit_owner(call, accounts)?;
    let account = own(call, accounts);
    let mut xml = Xml::new();
    match &owner {
        Owner::Root => xml.element("User", |xml| write_root(xml, account)),
        Owner::User(name) => {
            let user = find_user(account, name)?;
            xml.element("User", |xml| write(xml, user, &account.id))
        }
    };
    Ok(xml)
}

/// The list leaves tags and boundaries out.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "user/")?;
    let account = own(call, accounts);
    let prefix = names::prefix(&call.params)?;
    let users = account
        .users
        .values()
        .filter(|user| user.path.starts_with(prefix));
    let page = page::cut(&call.params, users)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "Users", |xml, user| {
        write_bare(xml, user, &account.id)
    });
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html>
fn create(call: &Call, accounts: &mut Accounts) -> Answer {
    let name: UserName = call.params.demand("UserName", names::WORD)?;
    let path = names::path(&call.params)?;
    let new_tags = tag_list::read(&call.params, tag_list::Kind::User)?;
    let boundary = call.params.get("PermissionsBoundary");
    let account = own(call, accounts);
    let target = Target {
        arn: account.arn(&format!("user{path}{name}")),
        new_tags: Some(&new_tags),
        boundary,
        ..Target::default()
    };
    permit_on(call, accounts, &target)?;
    refuse_taken(account, &name)?;
    let boundary = boundaries::known(account, boundary)?;
    if account.users.len() >= account.quotas.users {
        return Err(Failure::limit("UsersPerAccount", account.quotas.users));
    }
    let mut user = User::new(&account.id, name.clone(), call.now);
    // Unlike the file's users, one made by a call is new each time it is made.
    user.id = random::unique_id("AIDA");
    user.path = path;
    user.tags = new_tags;
    user.boundary = boundary;
    let mut xml = Xml::new();
    xml.element("User", |xml| write(xml, &user, &account.id));
    own_mut(call, accounts).users.insert(name, user);
    Ok(xml)
}

/// A user keeps its id, keys, groups and policies under a new name or path, and trust policies
/// follow it. The caller needs the permission on both names.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html>
fn update(call: &Call, accounts: &mut Accounts) -> Answer {
    let name: UserName = call.params.demand("UserName", names::WORD)?;
    let new_name: Option<UserName> = call.params.read("NewUserName", names::WORD)?;
    let new_path = names::path_in(&call.params, "NewPath")?;
    permit_user(call, accounts)?;
    let account = own(call, accounts);
    let mut user = find_user(account, &name)?.clone();
    let old_arn = user.arn(&account.id);
    if let Some(path) = new_path {
        user.path = path;
    }
    if let Some(new) = new_name {
        if !new.as_str().eq_ignore_ascii_case(name.as_str()) {
            refuse_taken(account, &new)?;
        }
        user.name = new;
    }
    permit(call, accounts, &user.arn(&account.id))?;
    let account = own_mut(call, accounts);
    for device in account.devices.values_mut() {
        if device.is_of(&name) {
            device.owner = Some(Owner::User(user.name.clone()));
        }
    }
    let new_arn = user.arn(&account.id);
    account.users.remove(&name);
    account.users.insert(user.name.clone(), user);
    accounts.replace_principal(&PrincipalText(old_arn), &PrincipalText(new_arn));
    Ok(Xml::new())
}

/// Trust policies that name the user name its unique id from then on.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    let name: UserName = call.params.demand("UserName", names::WORD)?;
    permit_user(call, accounts)?;
    let account = own_mut(call, accounts);
    let user = find_user(account, &name)?;
    if let Some(first) = in_the_way(account, user) {
        return Err(Failure::conflict(format!(
            "Cannot delete entity, must {first} first."
        )));
    }
    let gone = account.users.remove(&name);
    if let Some(user) = gone {
        let arn = user.arn(&call.caller.account);
        accounts.replace_principal(&PrincipalText(arn), &PrincipalText(user.id));
    }
    Ok(Xml::new())
}

/// Returns what must be removed before the user can be deleted.
fn in_the_way(account: &Account, user: &User) -> Option<&'static str> {
    [
        (user.login.is_some(), "delete login profile"),
        (!user.keys.is_empty(), "delete access keys"),
        (
            account.devices_of(&user.name).next().is_some(),
            "deactivate MFA devices",
        ),
        (!user.ssh_keys.is_empty(), "delete SSH public keys"),
        (!user.certificates.is_empty(), "delete signing certificates"),
        (
            !user.service_credentials.is_empty(),
            "delete service-specific credentials",
        ),
        (!user.grants.inline.is_empty(), "delete policies"),
        (!user.grants.attached.is_empty(), "detach all policies"),
        (!user.groups.is_empty(), "remove users from group"),
    ]
    .into_iter()
    .find_map(|(present, what)| present.then_some(what))
}

fn refuse_taken(account: &Account, name: &UserName) -> Result<(), Failure> {
    match account.is_taken(EntityKind::User, name.as_str()) {
        true => Err(Failure::exists(format!(
            "User with name {name} already exists."
        ))),
        false => Ok(()),
    }
}

/// The members of the root user, which has neither name nor path.
pub(super) fn write_root(xml: &mut Xml, account: &Account) {
    xml.text("UserId", &account.id)
        .text("Arn", Root::arn(&account.id))
        .text("CreateDate", account.root.created);
}

/// The members of a user that lists show.
pub(super) fn write_bare(xml: &mut Xml, user: &User, account: &AccountId) {
    xml.text("Path", &user.path)
        .text("UserName", &user.name)
        .text("UserId", &user.id)
        .text("Arn", user.arn(account))
        .text("CreateDate", user.created);
}

/// All members of a user.
fn write(xml: &mut Xml, user: &User, account: &AccountId) {
    write_bare(xml, user, account);
    xml.maybe("PasswordLastUsed", user.password_last_used);
    boundaries::write(xml, user.boundary.as_ref());
    tag_list::write(xml, &user.tags);
}
