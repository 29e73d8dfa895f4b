//! Roles, to be looked at.

use keyward_core::id::AccountId;

use super::{names, own, page, permit, permit_all};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Accounts, Role};
use crate::xml::Xml;

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html>
pub(super) fn get(call: &Call, accounts: &Accounts) -> Result<Xml, Failure> {
    let name = call.params.require("RoleName")?;
    if !names::is_word(name) {
        return Err(Failure::constraint("roleName", name, names::WORD));
    }
    let account = own(call, accounts);
    let role = account.roles.get(name);
    let arn = match role {
        Some(role) => role.arn(&account.id).to_string(),
        None => account.arn(&format!("role/{name}")),
    };
    permit(call, accounts, &arn)?;
    let role = role.ok_or_else(|| Failure::no_such(format!("role with name {name}")))?;
    let mut xml = Xml::new();
    xml.element("Role", |xml| write(xml, role, &account.id));
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html>
pub(super) fn list(call: &Call, accounts: &Accounts) -> Result<Xml, Failure> {
    permit_all(call, accounts, "role/")?;
    let account = own(call, accounts);
    let prefix = call.params.get("PathPrefix").unwrap_or("/");
    let roles = account
        .roles
        .values()
        .filter(|role| role.path.starts_with(prefix));
    let page = page::cut(&call.params, roles)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "Roles", |xml, role| write(xml, role, &account.id));
    Ok(xml)
}

fn write(xml: &mut Xml, role: &Role, account: &AccountId) {
    xml.text("Path", &role.path)
        .text("RoleName", &role.name)
        .text("RoleId", &role.id)
        .text("Arn", role.arn(account))
        .text("CreateDate", role.created)
        .text("AssumeRolePolicyDocument", encode(&role.trust.to_json()))
        .maybe("Description", role.description.as_ref())
        .text("MaxSessionDuration", role.max_session.as_secs());
    if let Some(arn) = &role.boundary {
        xml.element("PermissionsBoundary", |xml| {
            xml.text("PermissionsBoundaryType", "Policy")
                .text("PermissionsBoundaryArn", arn);
        });
    }
}

/// Documents travel percent-encoded (RFC 3986, where a blank is `%20`).
fn encode(document: &str) -> String {
    form_urlencoded::byte_serialize(document.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}
