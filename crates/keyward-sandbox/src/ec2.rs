//! EC2 as far as a network's plan asks: addresses, their quota, and availability zones. Addresses
//! are those of the stacks.
//!
//! Source: <https://docs.aws.amazon.com/ec2/latest/devguide/Query-Requests.html>

use crate::authorize::{Wanted, authorize, context};
use crate::call::Call;
use crate::cloudformation::{ADDRESSES, Stacks};
use crate::failure::Failure;
use crate::state::Accounts;
use crate::xml::Xml;

/// The number of availability zones of a practice region.
const ZONES: usize = 6;

/// Decides a call and returns the content of its response element.
pub(crate) fn answer(call: &Call, accounts: &Accounts, stacks: &Stacks) -> Result<Xml, Failure> {
    let action = format!("ec2:{}", call.action);
    let wanted = Wanted {
        action: &action,
        resource: "*",
        shown: "*",
    };
    authorize(call, accounts, wanted, &context(call, accounts))?;
    match call.action.as_str() {
        "DescribeAddresses" => Ok(addresses(call, stacks)),
        "DescribeAccountAttributes" => Ok(attributes()),
        "DescribeAvailabilityZones" => Ok(zones(call)),
        _ => Err(Failure::no_action(&call.action, call.service.version())),
    }
}

fn addresses(call: &Call, stacks: &Stacks) -> Xml {
    let count = stacks.addresses(&call.caller.account, &call.region);
    let mut xml = Xml::new();
    xml.items("addressesSet", 1..=count, |xml, number| {
        // Addresses of a block that is reserved for documentation.
        xml.text("publicIp", format!("203.0.113.{number}"))
            .text("domain", "vpc");
    });
    xml
}

fn attributes() -> Xml {
    let mut xml = Xml::new();
    xml.items(
        "accountAttributeSet",
        ["vpc-max-elastic-ips"],
        |xml, name| {
            xml.text("attributeName", name);
            xml.items("attributeValueSet", [ADDRESSES], |xml, number| {
                xml.text("attributeValue", number);
            });
        },
    );
    xml
}

fn zones(call: &Call) -> Xml {
    let mut xml = Xml::new();
    let letters = ('a'..='z').take(ZONES);
    xml.items("availabilityZoneInfo", letters, |xml, letter| {
        xml.text("zoneName", format!("{}{letter}", call.region))
            .text("zoneState", "available");
    });
    xml
}
