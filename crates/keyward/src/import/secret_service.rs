//! Items that aws-vault or granted keep in the Secret Service of the desktop (GNOME Keyring,
//! KeePassXC, …), each tool in a collection of its own. The service itself asks the person to
//! unlock the collection.

use std::collections::HashMap;

use dbus_secret_service::{Collection, EncryptionType, Error, Item, SecretService};
use zeroize::Zeroizing;

use super::Harvest;
use super::item::{self, Kind};
use crate::screen::error::CliError;

/// The time that the person has to unlock the collection.
const PATIENCE_SECONDS: u64 = 120;

/// The attribute under which the library keeps an item's name.
const NAME: &str = "profile";

/// Everything in the collection of that name.
pub(crate) fn harvest(collection: &str) -> Result<Harvest, CliError> {
    let failed = |e: Error| {
        CliError::failed("the desktop's Secret Service cannot be used").because(e.to_string())
    };
    let service =
        SecretService::connect_with_max_prompt_timeout(EncryptionType::Dh, PATIENCE_SECONDS)
            .map_err(failed)?;
    let mut harvest = Harvest::default();
    let mut there = false;
    let mut sessions = 0;
    for found in service.get_all_collections().map_err(failed)? {
        if !is_called(&found, collection) {
            continue;
        }
        there = true;
        found.ensure_unlocked().map_err(|e| {
            CliError::failed(format!("the collection `{collection}` stays locked"))
                .because(e.to_string())
        })?;
        for item in found.get_all_items().map_err(failed)? {
            let Some(name) = name_of(&item) else {
                harvest.ignore("an item without a name", "it does not belong to a profile");
                continue;
            };
            if item::kind(&name) == Kind::Session {
                sessions += 1;
                continue;
            }
            let shown = format!("`{name}` in the Secret Service");
            match item.get_secret().map(Zeroizing::new) {
                Ok(json) => harvest.take_item(&name, shown, &json),
                Err(e) => harvest.miss(shown, format!("the Secret Service did not open it: {e}")),
            }
        }
    }
    if !there {
        return Err(CliError::failed(format!(
            "the Secret Service has no collection `{collection}`"
        ))
        .hint("name another with --collection"));
    }
    harvest.ignore_sessions(sessions);
    Ok(harvest)
}

/// Whether a collection has that name: as its label, or in its path, as the library made it.
fn is_called(found: &Collection<'_>, name: &str) -> bool {
    found.get_label().is_ok_and(|label| label == name)
        || found.path.rsplit('/').next() == Some(name)
}

fn name_of(item: &Item<'_>) -> Option<String> {
    let attributes: HashMap<String, String> = item.get_attributes().unwrap_or_default();
    attributes
        .get(NAME)
        .cloned()
        .or_else(|| item.get_label().ok())
        .filter(|name| !name.is_empty())
}
