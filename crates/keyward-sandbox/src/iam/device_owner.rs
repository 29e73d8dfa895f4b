//! MFA devices as things of a user: enabled with two codes, looked at, synchronised,
//! deactivated.

use keyward_core::id::{MfaSerial, UserName};
use keyward_iam::{Action, Enrolment, needs_a_code};

use super::devices::{SERIAL, no_device};
use super::permit::{find_user, own, own_mut, permit_owner, permit_user};
use super::{Answer, page};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Accounts, DEVICES_PER_USER, Device, Owner};
use crate::totp::{Pair, Reach, Step, accept_pair};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "ListMFADevices" => list(call, accounts),
        "GetMFADevice" => get(call, accounts),
        "EnableMFADevice" => enable(call, accounts),
        "DeactivateMFADevice" => deactivate(call, accounts),
        "ResyncMFADevice" => resync(call, accounts),
        _ => return None,
    })
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    let owner = permit_owner(call, accounts)?;
    let account = own(call, accounts);
    if let Owner::User(name) = &owner {
        find_user(account, name)?;
    }
    let devices = account.devices.values();
    let devices = devices.filter(|device| device.owner.as_ref() == Some(&owner));
    let page = page::cut(&call.params, devices)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "MFADevices", |xml, device| {
        write(xml, device, &owner)
    });
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetMFADevice.html>
fn get(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    let device = device_of(call, accounts, &name)?;
    let mut xml = Xml::new();
    write(&mut xml, device, &Owner::User(name));
    Ok(xml)
}

/// Both codes must be right and follow each other; they are spent.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableMFADevice.html>
fn enable(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    refuse_bare_key(call, accounts, &name)?;
    let serial: MfaSerial = call.params.demand("SerialNumber", SERIAL)?;
    let pair = pair(call)?;
    let account = own_mut(call, accounts);
    find_user(account, &name)?;
    if account.devices_of(&name).count() >= DEVICES_PER_USER {
        return Err(Failure::limit("MFADevicesPerUser", DEVICES_PER_USER));
    }
    let device = account
        .devices
        .get_mut(&serial)
        .ok_or_else(|| no_device(&serial))?;
    if device.owner.is_some() {
        return Err(Failure::exists("MFA Device is already in use."));
    }
    let now = Step::at(call.now);
    let step = accept_pair(&device.seed, &pair, now, device.last_step, Reach::Enrol)
        .ok_or_else(wrong_code)?;
    device.last_step = Some(step);
    device.owner = Some(Owner::User(name));
    device.enabled = Some(call.now);
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeactivateMFADevice.html>
fn deactivate(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    refuse_bare_key(call, accounts, &name)?;
    let device = device_of(call, accounts, &name)?;
    device.owner = None;
    device.enabled = None;
    Ok(Xml::new())
}

/// Finds the pair within a day around now, and from then on reckons with the device's error.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ResyncMFADevice.html>
fn resync(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    let pair = pair(call)?;
    let device = device_of(call, accounts, &name)?;
    let now = Step::at(call.now);
    let step = accept_pair(&device.seed, &pair, now, device.last_step, Reach::Resync)
        .ok_or_else(wrong_code)?;
    device.last_step = Some(step);
    device.drift = step.distance(now);
    Ok(Xml::new())
}

/// Refuses a call by the rule of [`needs_a_code`], which no policy changes. The text is not AWS's,
/// whose wording is not documented.
fn refuse_bare_key(call: &Call, accounts: &Accounts, name: &UserName) -> Result<(), Failure> {
    let enrolment = match own(call, accounts).devices_of(name).next() {
        Some(_) => Enrolment::HasDevice,
        None => Enrolment::None,
    };
    let action: Option<Action> = format!("iam:{}", call.action).parse().ok();
    let mfa = call.caller.mfa_keys(call.now);
    let refused = action.is_some_and(|action| needs_a_code(&action, enrolment, mfa));
    if call.caller.user() != Some(name) || !refused {
        return Ok(());
    }
    Err(Failure::denied(format!(
        "User: {} is not authorized to perform: iam:{} because a user with an MFA device must \
         use MFA to manage MFA devices",
        call.caller.arn(accounts),
        call.action
    )))
}

fn device_of<'a>(
    call: &Call,
    accounts: &'a mut Accounts,
    name: &UserName,
) -> Result<&'a mut Device, Failure> {
    let serial: MfaSerial = call.params.demand("SerialNumber", SERIAL)?;
    let account = own_mut(call, accounts);
    find_user(account, name)?;
    account
        .devices
        .get_mut(&serial)
        .filter(|device| device.is_of(name))
        .ok_or_else(|| {
            let message = format!("Device with serial number {serial} is not assigned to {name}.");
            Failure::new(404, "NoSuchEntity", message)
        })
}

fn pair(call: &Call) -> Result<Pair, Failure> {
    let shape = "Member must satisfy regular expression pattern: [\\d]+";
    Ok(Pair {
        first: call.params.demand_secret("AuthenticationCode1", shape)?,
        second: call.params.demand_secret("AuthenticationCode2", shape)?,
    })
}

fn wrong_code() -> Failure {
    Failure::new(
        403,
        "InvalidAuthenticationCode",
        "Authentication code for device is not valid.",
    )
}

fn write(xml: &mut Xml, device: &Device, owner: &Owner) {
    xml.maybe("UserName", owner.user())
        .text("SerialNumber", &device.serial)
        .maybe("EnableDate", device.enabled);
}
