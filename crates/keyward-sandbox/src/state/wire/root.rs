//! The root user between the file and the account. If a file does not describe it, it has no keys
//! and a hardware device.

use super::fields::{read_created, read_moment};
use super::people::{read_key, write_key};
use super::{AccountsError, JsonPath, file};
use crate::state::{HardwareMfa, Root};

pub(super) fn read_root(wire: file::Root, at: &JsonPath) -> Result<Root, AccountsError> {
    let file::Root {
        created,
        access_keys,
        hardware_mfa,
        password_last_used,
    } = wire;
    let keys = access_keys.into_iter().enumerate();
    let keys = keys.map(|(n, key)| read_key(key, &at.item("access_keys", n)));
    Ok(Root {
        created: read_created(created, at)?,
        password_last_used: read_moment(password_last_used, &at.member("password_last_used"))?,
        keys: keys.collect::<Result<_, _>>()?,
        hardware_mfa: match hardware_mfa {
            true => HardwareMfa::Present,
            false => HardwareMfa::Absent,
        },
    })
}

pub(super) fn write_root(root: &Root) -> file::Root {
    let Root {
        created,
        password_last_used,
        keys,
        hardware_mfa,
    } = root;
    file::Root {
        created: Some(created.to_string()),
        access_keys: keys.iter().map(write_key).collect(),
        hardware_mfa: *hardware_mfa == HardwareMfa::Present,
        password_last_used: password_last_used.map(|at| at.to_string()),
    }
}
