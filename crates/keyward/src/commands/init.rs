//! `keyward init`: from nothing to a role that works, one question at a time. Every step looks
//! first at what is there, so that a second run continues where the first stopped; every answer can
//! come from a flag.

mod device;
mod guide;
mod key;
mod names;
mod new_name;
mod proof;
mod roles;
mod tools;

use std::process::ExitCode;

use keyward_core::id::{ProfileName, Region};
use keyward_core::secret::MfaCode;

use crate::keys::enrol::DeviceName;
use crate::screen::error::CliError;
use crate::screen::ui::{CODE, FAINT, GOOD, Ui};
use crate::session::{FirstSlotArgs, parse_code};
use crate::state::local_state::LocalState;
use crate::team::{self, Team, region_flag};

use guide::{Guide, Questions};
use roles::RoleWish;

/// Set everything up, guided: vault, key, MFA device, roles, and a first call that works
///
/// What is there already is recognised, so the same command continues where it stopped. Every
/// question has a default and a flag; with --yes, or without a terminal, the defaults are taken.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile for your key; what the team file says, else your user name
    #[arg(long, value_name = "NAME")]
    profile: Option<ProfileName>,

    /// The team file: a path, or an https address
    #[arg(long, value_name = "FILE|URL")]
    from: Option<String>,

    /// The region of new profiles
    #[arg(long, value_name = "R", value_parser = region_flag)]
    region: Option<Region>,

    /// Take the key from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
    #[arg(long, conflicts_with = "key_stdin")]
    key_env: bool,

    /// Read the key from standard input: JSON, or two lines
    #[arg(long)]
    key_stdin: bool,

    #[command(flatten)]
    slot: FirstSlotArgs,

    /// Do not look for keys that other tools keep
    #[arg(long)]
    no_import: bool,

    /// Let the vault be the phone: keep a new device's seed in it
    #[arg(long, conflicts_with = "no_mfa")]
    store_seed: bool,

    /// Enrol no device
    #[arg(long)]
    no_mfa: bool,

    /// The name of a new device
    #[arg(long, visible_alias = "name", value_name = "N")]
    device_name: Option<DeviceName>,

    /// The current code of the MFA device
    #[arg(long, value_name = "C", value_parser = parse_code)]
    mfa_code: Option<MfaCode>,

    /// A role to write a profile for; may be repeated
    #[arg(long = "role", value_name = "[NAME=]ARN")]
    roles: Vec<RoleWish>,

    /// Write no profiles for roles
    #[arg(long, conflicts_with = "roles")]
    no_roles: bool,

    /// Do not try the first role
    #[arg(long)]
    no_check: bool,

    /// Ask nothing: take every default
    #[arg(short = 'y', long)]
    yes: bool,
}

/// Guides.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let questions = if args.yes {
        Questions::Answered
    } else {
        Questions::Asked
    };
    let mut guide = Guide::new(ui, questions);
    // A file that cannot be used ends it before anything is asked or made.
    let team = match &args.from {
        Some(source) => team::read(source)?,
        None => Team::default(),
    };
    let mut local = LocalState::load()?;
    names::check(&local, &args, &team)?;
    if guide.is_attended() {
        ui.say(format!(
            "{FAINT}Enter accepts the value in brackets. Ctrl-C stops; the next run continues.{FAINT:#}"
        ));
    }
    if !args.no_import {
        local = tools::offer(&mut guide, local, args.slot.first())?;
    }
    let (mut local, profile) = key::have(&mut guide, local, &args, &team)?;
    let device = device::have(&mut guide, &mut local, &args, &profile)
        .map_err(|error| again(error.about(&profile)))?;
    let written = roles::have(&mut guide, &local, &args, &team, &profile, device.as_ref())
        .map_err(|error| again(error.about(&profile)))?;
    local = local.reload()?;
    let mut used = written.first().unwrap_or(&profile).clone();
    if !args.no_check {
        while let Err(error) = proof::run(&guide, &mut local, &args, &used) {
            used = roles::repair(&mut guide, &local, &profile, used, error)?;
            local = local.reload()?;
        }
    }
    ui.say(format!("{GOOD}Done.{GOOD:#} From now on:"));
    ui.say(format!(
        "   {CODE}keyward exec {} -- COMMAND{CODE:#}",
        used.argument()
    ));
    ui.say(format!(
        "   {CODE}keyward list{CODE:#}          your profiles and sessions"
    ));
    ui.say(format!(
        "   {CODE}keyward setup --all{CODE:#}   lets the AWS CLI and every SDK use it"
    ));
    Ok(ExitCode::SUCCESS)
}

/// An error after which the next run continues.
fn again(error: CliError) -> CliError {
    error.hint("fix that, then run `keyward init` again: it continues from here")
}
