//! `keyward explain`: the chain, without touching the network or the vault.

use std::process::ExitCode;
use std::time::Duration;

use keyward_core::chain::{Base, Call, Chain, Flags, LoginSession, StaticKey};
use keyward_core::id::ProfileName;
use keyward_core::time::parse_duration;

use crate::commands::print_json;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::login;
use crate::state::local_state::{LocalState, now};
use crate::state::session_name::session_name;

/// Show how a profile becomes credentials, without touching the network or the vault
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile
    profile: ProfileName,

    /// As if this lifetime were asked for
    #[arg(short, long, value_name = "D", value_parser = parse_duration)]
    duration: Option<Duration>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Shows the chain.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let local = LocalState::load_closed()?;
    let chain = local.resolve(
        &args.profile,
        Flags {
            duration: args.duration,
            ..Flags::default()
        },
    )?;
    // The chain may start at a key that the vault no longer holds.
    local.warn_if_index_missing(ui);
    local.warn_if_changed_outside(ui);
    if args.json {
        let mut shown = chain.to_json();
        if let Base::LoginSession(_) = chain.base {
            let sealed = login::sealed_for(&local, &chain).is_some();
            shown["plan"]["base"]["sealed"] = sealed.into();
        }
        print_json(ui, &shown)?;
    } else {
        ui.text(&chain.show(), 3)?;
        if let Some(line) = sign_in(&local, &chain) {
            ui.text(&line, 2)?;
        }
        if let Some(line) = name(&local, &chain) {
            ui.text(&line, 2)?;
        }
        if let Some(line) = ended(&chain) {
            ui.warn(line);
        }
        for warning in &chain.warnings {
            ui.warn(warning);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The name of the roles' sessions if the profile sets none.
fn name(local: &LocalState, chain: &Chain) -> Option<String> {
    let nameless = chain.hops.iter().any(|hop| match &hop.call {
        Call::AssumeRole(role) => role.role_session_name.is_none(),
        Call::GetSessionToken => false,
    });
    nameless.then(|| {
        let name = session_name(local, chain, None);
        format!("sessions of roles are named {name}, as CloudTrail shows them\n")
    })
}

/// Expired temporary credentials in the files.
fn ended(chain: &Chain) -> Option<String> {
    let Base::Static(StaticKey {
        profile,
        expires_at: Some(end),
        ..
    }) = &chain.base
    else {
        return None;
    };
    (*end <= now()).then(|| format!("the credentials of `{profile}` ended at {end}"))
}

/// The store of the console sign-in that a chain starts from.
fn sign_in(local: &LocalState, chain: &Chain) -> Option<String> {
    let Base::LoginSession(LoginSession { profile, session }) = &chain.base else {
        return None;
    };
    Some(match login::sealed_for(local, chain) {
        Some(known) => format!("the sign-in is in the vault, made at {}\n", known.signed_in),
        None if login::kept_by_the_aws_cli(session) => {
            "the sign-in is in the AWS CLI's file\n".to_owned()
        }
        None => format!("no sign-in yet: keyward signin {}\n", profile.argument()),
    })
}
