//! Permissions boundaries of users and roles.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>

use super::Answer;
use super::holder::{Holder, Kind};
use super::permit::{Target, own, own_mut, permit_on};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Account, Accounts};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "PutUserPermissionsBoundary" => put(call, accounts, Kind::User),
        "PutRolePermissionsBoundary" => put(call, accounts, Kind::Role),
        "DeleteUserPermissionsBoundary" => delete(call, accounts, Kind::User),
        "DeleteRolePermissionsBoundary" => delete(call, accounts, Kind::Role),
        _ => return None,
    })
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html>
fn put(call: &Call, accounts: &mut Accounts, kind: Kind) -> Answer {
    let holder = Holder::read(call, kind)?;
    let arn = call.params.require("PermissionsBoundary")?;
    let account = own(call, accounts);
    let target = Target {
        // Conditions see the boundary that the entity is to get.
        boundary: Some(arn),
        ..holder.target(account)
    };
    permit_on(call, accounts, &target)?;
    let arn = known(account, Some(arn))?;
    *holder.boundary_mut(own_mut(call, accounts))? = arn;
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPermissionsBoundary.html>
fn delete(call: &Call, accounts: &mut Accounts, kind: Kind) -> Answer {
    let holder = Holder::read(call, kind)?;
    permit_on(call, accounts, &holder.target(own(call, accounts)))?;
    let boundary = holder.boundary_mut(own_mut(call, accounts))?;
    match boundary.take() {
        Some(_) => Ok(Xml::new()),
        None => Err(Failure::no_such(format!(
            "permissions boundary of {} {}",
            kind.noun(),
            holder.name
        ))),
    }
}

/// The ARN of a boundary, if one is wanted: that of a managed policy that is there.
pub(super) fn known(account: &Account, arn: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(arn) = arn else {
        return Ok(None);
    };
    match account.managed_policy(arn) {
        Some(_) => Ok(Some(arn.to_owned())),
        None => Err(Failure::new(
            404,
            "NoSuchEntity",
            format!("Scope ARN: {arn} does not exist or is not attachable."),
        )),
    }
}

/// Writes `<PermissionsBoundary>` if there is one.
pub(super) fn write(xml: &mut Xml, boundary: Option<&String>) {
    if let Some(arn) = boundary {
        xml.element("PermissionsBoundary", |xml| {
            xml.text("PermissionsBoundaryType", "Policy")
                .text("PermissionsBoundaryArn", arn);
        });
    }
}
