//! `keyward mfa remove`: removes a device from the user, at AWS and here.

use std::process::ExitCode;

use keyward_aws::{CallError, DeviceKind, MfaDevice};
use keyward_core::id::{MfaSerial, ProfileName};
use keyward_core::secret::MfaCode;
use keyward_vault::SessionStore;

use crate::keys::enrol;
use crate::keys::iam_user::{KeyStore, Owner, usual};
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::screen::ui::{GOOD, Ui};
use crate::session::parse_code;
use crate::session::{CodeSource, open_vault, session_tier};
use crate::state::local_state::LocalState;

/// Switch a device off and delete it; needs a code of one of the user's devices
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A profile of the user
    pub(super) profile: ProfileName,

    /// The device; the one that the profile uses by default
    #[arg(long, value_name = "ARN")]
    serial: Option<MfaSerial>,

    /// The current code of the device that the profile uses
    #[arg(long, value_name = "C", value_parser = parse_code)]
    mfa_code: Option<MfaCode>,

    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

/// Removes it.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut local = LocalState::load()?;
    let owner = Owner::of_current(&mut local, ui, &args.profile)?;
    let devices = owner.devices(ui)?.unwrap_or_default();
    let in_use = usual(&devices, owner.device()).or_else(|| owner.device());
    let gone = args.serial.as_ref().or(in_use).ok_or_else(|| {
        CliError::usage(format!("{} has no device to remove", owner.user))
            .hint(format!("keyward mfa list {}", args.profile.argument()))
    })?;
    let in_use = in_use.unwrap_or(gone);
    let others: Vec<MfaDevice> = devices
        .iter()
        .filter(|device| device.serial != *gone)
        .cloned()
        .collect();
    let other = usual(&others, owner.device());
    if !args.yes {
        confirm(&owner, gone, other)?;
    }
    let codes = CodeSource::new(args.mfa_code)?;
    let session = owner.session(&local, ui, &codes, in_use)?;
    match owner
        .aws
        .deactivate_mfa_device(&session, Some(&owner.user), gone)
    {
        // Switched off by a run that died, or never on: deleting is still to be done.
        Ok(()) | Err(CallError::NoSuchEntity { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    if DeviceKind::of(gone) == DeviceKind::Virtual {
        match owner.aws.delete_virtual_mfa_device(&session, gone) {
            Ok(()) | Err(CallError::NoSuchEntity { .. }) => {}
            Err(error) => {
                return Err(CliError::from(error).hint(format!(
                    "{gone} is disabled but not deleted: run the same command again to delete it"
                )));
            }
        }
    }
    let mut vault = match owner.store {
        KeyStore::Vault => Some(open_vault(&local, ui)?),
        KeyStore::Files => None,
    };
    enrol::forget(&local, vault.as_mut(), &owner, gone, other)?;
    let store = SessionStore::open(&local.paths, session_tier());
    store.remove_for(&owner.key.access_key_id)?;
    ui.say(format!("{GOOD}removed{GOOD:#} {gone}"));
    match other {
        Some(other) => ui.say(format!("`{}` now uses {other}", owner.holder)),
        None => {
            ui.warn("the user has no MFA device now: where the account demands MFA, almost nothing works");
            ui.hint(format!("keyward mfa enroll {}", args.profile.argument()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn confirm(owner: &Owner, gone: &MfaSerial, other: Option<&MfaSerial>) -> Result<(), CliError> {
    let mut terminal =
        Terminal::required("your consent", "pass --yes to remove it without asking")?;
    if other.is_none() {
        terminal.say(&format!(
            "It is the only device of {} that gives codes.",
            owner.user
        ));
    }
    if terminal.confirm(&format!("Remove {gone}?"))? {
        Ok(())
    } else {
        Err(CliError::failed("nothing was changed"))
    }
}
