//! The code beside a call: which device, whose, and whether the code is good and unspent.

use keyward_core::id::MfaSerial;
use keyward_core::secret::MfaCode;

use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Accounts, Mfa, Owner};
use crate::totp::{self, Step};

const WRONG_CODE: &str = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
const WRONG_DEVICE: &str = "MultiFactorAuthentication failed, unable to validate MFA code.  \
     Please verify your MFA serial number is valid and associated with this user.";
const HALF: &str = "MultiFactorAuthentication failed, must provide both MFA serial number and \
     one time pass code.";

/// Spends the code of a call, if it has one. A call with neither serial nor code passes
/// without MFA; one with half of them is refused.
pub(super) fn spend(call: &Call, accounts: &mut Accounts) -> Result<Mfa, Failure> {
    let shape = "Member must satisfy regular expression pattern: [\\w+=/:,.@-]*";
    let serial: Option<MfaSerial> = call.params.read("SerialNumber", shape)?;
    let (serial, code) = match (serial, call.params.get("TokenCode")) {
        (None, None) => return Ok(Mfa::Absent),
        (Some(serial), Some(_)) => {
            let shape = "Member must satisfy regular expression pattern: [\\d]{6}";
            (serial, call.params.demand_secret("TokenCode", shape)?)
        }
        _ => return Err(Failure::denied(HALF)),
    };
    let owner = call
        .caller
        .owner()
        .ok_or_else(|| Failure::denied(WRONG_DEVICE))?;
    accept(call, accounts, &owner, &serial, &code)?;
    Ok(Mfa::At(call.now))
}

fn accept(
    call: &Call,
    accounts: &mut Accounts,
    owner: &Owner,
    serial: &MfaSerial,
    code: &MfaCode,
) -> Result<(), Failure> {
    let device = accounts
        .account_mut(&call.caller.account)
        .and_then(|account| account.devices.get_mut(serial))
        .filter(|device| device.owner.as_ref() == Some(owner))
        .ok_or_else(|| Failure::denied(WRONG_DEVICE))?;
    let now = Step::at(call.now).plus(device.drift);
    let step = totp::accept(&device.seed, code, now, device.last_step)
        .ok_or_else(|| Failure::denied(WRONG_CODE))?;
    device.last_step = Some(step);
    Ok(())
}
