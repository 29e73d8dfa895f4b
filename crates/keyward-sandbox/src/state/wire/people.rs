//! Users, their keys and their devices, between the file and the account.

use keyward_core::id::MfaSerial;

use super::entities::{read_boundary, read_created, read_path, write_grants};
use super::{AccountsError, Place, file};
use crate::state::{
    AccessKey, Account, Device, KeyStatus, LoginProfile, Owner, PasswordReset, User,
};

pub(super) fn read_user(
    wire: file::User,
    account: &Account,
    at: &Place,
) -> Result<User, AccountsError> {
    let created = read_created(wire.created, at)?;
    let mut user = User::new(&account.id, at.member("name").id(&wire.name)?, created);
    user.path = read_path(wire.path, at)?;
    user.id = wire.id.unwrap_or(user.id);
    if let Some(unknown) = wire
        .groups
        .iter()
        .find(|name| !account.groups.contains_key(*name))
    {
        return Err(at.missing("group", unknown));
    }
    user.groups = wire.groups.into_iter().collect();
    if let Some(password) = wire.password {
        let at = at.member("password");
        let earlier = wire.earlier_passwords.iter().map(|text| at.secret(text));
        user.login = Some(LoginProfile {
            password: at.secret(&password)?,
            earlier: earlier.collect::<Result<_, AccountsError>>()?,
            created,
            reset: match wire.password_reset_required {
                true => PasswordReset::Required,
                false => PasswordReset::NotRequired,
            },
        });
    }
    for (n, key) in wire.access_keys.into_iter().enumerate() {
        user.keys.push(read_key(key, &at.item("access_keys", n))?);
    }
    user.grants = at.grants(&wire.policies, wire.attached_policies, account)?;
    user.boundary = read_boundary(wire.permissions_boundary, account, at)?;
    user.tags = wire.tags;
    Ok(user)
}

pub(super) fn write_user(user: &User) -> file::User {
    let User {
        name,
        path,
        id,
        created,
        login,
        keys,
        groups,
        grants,
        boundary,
        tags,
    } = user;
    let (policies, attached_policies) = write_grants(grants);
    // Exposed because a state file is what it says: everything that the practice account holds.
    let password = login
        .as_ref()
        .map(|login| login.password.expose().to_owned());
    let earlier = login.iter().flat_map(|login| &login.earlier);
    let reset = login.as_ref().map(|login| login.reset);
    file::User {
        name: name.to_string(),
        path: path.clone(),
        id: Some(id.clone()),
        created: Some(created.to_string()),
        groups: groups.iter().cloned().collect(),
        password,
        earlier_passwords: earlier
            .map(|password| password.expose().to_owned())
            .collect(),
        password_reset_required: reset == Some(PasswordReset::Required),
        access_keys: keys.iter().map(write_key).collect(),
        policies,
        attached_policies,
        permissions_boundary: boundary.clone(),
        tags: tags.clone(),
    }
}

pub(super) fn read_key(wire: file::Key, at: &Place) -> Result<AccessKey, AccountsError> {
    let file::Key {
        id,
        secret,
        status,
        created,
    } = wire;
    let created = read_created(created, at)?;
    let wrong = || {
        at.member("status")
            .value("a status is `Active` or `Inactive`")
    };
    Ok(AccessKey {
        id: at.member("id").id(&id)?,
        secret: at.member("secret").secret(&secret)?,
        status: KeyStatus::parse(&status).ok_or_else(wrong)?,
        created,
        last_used: None,
        known_from: created,
    })
}

pub(super) fn write_key(key: &AccessKey) -> file::Key {
    // When a key was last used and whether it has spread belongs to a run, not to the file.
    let AccessKey {
        id,
        secret,
        status,
        created,
        last_used: _,
        known_from: _,
    } = key;
    file::Key {
        id: id.to_string(),
        // Exposed because the state file holds the practice account's secrets.
        secret: secret.expose().to_owned(),
        status: status.as_str().to_owned(),
        created: Some(created.to_string()),
    }
}

pub(super) fn read_device(
    wire: file::Device,
    account: &Account,
    at: &Place,
) -> Result<Device, AccountsError> {
    let file::Device {
        serial,
        seed,
        user,
        root,
        enabled,
    } = wire;
    let serial: MfaSerial = at.member("serial").id(&serial)?;
    if !serial.as_str().starts_with(&account.arn("mfa/")) {
        return Err(at
            .member("serial")
            .value("the ARN of a virtual device of this account"));
    }
    let mut device = Device::unassigned(serial, at.member("seed").seed(&seed)?);
    device.owner = match (user, root) {
        (None, false) => None,
        (None, true) => Some(Owner::Root),
        (Some(name), false) => {
            let name = at.member("user").id(&name)?;
            match account.users.contains_key(&name) {
                true => Some(Owner::User(name)),
                false => return Err(at.missing("user", name.as_str())),
            }
        }
        (Some(_), true) => return Err(at.value("a device has one owner: a user or root")),
    };
    if device.owner.is_some() {
        device.enabled = Some(read_created(enabled, at)?);
    }
    Ok(device)
}

pub(super) fn write_device(device: &Device) -> file::Device {
    // Spent codes and drift belong to a run.
    let Device {
        serial,
        seed,
        owner,
        enabled,
        last_step: _,
        drift: _,
    } = device;
    file::Device {
        serial: serial.to_string(),
        seed: seed.to_base32(),
        user: owner
            .as_ref()
            .and_then(Owner::user)
            .map(ToString::to_string),
        root: *owner == Some(Owner::Root),
        enabled: enabled.map(|at| at.to_string()),
    }
}
