//! Managed policies attached to users, groups and roles. Each attachment is its own; there is no
//! call that replaces them all.

use super::holder::{Holder, Kind};
use super::permit::{Target, own, own_mut, permit_on};
use super::{Answer, page, policies};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Account, Accounts};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "AttachUserPolicy" => attach(call, accounts, Kind::User),
        "AttachGroupPolicy" => attach(call, accounts, Kind::Group),
        "AttachRolePolicy" => attach(call, accounts, Kind::Role),
        "DetachUserPolicy" => detach(call, accounts, Kind::User),
        "DetachGroupPolicy" => detach(call, accounts, Kind::Group),
        "DetachRolePolicy" => detach(call, accounts, Kind::Role),
        "ListAttachedUserPolicies" => list(call, accounts, Kind::User),
        "ListAttachedGroupPolicies" => list(call, accounts, Kind::Group),
        "ListAttachedRolePolicies" => list(call, accounts, Kind::Role),
        _ => return None,
    })
}

/// The call succeeds where the policy is attached already.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html>
fn attach(call: &Call, accounts: &mut Accounts, kind: Kind) -> Answer {
    let (holder, arn) = read(call, accounts, kind)?;
    let account = own_mut(call, accounts);
    let most = quota(account, kind);
    holder.grants(account)?;
    if account.managed_policy(arn).is_none() {
        return Err(Failure::new(
            404,
            "NoSuchEntity",
            format!("Policy {arn} does not exist or is not attachable."),
        ));
    }
    let grants = holder.grants_mut(account)?;
    if grants.attached.iter().any(|other| other == arn) {
        return Ok(Xml::new());
    }
    if grants.attached.len() >= most {
        let name = match kind {
            Kind::User => "PoliciesPerUser",
            Kind::Group => "PoliciesPerGroup",
            Kind::Role => "PoliciesPerRole",
        };
        return Err(Failure::limit(name, most));
    }
    grants.attached.push(arn.to_owned());
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html>
fn detach(call: &Call, accounts: &mut Accounts, kind: Kind) -> Answer {
    let (holder, arn) = read(call, accounts, kind)?;
    let grants = holder.grants_mut(own_mut(call, accounts))?;
    let before = grants.attached.len();
    grants.attached.retain(|other| other != arn);
    match grants.attached.len() < before {
        true => Ok(Xml::new()),
        false => Err(policies::not_found(arn)),
    }
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html>
fn list(call: &Call, accounts: &mut Accounts, kind: Kind) -> Answer {
    let holder = Holder::read(call, kind)?;
    let prefix = super::names::prefix(&call.params)?;
    let account = own(call, accounts);
    permit_on(call, accounts, &holder.target(account))?;
    let attached = holder.grants(account)?.attached.iter().filter(|arn| {
        let policy = account.managed_policy(arn);
        policy.is_none_or(|policy| policy.path.starts_with(prefix))
    });
    let page = page::cut(&call.params, attached)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "AttachedPolicies", |xml, arn| write(xml, arn));
    Ok(xml)
}

fn read<'a>(
    call: &'a Call,
    accounts: &Accounts,
    kind: Kind,
) -> Result<(Holder<'a>, &'a str), Failure> {
    let holder = Holder::read(call, kind)?;
    let arn = policies::arn(&call.params)?;
    let target = Target {
        policy: Some(arn),
        ..holder.target(own(call, accounts))
    };
    permit_on(call, accounts, &target)?;
    Ok((holder, arn))
}

fn quota(account: &Account, kind: Kind) -> usize {
    match kind {
        Kind::User => account.quotas.attached_per_user,
        Kind::Group => account.quotas.attached_per_group,
        Kind::Role => account.quotas.attached_per_role,
    }
}

/// Writes the members of one attached policy.
pub(super) fn write(xml: &mut Xml, arn: &str) {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    xml.text("PolicyName", name).text("PolicyArn", arn);
}
