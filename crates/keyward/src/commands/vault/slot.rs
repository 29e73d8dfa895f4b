//! `keyward vault slot`: the ways to open the vault. Adding or removing one never touches the
//! secrets.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use keyward_core::secret::Passphrase;
use keyward_vault::{
    CommandLine, NewSlot, PassEntry, PluginIdentity, Slot, SlotError, SlotKind, SlotLook, SlotName,
    Vault,
};
use serde_json::json;

use crate::commands::print_json;
use crate::prompt::terminal::Terminal;
use crate::screen::error::{CliError, nothing_opens};
use crate::screen::ui::{BAD, GOOD, Ui};
use crate::session::{
    Opens, choose_passphrase, create_with, new_passphrase_in, open_vault, slot_access,
};
use crate::state::local_state::{LocalState, now};
use crate::system::locations;

/// What to do with slots.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    /// List them
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add one; the vault is opened by another first. Without a vault, a new one gets this slot alone
    Add(Box<AddArgs>),
    /// Remove one; the last cannot be removed
    Remove {
        /// Its name
        slot: SlotName,

        /// Do not ask
        #[arg(short = 'y', long)]
        yes: bool,
    },
}

/// The kinds on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A passphrase
    Passphrase,
    /// The desktop's keystore: Secret Service, KWallet, Keychain, Credential Manager
    Os,
    /// An entry of the password store `pass`
    Pass,
    /// A GnuPG key: cards, agents and pinentry as you have them
    Gpg,
    /// An SSH key pair, ed25519 or RSA
    Ssh,
    /// An age plugin: YubiKey, TPM, Secure Enclave
    Plugin,
    /// A command that prints the vault's identity
    Command,
}

/// A new slot.
#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// What opens it
    #[arg(value_enum)]
    kind: Kind,

    /// The slot's name; the kind by default
    #[arg(long)]
    name: Option<SlotName>,

    /// passphrase: take it from the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,

    /// pass: the entry
    #[arg(long, value_name = "ENTRY", default_value = "keyward/vault")]
    entry: PassEntry,

    /// gpg: what names the key, such as a fingerprint or an address
    #[arg(long, value_name = "USER-ID", required_if_eq("kind", "gpg"))]
    user: Option<String>,

    /// ssh: the private key
    #[arg(long, value_name = "FILE", required_if_eq("kind", "ssh"))]
    identity_file: Option<PathBuf>,

    /// plugin: the plugin's identity (AGE-PLUGIN-…)
    #[arg(long, value_name = "IDENTITY", required_if_eq("kind", "plugin"))]
    identity: Option<PluginIdentity>,

    /// command: prints the identity
    #[arg(long, value_name = "CMD", value_parser = command_line, required_if_eq("kind", "command"))]
    read: Option<CommandLine>,

    /// command: is given the identity on its standard input, once
    #[arg(long, value_name = "CMD", value_parser = command_line)]
    store: Option<CommandLine>,
}

/// Lists, adds or removes.
pub(super) fn run(local: &LocalState, verb: Verb, ui: &Ui) -> Result<ExitCode, CliError> {
    let vault = local.vault();
    match verb {
        Verb::List { json } => list(&vault, json, ui),
        Verb::Add(args) => add(local, *args, ui),
        Verb::Remove { slot, yes } => remove(local, &slot, yes, ui),
    }
}

fn list(vault: &Vault, as_json: bool, ui: &Ui) -> Result<ExitCode, CliError> {
    let slots = vault.look_at_slots()?;
    warn_of_changes(vault, ui);
    if as_json {
        print_json(ui, &slots.iter().map(to_json).collect())?;
    } else {
        let lines: String = slots.iter().map(line).collect();
        ui.text(&lines, 2)?;
    }
    let opens = slots.iter().any(|slot| slot.fault.is_none());
    match (opens, vault.exists()) {
        (false, true) => Err(nothing_opens()),
        (false, false) => {
            ui.say("there is no vault yet");
            Ok(ExitCode::SUCCESS)
        }
        (true, _) => Ok(ExitCode::SUCCESS),
    }
}

/// Names what differs from the state that this machine last saw: a planted slot looks like any other.
fn warn_of_changes(vault: &Vault, ui: &Ui) {
    // A pin or slot that cannot be read stops the commands that open the vault, and not this one.
    let changes = vault.changes().unwrap_or_default();
    for change in &changes {
        ui.warn(change.to_string());
    }
    if !changes.is_empty() {
        ui.hint("if you changed it: keyward vault accept");
    }
}

fn line(look: &SlotLook) -> String {
    match &look.fault {
        None => format!("{}\n", told(look)),
        Some(fault) => format!("{}   {BAD}{fault}{BAD:#}\n", told(look)),
    }
}

