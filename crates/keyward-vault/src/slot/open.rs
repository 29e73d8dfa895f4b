//! From a slot to the vault's identity.

use crate::disk;
use crate::identity::Identity;
use crate::paths::Paths;

use super::{
    Access, OpenSlotError, Question, Slot, SlotError, SlotKind, command, gpg, os, pass, passphrase,
    plugin, secret_path, ssh,
};

/// Opens a slot, asking whom `access` offers.
pub(crate) fn open(paths: &Paths, slot: &Slot, access: &Access) -> Result<Identity, OpenSlotError> {
    let in_file = || -> Result<_, OpenSlotError> {
        let path = secret_path(paths, slot).expect("kinds that are asked for a file have one");
        let file = disk::read_private(&path).map_err(SlotError::from)?;
        let file = file.ok_or_else(|| OpenSlotError::Gone { path: path.clone() })?;
        Ok((path, file))
    };
    match &slot.kind {
        SlotKind::Passphrase => {
            let (path, file) = in_file()?;
            let what = slot.name.to_string();
            let asked = access.person.secret(&Question::Slot(slot.name.clone()));
            let given = asked.ok_or_else(|| OpenSlotError::NoAnswer { key_file: None })?;
            passphrase::unwrap(&file, &given).map_err(|refused| match refused {
                passphrase::Refused::WrongPassphrase => OpenSlotError::WrongPassphrase { what },
                passphrase::Refused::TooMuchWork => OpenSlotError::TooMuchWork { path },
                passphrase::Refused::NoMemory(error) => SlotError::from(error).into(),
                passphrase::Refused::Damaged(source) => OpenSlotError::Damaged {
                    path,
                    source: source.map(|source| source as _),
                },
            })
        }
        SlotKind::Os { account } => os::read(account, access),
        SlotKind::Pass { entry } => pass::read(entry, access),
        SlotKind::Gpg { .. } => gpg::unwrap(&in_file()?.1, access),
        SlotKind::Ssh { identity_file, .. } => {
            let (path, file) = in_file()?;
            ssh::unwrap(identity_file, &path, &file, access)
        }
        SlotKind::Plugin { identity } => {
            let (path, file) = in_file()?;
            plugin::unwrap(identity, &path, &file, access)
        }
        SlotKind::Command { read } => command::read(read, access),
        SlotKind::Other(kind) => Err(OpenSlotError::UnknownKind(kind.clone())),
    }
}

/// Removes what a slot of this kind keeps outside the vault's folder. What a command keeps is
/// its owner's business.
pub(crate) fn forget(kind: &SlotKind, access: &Access) -> Result<(), OpenSlotError> {
    match kind {
        SlotKind::Os { account } => os::forget(account, access),
        SlotKind::Pass { entry } => pass::forget(entry, access),
        _ => Ok(()),
    }
}
