//! OpenID Connect providers: made, looked at, changed and deleted.

use std::collections::BTreeSet;

use super::permit::{Target, own, own_mut, permit_all, permit_on};
use super::{Answer, tag_list};
use crate::call::Call;
use crate::failure::Failure;
use crate::params::Params;
use crate::state::{Account, Accounts, EntityKind, OidcProvider};
use crate::xml::Xml;

/// The most audiences of one provider.
const AUDIENCES: usize = 100;
/// The most thumbprints of one provider.
const THUMBPRINTS: usize = 5;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "CreateOpenIDConnectProvider" => create(call, accounts),
        "GetOpenIDConnectProvider" => get(call, accounts),
        "ListOpenIDConnectProviders" => list(call, accounts),
        "AddClientIDToOpenIDConnectProvider" => add_audience(call, accounts),
        "RemoveClientIDFromOpenIDConnectProvider" => remove_audience(call, accounts),
        "UpdateOpenIDConnectProviderThumbprint" => update_thumbprints(call, accounts),
        "DeleteOpenIDConnectProvider" => delete(call, accounts),
        _ => return None,
    })
}

/// AWS fetches the issuer's certificate where no thumbprint is given; the practice account
/// reaches nothing and leaves the list empty.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html>
fn create(call: &Call, accounts: &mut Accounts) -> Answer {
    let params = &call.params;
    let issuer = issuer(params)?;
    let audiences = audiences(&params.list("ClientIDList"))?;
    let thumbprints = thumbprints(&params.list("ThumbprintList"))?;
    let new_tags = tag_list::read(params, tag_list::Kind::OidcProvider)?;
    let account = own(call, accounts);
    let arn = account.arn(&format!("oidc-provider/{issuer}"));
    let target = Target {
        arn: arn.clone(),
        new_tags: Some(&new_tags),
        ..Target::default()
    };
    permit_on(call, accounts, &target)?;
    if account.is_taken(EntityKind::OidcProvider, &arn) {
        return Err(Failure::exists(format!(
            "Provider with url https://{issuer} already exists."
        )));
    }
    if account.oidc_providers.len() >= account.quotas.oidc_providers {
        return Err(Failure::limit(
            "OpenIdConnectProvidersPerAccount",
            account.quotas.oidc_providers,
        ));
    }
    let mut xml = Xml::new();
    xml.text("OpenIDConnectProviderArn", &arn);
    tag_list::write(&mut xml, &new_tags);
    let provider = OidcProvider {
        arn: arn.clone(),
        issuer: issuer.to_owned(),
        audiences,
        thumbprints,
        created: call.now,
        tags: new_tags,
    };
    own_mut(call, accounts).oidc_providers.insert(arn, provider);
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html>
fn get(call: &Call, accounts: &mut Accounts) -> Answer {
    let provider = permitted(call, accounts)?;
    let mut xml = Xml::new();
    xml.text("Url", &provider.issuer)
        .texts("ClientIDList", &provider.audiences)
        .texts("ThumbprintList", &provider.thumbprints)
        .text("CreateDate", provider.created);
    tag_list::write(&mut xml, &provider.tags);
    Ok(xml)
}

/// The list has no pages.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "oidc-provider/")?;
    let providers = own(call, accounts).oidc_providers.keys();
    let mut xml = Xml::new();
    xml.list("OpenIDConnectProviderList", providers, |xml, arn| {
        xml.text("Arn", arn);
    });
    Ok(xml)
}

/// The call succeeds where the provider has the audience already.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html>
fn add_audience(call: &Call, accounts: &mut Accounts) -> Answer {
    let audience = audience(call.params.require("ClientID")?)?.to_owned();
    let provider = permitted_mut(call, accounts)?;
    let known = provider.audiences.contains(&audience);
    if !known && provider.audiences.len() >= AUDIENCES {
        return Err(Failure::limit(
            "ClientIdsPerOpenIdConnectProvider",
            AUDIENCES,
        ));
    }
    provider.audiences.insert(audience);
    Ok(Xml::new())
}

/// The call succeeds where the provider does not have the audience.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveClientIDFromOpenIDConnectProvider.html>
fn remove_audience(call: &Call, accounts: &mut Accounts) -> Answer {
    let audience = audience(call.params.require("ClientID")?)?;
    permitted_mut(call, accounts)?.audiences.remove(audience);
    Ok(Xml::new())
}

