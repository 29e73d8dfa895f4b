//! `keyward mfa enroll`.

use std::process::ExitCode;

use keyward_core::id::ProfileName;
use keyward_core::secret::MfaCode;

use crate::keys::enrol::{self, DeviceName, SeedKeeping, SeedText, Wish};
use crate::keys::iam_user::Owner;
use crate::screen::error::CliError;
use crate::screen::ui::{CODE, GOOD, Ui};
use crate::session::CodeSource;
use crate::session::parse_code;
use crate::state::local_state::LocalState;

/// Make a virtual MFA device, show it to an authenticator app, and use it from now on
///
/// Shows a QR code in the terminal and takes two codes. Without a terminal, --store-seed lets the
/// vault be the phone.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile that holds the user's key
    pub(super) profile: ProfileName,

    /// The device's name; by default the user's own name, with an ending if it is taken
    #[arg(long, value_name = "N")]
    name: Option<DeviceName>,

    /// Show the seed as text too
    #[arg(long)]
    show_seed: bool,

    /// Keep the seed in the vault, which then makes the codes: no phone is needed, and opening the
    /// vault gives both factors
    #[arg(long)]
    store_seed: bool,

    /// A code of the device the user has already, if any
    #[arg(long, value_name = "C", value_parser = parse_code)]
    mfa_code: Option<MfaCode>,
}

/// Enrols.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut local = LocalState::load()?;
    let owner = Owner::of_current(&mut local, ui, &args.profile)?;
    let wish = Wish {
        name: args.name,
        seed: if args.store_seed {
            SeedKeeping::Vault
        } else {
            SeedKeeping::Phone
        },
        text: if args.show_seed {
            SeedText::Shown
        } else {
            SeedText::Hidden
        },
    };
    if wish.seed == SeedKeeping::Vault {
        ui.warn(enrol::NO_SECOND_FACTOR);
    }
    let codes = CodeSource::new(args.mfa_code)?;
    let serial = enrol::enrol(&local, ui, &owner, &wish, &codes)?;
    ui.say(format!(
        "{GOOD}switched on{GOOD:#} {serial}, and noted as `mfa_serial` of `{}`",
        owner.holder
    ));
    ui.say("Sign in again, here and in the console: sessions made before carry no code of this device.");
    ui.hint(format!(
        "{CODE}keyward exec {} -- keyward whoami{CODE:#}",
        args.profile.argument()
    ));
    Ok(ExitCode::SUCCESS)
}
