//! Enrols a new MFA device for a user, up to a profile that uses it.
//!
//! The device is on a list and its seed in the vault before the first prompt, so an interrupted run
//! loses nothing. The next run deletes the half-made device. If the account allows no deletion
//! without MFA, it continues with that device.

pub(crate) mod begun;
mod name;
mod pair;
mod picture;
mod prove;
mod record;

use keyward_aws::{CallError, MfaDevice};
use keyward_core::Credentials;
use keyward_core::id::MfaSerial;
use keyward_core::secret::TotpSeed;
use keyward_vault::{LockGuard, OpenVault};

use crate::keys::iam_user::{KeyStore, Owner, usual};
use crate::prompt::deadline::take_or_refuse;
use crate::prompt::terminal::{LastWords, Terminal};
use crate::screen::error::CliError;
use crate::screen::ui::{Color, Ui};
use crate::session::{CodeSource, open_vault};
use crate::state::local_state::LocalState;

use begun::Begun;
pub(crate) use name::DeviceName;
pub(crate) use pair::Pair;
pub(crate) use record::{forget, record};

/// The risk of a stored seed.
pub(crate) const NO_SECOND_FACTOR: &str = "with its seed in the vault, the device is no longer a second factor: opening the vault gives both the key and the codes";

/// The wishes of a person for a new device.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wish {
    /// Its name; the user's own by default.
    pub(crate) name: Option<DeviceName>,
    /// Whether the vault keeps the seed.
    pub(crate) seed: SeedKeeping,
    /// Whether the seed is shown as text.
    pub(crate) text: SeedText,
}

/// Whether the vault keeps the seed once the device works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SeedKeeping {
    /// Only the phone has it.
    #[default]
    Phone,
    /// The vault has it too, and makes codes.
    Vault,
}

/// Whether the seed is shown as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SeedText {
    /// Not at all, not even as a picture.
    Unseen,
    /// Only as a picture, unless the terminal is too small for one.
    #[default]
    Hidden,
    /// Also as base32.
    Shown,
}

/// A device that is made and not switched on.
struct Made {
    serial: MfaSerial,
    seed: TotpSeed,
}

/// One enrolment.
struct Enrolment<'a> {
    local: &'a LocalState,
    ui: &'a Ui,
    owner: &'a Owner,
    wish: &'a Wish,
    /// The key, or a session where the user has a device already.
    credentials: Credentials,
    begun: Begun,
    vault: OpenVault,
    /// The message after Ctrl-C about what stays at AWS.
    last_words: Option<LastWords>,
}

/// Makes a device, shows it to the phone, switches it on and writes it down.
pub(crate) fn enrol(
    local: &LocalState,
    ui: &Ui,
    owner: &Owner,
    wish: &Wish,
    codes: &CodeSource,
) -> Result<MfaSerial, CliError> {
    if owner.store == KeyStore::Files {
        return Err(CliError::usage(format!(
            "the key of `{}` is in the files in plain text; a device is enrolled for a key in the vault",
            owner.holder
        ))
        .hint("keyward import credentials   (it moves the key into the vault)"));
    }
    if wish.seed == SeedKeeping::Phone {
        // Nothing is made at AWS for a person who cannot be shown it.
        Terminal::required(
            "a person with a phone",
            "run the command in a terminal, or let the vault be the phone with --store-seed",
        )?;
    }
    // Two runs at once would take each other's half-made device for one that a killed run left.
    let _alone = alone(local)?;
    let listed = owner.devices(ui)?;
    let unknown = listed.is_none() && owner.device().is_none();
    let devices = listed.unwrap_or_default();
    enrol_beside(local, ui, owner, &devices, wish, codes).map_err(|error| match unknown {
        // AWS answers the same to a user who may not enable one at all.
        true => error.hint(format!(
            "AWS does not show this user's devices; if there is one already, add `mfa_serial = ARN` to `[profile {}]`",
            owner.holder
        )),
        false => error,
    })
}

