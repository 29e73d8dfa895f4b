//! Inspects slots from outside: the kind of each, and whether its files could open anything. It neither
//! prompts nor asks a program or a keystore.

use super::{OpenSlotError, Slot, SlotError, SlotName, names, read, secret_path};
use crate::disk;
use crate::identity::has_age_header;
use crate::paths::Paths;

/// One slot, looked at.
#[derive(Debug)]
pub struct SlotLook {
    /// Its name.
    pub name: SlotName,
    /// The kind, if the description can be read.
    pub slot: Option<Slot>,
    /// The reason why it opens nothing, if its files show one.
    pub fault: Option<OpenSlotError>,
}

/// Looks at every slot, by name. One that is damaged hides no other.
pub(crate) fn look(paths: &Paths) -> Result<Vec<SlotLook>, SlotError> {
    let names = names(paths)?.into_iter();
    Ok(names.map(|name| look_at(paths, name)).collect())
}

/// Looks at one slot.
pub(crate) fn look_at(paths: &Paths, name: SlotName) -> SlotLook {
    let (slot, fault) = match read(paths, &name) {
        Ok(Some(slot)) => {
            let fault = fault(paths, &slot);
            (Some(slot), fault)
        }
        // It was there when the folder was listed.
        Ok(None) => (None, Some(SlotError::Missing(name.clone()).into())),
        Err(error) => (None, Some(error.into())),
    };
    SlotLook { name, slot, fault }
}

/// Whether a slot is there, and another that could open the vault without it. Only those that
/// `counts` accepts are considered.
pub(crate) fn removable(
    paths: &Paths,
    name: &SlotName,
    counts: impl Fn(&SlotName) -> bool,
) -> Result<(), SlotError> {
    let names = names(paths)?;
    if !names.contains(name) {
        return Err(SlotError::Missing(name.clone()));
    }
    // A slot that cannot be read would not open the vault, so it is not one to rely on.
    let whole = |other: &SlotName| look_at(paths, other.clone()).fault.is_none();
    if !names
        .iter()
        .any(|other| other != name && counts(other) && whole(other))
    {
        return Err(SlotError::Last(name.clone()));
    }
    Ok(())
}

fn fault(paths: &Paths, slot: &Slot) -> Option<OpenSlotError> {
    let path = secret_path(paths, slot)?;
    let is_age = path.extension().is_some_and(|extension| extension == "age");
    match disk::read_private(&path) {
        Err(error) => Some(SlotError::from(error).into()),
        Ok(None) => Some(OpenSlotError::Gone { path }),
        Ok(Some(file)) if file.is_empty() || (is_age && !has_age_header(&file)) => {
            Some(OpenSlotError::Damaged { path, source: None })
        }
        Ok(Some(_)) => None,
    }
}
