//! `keyward credential-process`: the SDKs' protocol. It never opens a browser, and without a
//! person to ask it fails at once.

use std::process::ExitCode;

use keyward_core::chain::{Flags, HandOut};
use keyward_core::id::ProfileName;
use keyward_core::secret::MfaCode;

use crate::commands::parse_code;
use crate::error::CliError;
use crate::log::{self, How};
use crate::output;
use crate::session::{CodeSource, Freshness, Walk};
use crate::ui::Ui;
use crate::world::World;

/// Answer an SDK: put `credential_process = keyward credential-process PROFILE` in a profile
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile
    profile: ProfileName,

    /// The current code of the MFA device
    #[arg(long, value_name = "C", value_parser = parse_code)]
    mfa_code: Option<MfaCode>,
}

/// The arguments, when the whole command line is `credential-process PROFILE`.
pub(crate) fn only_argument() -> Option<Args> {
    let mut arguments = std::env::args_os().skip(1);
    let (verb, profile) = (arguments.next()?, arguments.next()?);
    if verb != "credential-process" || arguments.next().is_some() {
        return None;
    }
    let profile = profile
        .to_str()
        .filter(|text| !text.starts_with('-'))?
        .parse()
        .ok()?;
    Some(Args {
        profile,
        mfa_code: None,
    })
}

/// Prints the document.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut world = World::load()?;
    let codes = CodeSource::new(args.mfa_code)?;
    let (chain, credentials) = world.plan_and_act(ui, |world| {
        let flags = Flags {
            hand_out: HandOut::Refreshing,
            ..Flags::default()
        };
        let chain = world.resolve(&args.profile, flags)?;
        let walk = Walk::new(world, ui, &chain, codes.clone(), Freshness::Ample).without_sign_in();
        let credentials = walk.credentials()?;
        Ok((walk.carried_out().clone(), credentials))
    })?;
    log::record(&world, ui, How::CredentialProcess, &chain, &credentials);
    ui.data(&output::process_document(&credentials))?;
    Ok(ExitCode::SUCCESS)
}