/// The list replaces the old one.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateOpenIDConnectProviderThumbprint.html>
fn update_thumbprints(call: &Call, accounts: &mut Accounts) -> Answer {
    let listed = call.params.list("ThumbprintList");
    if listed.is_empty() {
        return Err(Failure::absent("thumbprintList"));
    }
    permitted_mut(call, accounts)?.thumbprints = thumbprints(&listed)?;
    Ok(Xml::new())
}

/// The call also succeeds for a missing provider. Roles that trust the provider keep their trust policies.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    let arn = arn(&call.params)?;
    permit_on(call, accounts, &target(own(call, accounts), arn))?;
    own_mut(call, accounts).oidc_providers.remove(arn);
    Ok(Xml::new())
}

/// `OpenIDConnectProviderArn`.
pub(super) fn arn(params: &Params) -> Result<&str, Failure> {
    let arn = params.require("OpenIDConnectProviderArn")?;
    match arn.starts_with("arn:") && arn.contains(":oidc-provider/") {
        true => Ok(arn),
        false => Err(Failure::invalid_input(format!("Invalid ARN: {arn}"))),
    }
}

pub(super) fn target<'a>(account: &'a Account, arn: &str) -> Target<'a> {
    Target {
        arn: arn.to_owned(),
        tags: account
            .oidc_providers
            .get(arn)
            .map(|provider| &provider.tags),
        ..Target::default()
    }
}

pub(super) fn missing(arn: &str) -> Failure {
    let message = format!("OpenIDConnect Provider not found for arn {arn}");
    Failure::new(404, "NoSuchEntity", message)
}

fn permitted<'a>(call: &Call, accounts: &'a Accounts) -> Result<&'a OidcProvider, Failure> {
    let arn = arn(&call.params)?;
    let account = own(call, accounts);
    permit_on(call, accounts, &target(account, arn))?;
    account.oidc_providers.get(arn).ok_or_else(|| missing(arn))
}

fn permitted_mut<'a>(
    call: &Call,
    accounts: &'a mut Accounts,
) -> Result<&'a mut OidcProvider, Failure> {
    let arn = permitted(call, accounts)?.arn.clone();
    own_mut(call, accounts)
        .oidc_providers
        .get_mut(&arn)
        .ok_or_else(|| missing(&arn))
}

/// `Url` without its scheme, which must be `https`; no port, query or user.
fn issuer(params: &Params) -> Result<&str, Failure> {
    let url = params.require("Url")?;
    let wrong = || Failure::invalid_input(format!("Invalid Open ID Connect Provider URL: {url}"));
    let issuer = url.strip_prefix("https://").ok_or_else(wrong)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    let fits = url.len() <= 255 && !issuer.starts_with('/') && !issuer.is_empty();
    match fits && issuer.chars().all(allowed) {
        true => Ok(issuer.trim_end_matches('/')),
        false => Err(wrong()),
    }
}

fn audience(text: &str) -> Result<&str, Failure> {
    match (1..=255).contains(&text.chars().count()) {
        true => Ok(text),
        false => {
            let constraint = "Member must have length between 1 and 255";
            Err(Failure::constraint("clientID", text, constraint))
        }
    }
}

fn audiences(listed: &[&str]) -> Result<BTreeSet<String>, Failure> {
    if listed.len() > AUDIENCES {
        return Err(Failure::limit(
            "ClientIdsPerOpenIdConnectProvider",
            AUDIENCES,
        ));
    }
    let audiences = listed.iter().map(|text| audience(text).map(str::to_owned));
    audiences.collect()
}

fn thumbprints(listed: &[&str]) -> Result<Vec<String>, Failure> {
    if listed.len() > THUMBPRINTS {
        return Err(Failure::invalid_input(
            "Thumbprint list must contain fewer than 5 entries.",
        ));
    }
    for text in listed {
        if text.len() != 40 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            let constraint = "Member must have length equal to 40";
            return Err(Failure::constraint("thumbprintList", text, constraint));
        }
    }
    Ok(listed.iter().map(|text| (*text).to_owned()).collect())
}
