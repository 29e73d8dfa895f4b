//! The plugin slot: the vault's identity as an age file for a plugin's identity. The plugin,
//! `age-plugin-NAME`, talks to the hardware, and to the person through the caller.

mod apart;

use std::path::Path;
use std::sync::Arc;

use age::plugin::{IdentityPluginV1, RecipientPluginV1, ResolveError};
use age::secrecy::SecretString;
use age::{DecryptError, EncryptError};

use super::age_file::{age_error, slot_identity};
use super::{Access, OpenSlotError, PluginIdentity, Plugins, Prompter, Question};
use crate::identity::{self, Identity};

pub use apart::host_plugin;

/// The caller's person, as plugins address them.
#[derive(Clone)]
struct Voice(Arc<dyn Prompter>);

impl age::Callbacks for Voice {
    fn display_message(&self, message: &str) {
        self.0.say(message);
    }

    fn confirm(&self, message: &str, yes: &str, no: Option<&str>) -> Option<bool> {
        self.0.choose(message, yes, no)
    }

    fn request_public_string(&self, description: &str) -> Option<String> {
        self.0.text(description)
    }

    fn request_passphrase(&self, description: &str) -> Option<SecretString> {
        let answer = self.0.secret(&Question::Plugin(description.to_owned()))?;
        // The answer is exposed to the plugin that asked for it.
        Some(SecretString::from(answer.expose().to_owned()))
    }
}

fn parse(identity: &PluginIdentity) -> age::plugin::Identity {
    identity
        .as_str()
        .parse()
        .expect("a plugin identity was parsed when it was made")
}

fn missing(error: &ResolveError) -> OpenSlotError {
    let what = match error {
        ResolveError::MissingPlugin { binary_name } => format!("`{binary_name}`"),
        _ => "the age plugin".to_owned(),
    };
    OpenSlotError::Unavailable { what, source: None }
}

fn nowhere(why: &str) -> OpenSlotError {
    OpenSlotError::Unavailable {
        what: "a process of its own for the age plugin".to_owned(),
        source: Some(why.into()),
    }
}

pub(super) fn wrap(
    identity: &PluginIdentity,
    vault: &Identity,
    access: &Access,
) -> Result<Vec<u8>, OpenSlotError> {
    match &access.plugins {
        Plugins::Here => {}
        Plugins::Apart(host) => return apart::wrap(host, identity, vault, access),
        Plugins::Nowhere(why) => return Err(nowhere(why)),
    }
    let parsed = parse(identity);
    let voice = Voice(Arc::clone(&access.person));
    let recipient =
        RecipientPluginV1::new(parsed.plugin(), &[], std::slice::from_ref(&parsed), voice)
            .map_err(|e| missing(&e))?;
    // The identity is exposed because it is what the slot wraps.
    identity::seal_to(&recipient, vault.expose().as_bytes()).map_err(|error| match error {
        EncryptError::PluginResolve(error) => missing(&error),
        other => OpenSlotError::Plugin(Box::new(other)),
    })
}

pub(super) fn unwrap(
    identity: &PluginIdentity,
    slot_file: &Path,
    wrapped: &[u8],
    access: &Access,
) -> Result<Identity, OpenSlotError> {
    match &access.plugins {
        Plugins::Here => {}
        Plugins::Apart(host) => return apart::unwrap(host, identity, slot_file, wrapped, access),
        Plugins::Nowhere(why) => return Err(nowhere(why)),
    }
    let parsed = parse(identity);
    let voice = Voice(Arc::clone(&access.person));
    let opener = IdentityPluginV1::new(parsed.plugin(), std::slice::from_ref(&parsed), voice)
        .map_err(|e| missing(&e))?;
    let content = identity::open_with(&opener, wrapped).map_err(|error| match error {
        DecryptError::PluginResolve(error) => missing(&error),
        // A plugin that finds no device ends without a key.
        DecryptError::Plugin(_) | DecryptError::NoMatchingKeys => {
            OpenSlotError::Plugin(Box::new(error))
        }
        other => age_error(other, slot_file),
    })?;
    slot_identity(&content, slot_file)
}
