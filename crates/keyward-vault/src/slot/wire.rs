//! Version 1 of a slot's JSON file. A kind that this program does not know is a slot all the
//! same: it counts, is listed, and can be removed.

use serde::{Deserialize, Serialize};

use super::{Slot, SlotKind, SlotName};

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct SlotWire {
    version: u32,
    kind: String,
    created: String,
}

pub(super) fn write(slot: &Slot) -> Vec<u8> {
    let Slot {
        name: _,
        kind,
        created,
    } = slot;
    let wire = SlotWire {
        version: VERSION,
        kind: kind.to_string(),
        created: created.to_string(),
    };
    serde_json::to_vec_pretty(&wire).expect("plain structs become JSON")
}

pub(super) fn read(name: &SlotName, bytes: &[u8]) -> Option<Slot> {
    let SlotWire {
        version,
        kind,
        created,
    } = serde_json::from_slice(bytes).ok()?;
    let kind = match kind.as_str() {
        "passphrase" if version <= VERSION => SlotKind::Passphrase,
        _ => SlotKind::Other(kind),
    };
    Some(Slot {
        name: name.clone(),
        kind,
        created: created.parse().ok()?,
    })
}
