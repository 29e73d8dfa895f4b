//! `keyward mfa code`: a code from a seed that the vault keeps.

use std::process::ExitCode;
use std::time::Duration;

use keyward_aws::Timeouts;
use keyward_core::Timestamp;
use keyward_core::chain::{Flags, HandOut};
use keyward_core::id::{MfaSerial, ProfileName};

use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::totp;
use crate::session::warn_of_clock;
use crate::state::clock;
use crate::state::local_state::{LocalState, now};

/// Print the present code of a device whose seed is in the vault
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile
    profile: ProfileName,

    /// The device; the one that the profile uses by default
    #[arg(long, value_name = "ARN")]
    serial: Option<MfaSerial>,
}

/// Prints a code.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut local = LocalState::load()?;
    if args.serial.is_none() {
        // A profile without a device is refused before the passphrase is asked for.
        device(&local, &args.profile)?;
    }
    let vault = local.open(ui)?;
    let serial = match args.serial {
        Some(serial) => serial,
        None => device(&local, &args.profile)?,
    };
    let seed = vault.document().totp_seed(&serial).ok_or_else(|| {
        CliError::failed(format!("the vault keeps no seed of {serial}")).hint(format!(
            "only a device enrolled with its seed kept gives codes here: keyward mfa enroll {} --store-seed",
            args.profile.argument()
        ))
    })?;
    let unusable = |e: totp::UnusableSeed| {
        CliError::failed("the vault's seed does not make a code").because(e)
    };
    let at = time(&local, ui);
    let code = totp::code_at(seed, at).map_err(unusable)?;
    // The code is what was asked for.
    ui.data(&format!("{}\n", code.expose()))?;
    ui.explain(|| format!("it changes in {} s", totp::seconds_left(at)));
    Ok(ExitCode::SUCCESS)
}

/// A code is judged by AWS's clock. If AWS does not answer soon, this machine's clock is used.
fn time(local: &LocalState, ui: &Ui) -> Timestamp {
    const PATIENCE: Timeouts = Timeouts {
        connect: Duration::from_secs(1),
        attempt: Duration::from_secs(2),
    };
    let theirs = clock::ask(&clock::url(local), PATIENCE).ok().flatten();
    let (ours, theirs) = (now(), theirs.unwrap_or_else(now));
    match theirs.as_second().abs_diff(ours.as_second()) >= totp::WINDOW.unsigned_abs() {
        true => {
            warn_of_clock(ui, ours, theirs);
            theirs
        }
        false => ours,
    }
}

/// The device whose code the profile's chain needs.
fn device(local: &LocalState, profile: &ProfileName) -> Result<MfaSerial, CliError> {
    let flags = Flags {
        hand_out: HandOut::Refreshing,
        ..Flags::default()
    };
    let chain = local.resolve(profile, flags)?;
    let serial = chain.hops.into_iter().find_map(|hop| hop.mfa_serial);
    serial.ok_or_else(|| {
        CliError::usage(format!("no MFA device is known for `{profile}`"))
            .hint(format!("keyward mfa list {}", profile.argument()))
            .hint(format!(
                "keyward mfa enroll {}   (if the user has no device yet)",
                profile.argument()
            ))
    })
}
