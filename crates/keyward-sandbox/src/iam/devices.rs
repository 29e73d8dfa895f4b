//! Virtual MFA devices as things of the account: made, listed and deleted. `device_owner` handles
//! their owners.

use data_encoding::BASE64;
use keyward_core::id::MfaSerial;

use super::permit::{Target, own, own_mut, permit, permit_all, permit_on};
use super::{Answer, names, page, tag_list, users};
use crate::call::Call;
use crate::failure::Failure;
use crate::random;
use crate::state::{Accounts, Device, Owner};
use crate::xml::Xml;

pub(super) const SERIAL: &str = "Member must satisfy regular expression pattern: [\\w+=/:,.@-]+";

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "ListVirtualMFADevices" => list(call, accounts),
        "CreateVirtualMFADevice" => create(call, accounts),
        "DeleteVirtualMFADevice" => delete(call, accounts),
        _ => return None,
    })
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "mfa/")?;
    let account = own(call, accounts);
    let wanted: fn(&Device) -> bool = match call.params.get("AssignmentStatus") {
        None | Some("Any") => |_| true,
        Some("Assigned") => |device| device.owner.is_some(),
        Some("Unassigned") => |device| device.owner.is_none(),
        Some(other) => {
            let constraint = "Member must satisfy enum value set: [Assigned, Unassigned, Any]";
            return Err(Failure::constraint("assignmentStatus", other, constraint));
        }
    };
    let devices = account.devices.values().filter(|device| wanted(device));
    let page = page::cut(&call.params, devices)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "VirtualMFADevices", |xml, device| {
        xml.text("SerialNumber", &device.serial);
        match &device.owner {
            None => {}
            Some(Owner::Root) => {
                xml.element("User", |xml| users::write_root(xml, account));
            }
            Some(Owner::User(name)) => {
                if let Some(user) = account.users.get(name) {
                    xml.element("User", |xml| users::write_bare(xml, user, &account.id));
                }
            }
        }
        xml.maybe("EnableDate", device.enabled);
    });
    Ok(xml)
}

/// The answer holds the seed: base64 of the base32 text, as at AWS. There is no QR code; a client can
/// make one from the seed.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateVirtualMFADevice.html>
fn create(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = call.params.require("VirtualMFADeviceName")?;
    if name.is_empty() || name.len() > 226 || !names::is_word(name) {
        return Err(Failure::constraint(
            "virtualMFADeviceName",
            name,
            names::WORD,
        ));
    }
    let path = names::path(&call.params)?;
    let new_tags = tag_list::read(&call.params, tag_list::Kind::MfaDevice)?;
    let arn = own(call, accounts).arn(&format!("mfa{path}{name}"));
    let target = Target {
        arn: arn.clone(),
        new_tags: Some(&new_tags),
        ..Target::default()
    };
    permit_on(call, accounts, &target)?;
    let serial: MfaSerial = arn
        .parse()
        .map_err(|_| Failure::constraint("path", &path, names::WORD))?;
    let account = own_mut(call, accounts);
    let taken = |other: &MfaSerial| other.as_str().eq_ignore_ascii_case(serial.as_str());
    if account.devices.keys().any(taken) {
        return Err(Failure::exists(
            "MFADevice entity at the same path and name already exists.",
        ));
    }
    let seed = random::seed();
    let mut xml = Xml::new();
    xml.element("VirtualMFADevice", |xml| {
        xml.text("SerialNumber", &serial).text(
            "Base32StringSeed",
            BASE64.encode(seed.to_base32().as_bytes()),
        );
    });
    let mut device = Device::unassigned(serial.clone(), seed);
    device.tags = new_tags;
    account.devices.insert(serial, device);
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteVirtualMFADevice.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    let serial: MfaSerial = call.params.demand("SerialNumber", SERIAL)?;
    permit(call, accounts, serial.as_str())?;
    let account = own_mut(call, accounts);
    let device = account
        .devices
        .get(&serial)
        .ok_or_else(|| no_device(&serial))?;
    if device.owner.is_some() {
        return Err(Failure::conflict(
            "MFA VirtualDevice in use. Must deactivate first.",
        ));
    }
    account.devices.remove(&serial);
    Ok(Xml::new())
}

pub(super) fn no_device(serial: &MfaSerial) -> Failure {
    Failure::new(
        404,
        "NoSuchEntity",
        format!("VirtualMFADevice with serial number {serial} does not exist."),
    )
}
