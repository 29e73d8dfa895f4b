//! `keyward vault`: the store itself.

mod copy;
mod slot;

use std::process::ExitCode;

use keyward_core::time::show_duration;
use keyward_vault::{SessionStore, SlotName, Vault};
use serde_json::json;

use crate::commands::print_json;
use crate::environment as env;
use crate::error::CliError;
use crate::places;
use crate::session::{choose_passphrase, open_vault, passphrase_in, session_tier};
use crate::ui::{GOOD, STRONG, Ui, WARN};
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
    /// The ways to open the vault
    #[command(subcommand)]
    Slot(slot::Verb),
    /// Give a passphrase slot a new passphrase
    Passphrase {
        /// The slot
        #[arg(long, value_name = "NAME", default_value = "passphrase")]
        slot: SlotName,

        /// Take the new passphrase from the first line of this file
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<std::path::PathBuf>,
    },
    /// Write an encrypted copy, for a backup or a new machine
    Export(copy::ExportArgs),
    /// Take keys over from an encrypted copy
    Import(copy::ImportArgs),
    /// Go back to the previous copy of the vault, when the newest cannot be read
    Restore,
}

/// Shows or changes the store.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let world = World::load()?;
    match args.command {
        Verb::Status { json } => status(&world, json, ui),
        Verb::Slot(verb) => slot::run(&world, verb, ui),
        Verb::Passphrase {
            slot,
            new_passphrase_file,
        } => passphrase(&world, &slot, new_passphrase_file.as_deref(), ui),
        Verb::Export(args) => copy::export(&world, &args, ui),
        Verb::Import(args) => copy::import(&world, &args, ui),
        Verb::Restore => {
            Vault::at(world.paths.clone()).restore_previous()?;
            ui.say("the previous copy is the vault again");
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn passphrase(
    world: &World,
    slot: &SlotName,
    file: Option<&std::path::Path>,
    ui: &Ui,
) -> Result<ExitCode, CliError> {
    let open = open_vault(world, ui)?;
    let new = match file {
        Some(file) => passphrase_in(file)?,
        None => choose_passphrase("New passphrase")?,
    };
    open.change_passphrase(slot, &new, world.settings.passphrase_work)?;
    ui.say(format!(
        "{GOOD}changed{GOOD:#} the passphrase of slot `{slot}`"
    ));
    if env::get(env::PASSPHRASE).is_some() || env::path(env::PASSPHRASE_FILE).is_some() {
        ui.warn("the environment still gives the old passphrase");
    }
    Ok(ExitCode::SUCCESS)
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
            "slots": slots.iter().map(slot::to_json).collect::<Vec<_>>(),
            "keys": keys.iter().map(|key| json!({
                "profile": key.profile.as_str(),
                "access_key_id": key.access_key_id.as_str(),
                "created": key.created.to_string(),
                "age_days": key.created.elapsed(now()).as_secs() / 86_400,
            })).collect::<Vec<_>>(),
            "rotations": world.index.rotations.iter().map(crate::rotation::show::to_json).collect::<Vec<_>>(),
            "sign_ins": world.index.sign_ins.iter().map(|known| json!({
                "session": known.session.as_str(),
                "signed_in": known.signed_in.to_string(),
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
            "{STRONG}slot{STRONG:#}      {}\n",
            slot::describe(slot)
        ));
    }
    if slots.len() == 1 {
        let only = &slots[0].name;
        text.push_str(&format!("          {WARN}only `{only}` opens it; a second slot or an export keeps your keys if it is lost{WARN:#}\n"));
    }
    for key in &keys {
        let age = show_duration(key.created.elapsed(now()));
        text.push_str(&format!(
            "{STRONG}key{STRONG:#}       {} {}, {age} old\n",
            key.profile, key.access_key_id
        ));
    }
    for known in &world.index.sign_ins {
        let age = show_duration(known.signed_in.elapsed(now()));
        text.push_str(&format!(
            "{STRONG}sign-in{STRONG:#}   {}, {age} old\n",
            known.session
        ));
    }
    text.push_str(&format!(
        "{STRONG}sessions{STRONG:#}  {sessions}, kept in {}\n",
        store.tier()
    ));
    ui.data(&text)?;
    crate::rotation::show::remind(world, ui);
    Ok(ExitCode::SUCCESS)
}
