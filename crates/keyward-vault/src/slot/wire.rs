//! Version 1 of a slot's JSON file. A slot of an unknown kind also counts, is listed, and can be
//! removed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{CommandLine, Slot, SlotKind, SlotName};

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct SlotWire {
    version: u32,
    kind: String,
    created: String,
    /// The parameters of this kind alone.
    #[serde(flatten)]
    parameters: Map<String, Value>,
}

pub(super) fn write(slot: &Slot) -> Vec<u8> {
    let Slot {
        name: _,
        kind,
        created,
    } = slot;
    let wire = SlotWire {
        version: VERSION,
        kind: kind.name().to_owned(),
        created: created.to_string(),
        parameters: parameters(kind),
    };
    serde_json::to_vec_pretty(&wire).expect("plain structs become JSON")
}

fn parameters(kind: &SlotKind) -> Map<String, Value> {
    let text = |text: &str| Value::from(text);
    let fields = match kind {
        SlotKind::Passphrase | SlotKind::Other(_) => vec![],
        SlotKind::Os { account } => vec![("account", text(account.as_str()))],
        SlotKind::Pass { entry } => vec![("entry", text(entry.as_str()))],
        SlotKind::Gpg { fingerprint } => vec![("fingerprint", text(fingerprint.as_str()))],
        SlotKind::Ssh {
            identity_file,
            public_key,
        } => vec![
            // A path that is not Unicode cannot be written in JSON; it then names no file, and
            // the slot's age file still opens with the key itself.
            ("identity_file", text(&identity_file.to_string_lossy())),
            ("public_key", text(public_key)),
        ],
        SlotKind::Plugin { identity } => vec![("identity", text(identity.as_str()))],
        SlotKind::Command { read } => vec![("read", Value::from(read.words()))],
    };
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

pub(super) fn read(name: &SlotName, bytes: &[u8]) -> Option<Slot> {
    let SlotWire {
        version,
        kind,
        created,
        parameters,
    } = serde_json::from_slice(bytes).ok()?;
    let kind = if version > VERSION {
        SlotKind::Other(kind)
    } else {
        kind_from_wire(kind, &parameters)?
    };
    Some(Slot {
        name: name.clone(),
        kind,
        created: created.parse().ok()?,
    })
}

fn kind_from_wire(kind: String, parameters: &Map<String, Value>) -> Option<SlotKind> {
    let text = |name: &str| parameters.get(name)?.as_str();
    Some(match kind.as_str() {
        "passphrase" => SlotKind::Passphrase,
        "os" => SlotKind::Os {
            account: text("account")?.parse().ok()?,
        },
        "pass" => SlotKind::Pass {
            entry: text("entry")?.parse().ok()?,
        },
        "gpg" => SlotKind::Gpg {
            fingerprint: text("fingerprint")?.parse().ok()?,
        },
        "ssh" => SlotKind::Ssh {
            identity_file: text("identity_file")?.into(),
            public_key: text("public_key")?.to_owned(),
        },
        "plugin" => SlotKind::Plugin {
            identity: text("identity")?.parse().ok()?,
        },
        "command" => {
            let words = parameters.get("read")?.as_array()?;
            let words: Option<Vec<String>> = words
                .iter()
                .map(|word| word.as_str().map(str::to_owned))
                .collect();
            SlotKind::Command {
                read: CommandLine::new(words?).ok()?,
            }
        }
        _ => SlotKind::Other(kind),
    })
}
