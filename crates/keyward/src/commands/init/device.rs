//! The step that ends with an MFA device that the profile uses.

use keyward_aws::MfaDevice;
use keyward_core::id::{MfaSerial, ProfileName};

use super::Args;
use super::guide::Guide;
use crate::keys::enrol::{self, SeedKeeping, SeedText, Wish};
use crate::keys::iam_user::{Owner, usual};
use crate::screen::error::CliError;
use crate::screen::ui::GOOD;
use crate::session::{CodeSource, open_vault};
use crate::state::local_state::LocalState;

/// The device; `None` if there is none and none was made.
pub(super) fn have(
    guide: &mut Guide<'_>,
    local: &mut LocalState,
    args: &Args,
    profile: &ProfileName,
) -> Result<Option<MfaSerial>, CliError> {
    guide.step(
        2,
        "Your MFA device",
        "Its codes turn the key into sessions: one code a day. A key without them is worth little.",
    );
    if let Some(serial) = written_down(local, profile) {
        tell_of_seed(guide, local, args, profile, &serial);
        guide.tell(&format!("{GOOD}There already:{GOOD:#} {serial}"));
        return Ok(Some(serial));
    }
    let owner = Owner::of_current(local, guide.ui, profile)?;
    let devices = owner.devices(guide.ui)?;
    if let Some(serial) = known(guide, local, args, profile, &owner, devices.as_deref())? {
        return Ok(Some(serial));
    }
    let Some(keeping) = wanted(guide, args, profile, &owner, devices.as_deref())? else {
        guide
            .ui
            .hint(format!("keyward mfa enroll {}", profile.argument()));
        return Ok(None);
    };
    let wish = Wish {
        name: args.device_name.clone(),
        seed: keeping,
        text: match guide.is_attended() {
            true => SeedText::Hidden,
            false => SeedText::Unseen,
        },
    };
    if wish.seed == SeedKeeping::Vault {
        guide.ui.warn(enrol::NO_SECOND_FACTOR);
    }
    let codes = CodeSource::default();
    let serial = enrol::enrol(local, guide.ui, &owner, &wish, &codes)?;
    guide.tell(&format!("{GOOD}Switched on:{GOOD:#} {serial}"));
    *local = local.reload()?;
    Ok(Some(serial))
}

/// A device that the user has already: as AWS lists it, as the profile names it, or as the person
/// enters it. `devices` is `None` if the user may not list them.
fn known(
    guide: &mut Guide<'_>,
    local: &mut LocalState,
    args: &Args,
    profile: &ProfileName,
    owner: &Owner,
    devices: Option<&[MfaDevice]>,
) -> Result<Option<MfaSerial>, CliError> {
    if let Some(serial) = usual(devices.unwrap_or_default(), owner.device()) {
        if owner.device() != Some(serial) {
            let mut vault = open_vault(local, guide.ui)?;
            // A seed that is kept stays: nothing is enrolled here.
            enrol::record(local, &mut vault, owner, serial, SeedKeeping::Vault)?;
            *local = local.reload()?;
        }
        tell_of_seed(guide, local, args, profile, serial);
        guide.tell(&format!("{GOOD}There already:{GOOD:#} {serial}"));
        return Ok(Some(serial.clone()));
    }
    if devices.is_some() {
        return Ok(None);
    }
    if let Some(serial) = owner.device() {
        guide.tell(&format!(
            "The profile names {serial}; AWS does not let this user check it."
        ));
        return Ok(Some(serial.clone()));
    }
    match args.no_mfa || args.store_seed {
        true => Ok(None),
        false => unlisted(guide, local, owner),
    }
}

/// Returns the place for the seed of a new device; `None` if no device is wanted now.
fn wanted(
    guide: &mut Guide<'_>,
    args: &Args,
    profile: &ProfileName,
    owner: &Owner,
    devices: Option<&[MfaDevice]>,
) -> Result<Option<SeedKeeping>, CliError> {
    if args.no_mfa || (!guide.is_attended() && !args.store_seed) {
        guide.ui.warn(match devices {
            Some(_) => "the user has no MFA device, and this run enrols none",
            None => "AWS does not let this user list MFA devices, so keyward recognises no device and enrols none",
        });
        if devices.is_none() {
            guide.ui.hint(format!(
                "if there is a device, add `mfa_serial = ARN` to `[profile {profile}]`"
            ));
        }
        return Ok(None);
    }
    guide.tell(&match devices {
        Some(_) => format!("{} has none yet.", owner.user),
        None => "AWS does not let this user list MFA devices.".to_owned(),
    });
    if args.store_seed {
        return Ok(Some(SeedKeeping::Vault));
    }
    let agreed = guide.agree("Enrol an authenticator app on your phone now?")?;
    Ok(agreed.then_some(SeedKeeping::Phone))
}

/// The device of a user who may not list devices, as the person enters it. `None` if the user has
/// no device, or keyward cannot ask.
fn unlisted(
    guide: &mut Guide<'_>,
    local: &mut LocalState,
    owner: &Owner,
) -> Result<Option<MfaSerial>, CliError> {
    if !guide.is_attended() {
        return Ok(None);
    }
    guide.tell("AWS does not let this user list MFA devices.");
    // Enter invents no device: a profile that names one that is not there makes no session.
    if !guide.confirm("Do you have a device already?")? {
        return Ok(None);
    }
    guide.tell("The console shows its ARN: IAM, Users, you, Security credentials.");
    let usual = format!(
        "arn:{}:iam::{}:mfa/{}",
        owner.partition, owner.account, owner.user
    );
    let serial: MfaSerial = guide.ask_for("Its ARN", &usual)?;
    let mut vault = open_vault(local, guide.ui)?;
    // A seed that is kept stays: nothing is enrolled here.
    enrol::record(local, &mut vault, owner, &serial, SeedKeeping::Vault)?;
    *local = local.reload()?;
    guide.tell(&format!("{GOOD}Written down:{GOOD:#} {serial}"));
    Ok(Some(serial))
}

/// Warns a user who asked for a stored seed that an existing device does not reveal its seed.
fn tell_of_seed(
    guide: &Guide<'_>,
    local: &LocalState,
    args: &Args,
    profile: &ProfileName,
    serial: &MfaSerial,
) {
    if !args.store_seed || local.index.seeds.contains(serial) {
        return;
    }
    guide.ui.warn(format!(
        "--store-seed did nothing: {serial} already exists, and its seed is on the device alone"
    ));
    guide.ui.hint(format!(
        "keyward mfa enroll {} --store-seed   (a second device, with a code of the first)",
        profile.argument()
    ));
}

/// The device that the vault's list and the profile agree on. AWS judges the code when it is used,
/// so the vault need not be opened for it.
fn written_down(local: &LocalState, profile: &ProfileName) -> Option<MfaSerial> {
    let key = local
        .index
        .keys
        .iter()
        .find(|key| key.profile == *profile)?;
    let serial = key.mfa_serial.clone()?;
    let named = local.config.profile(profile)?.section.value("mfa_serial")?;
    (named == serial.as_str()).then_some(serial)
}
