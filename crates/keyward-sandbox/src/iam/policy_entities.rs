//! Whom a managed policy is attached to, or bounds.

use super::permit::own;
use super::{Answer, names, page, policies};
use crate::call::Call;
use crate::state::{Account, Accounts, Grants};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "ListEntitiesForPolicy" => list(call, accounts),
        _ => return None,
    })
}

/// An entity that uses a policy.
struct Entity<'a> {
    kind: &'static str,
    name: &'a str,
    id: &'a str,
    path: &'a str,
    uses: [bool; 2],
}

/// Users, groups and roles share a page.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    let arn = &policies::permitted(call, accounts)?.arn;
    let params = &call.params;
    let kinds = [
        "User",
        "Role",
        "Group",
        "LocalManagedPolicy",
        "AWSManagedPolicy",
    ];
    let kind = policies::choice(params, "EntityFilter", &kinds)?;
    let usages = ["PermissionsPolicy", "PermissionsBoundary"];
    let usage = policies::choice(params, "PolicyUsageFilter", &usages)?;
    let prefix = names::prefix(params)?;
    let shown = entities(own(call, accounts), arn).filter(|entity| {
        let [attached, bounds] = entity.uses;
        entity.path.starts_with(prefix)
            && kind.is_none_or(|kind| kind == entity.kind)
            && match usage {
                Some("PermissionsPolicy") => attached,
                Some(_) => bounds,
                None => attached || bounds,
            }
    });
    let page = page::cut(params, shown)?;
    let mut xml = Xml::new();
    for (list, kind, name, id) in [
        ("PolicyGroups", "Group", "GroupName", "GroupId"),
        ("PolicyUsers", "User", "UserName", "UserId"),
        ("PolicyRoles", "Role", "RoleName", "RoleId"),
    ] {
        let of_kind = page.items.iter().filter(|entity| entity.kind == kind);
        xml.list(list, of_kind, |xml, entity| {
            xml.text(name, entity.name).text(id, entity.id);
        });
    }
    page.write_end(&mut xml);
    Ok(xml)
}

fn entities<'a>(account: &'a Account, arn: &'a str) -> impl Iterator<Item = Entity<'a>> {
    let attached = move |grants: &Grants| grants.attached.iter().any(|other| other == arn);
    let bounds = move |boundary: &Option<String>| boundary.as_deref() == Some(arn);
    let groups = account.groups.values().map(move |group| Entity {
        kind: "Group",
        name: &group.name,
        id: &group.id,
        path: &group.path,
        uses: [attached(&group.grants), false],
    });
    let users = account.users.values().map(move |user| Entity {
        kind: "User",
        name: user.name.as_str(),
        id: &user.id,
        path: &user.path,
        uses: [attached(&user.grants), bounds(&user.boundary)],
    });
    let roles = account.roles.values().map(move |role| Entity {
        kind: "Role",
        name: &role.name,
        id: &role.id,
        path: &role.path,
        uses: [attached(&role.grants), bounds(&role.boundary)],
    });
    groups.chain(users).chain(roles)
}
