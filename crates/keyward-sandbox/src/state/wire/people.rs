//! Users, their keys and their devices, between the file and the account.

use keyward_core::id::MfaSerial;

use super::fields::{read_boundary, read_created, read_moment, read_path, write_grants};
use super::user_credentials::{
    read_certificate, read_service_credential, read_ssh_key, read_status, write_certificate,
    write_service_credential, write_ssh_key,
};
use super::{AccountsError, JsonPath, file};
use crate::state::{
    AccessKey, Account, Device, LastUsed, LoginProfile, Owner, PasswordReset, User,
};

pub(super) fn read_user(
    wire: file::User,
    account: &Account,
    at: &JsonPath,
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
    let changed = wire.password_changed;
    if let Some(password) = wire.password {
        let at = at.member("password");
        let earlier = wire.earlier_passwords.iter().map(|text| at.secret(text));
        user.login = Some(LoginProfile {
            password: at.secret(&password)?,
            earlier: earlier.collect::<Result<_, AccountsError>>()?,
            created,
            changed: read_moment(changed, &at)?.unwrap_or(created),
            reset: match wire.password_reset_required {
                true => PasswordReset::Required,
                false => PasswordReset::NotRequired,
            },
        });
    }
    for (n, key) in wire.access_keys.into_iter().enumerate() {
        user.keys.push(read_key(key, &at.item("access_keys", n))?);
    }
    let list = wire.ssh_keys.into_iter().enumerate();
    user.ssh_keys = list
        .map(|(n, key)| read_ssh_key(key, &at.item("ssh_keys", n)))
        .collect::<Result<_, _>>()?;
    let list = wire.signing_certificates.into_iter().enumerate();
    user.certificates = list
        .map(|(n, key)| read_certificate(key, &at.item("signing_certificates", n)))
        .collect::<Result<_, _>>()?;
    let list = wire.service_credentials.into_iter().enumerate();
    user.service_credentials = list
        .map(|(n, key)| read_service_credential(key, &at.item("service_credentials", n)))
        .collect::<Result<_, _>>()?;
    user.password_last_used =
        read_moment(wire.password_last_used, &at.member("password_last_used"))?;
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
        password_last_used,
        keys,
        ssh_keys,
        certificates,
        service_credentials,
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
        password_changed: login
            .as_ref()
            .filter(|login| login.changed != *created)
            .map(|login| login.changed.to_string()),
        password_last_used: password_last_used.map(|at| at.to_string()),
        ssh_keys: ssh_keys.iter().map(write_ssh_key).collect(),
        signing_certificates: certificates.iter().map(write_certificate).collect(),
        service_credentials: service_credentials
            .iter()
            .map(write_service_credential)
            .collect(),
        policies,
        attached_policies,
        permissions_boundary: boundary.clone(),
        tags: tags.clone(),
    }
}

pub(super) fn read_key(wire: file::Key, at: &JsonPath) -> Result<AccessKey, AccountsError> {
    let file::Key {
        id,
        secret,
        status,
        created,
        last_used,
    } = wire;
    let created = read_created(created, at)?;
    Ok(AccessKey {
        id: at.member("id").id(&id)?,
        secret: at.member("secret").secret(&secret)?,
        status: read_status(&status, at)?,
        created,
        last_used: last_used
            .map(|used| read_last_used(used, &at.member("last_used")))
            .transpose()?,
        known_from: created,
    })
}

pub(super) fn write_key(key: &AccessKey) -> file::Key {
    // Whether a key has spread belongs to a run, not to the file.
    let AccessKey {
        id,
        secret,
        status,
        created,
        last_used,
        known_from: _,
    } = key;
    file::Key {
        id: id.to_string(),
        // Exposed because the state file holds the practice account's secrets.
        secret: secret.expose().to_owned(),
        status: status.as_str().to_owned(),
        created: Some(created.to_string()),
        last_used: last_used.as_ref().map(write_last_used),
    }
}

pub(super) fn read_last_used(
    wire: file::LastUsed,
    at: &JsonPath,
) -> Result<LastUsed, AccountsError> {
    let file::LastUsed {
        at: when,
        service,
        region,
    } = wire;
    let when = when.parse().map_err(|error| at.member("at").value(error))?;
    Ok(LastUsed {
        at: when,
        service,
        region,
    })
}

pub(super) fn write_last_used(used: &LastUsed) -> file::LastUsed {
    let LastUsed {
        at,
        service,
        region,
    } = used;
    file::LastUsed {
        at: at.to_string(),
        service: service.clone(),
        region: region.clone(),
    }
}

pub(super) fn read_device(
    wire: file::Device,
    account: &Account,
    at: &JsonPath,
) -> Result<Device, AccountsError> {
    let file::Device {
        serial,
        seed,
        user,
        root,
        enabled,
        tags,
    } = wire;
    let serial: MfaSerial = at.member("serial").id(&serial)?;
    if !serial.as_str().starts_with(&account.arn("mfa/")) {
        return Err(at
            .member("serial")
            .value("the ARN of a virtual device of this account"));
    }
    let mut device = Device::unassigned(serial, at.member("seed").seed(&seed)?);
    device.tags = tags;
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
        tags,
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
        tags: tags.clone(),
    }
}
