//! Between the file's members and the account's entities, one pair of functions for each kind.
//! Every field is destructured, so that a new one cannot be forgotten.

use std::time::Duration;

use keyward_iam::{Policy, PolicyKind};
use serde_json::Value;

use super::fields::{read_boundary, read_created, read_name, read_path, write_grants};
use super::managed::{read_managed, write_managed};
use super::people::{
    read_device, read_last_used, read_user, write_device, write_last_used, write_user,
};
use super::providers::{
    read_instance_profile, read_provider, write_instance_profile, write_provider,
};
use super::quotas::{read_quotas, write_quotas};
use super::root::{read_root, write_root};
use super::{AccountsError, JsonPath, blank, file};
use crate::state::{Account, Group, PasswordPolicy, Quotas, Role, Rule};

pub(super) fn read_account(wire: file::Account, at: &JsonPath) -> Result<Account, AccountsError> {
    let file::Account {
        id,
        alias,
        password_policy,
        managed_policies,
        groups,
        users,
        roles,
        mfa_devices,
        oidc_providers,
        instance_profiles,
        quotas,
        root,
    } = wire;
    let mut account = blank(&id, at)?;
    account.alias = alias;
    account.password_policy = password_policy.map(read_password_policy);
    if let Some(root) = root {
        account.root = read_root(root, &at.member("root"))?;
    }
    account.quotas = quotas.map_or_else(Quotas::default, read_quotas);
    // Each list may name what the lists before it hold.
    add_policies(&mut account, managed_policies, at)?;
    each("groups", groups, at, |wire, at| {
        let group = read_group(wire, &account, at)?;
        refuse_twice(account.groups.keys(), &group.name, at)?;
        account.groups.insert(group.name.clone(), group);
        Ok(())
    })?;
    each("users", users, at, |wire, at| {
        let user = read_user(wire, &account, at)?;
        refuse_twice(account.users.keys(), &user.name, at)?;
        account.users.insert(user.name.clone(), user);
        Ok(())
    })?;
    each("roles", roles, at, |wire, at| {
        let role = read_role(wire, &account, at)?;
        refuse_twice(account.roles.keys(), &role.name, at)?;
        account.roles.insert(role.name.clone(), role);
        Ok(())
    })?;
    add_devices(&mut account, mfa_devices, at)?;
    add_providers(&mut account, oidc_providers, at)?;
    add_instance_profiles(&mut account, instance_profiles, at)?;
    Ok(account)
}

fn add_policies(
    account: &mut Account,
    wires: Vec<file::Managed>,
    at: &JsonPath,
) -> Result<(), AccountsError> {
    each("managed_policies", wires, at, |wire, at| {
        let policy = read_managed(wire, account, at)?;
        let names = account.policies.values().map(|policy| &policy.name);
        refuse_twice(names, &policy.name, at)?;
        account.policies.insert(policy.arn.clone(), policy);
        Ok(())
    })
}

fn add_devices(
    account: &mut Account,
    wires: Vec<file::Device>,
    at: &JsonPath,
) -> Result<(), AccountsError> {
    each("mfa_devices", wires, at, |wire, at| {
        let device = read_device(wire, account, at)?;
        refuse_twice(account.devices.keys(), &device.serial, at)?;
        account.devices.insert(device.serial.clone(), device);
        Ok(())
    })
}

fn add_providers(
    account: &mut Account,
    wires: Vec<file::OidcProvider>,
    at: &JsonPath,
) -> Result<(), AccountsError> {
    each("oidc_providers", wires, at, |wire, at| {
        let provider = read_provider(wire, account, at)?;
        refuse_twice(account.oidc_providers.keys(), &provider.arn, at)?;
        let arn = provider.arn.clone();
        account.oidc_providers.insert(arn, provider);
        Ok(())
    })
}

fn add_instance_profiles(
    account: &mut Account,
    wires: Vec<file::InstanceProfile>,
    at: &JsonPath,
) -> Result<(), AccountsError> {
    each("instance_profiles", wires, at, |wire, at| {
        let profile = read_instance_profile(wire, account, at)?;
        refuse_twice(account.instance_profiles.keys(), &profile.name, at)?;
        let name = profile.name.clone();
        account.instance_profiles.insert(name, profile);
        Ok(())
    })
}

pub(super) fn write_account(account: &Account) -> file::Account {
    let Account {
        id,
        alias,
        password_policy,
        users,
        groups,
        roles,
        devices,
        policies,
        oidc_providers,
        instance_profiles,
        quotas,
        root,
        // The report and the reserved names belong to a run.
        report: _,
        reserved: _,
    } = account;
    file::Account {
        id: id.to_string(),
        alias: alias.clone(),
        password_policy: password_policy.as_ref().map(write_password_policy),
        managed_policies: policies.values().map(write_managed).collect(),
        groups: groups.values().map(write_group).collect(),
        users: users.values().map(write_user).collect(),
        roles: roles.values().map(write_role).collect(),
        mfa_devices: devices.values().map(write_device).collect(),
        oidc_providers: oidc_providers.values().map(write_provider).collect(),
        instance_profiles: instance_profiles
            .values()
            .map(write_instance_profile)
            .collect(),
        root: Some(write_root(root)),
        quotas: (*quotas != Quotas::default()).then(|| write_quotas(quotas)),
    }
}

