//! Groups and attached policies, to be looked at.

use super::{find_user, own, page, permit, permit_user};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::Accounts;
use crate::xml::Xml;

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupsForUser.html>
pub(super) fn of_user(call: &Call, accounts: &Accounts) -> Result<Xml, Failure> {
    call.params.require("UserName")?;
    let name = permit_user(call, accounts)?;
    let account = own(call, accounts);
    let user = find_user(account, &name)?;
    let groups = user
        .groups
        .iter()
        .filter_map(|name| account.groups.get(name));
    let page = page::cut(&call.params, groups)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "Groups", |xml, group| {
        xml.text("Path", &group.path)
            .text("GroupName", &group.name)
            .text("GroupId", &group.id)
            .text("Arn", group.arn(&account.id))
            .text("CreateDate", group.created);
    });
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedUserPolicies.html>
pub(super) fn attached_to_user(call: &Call, accounts: &Accounts) -> Result<Xml, Failure> {
    call.params.require("UserName")?;
    let name = permit_user(call, accounts)?;
    let user = find_user(own(call, accounts), &name)?;
    attached(call, &user.grants.attached)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedGroupPolicies.html>
pub(super) fn attached_to_group(call: &Call, accounts: &Accounts) -> Result<Xml, Failure> {
    let name = call.params.require("GroupName")?;
    let account = own(call, accounts);
    let group = account.groups.get(name);
    let arn = match group {
        Some(group) => group.arn(&account.id),
        None => account.arn(&format!("group/{name}")),
    };
    permit(call, accounts, &arn)?;
    let group = group.ok_or_else(|| Failure::no_such(format!("group with name {name}")))?;
    attached(call, &group.grants.attached)
}

fn attached(call: &Call, arns: &[String]) -> Result<Xml, Failure> {
    let page = page::cut(&call.params, arns)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "AttachedPolicies", |xml, arn| {
        let name = arn.rsplit('/').next().unwrap_or(arn);
        xml.text("PolicyName", name).text("PolicyArn", arn);
    });
    Ok(xml)
}