/// The same beside the devices that AWS lists.
fn enrol_beside(
    local: &LocalState,
    ui: &Ui,
    owner: &Owner,
    devices: &[MfaDevice],
    wish: &Wish,
    codes: &CodeSource,
) -> Result<MfaSerial, CliError> {
    let begun = Begun::of(local, owner);
    let works = |serial: &MfaSerial| devices.iter().any(|device| device.serial == *serial);
    let enabled = begun.serials().into_iter().find(works);
    let credentials = match usual(devices, owner.device()) {
        Some(serial) if enabled.is_none() => {
            ui.say(format!(
                "this user has {serial} already: adding another needs a code from it"
            ));
            owner.session(local, ui, codes, serial)?
        }
        _ => owner.key.clone(),
    };
    let mut enrolment = Enrolment {
        local,
        ui,
        owner,
        wish,
        credentials,
        begun,
        vault: open_vault(local, ui)?,
        last_words: None,
    };
    if let Some(serial) = enabled {
        ui.say(format!(
            "{serial} was switched on by a run that did not end; writing it down"
        ));
        enrolment.finish(&serial)?;
        return Ok(serial);
    }
    let made = match enrolment.left_over()? {
        Some(made) => made,
        None => enrolment.make()?,
    };
    match enrolment.switch_on(&made) {
        Ok(()) => {
            enrolment.finish(&made.serial)?;
            Ok(made.serial)
        }
        Err(error) => Err(enrolment.undo(&made.serial, error)),
    }
}

/// Makes sure that one enrolment runs at a time.
fn alone(local: &LocalState) -> Result<LockGuard, CliError> {
    take_or_refuse(&local.paths.enrolment_lock(), |holder| {
        CliError::failed(format!("another keyward is enrolling a device{holder}"))
            .hint("wait until it has finished, and look at `keyward mfa list PROFILE`")
    })
}

