//! Instance profiles and the one role that each may hold.

use super::holder::{Holder, Kind, refuse_protected};
use super::names::{self, Longest};
use super::permit::{Target, own, own_mut, permit_all, permit_on, permit_pass};
use super::{Answer, page, roles, tag_list};
use crate::call::Call;
use crate::failure::Failure;
use crate::random;
use crate::state::{Account, Accounts, EntityKind, InstanceProfile};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "CreateInstanceProfile" => create(call, accounts),
        "GetInstanceProfile" => get(call, accounts),
        "ListInstanceProfiles" => list(call, accounts),
        "ListInstanceProfilesForRole" => list_for_role(call, accounts),
        "AddRoleToInstanceProfile" => add_role(call, accounts),
        "RemoveRoleFromInstanceProfile" => remove_role(call, accounts),
        "DeleteInstanceProfile" => delete(call, accounts),
        _ => return None,
    })
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html>
fn create(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = name(call)?;
    let path = names::path(&call.params)?;
    let new_tags = tag_list::read(&call.params, tag_list::Kind::InstanceProfile)?;
    let account = own(call, accounts);
    let target = Target {
        arn: account.arn(&format!("instance-profile{path}{name}")),
        new_tags: Some(&new_tags),
        ..Target::default()
    };
    permit_on(call, accounts, &target)?;
    if account.is_taken(EntityKind::InstanceProfile, name) {
        return Err(Failure::exists(format!(
            "Instance Profile {name} already exists."
        )));
    }
    if account.instance_profiles.len() >= account.quotas.instance_profiles {
        let most = account.quotas.instance_profiles;
        return Err(Failure::limit("InstanceProfilesPerAccount", most));
    }
    let profile = InstanceProfile {
        name: name.to_owned(),
        path,
        id: random::unique_id("AIPA"),
        created: call.now,
        role: None,
        tags: new_tags,
    };
    let mut xml = Xml::new();
    xml.element("InstanceProfile", |xml| {
        write(xml, &profile, account);
        tag_list::write(xml, &profile.tags);
    });
    own_mut(call, accounts)
        .instance_profiles
        .insert(name.to_owned(), profile);
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html>
fn get(call: &Call, accounts: &mut Accounts) -> Answer {
    let (profile, account) = (permitted(call, accounts)?, own(call, accounts));
    let mut xml = Xml::new();
    xml.element("InstanceProfile", |xml| {
        write(xml, profile, account);
        tag_list::write(xml, &profile.tags);
    });
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "instance-profile/")?;
    let prefix = names::prefix(&call.params)?;
    let account = own(call, accounts);
    let profiles = account.instance_profiles.values();
    let shown = profiles.filter(|profile| profile.path.starts_with(prefix));
    let page = page::cut(&call.params, shown)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "InstanceProfiles", |xml, profile| {
        write(xml, profile, account)
    });
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html>
fn list_for_role(call: &Call, accounts: &mut Accounts) -> Answer {
    let role = Holder::read(call, Kind::Role)?;
    let account = own(call, accounts);
    permit_on(call, accounts, &role.target(account))?;
    role.grants(account)?;
    let page = page::cut(&call.params, account.profiles_of(role.name))?;
    let mut xml = Xml::new();
    page.write(&mut xml, "InstanceProfiles", |xml, profile| {
        write(xml, profile, account)
    });
    Ok(xml)
}

/// A caller that hands a role to machines needs the permission to pass it.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html>
fn add_role(call: &Call, accounts: &mut Accounts) -> Answer {
    let role = Holder::read(call, Kind::Role)?;
    let profile = permitted(call, accounts)?.name.clone();
    let account = own(call, accounts);
    permit_pass(call, accounts, &role.target(account).arn)?;
    role.grants(account)?;
    refuse_protected(account, role.name)?;
    let found = changeable(call, accounts, &profile)?;
    if found.role.is_some() {
        return Err(Failure::limit("InstanceSessionsPerInstanceProfile", 1));
    }
    found.role = Some(role.name.to_owned());
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html>
fn remove_role(call: &Call, accounts: &mut Accounts) -> Answer {
    let role = Holder::read(call, Kind::Role)?;
    let profile = permitted(call, accounts)?.name.clone();
    let found = changeable(call, accounts, &profile)?;
    if found.role.as_deref() != Some(role.name) {
        return Err(Failure::no_such(format!(
            "role with name {} in instance profile {profile}",
            role.name
        )));
    }
    found.role = None;
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    let profile = permitted(call, accounts)?;
    if profile.role.is_some() {
        return Err(Failure::conflict(
            "Cannot delete entity, must remove roles from instance profile first.",
        ));
    }
    let name = profile.name.clone();
    own_mut(call, accounts).instance_profiles.remove(&name);
    Ok(Xml::new())
}

fn name(call: &Call) -> Result<&str, Failure> {
    names::demand(&call.params, "InstanceProfileName", Longest(128))
}

fn permitted<'a>(call: &Call, accounts: &'a Accounts) -> Result<&'a InstanceProfile, Failure> {
    let name = name(call)?;
    let account = own(call, accounts);
    permit_on(call, accounts, &target(account, name))?;
    account
        .instance_profiles
        .get(name)
        .ok_or_else(|| missing(name))
}

fn changeable<'a>(
    call: &Call,
    accounts: &'a mut Accounts,
    name: &str,
) -> Result<&'a mut InstanceProfile, Failure> {
    own_mut(call, accounts)
        .instance_profiles
        .get_mut(name)
        .ok_or_else(|| missing(name))
}

pub(super) fn target<'a>(account: &'a Account, name: &str) -> Target<'a> {
    let profile = account.instance_profiles.get(name);
    Target {
        arn: match profile {
            Some(profile) => profile.arn(&account.id),
            None => account.arn(&format!("instance-profile/{name}")),
        },
        tags: profile.map(|profile| &profile.tags),
        ..Target::default()
    }
}

pub(super) fn missing(name: &str) -> Failure {
    let message = format!("Instance Profile {name} cannot be found.");
    Failure::new(404, "NoSuchEntity", message)
}

/// The members of an instance profile that lists show.
pub(super) fn write(xml: &mut Xml, profile: &InstanceProfile, account: &Account) {
    let role = profile.role.as_ref();
    let held = role.and_then(|name| account.roles.get(name));
    xml.text("Path", &profile.path)
        .text("InstanceProfileName", &profile.name)
        .text("InstanceProfileId", &profile.id)
        .text("Arn", profile.arn(&account.id))
        .text("CreateDate", profile.created)
        .list("Roles", held, |xml, role| {
            roles::write_core(xml, role, &account.id)
        });
}
