//! Lists that are always empty: kinds of entity that the practice account does not hold.

use super::Answer;
use super::permit::permit_all;
use crate::call::Call;
use crate::state::Accounts;
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "ListServerCertificates" => server_certificates(call, accounts),
        "ListSAMLProviders" => saml_providers(call, accounts),
        _ => return None,
    })
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServerCertificates.html>
fn server_certificates(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "server-certificate/")?;
    let mut xml = Xml::new();
    xml.element("ServerCertificateMetadataList", |_| {})
        .text("IsTruncated", false);
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviders.html>
fn saml_providers(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "saml-provider/")?;
    let mut xml = Xml::new();
    xml.element("SAMLProviderList", |_| {});
    Ok(xml)
}
