//! `import awstools`: its accounts and its key rotation into keyward's settings.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use keyward_core::text::count;

use crate::aws_files::rewrite;
use crate::environment as env;
use crate::import::{self, Harvest, Plan};
use crate::screen::error::CliError;
use crate::screen::ui::{GOOD, Ui};
use crate::state::local_state::LocalState;
use crate::system::locations;
use crate::system::read_limited;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Its config file, instead of ~/.config/awstools/config.toml
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,

    /// Do what is shown without asking
    #[arg(short = 'y', long)]
    yes: bool,

    /// Replace other accounts of the same names
    #[arg(long)]
    force: bool,
}

/// Imports the settings.
pub(super) fn run(args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let local = LocalState::load()?;
    let theirs = source(args)?;
    let shown = locations::show(&theirs);
    let text = read_limited::text(&theirs, read_limited::DOCUMENT).map_err(|e| {
        let absent = e.kind() == io::ErrorKind::NotFound;
        let error = read_limited::unreadable(&theirs, e);
        match absent {
            true => error.hint("name the config file of awstools with --from FILE"),
            false => error,
        }
    })?;
    let mut harvest = Harvest::default();
    let found = import::awstools::read(&text, &mut harvest)
        .map_err(|e| CliError::usage(format!("`{shown}` is not TOML")).because(e))?;
    let ours = &local.locations.settings;
    let old = rewrite::read(ours).map_err(|e| {
        CliError::failed(format!("`{}` cannot be read", locations::show(ours))).because(e)
    })?;
    let merged = import::awstools::merge(
        old.as_deref().unwrap_or_default(),
        &found,
        super::overwrite(args.force),
    )
    .map_err(|e| CliError::usage(format!("`{}` is not TOML", locations::show(ours))).because(e))?;
    for step in &merged.steps {
        ui.text(&format!("{step}\n"), 10)?;
    }
    harvest.left.extend(merged.left);
    let rest = Plan {
        left: harvest.left,
        ..Plan::default()
    };
    let left = rest.to_string();
    ui.text(&left, 10)?;
    if merged.steps.is_empty() {
        import::say_nothing(ui, &left, &[shown]);
    } else {
        import::agree(super::agreed(args.yes))?;
        rewrite::replace(ours, old.as_deref(), &merged.text, local.deadline)
            .map_err(|e| rewrite::unwritten(ours, e))?;
        ui.say(format!("{GOOD}edited{GOOD:#} {}", locations::show(ours)));
    }
    if let Some(main) = &found.main_profile {
        ui.hint(format!(
            "awstools uses the key of profile `{main}` in the clear: keyward import credentials"
        ));
    }
    if let Some(session) = &found.session_profile {
        ui.hint(format!(
            "profile `{session}` of the credentials file holds sessions of awstools, which keyward does not need"
        ));
    }
    match rest.missed() {
        0 => Ok(ExitCode::SUCCESS),
        n => Err(CliError::failed(format!(
            "left out {}",
            count(n, "account")
        ))),
    }
}

fn source(args: &Args) -> Result<PathBuf, CliError> {
    args.from
        .clone()
        .or_else(|| {
            let home = env::home_folder()?;
            Some(home.join(".config").join("awstools").join("config.toml"))
        })
        .ok_or_else(|| CliError::usage("there is no home folder").hint("name the file with --from"))
}