fn add(local: &LocalState, args: AddArgs, ui: &Ui) -> Result<ExitCode, CliError> {
    let name = match args.name {
        Some(name) => name,
        None => kind_name(args.kind)
            .parse()
            .expect("a kind's name is a slot name"),
    };
    let slots = local.vault().look_at_slots()?;
    if slots.iter().any(|slot| slot.name == name) {
        return Err(SlotError::Exists(name).into());
    }
    let open = match local.vault().exists() {
        true => Some(open_vault(local, ui)?),
        false => None,
    };
    let passphrase: Option<Passphrase> = match (args.kind, &args.passphrase_file) {
        (Kind::Passphrase, Some(file)) => Some(new_passphrase_in(file)?),
        (Kind::Passphrase, None) => Some(choose_passphrase(
            Opens::Vault,
            "Passphrase of the new slot",
            "give --passphrase-file",
        )?),
        _ => None,
    };
    let missing = || {
        CliError::usage("a flag of that kind of slot is missing")
            .hint("keyward vault slot add --help")
    };
    let new = match args.kind {
        Kind::Passphrase => NewSlot::Passphrase {
            passphrase: passphrase.as_ref().ok_or_else(missing)?,
            work: local.settings.passphrase_work,
        },
        Kind::Os => NewSlot::Os,
        Kind::Pass => NewSlot::Pass { entry: args.entry },
        Kind::Gpg => NewSlot::Gpg {
            user: args.user.ok_or_else(missing)?,
        },
        Kind::Ssh => NewSlot::Ssh {
            identity_file: args.identity_file.ok_or_else(missing)?,
        },
        Kind::Plugin => NewSlot::Plugin {
            identity: args.identity.ok_or_else(missing)?,
        },
        Kind::Command => NewSlot::Command {
            read: args.read.ok_or_else(missing)?,
            store: args.store,
        },
    };
    let Some(open) = open else {
        return match create_with(local, ui, name, new)? {
            Some(_) => Ok(ExitCode::SUCCESS),
            None => Err(
                CliError::failed("another keyward made the vault in the meantime")
                    .hint("run the command again"),
            ),
        };
    };
    let slot = open.add_slot(name, new, &slot_access(local)?, now())?;
    ui.say(format!("{GOOD}added{GOOD:#} {}", describe(&slot)));
    Ok(ExitCode::SUCCESS)
}

fn remove(local: &LocalState, name: &SlotName, yes: bool, ui: &Ui) -> Result<ExitCode, CliError> {
    let vault = local.vault();
    // Check that it is possible before asking.
    vault.removable(name)?;
    if !yes {
        let mut terminal =
            Terminal::required("your consent", "pass --yes to remove it without asking")?;
        if !terminal.confirm(&format!(
            "Remove slot `{name}`? It will no longer open the vault."
        ))? {
            return Err(CliError::failed("nothing was changed"));
        }
    }
    let left_behind = vault.remove_slot(name, &slot_access(local)?)?;
    ui.say(format!("removed slot `{name}`"));
    if let Some(error) = left_behind {
        ui.warn(format!(
            "what it kept elsewhere could not be removed: {error}"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Passphrase => "passphrase",
        Kind::Os => "os",
        Kind::Pass => "pass",
        Kind::Gpg => "gpg",
        Kind::Ssh => "ssh",
        Kind::Plugin => "plugin",
        Kind::Command => "command",
    }
}

/// A command as a shell would split it; no shell runs it.
fn command_line(text: &str) -> Result<CommandLine, String> {
    let words = shlex::split(text).ok_or("a quote is not closed")?;
    CommandLine::new(words).map_err(|e| e.to_string())
}

/// One line about a slot.
fn describe(slot: &Slot) -> String {
    let what = match &slot.kind {
        SlotKind::Passphrase => "a passphrase".to_owned(),
        SlotKind::Os { .. } => "the desktop's keystore".to_owned(),
        SlotKind::Pass { entry } => format!("pass entry {entry}"),
        SlotKind::Gpg { fingerprint } => format!("GnuPG key {fingerprint}"),
        SlotKind::Ssh { identity_file, .. } => {
            format!("SSH key {}", locations::show(identity_file))
        }
        SlotKind::Plugin { .. } => "an age plugin".to_owned(),
        SlotKind::Command { read } => format!("command `{}`", read.program()),
        SlotKind::Other(kind) => format!("`{kind}`, which needs a newer keyward"),
        _ => slot.kind.name().to_owned(),
    };
    format!("{}: {what}", slot.name)
}

/// One line about a slot, whether it can be read or not.
pub(super) fn told(look: &SlotLook) -> String {
    match &look.slot {
        Some(slot) => describe(slot),
        None => look.name.to_string(),
    }
}

/// One slot as JSON.
pub(super) fn to_json(look: &SlotLook) -> serde_json::Value {
    let slot = look.slot.as_ref();
    json!({
        "name": look.name.as_str(),
        "kind": slot.map(|slot| slot.kind.name().to_owned()),
        "created": slot.map(|slot| slot.created.to_string()),
        "problem": look.fault.as_ref().map(ToString::to_string),
    })
}
