//! Roles: made, looked at, changed, and deleted when nothing hangs on them. Roles that services
//! made for themselves are only looked at.

use std::time::Duration;

use keyward_core::id::AccountId;

use super::holder::{Holder, Kind};
use super::names::{self, Longest};
use super::permit::{Target, own, own_mut, permit_all, permit_on};
use super::{Answer, boundaries, description, documents, page, tag_list};
use crate::call::Call;
use crate::failure::Failure;
use crate::params::Params;
use crate::random;
use crate::state::{Account, Accounts, EntityKind, PrincipalText, Role};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "CreateRole" => create(call, accounts),
        "GetRole" => get(call, accounts),
        "ListRoles" => list(call, accounts),
        "UpdateRole" => update(call, accounts),
        "UpdateRoleDescription" => update_description(call, accounts),
        "UpdateAssumeRolePolicy" => update_trust(call, accounts),
        "DeleteRole" => delete(call, accounts),
        _ => return None,
    })
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>
fn create(call: &Call, accounts: &mut Accounts) -> Answer {
    let params = &call.params;
    let name = names::demand(params, "RoleName", Longest(64))?;
    let path = names::path(params)?;
    if names::is_reserved(&path) {
        return Err(Failure::invalid_input(format!(
            "The path {path} is reserved for roles of AWS services."
        )));
    }
    let new_tags = tag_list::read(params, tag_list::Kind::Role)?;
    let description = description::read(params)?;
    let max_session = max_session(params)?;
    let account = own(call, accounts);
    let boundary = params.get("PermissionsBoundary");
    let target = Target {
        arn: account.arn(&format!("role{path}{name}")),
        new_tags: Some(&new_tags),
        boundary,
        ..Target::default()
    };
    permit_on(call, accounts, &target)?;
    let (trust, size) = documents::trust(params, "AssumeRolePolicyDocument", accounts)?;
    refuse_long_trust(account, size)?;
    let boundary = boundaries::known(account, boundary)?;
    if account.is_taken(EntityKind::Role, name) {
        return Err(Failure::exists(format!(
            "Role with name {name} already exists."
        )));
    }
    if account.roles.len() >= account.quotas.roles {
        return Err(Failure::limit("RolesPerAccount", account.quotas.roles));
    }
    let mut role = Role::new(&account.id, name, trust, call.now);
    // Unlike the file's roles, one made by a call is new each time it is made.
    role.id = random::unique_id("AROA");
    role.path = path;
    role.description = description;
    role.max_session = max_session.unwrap_or(role.max_session);
    role.boundary = boundary;
    role.tags = new_tags;
    let mut xml = Xml::new();
    xml.element("Role", |xml| write(xml, &role, &account.id));
    own_mut(call, accounts).roles.insert(name.to_owned(), role);
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html>
fn get(call: &Call, accounts: &mut Accounts) -> Answer {
    let holder = Holder::read(call, Kind::Role)?;
    let account = own(call, accounts);
    permit_on(call, accounts, &holder.target(account))?;
    let role = account
        .roles
        .get(holder.name)
        .ok_or_else(|| holder.missing())?;
    let mut xml = Xml::new();
    xml.element("Role", |xml| write(xml, role, &account.id));
    Ok(xml)
}

/// The list leaves tags and boundaries out.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "role/")?;
    let account = own(call, accounts);
    let prefix = names::prefix(&call.params)?;
    let roles = account
        .roles
        .values()
        .filter(|role| role.path.starts_with(prefix));
    let page = page::cut(&call.params, roles)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "Roles", |xml, role| {
        write_bare(xml, role, &account.id)
    });
    Ok(xml)
}

