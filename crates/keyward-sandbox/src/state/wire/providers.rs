//! OpenID Connect providers and instance profiles between the file and the account.

use keyward_core::id::OidcIssuer;

use super::fields::{read_created, read_name, read_path};
use super::{AccountsError, JsonPath, file};
use crate::state::{Account, InstanceProfile, OidcProvider, derived_id};

pub(super) fn read_provider(
    wire: file::OidcProvider,
    account: &Account,
    at: &JsonPath,
) -> Result<OidcProvider, AccountsError> {
    let file::OidcProvider {
        issuer,
        audiences,
        thumbprints,
        created,
        tags,
    } = wire;
    let issuer: OidcIssuer = at.member("issuer").id(&issuer)?;
    Ok(OidcProvider {
        arn: account.arn(&format!("oidc-provider/{issuer}")),
        issuer: issuer.to_string(),
        audiences: audiences.into_iter().collect(),
        thumbprints,
        created: read_created(created, at)?,
        tags,
    })
}

pub(super) fn write_provider(provider: &OidcProvider) -> file::OidcProvider {
    let OidcProvider {
        arn: _,
        issuer,
        audiences,
        thumbprints,
        created,
        tags,
    } = provider;
    file::OidcProvider {
        issuer: issuer.clone(),
        audiences: audiences.iter().cloned().collect(),
        thumbprints: thumbprints.clone(),
        created: Some(created.to_string()),
        tags: tags.clone(),
    }
}

pub(super) fn read_instance_profile(
    wire: file::InstanceProfile,
    account: &Account,
    at: &JsonPath,
) -> Result<InstanceProfile, AccountsError> {
    let file::InstanceProfile {
        name,
        path,
        id,
        created,
        role,
        tags,
    } = wire;
    let name = read_name(name, at)?;
    if let Some(role) = role
        .as_ref()
        .filter(|role| !account.roles.contains_key(*role))
    {
        return Err(at.member("role").missing("role", role));
    }
    let made_up = || derived_id("AIPA", &account.id, &format!("instance-profile/{name}"));
    Ok(InstanceProfile {
        path: read_path(path, at)?,
        id: id.unwrap_or_else(made_up),
        created: read_created(created, at)?,
        name,
        role,
        tags,
    })
}

pub(super) fn write_instance_profile(profile: &InstanceProfile) -> file::InstanceProfile {
    let InstanceProfile {
        name,
        path,
        id,
        created,
        role,
        tags,
    } = profile;
    file::InstanceProfile {
        name: name.clone(),
        path: path.clone(),
        id: Some(id.clone()),
        created: Some(created.to_string()),
        role: role.clone(),
        tags: tags.clone(),
    }
}