/// Reads the items of one list, each at its place.
fn each<W>(
    list: &'static str,
    items: Vec<W>,
    at: &JsonPath,
    mut read: impl FnMut(W, &JsonPath) -> Result<(), AccountsError>,
) -> Result<(), AccountsError> {
    let mut items = items.into_iter().enumerate();
    items.try_for_each(|(n, item)| read(item, &at.item(list, n)))
}

/// Names are unique without regard to case.
fn refuse_twice<T: ToString>(
    mut present: impl Iterator<Item = T>,
    name: impl std::fmt::Display,
    at: &JsonPath,
) -> Result<(), AccountsError> {
    let name = name.to_string();
    match present.any(|other| other.to_string().eq_ignore_ascii_case(&name)) {
        true => Err(at.twice(&name)),
        false => Ok(()),
    }
}

fn read_group(wire: file::Group, account: &Account, at: &JsonPath) -> Result<Group, AccountsError> {
    let file::Group {
        name,
        path,
        id,
        created,
        policies,
        attached_policies,
    } = wire;
    let created = read_created(created, at)?;
    let mut group = Group::new(&account.id, &read_name(name, at)?, created);
    group.path = read_path(path, at)?;
    group.id = id.unwrap_or(group.id);
    group.grants = at.grants(&policies, attached_policies, account)?;
    Ok(group)
}

fn write_group(group: &Group) -> file::Group {
    let Group {
        name,
        path,
        id,
        created,
        grants,
    } = group;
    let (policies, attached_policies) = write_grants(grants);
    file::Group {
        name: name.clone(),
        path: path.clone(),
        id: Some(id.clone()),
        created: Some(created.to_string()),
        policies,
        attached_policies,
    }
}

fn read_role(wire: file::Role, account: &Account, at: &JsonPath) -> Result<Role, AccountsError> {
    let created = read_created(wire.created, at)?;
    let trust = at.member("trust").policy(PolicyKind::Trust, &wire.trust)?;
    let mut role = Role::new(&account.id, &read_name(wire.name, at)?, trust, created);
    role.path = read_path(wire.path, at)?;
    role.id = wire.id.unwrap_or(role.id);
    role.description = wire.description;
    if !(3600..=43_200).contains(&wire.max_session_duration) {
        let at = at.member("max_session_duration");
        return Err(at.value("a role's sessions last 3600 to 43200 seconds"));
    }
    role.max_session = Duration::from_secs(wire.max_session_duration);
    role.grants = at.grants(&wire.policies, wire.attached_policies, account)?;
    role.boundary = read_boundary(wire.permissions_boundary, account, at)?;
    role.tags = wire.tags;
    role.last_used = wire
        .last_used
        .map(|used| read_last_used(used, &at.member("last_used")))
        .transpose()?;
    Ok(role)
}

fn write_role(role: &Role) -> file::Role {
    let Role {
        name,
        path,
        id,
        created,
        description,
        trust,
        grants,
        boundary,
        max_session,
        tags,
        last_used,
    } = role;
    let (policies, attached_policies) = write_grants(grants);
    file::Role {
        name: name.clone(),
        path: path.clone(),
        id: Some(id.clone()),
        created: Some(created.to_string()),
        description: description.clone(),
        trust: write_policy(trust),
        max_session_duration: max_session.as_secs(),
        last_used: last_used.as_ref().map(write_last_used),
        policies,
        attached_policies,
        permissions_boundary: boundary.clone(),
        tags: tags.clone(),
    }
}

fn write_policy(policy: &Policy) -> Value {
    serde_json::from_str(&policy.to_json()).expect("a policy writes itself as JSON")
}

fn read_password_policy(wire: file::PasswordPolicy) -> PasswordPolicy {
    let rule = |on: bool| if on { Rule::On } else { Rule::Off };
    PasswordPolicy {
        minimum_length: wire.minimum_length,
        symbols: rule(wire.symbols),
        numbers: rule(wire.numbers),
        uppercase: rule(wire.uppercase),
        lowercase: rule(wire.lowercase),
        users_may_change: rule(wire.users_may_change),
        max_age_days: wire.max_age_days,
        reuse_prevention: wire.reuse_prevention,
        hard_expiry: rule(wire.hard_expiry),
    }
}

fn write_password_policy(policy: &PasswordPolicy) -> file::PasswordPolicy {
    file::PasswordPolicy {
        minimum_length: policy.minimum_length,
        symbols: policy.symbols == Rule::On,
        numbers: policy.numbers == Rule::On,
        uppercase: policy.uppercase == Rule::On,
        lowercase: policy.lowercase == Rule::On,
        users_may_change: policy.users_may_change == Rule::On,
        max_age_days: policy.max_age_days,
        reuse_prevention: policy.reuse_prevention,
        hard_expiry: policy.hard_expiry == Rule::On,
    }
}
