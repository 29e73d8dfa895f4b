//! `keyward vault`: the store itself.

use std::process::ExitCode;

use keyward_core::time::show_duration;
use keyward_vault::{SessionStore, Vault};
use serde_json::json;

use crate::commands::print_json;
use crate::error::CliError;
use crate::places;
use crate::session::session_tier;
use crate::ui::{STRONG, Ui};
use crate::world::{World, now};

/// The store itself
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Where things are, which slots open the vault, how old each key is
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Go back to the previous copy of the vault, when the newest cannot be read
    Restore,
}

/// Shows or mends the store.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let world = World::load()?;
    match args.command {
        Verb::Status { json } => status(&world, json, ui),
        Verb::Restore => {
            Vault::at(world.paths.clone()).restore_previous()?;
            ui.say("the previous copy is the vault again");
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn status(world: &World, as_json: bool, ui: &Ui) -> Result<ExitCode, CliError> {
    let vault = Vault::at(world.paths.clone());
    let slots = if vault.exists() {
        vault.slots()?
    } else {
        Vec::new()
    };
    let store = SessionStore::open(&world.paths, session_tier());
    let sessions = store.list(now()).len();
    let keys: Vec<_> = world.index.keys.iter().collect();
    if as_json {
        let value = json!({
            "folder": world.places.data.display().to_string(),
            "exists": vault.exists(),
            "slots": slots.iter().map(|slot| json!({"name": slot.name.as_str(), "kind": slot.kind.to_string(), "created": slot.created.to_string()})).collect::<Vec<_>>(),
            "keys": keys.iter().map(|key| json!({
                "profile": key.profile.as_str(),
                "access_key_id": key.access_key_id.as_str(),
                "created": key.created.to_string(),
                "age_days": key.created.elapsed(now()).as_secs() / 86_400,
            })).collect::<Vec<_>>(),
            "sessions": {"kept_in": store.tier().to_string(), "count": sessions},
        });
        print_json(ui, &value)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = format!(
        "{STRONG}vault{STRONG:#}     {}",
        places::show(&world.places.data)
    );
    text.push_str(if vault.exists() {
        "\n"
    } else {
        " (not made yet: `keyward add PROFILE` makes it)\n"
    });
    for slot in &slots {
        text.push_str(&format!(
            "{STRONG}slot{STRONG:#}      {} ({})\n",
            slot.name.as_str(),
            slot.kind.to_string()
        ));
    }
    for key in &keys {
        let age = show_duration(key.created.elapsed(now()));
        text.push_str(&format!(
            "{STRONG}key{STRONG:#}       {} {}, stored {age} ago\n",
            key.profile, key.access_key_id
        ));
    }
    text.push_str(&format!(
        "{STRONG}sessions{STRONG:#}  {sessions}, kept in {}\n",
        store.tier()
    ));
    ui.data(&text)?;
    Ok(ExitCode::SUCCESS)
}