/// A field that the call leaves out goes back to its default: no description, one hour.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html>
fn update(call: &Call, accounts: &mut Accounts) -> Answer {
    let holder = Holder::read(call, Kind::Role)?;
    let description = description::read(&call.params)?;
    let max_session = max_session(&call.params)?;
    permit_on(call, accounts, &holder.target(own(call, accounts)))?;
    let role = changeable(own_mut(call, accounts), &holder)?;
    role.description = description;
    role.max_session = max_session.unwrap_or(Duration::from_secs(3600));
    Ok(Xml::blank())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html>
fn update_description(call: &Call, accounts: &mut Accounts) -> Answer {
    let holder = Holder::read(call, Kind::Role)?;
    call.params.require("Description")?;
    let description = description::read(&call.params)?;
    permit_on(call, accounts, &holder.target(own(call, accounts)))?;
    let account = own_mut(call, accounts);
    let id = account.id.clone();
    let role = changeable(account, &holder)?;
    role.description = description;
    let mut xml = Xml::new();
    xml.element("Role", |xml| write(xml, role, &id));
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html>
fn update_trust(call: &Call, accounts: &mut Accounts) -> Answer {
    let holder = Holder::read(call, Kind::Role)?;
    permit_on(call, accounts, &holder.target(own(call, accounts)))?;
    changeable(own_mut(call, accounts), &holder)?;
    let (trust, size) = documents::trust(&call.params, "PolicyDocument", accounts)?;
    refuse_long_trust(own(call, accounts), size)?;
    changeable(own_mut(call, accounts), &holder)?.trust = trust;
    Ok(Xml::new())
}

/// Trust policies that name the role name its unique id from then on.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    let holder = Holder::read(call, Kind::Role)?;
    permit_on(call, accounts, &holder.target(own(call, accounts)))?;
    let account = own_mut(call, accounts);
    changeable(account, &holder)?;
    let role = account
        .roles
        .get(holder.name)
        .ok_or_else(|| holder.missing())?;
    let in_the_way = [
        (!role.grants.attached.is_empty(), "detach all policies"),
        (!role.grants.inline.is_empty(), "delete policies"),
        (
            account.profiles_of(holder.name).next().is_some(),
            "remove roles from instance profile",
        ),
    ];
    if let Some((_, first)) = in_the_way.iter().find(|(present, _)| *present) {
        return Err(Failure::conflict(format!(
            "Cannot delete entity, must {first} first."
        )));
    }
    let gone = account.roles.remove(holder.name);
    if let Some(role) = gone {
        let arn = role.arn(&call.caller.account);
        accounts.replace_principal(&PrincipalText(arn.to_string()), &PrincipalText(role.id));
    }
    Ok(Xml::new())
}

fn changeable<'a>(account: &'a mut Account, holder: &Holder<'_>) -> Result<&'a mut Role, Failure> {
    let role = account
        .roles
        .get_mut(holder.name)
        .ok_or_else(|| holder.missing())?;
    match names::is_reserved(&role.path) {
        true => Err(Failure::protected_role(&role.name)),
        false => Ok(role),
    }
}

fn refuse_long_trust(account: &Account, size: usize) -> Result<(), Failure> {
    let most = account.quotas.trust_size;
    match size > most {
        true => Err(Failure::limit("ACLSizePerRole", most)),
        false => Ok(()),
    }
}

fn max_session(params: &Params) -> Result<Option<Duration>, Failure> {
    let seconds = params.number("MaxSessionDuration", 3600, 43_200)?;
    Ok(seconds.map(Duration::from_secs))
}

/// The members of a role that every answer shows.
pub(super) fn write_core(xml: &mut Xml, role: &Role, account: &AccountId) {
    xml.text("Path", &role.path)
        .text("RoleName", &role.name)
        .text("RoleId", &role.id)
        .text("Arn", role.arn(account))
        .text("CreateDate", role.created)
        .text(
            "AssumeRolePolicyDocument",
            documents::encode(&role.trust.to_json()),
        );
}

/// The members of a role that lists show.
fn write_bare(xml: &mut Xml, role: &Role, account: &AccountId) {
    write_core(xml, role, account);
    xml.maybe("Description", role.description.as_ref())
        .text("MaxSessionDuration", role.max_session.as_secs());
}

/// All members of a role.
fn write(xml: &mut Xml, role: &Role, account: &AccountId) {
    write_bare(xml, role, account);
    boundaries::write(xml, role.boundary.as_ref());
    tag_list::write(xml, &role.tags);
    write_last_used(xml, role);
}

/// Writes when a role was last used; of one that never was, an empty element.
pub(super) fn write_last_used(xml: &mut Xml, role: &Role) {
    xml.element("RoleLastUsed", |xml| {
        if let Some(used) = &role.last_used {
            xml.text("LastUsedDate", used.at)
                .text("Region", &used.region);
        }
    });
}
