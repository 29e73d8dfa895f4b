//! A pin as JSON, version 1. A pin that is not exactly of this form is damaged.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Pin, StateDigest};
use crate::document::Generation;

/// The version that this program reads and writes.
pub(super) const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct PinWire {
    version: u32,
    /// The vault's folder, for people who look at the file.
    folder: String,
    identity: String,
    generation: u64,
    vault: Vec<String>,
    /// Early versions wrote none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    index: Vec<String>,
    slots: BTreeMap<String, Vec<String>>,
}

pub(super) fn write(pin: &Pin, folder: &Path) -> Vec<u8> {
    let Pin {
        identity,
        generation,
        vault,
        index,
        slots,
    } = pin;
    let texts = |digests: &[StateDigest]| {
        digests
            .iter()
            .map(|digest| digest.as_str().to_owned())
            .collect()
    };
    let wire = PinWire {
        version: VERSION,
        folder: folder.to_string_lossy().into_owned(),
        identity: identity.as_str().to_owned(),
        generation: generation.number(),
        vault: texts(vault),
        index: texts(index),
        slots: slots
            .iter()
            .map(|(name, digests)| (name.to_string(), texts(digests)))
            .collect(),
    };
    serde_json::to_vec_pretty(&wire).expect("plain structs become JSON")
}

/// What makes a file no pin of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PinFault {
    /// It is not exactly of the form above.
    Damaged,
    /// It is of this version, which a newer program wrote.
    Newer(u32),
}

pub(super) fn read(bytes: &[u8]) -> Result<Pin, PinFault> {
    #[derive(Deserialize)]
    struct VersionOnly {
        version: u32,
    }
    // A newer form need not have the same shape, so its version is looked for alone.
    match serde_json::from_slice(bytes) {
        Ok(VersionOnly { version }) if version > VERSION => Err(PinFault::Newer(version)),
        _ => read_own(bytes).ok_or(PinFault::Damaged),
    }
}

/// A pin of this program's version.
fn read_own(bytes: &[u8]) -> Option<Pin> {
    let PinWire {
        version,
        folder: _,
        identity,
        generation,
        vault,
        index,
        slots,
    } = serde_json::from_slice(bytes).ok()?;
    if version != VERSION {
        return None;
    }
    let digests = |texts: Vec<String>| texts.into_iter().map(digest).collect::<Option<Vec<_>>>();
    let slots = slots
        .into_iter()
        .map(|(name, texts)| Some((name.parse().ok()?, digests(texts)?)))
        .collect::<Option<BTreeMap<_, _>>>()?;
    Some(Pin {
        identity: digest(identity)?,
        generation: Generation::new(generation),
        vault: digests(vault)?,
        index: digests(index)?,
        slots,
    })
}

fn digest(text: String) -> Option<StateDigest> {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (text.len() == 64 && text.bytes().all(hex)).then_some(StateDigest::as_written(text))
}
