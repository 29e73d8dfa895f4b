//! MFA devices: listing, making, switching on and off, setting right.

use std::str;

use aws_sdk_iam::types::VirtualMfaDevice;
use keyward_core::id::{MfaSerial, UserName};
use keyward_core::secret::{MfaCode, MfaSeed};
use keyward_core::{Credentials, Timestamp};
use zeroize::Zeroizing;

use super::named;
use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};
use crate::pages::Pages;
use crate::read::{parse, present, time};

/// The kind of device that a serial names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceKind {
    /// An authenticator app.
    Virtual,
    /// A token with a display.
    Hardware,
    /// A security key or passkey, whose codes STS does not accept.
    SecurityKey,
}

impl DeviceKind {
    /// The kind by the form of the serial: virtual devices and security keys have ARNs.
    #[must_use]
    pub fn of(serial: &MfaSerial) -> Self {
        if serial.is_security_key() {
            Self::SecurityKey
        } else if serial.as_str().contains(":mfa/") {
            Self::Virtual
        } else {
            Self::Hardware
        }
    }
}

/// A device of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MfaDevice {
    /// Its serial.
    pub serial: MfaSerial,
    /// Since when it counts.
    pub enabled_at: Timestamp,
    /// Its kind.
    pub kind: DeviceKind,
}

/// A device just made, not yet switched on. AWS shows the seed this once.
#[derive(Debug, Clone)]
pub struct NewMfaDevice {
    /// Its serial.
    pub serial: MfaSerial,
    /// The seed for the authenticator.
    pub seed: MfaSeed,
}

impl Aws {
    /// `iam:ListMFADevices`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn list_mfa_devices(
        &self,
        credentials: &Credentials,
        user: Option<&UserName>,
    ) -> Result<Vec<MfaDevice>, CallError> {
        let action = Action::iam("ListMFADevices");
        let call = Call::new(action, credentials);
        let devices = Pages::all(action, |marker| {
            let answer = self.iam(&call, |iam| {
                let request = iam.list_mfa_devices().set_user_name(named(user));
                request.set_marker(marker.clone()).send()
            })?;
            let next = Pages::marker(action, answer.marker, answer.is_truncated)?;
            Ok((answer.mfa_devices, next))
        })?;
        devices
            .into_iter()
            .map(|device| {
                let serial: MfaSerial = parse(action, "SerialNumber", &device.serial_number)?;
                Ok(MfaDevice {
                    kind: DeviceKind::of(&serial),
                    serial,
                    enabled_at: time(device.enable_date),
                })
            })
            .collect()
    }

    /// `iam:CreateVirtualMFADevice`. The device has no user until it is enabled.
    ///
    /// # Errors
    /// See [`CallError`]. Never sent twice when its fate is unknown.
    pub fn create_virtual_mfa_device(
        &self,
        credentials: &Credentials,
        name: &str,
        path: Option<&str>,
    ) -> Result<NewMfaDevice, CallError> {
        let action = Action::iam("CreateVirtualMFADevice");
        let call = Call::new(action, credentials).once();
        let answer = self.iam(&call, |iam| {
            iam.create_virtual_mfa_device()
                .virtual_mfa_device_name(name)
                .set_path(path.map(str::to_owned))
                .send()
        })?;
        let VirtualMfaDevice {
            serial_number,
            base32_string_seed,
            ..
        } = present(action, "VirtualMFADevice", answer.virtual_mfa_device)?;
        let seed = present(action, "Base32StringSeed", base32_string_seed)?;
        let seed = Zeroizing::new(seed.into_inner());
        let seed = present(action, "Base32StringSeed", str::from_utf8(&seed).ok())?;
        Ok(NewMfaDevice {
            serial: parse(action, "SerialNumber", &serial_number)?,
            seed: parse(action, "Base32StringSeed", seed)?,
        })
    }

    /// `iam:EnableMFADevice`: gives the device to `user`, proved by two codes in a row.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn enable_mfa_device(
        &self,
        credentials: &Credentials,
        user: &UserName,
        serial: &MfaSerial,
        codes: (&MfaCode, &MfaCode),
    ) -> Result<(), CallError> {
        let call = with_codes(Action::iam("EnableMFADevice"), credentials, serial, codes);
        self.iam(&call, |iam| {
            // The codes are exposed because the request carries them.
            iam.enable_mfa_device()
                .user_name(user.as_str())
                .serial_number(serial.as_str())
                .authentication_code1(codes.0.expose())
                .authentication_code2(codes.1.expose())
                .send()
        })?;
        Ok(())
    }

    /// `iam:ResyncMFADevice`: tells AWS by two codes in a row how far the device's clock is off.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn resync_mfa_device(
        &self,
        credentials: &Credentials,
        user: &UserName,
        serial: &MfaSerial,
        codes: (&MfaCode, &MfaCode),
    ) -> Result<(), CallError> {
        let call = with_codes(Action::iam("ResyncMFADevice"), credentials, serial, codes);
        self.iam(&call, |iam| {
            // The codes are exposed because the request carries them.
            iam.resync_mfa_device()
                .user_name(user.as_str())
                .serial_number(serial.as_str())
                .authentication_code1(codes.0.expose())
                .authentication_code2(codes.1.expose())
                .send()
        })?;
        Ok(())
    }

    /// `iam:DeactivateMFADevice`: removes the device from its user.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn deactivate_mfa_device(
        &self,
        credentials: &Credentials,
        user: Option<&UserName>,
        serial: &MfaSerial,
    ) -> Result<(), CallError> {
        let call = Call::new(Action::iam("DeactivateMFADevice"), credentials);
        self.iam(&call, |iam| {
            iam.deactivate_mfa_device()
                .set_user_name(named(user))
                .serial_number(serial.as_str())
                .send()
        })?;
        Ok(())
    }

    /// `iam:DeleteVirtualMFADevice`, for a device without a user.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn delete_virtual_mfa_device(
        &self,
        credentials: &Credentials,
        serial: &MfaSerial,
    ) -> Result<(), CallError> {
        let call = Call::new(Action::iam("DeleteVirtualMFADevice"), credentials);
        self.iam(&call, |iam| {
            iam.delete_virtual_mfa_device()
                .serial_number(serial.as_str())
                .send()
        })?;
        Ok(())
    }
}

/// A call that spends two codes.
fn with_codes<'a>(
    action: Action,
    credentials: &'a Credentials,
    serial: &'a MfaSerial,
    codes: (&'a MfaCode, &'a MfaCode),
) -> Call<'a> {
    Call::new(action, credentials)
        .with_code(Some((serial, codes.0)))
        .hiding(codes.1.expose())
}
