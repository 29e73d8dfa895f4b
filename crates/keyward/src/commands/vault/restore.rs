//! `keyward vault restore`: replaces the vault with an older copy, after it has reported what that
//! costs. Refuses to replace a vault that opens, unless that is what was asked for.

use std::path::PathBuf;
use std::process::ExitCode;

use keyward_core::text::count;
use keyward_core::time::show_duration;
use keyward_vault::{Index, IndexError, LookBack};

use crate::environment as env;
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::screen::ui::{GOOD, Ui};
use crate::session::look_back;
use crate::state::local_state::{LocalState, now};
use crate::system::locations;

/// Which copy, and how sure.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The copy, in place of the previous state that is kept beside the vault
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,

    /// Even if the vault opens; it is kept under another name
    #[arg(long)]
    force: bool,

    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

/// Looks, says, asks, goes back.
pub(super) fn run(local: &LocalState, args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let vault = local.vault();
    let copy = match &args.from {
        Some(file) => env::expand_home(file),
        None => local.paths.previous(),
    };
    let look = look_back(local, ui, &copy)?;
    if look.now.is_some() && !args.force {
        for line in differences(&known(local, &look), &look.then) {
            ui.warn(line);
        }
        return Err(CliError::failed(
            "the vault is whole, and going back would undo what was done since the copy",
        )
        .hint("--force restores it anyway; the present vault is kept beside it"));
    }
    let date = match look.from {
        Some(from) => format!("{from}, {} ago", show_duration(from.elapsed(now()))),
        None => "an unknown time".to_owned(),
    };
    ui.say(format!("`{}` is from {date}", locations::show(&look.copy)));
    let list_is_lost = matches!(
        local.index_error.as_deref(),
        Some(
            IndexError::Missing { .. } | IndexError::Damaged { .. } | IndexError::Unreadable { .. }
        )
    );
    if look.now.is_none() && list_is_lost {
        ui.warn("the vault's key index is lost too, so keyward cannot say what the copy lacks");
    }
    for line in differences(&known(local, &look), &look.then) {
        ui.warn(line);
    }
    if !args.yes {
        let hint = "pass --yes to restore it without asking";
        let mut terminal = Terminal::required("your consent", hint)?;
        if !terminal.confirm("Replace the vault with this copy?")? {
            return Err(CliError::failed("nothing was changed"));
        }
    }
    let aside = vault.go_back(&look)?;
    ui.say(format!(
        "{GOOD}restored{GOOD:#} the copy, which holds {}",
        keys(look.then.keys.len())
    ));
    if let Some(aside) = aside {
        ui.say(format!(
            "the file it replaces is kept as `{}`",
            locations::show(&aside)
        ));
        if look.now.is_some() {
            let path = aside.display().to_string();
            ui.hint(format!(
                "keyward vault restore --force --from {}   (to undo this)",
                shlex::try_quote(&path).unwrap_or_default()
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the last known content of the vault: its own list, else the one beside it.
fn known(local: &LocalState, look: &LookBack) -> Index {
    look.now
        .clone()
        .unwrap_or_else(|| Index::clone(&local.index))
}

fn keys(number: usize) -> String {
    match number {
        0 => "no key".to_owned(),
        n => count(n, "key"),
    }
}

/// Returns what would be lost and what would come back, a sentence each.
fn differences(now: &Index, then: &Index) -> Vec<String> {
    let (now, then) = (parts(now), parts(then));
    let lost = now.iter().filter(|part| !then.contains(part));
    let back = then.iter().filter(|part| !now.contains(part));
    lost.map(|part| format!("the copy lacks {part}"))
        .chain(back.map(|part| format!("the copy brings back {part}")))
        .collect()
}

/// Returns the content of an index in words.
fn parts(index: &Index) -> Vec<String> {
    let Index {
        keys,
        rotations,
        seeds,
        sign_ins,
    } = index;
    let keys = keys
        .iter()
        .map(|key| format!("the key {} of `{}`", key.access_key_id, key.profile));
    let rotations = rotations.iter().map(|rotation| {
        format!(
            "the rotation of `{}` at the step `{}`",
            rotation.profile, rotation.state
        )
    });
    let seeds = seeds.iter().map(|serial| format!("the seed of {serial}"));
    let sign_ins = sign_ins
        .iter()
        .map(|known| format!("the console sign-in of {}", known.session));
    keys.chain(rotations).chain(seeds).chain(sign_ins).collect()
}
