//! Credentials for single services: names with passwords, and bearer keys. The secret is shown
//! once and kept nowhere, because nothing here signs in with it.

use std::time::Duration;

use keyward_core::id::UserName;

use super::permit::{find_user, find_user_mut, own, own_mut, permit_all, permit_user};
use super::{Answer, page, status};
use crate::call::Call;
use crate::failure::Failure;
use crate::random;
use crate::state::{Accounts, CREDENTIALS_PER_SERVICE, KeyStatus, ServiceCredential};
use crate::xml::Xml;

/// Services that have credentials of their own. AWS has more of those with bearer keys.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_service-specific-creds.html>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_api_keys_for_aws_services.html>
const SERVICES: &[(&str, Form)] = &[
    ("codecommit.amazonaws.com", Form::Password),
    ("cassandra.amazonaws.com", Form::Password),
    ("bedrock.amazonaws.com", Form::Bearer),
    ("logs.amazonaws.com", Form::Bearer),
];

/// The form that a service accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A name and a password.
    Password,
    /// A bearer key, which can expire.
    Bearer,
}

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "CreateServiceSpecificCredential" => create(call, accounts),
        "ListServiceSpecificCredentials" => list(call, accounts),
        "ResetServiceSpecificCredential" => reset(call, accounts),
        "UpdateServiceSpecificCredential" => update(call, accounts),
        "DeleteServiceSpecificCredential" => delete(call, accounts),
        _ => return None,
    })
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html>
fn create(call: &Call, accounts: &mut Accounts) -> Answer {
    let service = call.params.require("ServiceName")?;
    let days = call.params.number("CredentialAgeDays", 1, 36_600)?;
    call.params.require("UserName")?;
    let name = permit_user(call, accounts)?;
    let account = own(call, accounts).id.clone();
    let user = find_user_mut(own_mut(call, accounts), &name)?;
    let form = form(service).ok_or_else(|| {
        let message = format!("No such service {service} supports Service Specific Credentials");
        Failure::new(404, "NotSupportedService", message)
    })?;
    if days.is_some() && form == Form::Password {
        return Err(Failure::validation(
            "CredentialAgeDays is not supported for this service.",
        ));
    }
    let mut same = user.service_credentials.iter();
    if same
        .by_ref()
        .filter(|other| other.service == service)
        .count()
        >= CREDENTIALS_PER_SERVICE
    {
        return Err(Failure::limit(
            "ServiceSpecificCredentialsPerUser",
            CREDENTIALS_PER_SERVICE,
        ));
    }
    let expires = days.map(|days| call.now.after(Duration::from_secs(days * 86_400)));
    let known = user.service_credentials.iter();
    let user_name = service_user_name(&name, account.as_str(), known.map(|c| &c.user_name));
    let credential = ServiceCredential {
        id: random::unique_id("ACCA"),
        service: service.to_owned(),
        user_name,
        status: KeyStatus::Active,
        created: call.now,
        expires,
    };
    let mut xml = Xml::new();
    xml.element("ServiceSpecificCredential", |xml| {
        write_with_secret(xml, &credential, &name)
    });
    user.service_credentials.push(credential);
    Ok(xml)
}

/// `AllUsers` lists those of the whole account.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    let service = call.params.get("ServiceName");
    let all = call.params.flag("AllUsers")? == Some(true);
    let users = if all {
        permit_all(call, accounts, "user/")?;
        own(call, accounts).users.values().collect()
    } else {
        let name = permit_user(call, accounts)?;
        vec![find_user(own(call, accounts), &name)?]
    };
    let credentials = users.into_iter().flat_map(|user| {
        let owned = user.service_credentials.iter();
        owned.map(|credential| (&user.name, credential))
    });
    let shown = credentials
        .filter(|(_, credential)| service.is_none_or(|service| service == credential.service));
    let page = page::cut(&call.params, shown)?;
    let mut xml = Xml::new();
    page.write(
        &mut xml,
        "ServiceSpecificCredentials",
        |xml, (user, credential)| write(xml, credential, user),
    );
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ResetServiceSpecificCredential.html>
fn reset(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    let credential = found(call, accounts, &name)?;
    let mut xml = Xml::new();
    xml.element("ServiceSpecificCredential", |xml| {
        write_with_secret(xml, credential, &name)
    });
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateServiceSpecificCredential.html>
fn update(call: &Call, accounts: &mut Accounts) -> Answer {
    let status = status(&call.params)?;
    let name = permit_user(call, accounts)?;
    found(call, accounts, &name)?.status = status;
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServiceSpecificCredential.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    let id = found(call, accounts, &name)?.id.clone();
    find_user_mut(own_mut(call, accounts), &name)?
        .service_credentials
        .retain(|credential| credential.id != id);
    Ok(Xml::new())
}

fn form(service: &str) -> Option<Form> {
    let mut known = SERVICES.iter();
    known
        .find(|(name, _)| *name == service)
        .map(|(_, form)| *form)
}

/// `alice-at-123456789012`, and for each further credential with `+1`, `+2` before the `-at-`.
fn service_user_name<'a>(
    user: &UserName,
    account: &str,
    taken: impl Iterator<Item = &'a String>,
) -> String {
    let taken: Vec<&String> = taken.collect();
    (0_u32..)
        .map(|n| match n {
            0 => format!("{user}-at-{account}"),
            n => format!("{user}+{n}-at-{account}"),
        })
        .find(|name| !taken.contains(&name))
        .expect("there are more numbers than credentials")
}

fn found<'a>(
    call: &Call,
    accounts: &'a mut Accounts,
    name: &UserName,
) -> Result<&'a mut ServiceCredential, Failure> {
    let id = call.params.require("ServiceSpecificCredentialId")?;
    let user = find_user_mut(own_mut(call, accounts), name)?;
    let mut credentials = user.service_credentials.iter_mut();
    let found = credentials.find(|credential| credential.id == id);
    found.ok_or_else(|| Failure::no_such(format!("Service Specific Credential {id}")))
}

fn write(xml: &mut Xml, credential: &ServiceCredential, user: &UserName) {
    xml.text("UserName", user)
        .text("Status", credential.status.as_str())
        .text("CreateDate", credential.created)
        .maybe("ExpirationDate", credential.expires)
        .text("ServiceSpecificCredentialId", &credential.id)
        .text("ServiceName", &credential.service);
    match form(&credential.service) {
        Some(Form::Bearer) => xml.text("ServiceCredentialAlias", &credential.user_name),
        Some(Form::Password) | None => xml.text("ServiceUserName", &credential.user_name),
    };
}

fn write_with_secret(xml: &mut Xml, credential: &ServiceCredential, user: &UserName) {
    write(xml, credential, user);
    // Exposed because this answer is the only one that ever shows it.
    let secret = random::secret_access_key();
    match form(&credential.service) {
        Some(Form::Bearer) => xml.text("ServiceCredentialSecret", secret.expose()),
        Some(Form::Password) | None => xml.text("ServicePassword", secret.expose()),
    };
}
