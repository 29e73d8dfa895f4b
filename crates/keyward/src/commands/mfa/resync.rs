//! `keyward mfa resync`: sets a device right whose clock has drifted.

use std::process::ExitCode;

use keyward_core::id::{MfaSerial, ProfileName};
use keyward_core::secret::MfaCode;

use crate::keys::enrol::Pair;
use crate::keys::iam_user::{Owner, usual};
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::screen::ui::{GOOD, Ui};
use crate::session::UsedCodes;
use crate::session::parse_code;
use crate::state::local_state::LocalState;

/// Resynchronise a device whose codes AWS refuses, by two codes in a row
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A profile of the user
    pub(super) profile: ProfileName,

    /// The device; the one that the profile uses by default
    #[arg(long, value_name = "ARN")]
    serial: Option<MfaSerial>,

    /// The two codes, in order, with a comma between
    #[arg(long, value_name = "C1,C2", value_delimiter = ',', num_args = 1.., value_parser = parse_code)]
    codes: Vec<MfaCode>,
}

/// Sets it right.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let given = match args.codes.as_slice() {
        [] => None,
        [first, second] => Some(Pair::new(first.clone(), second.clone())?),
        _ => return Err(CliError::usage("two codes are needed: --codes C1,C2")),
    };
    let mut local = LocalState::load()?;
    let owner = Owner::of_current(&mut local, ui, &args.profile)?;
    let devices = owner.devices(ui)?.unwrap_or_default();
    let serial = args
        .serial
        .as_ref()
        .or_else(|| usual(&devices, owner.device()))
        .or_else(|| owner.device())
        .ok_or_else(|| {
            CliError::usage("there is no device to resynchronise").hint("name one with --serial")
        })?;
    let pair = match given {
        Some(pair) => pair,
        None => {
            let mut terminal = Terminal::required("two codes", "give them with --codes C1,C2")?;
            terminal.say(&format!(
                "Two codes in a row of {serial}, as it shows them:"
            ));
            Pair::ask(&mut terminal)?
        }
    };
    // Use the key itself: without a valid code there is no session.
    owner
        .aws
        .resync_mfa_device(&owner.key, &owner.user, serial, (&pair.first, &pair.second))?;
    UsedCodes::of(&local, serial).remember(&pair.second);
    ui.say(format!("{GOOD}set right{GOOD:#} {serial}"));
    Ok(ExitCode::SUCCESS)
}
