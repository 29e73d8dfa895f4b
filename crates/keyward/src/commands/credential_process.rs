//! `keyward credential-process`: the SDKs' protocol. It never opens a browser, and without a
//! person to ask it fails at once.

use std::process::ExitCode;

use keyward_core::chain::{Flags, HandOut};
use keyward_core::id::ProfileName;
use keyward_core::secret::MfaCode;

use crate::log::{self, How};
use crate::ready::ThisRun;
use crate::screen::error::CliError;
use crate::screen::output;
use crate::screen::ui::Ui;
use crate::session::parse_code;
use crate::session::{ChainExecution, CodeSource, Freshness};
use crate::state::local_state::LocalState;

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
pub(crate) fn run(args: Args, ui: &Ui, this_run: &ThisRun) -> Result<ExitCode, CliError> {
    let mut local = LocalState::load()?;
    let as_given = args.mfa_code.is_none();
    let codes = CodeSource::new(args.mfa_code)?;
    let (chain, credentials) = local.plan_and_act(ui, |local| {
        let flags = Flags {
            hand_out: HandOut::Refreshing,
            ..Flags::default()
        };
        let chain = local.resolve(&args.profile, flags)?;
        let mut execution =
            ChainExecution::new(local, ui, &chain, codes.clone(), Freshness::CacheAllowed)
                .without_sign_in();
        let credentials = execution.credentials()?;
        Ok((execution.carried_out().clone(), credentials))
    })?;
    log::record(&local, ui, How::CredentialProcess, &chain, &credentials);
    ui.data(&output::process_document(&credentials))?;
    if as_given {
        this_run.keep_document(&local, &chain);
    }
    Ok(ExitCode::SUCCESS)
}
