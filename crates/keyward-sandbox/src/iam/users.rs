//! Users: GetUser, ListUsers, CreateUser, DeleteUser.

use keyward_core::id::{AccountId, UserName};

use super::{find_user, names, own, own_mut, page, permit, permit_all, permit_user};
use crate::call::Call;
use crate::failure::Failure;
use crate::random;
use crate::state::{Account, Accounts, User};
use crate::xml::Xml;

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html>
pub(super) fn get(call: &Call, accounts: &Accounts) -> Result<Xml, Failure> {
    let name = permit_user(call, accounts)?;
    let account = own(call, accounts);
    let user = find_user(account, &name)?;
    let mut xml = Xml::new();
    xml.element("User", |xml| write(xml, user, &account.id));
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html>
pub(super) fn list(call: &Call, accounts: &Accounts) -> Result<Xml, Failure> {
    permit_all(call, accounts, "user/")?;
    let account = own(call, accounts);
    let prefix = call.params.get("PathPrefix").unwrap_or("/");
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
pub(super) fn create(call: &Call, accounts: &mut Accounts) -> Result<Xml, Failure> {
    let name: UserName = call.params.demand("UserName", names::WORD)?;
    let path = names::path(&call.params)?;
    let tags = names::tags(&call.params)?;
    let boundary = call.params.get("PermissionsBoundary").map(str::to_owned);
    let account = own(call, accounts);
    permit(call, accounts, &account.arn(&format!("user{path}{name}")))?;
    if account
        .users
        .keys()
        .any(|other| other.as_str().eq_ignore_ascii_case(name.as_str()))
    {
        return Err(Failure::exists(format!(
            "User with name {name} already exists."
        )));
    }
    if let Some(arn) = boundary
        .as_deref()
        .filter(|arn| account.managed(arn).is_none())
    {
        return Err(Failure::no_such(format!("policy {arn}")));
    }
    let mut user = User::new(&account.id, name.clone(), call.now);
    // Unlike the file's users, one made by a call is new each time it is made.
    user.id = random::unique_id("AIDA");
    user.path = path;
    user.tags = tags;
    user.boundary = boundary;
    let mut xml = Xml::new();
    xml.element("User", |xml| write(xml, &user, &account.id));
    own_mut(call, accounts).users.insert(name, user);
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html>
pub(super) fn delete(call: &Call, accounts: &mut Accounts) -> Result<Xml, Failure> {
    let name: UserName = call.params.demand("UserName", names::WORD)?;
    permit_user(call, accounts)?;
    let account = own_mut(call, accounts);
    let user = find_user(account, &name)?;
    if let Some(first) = in_the_way(account, user) {
        return Err(Failure::conflict(format!(
            "Cannot delete entity, must {first} first."
        )));
    }
    account.users.remove(&name);
    Ok(Xml::new())
}

/// What must go before a user can.
fn in_the_way(account: &Account, user: &User) -> Option<&'static str> {
    [
        (user.login.is_some(), "delete login profile"),
        (!user.keys.is_empty(), "delete access keys"),
        (
            account.devices_of(&user.name).next().is_some(),
            "deactivate MFA devices",
        ),
        (!user.grants.inline.is_empty(), "delete policies"),
        (!user.grants.attached.is_empty(), "detach all policies"),
        (!user.groups.is_empty(), "remove users from group"),
    ]
    .into_iter()
    .find_map(|(present, what)| present.then_some(what))
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
    if let Some(arn) = &user.boundary {
        xml.element("PermissionsBoundary", |xml| {
            xml.text("PermissionsBoundaryType", "Policy")
                .text("PermissionsBoundaryArn", arn);
        });
    }
    if !user.tags.is_empty() {
        xml.list("Tags", &user.tags, |xml, (key, value)| {
            xml.text("Key", key).text("Value", value);
        });
    }
}
