//! A plugin's work done by another process, whose environment holds nothing that the plugin must
//! not see: what the two say to each other, through pipes. A word and a line end, then the rest.

use std::path::Path;

use zeroize::{Zeroize as _, Zeroizing};

use super::super::program::{self, Complaints, identity_in};
use super::super::{Access, CommandLine, OpenSlotError, PluginIdentity, Plugins};
use crate::identity::Identity;

const WRAP: &[u8] = b"wrap";
const UNWRAP: &[u8] = b"unwrap";

const DONE: &[u8] = b"done";
const UNAVAILABLE: &[u8] = b"unavailable";
const DAMAGED: &[u8] = b"damaged";
const REFUSED: &[u8] = b"refused";

/// Has an identity wrapped.
pub(super) fn wrap(
    host: &CommandLine,
    identity: &PluginIdentity,
    vault: &Identity,
    access: &Access,
) -> Result<Vec<u8>, OpenSlotError> {
    // The identity is exposed to the process that wraps it for us.
    let vault = vault.expose();
    let wrapped = ask(
        host,
        &[WRAP, identity.as_str().as_bytes(), vault.as_bytes()],
        Path::new(""),
        access,
    )?;
    Ok(wrapped.to_vec())
}

/// Has an identity unwrapped.
pub(super) fn unwrap(
    host: &CommandLine,
    identity: &PluginIdentity,
    slot_file: &Path,
    wrapped: &[u8],
    access: &Access,
) -> Result<Identity, OpenSlotError> {
    let text = ask(
        host,
        &[UNWRAP, identity.as_str().as_bytes(), wrapped],
        slot_file,
        access,
    )?;
    identity_in(&text, "the age plugin")
}

fn ask(
    host: &CommandLine,
    lines: &[&[u8]],
    slot_file: &Path,
    access: &Access,
) -> Result<Zeroizing<Vec<u8>>, OpenSlotError> {
    let mut command = program::command(Path::new(host.program()), access);
    command.args(host.arguments());
    let request = Zeroizing::new(lines.join(&b'\n'));
    let answer = program::run(command, &request, Complaints::Shown, access)?;
    let (word, rest) = cut(&answer).unwrap_or((REFUSED, b"it gave no answer"));
    let message = || String::from_utf8_lossy(rest).into_owned();
    match word {
        DONE => Ok(Zeroizing::new(rest.to_vec())),
        UNAVAILABLE => Err(OpenSlotError::Unavailable {
            what: message(),
            source: None,
        }),
        DAMAGED => Err(OpenSlotError::Damaged {
            path: slot_file.to_owned(),
            source: None,
        }),
        _ => Err(OpenSlotError::Plugin(message().into())),
    }
}

/// Serves another process as [`Plugins::Apart`] requires: reads its request, works with the plugin, and
/// returns the answer to write back. An invalid request gets a refusal.
#[must_use]
pub fn host_plugin(request: &[u8], access: &Access) -> Zeroizing<Vec<u8>> {
    match answer(request, access) {
        Some(Ok(mut made)) => {
            let whole = Zeroizing::new([DONE, b"\n", &made].concat());
            made.zeroize();
            whole
        }
        Some(Err(error)) => refusal(&error),
        None => Zeroizing::new([REFUSED, b"\nit was asked for something else"].concat()),
    }
}

fn answer(request: &[u8], access: &Access) -> Option<Result<Vec<u8>, OpenSlotError>> {
    // The process that does the work must not hand it on.
    let access = Access {
        plugins: Plugins::Here,
        ..access.clone()
    };
    let (word, rest) = cut(request)?;
    let (identity, content) = cut(rest)?;
    let identity: PluginIdentity = std::str::from_utf8(identity).ok()?.parse().ok()?;
    match word {
        WRAP => {
            let vault: Identity = std::str::from_utf8(content).ok()?.parse().ok()?;
            Some(super::wrap(&identity, &vault, &access))
        }
        UNWRAP => {
            let opened = super::unwrap(&identity, Path::new(""), content, &access);
            // Exposed to the process that asked, which has the slot's file and the device.
            Some(opened.map(|vault| vault.expose().as_bytes().to_vec()))
        }
        _ => None,
    }
}

fn refusal(error: &OpenSlotError) -> Zeroizing<Vec<u8>> {
    let (word, message) = match error {
        OpenSlotError::Unavailable { what, .. } => (UNAVAILABLE, what.clone()),
        OpenSlotError::Damaged { .. } => (DAMAGED, String::new()),
        OpenSlotError::Plugin(source) => (REFUSED, source.to_string()),
        other => (REFUSED, other.to_string()),
    };
    Zeroizing::new([word, b"\n", message.as_bytes()].concat())
}

/// Cuts a text at the first line end.
fn cut(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| *byte == b'\n')?;
    Some((&text[..end], &text[end + 1..]))
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