impl Enrolment<'_> {
    /// Deletes what an earlier run left. If a device cannot be deleted, continues with it.
    fn left_over(&mut self) -> Result<Option<Made>, CliError> {
        let mut found = None;
        for serial in self.begun.serials() {
            if self.delete(&serial)? == Deleted::Gone {
                self.ui.say(format!(
                    "deleted {serial}, left by an enrolment that was not finished"
                ));
            } else if let Some(seed) = self.vault.document().totp_seed(&serial).cloned() {
                self.ui.say(format!(
                    "continuing with {serial}, left by an enrolment that was not finished"
                ));
                self.name_what_stays(&serial);
                found = Some(Made { serial, seed });
            }
        }
        Ok(found)
    }

    /// From now on, Ctrl-C names the device that may be left at AWS.
    fn name_what_stays(&mut self, serial: &MfaSerial) {
        // The words for another device end first.
        self.last_words = None;
        let left = format!("stopped before {serial} was in use; AWS may have the device");
        let next = format!(
            "keyward mfa enroll {}   (it removes the device, or continues with it)",
            self.owner.holder.argument()
        );
        self.last_words = LastWords::keep(move || {
            let ui = Ui::new(Color::Auto, 0);
            // The question is on the line.
            ui.say("");
            ui.warn(&left);
            ui.hint(&next);
        });
    }

    /// Makes a device under the first free name.
    fn make(&mut self) -> Result<Made, CliError> {
        let names = match &self.wish.name {
            Some(name) => vec![name.clone()],
            None => DeviceName::candidates(&self.owner.user),
        };
        // A device whose seed cannot be stored would stay at AWS.
        self.vault.update(|_| ())?;
        let mut taken = None;
        for name in names {
            let serial = self.serial_of(&name)?;
            // An orphan that could not be deleted stays on the list until it can.
            let orphan = self.begun.serials().contains(&serial);
            if !orphan {
                self.begun.add(&serial)?;
            }
            self.name_what_stays(&serial);
            let answer =
                self.owner
                    .aws
                    .create_virtual_mfa_device(&self.credentials, name.as_str(), None);
            match answer {
                Ok(device) => {
                    if device.serial != serial {
                        self.begun.add(&device.serial)?;
                        self.begun.strike(&serial)?;
                    }
                    return self.keep(device);
                }
                Err(error @ CallError::AlreadyExists { .. }) => {
                    self.last_words = None;
                    if !orphan {
                        self.begun.strike(&serial)?;
                    }
                    taken = Some(error);
                }
                // If AWS made it nevertheless, it stays on the list.
                Err(error @ CallError::Network { .. }) => return Err(error.into()),
                Err(error) => {
                    self.begun.strike(&serial)?;
                    return Err(CliError::from(error)
                        .hint("the account's policy may want another name: give one with --name"));
                }
            }
        }
        let error = taken.map_or_else(|| CliError::failed("no name is free"), CliError::from);
        Err(error.hint("give another name with --name"))
    }

    /// The seed goes into the vault before anything else can fail.
    fn keep(&mut self, device: keyward_aws::NewMfaDevice) -> Result<Made, CliError> {
        // Exposed to change its type only.
        let seed: TotpSeed =
            device
                .seed
                .expose()
                .parse()
                .map_err(|e: keyward_core::secret::InvalidSecret| {
                    CliError::failed("AWS's seed cannot be read").because(e)
                })?;
        let (serial, kept) = (device.serial.clone(), seed.clone());
        let stored = self
            .vault
            .update(|document| document.put_totp_seed(serial, kept));
        match stored {
            Ok(_) => Ok(Made {
                serial: device.serial,
                seed,
            }),
            Err(error) => Err(self.undo(&device.serial, error.into())),
        }
    }

    /// Returns the serial that AWS assigns to a device of this name.
    fn serial_of(&self, name: &DeviceName) -> Result<MfaSerial, CliError> {
        format!(
            "arn:{}:iam::{}:mfa/{name}",
            self.owner.partition, self.owner.account
        )
        .parse()
        .map_err(|e: keyward_core::id::InvalidId| {
            CliError::usage("that is not a valid device name").because(e)
        })
    }

    /// Writes the device down, and forgets what was kept only on the way.
    fn finish(&mut self, serial: &MfaSerial) -> Result<(), CliError> {
        let left = CliError::failed(format!(
            "{serial} is switched on, but could not be recorded"
        ))
        .hint(format!(
            "keyward mfa enroll {}   (again: it continues from here)",
            self.owner.holder.argument()
        ));
        match record(
            self.local,
            &mut self.vault,
            self.owner,
            serial,
            self.wish.seed,
        ) {
            Ok(()) => self.begun.strike(serial),
            Err(error) => Err(left.because(error)),
        }
    }

    /// Deletes a device that was not enabled, and reports the result.
    fn undo(&mut self, serial: &MfaSerial, error: CliError) -> CliError {
        let again = format!("keyward mfa enroll {}", self.owner.holder.argument());
        match self.delete(serial) {
            Ok(Deleted::Gone) => error.hint(format!("the half-made device was deleted; begin again with `{again}`")),
            Ok(Deleted::Refused) => error.hint(format!(
                "the account does not allow deleting the half-made device without MFA; `{again}` continues with it"
            )),
            Err(why) => error.hint(format!("the half-made device could not be deleted ({why}); `{again}` will try")),
        }
    }

    /// Deletes an unused device, its seed and its entry on the list.
    fn delete(&mut self, serial: &MfaSerial) -> Result<Deleted, CliError> {
        match self
            .owner
            .aws
            .delete_virtual_mfa_device(&self.credentials, serial)
        {
            Ok(()) | Err(CallError::NoSuchEntity { .. }) => {}
            Err(CallError::Denied { .. } | CallError::NotAuthorizedWithoutMfa { .. }) => {
                return Ok(Deleted::Refused);
            }
            Err(error) => return Err(error.into()),
        }
        record::forget_seed(&mut self.vault, serial)?;
        self.begun.strike(serial)?;
        Ok(Deleted::Gone)
    }
}

/// The result of a device's deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deleted {
    Gone,
    Refused,
}
