//! Signing certificates of users. They are stored unchanged; nothing signs with them.

use data_encoding::BASE64;
use keyward_core::id::UserName;

use super::permit::{find_user, find_user_mut, own, own_mut, permit_user};
use super::{Answer, page, status};
use crate::call::Call;
use crate::failure::Failure;
use crate::random;
use crate::state::{Accounts, CERTIFICATES_PER_USER, KeyStatus, SigningCertificate};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "UploadSigningCertificate" => upload(call, accounts),
        "ListSigningCertificates" => list(call, accounts),
        "UpdateSigningCertificate" => update(call, accounts),
        "DeleteSigningCertificate" => delete(call, accounts),
        _ => return None,
    })
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSigningCertificate.html>
fn upload(call: &Call, accounts: &mut Accounts) -> Answer {
    let body = call.params.require("CertificateBody")?.trim();
    let name = permit_user(call, accounts)?;
    find_user(own(call, accounts), &name)?;
    check(body)?;
    let mut others = own(call, accounts).users.values();
    if others.any(|user| user.certificates.iter().any(|other| other.body == body)) {
        let message = "The same certificate is already associated with an IAM user.";
        return Err(Failure::new(409, "DuplicateCertificate", message));
    }
    let user = find_user_mut(own_mut(call, accounts), &name)?;
    if user.certificates.len() >= CERTIFICATES_PER_USER {
        return Err(Failure::limit(
            "SigningCertificatesPerUser",
            CERTIFICATES_PER_USER,
        ));
    }
    let certificate = SigningCertificate {
        id: random::certificate_id(),
        body: body.to_owned(),
        status: KeyStatus::Active,
        uploaded: call.now,
    };
    let mut xml = Xml::new();
    xml.element("Certificate", |xml| write(xml, &certificate, &name));
    user.certificates.push(certificate);
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSigningCertificates.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    let user = find_user(own(call, accounts), &name)?;
    let page = page::cut(&call.params, &user.certificates)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "Certificates", |xml, certificate| {
        write(xml, certificate, &name)
    });
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSigningCertificate.html>
fn update(call: &Call, accounts: &mut Accounts) -> Answer {
    let status = status(&call.params)?;
    let name = permit_user(call, accounts)?;
    found(call, accounts, &name)?.status = status;
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteSigningCertificate.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    let id = found(call, accounts, &name)?.id.clone();
    find_user_mut(own_mut(call, accounts), &name)?
        .certificates
        .retain(|certificate| certificate.id != id);
    Ok(Xml::new())
}

fn found<'a>(
    call: &Call,
    accounts: &'a mut Accounts,
    name: &UserName,
) -> Result<&'a mut SigningCertificate, Failure> {
    let id = call.params.require("CertificateId")?;
    let user = find_user_mut(own_mut(call, accounts), name)?;
    let mut certificates = user.certificates.iter_mut();
    let found = certificates.find(|certificate| certificate.id == id);
    found.ok_or_else(|| Failure::no_such(format!("Certificate with id {id}")))
}

/// One certificate in PEM. Only its outside is looked at: that it is base64 of a sequence.
fn check(body: &str) -> Result<(), Failure> {
    let inner = body
        .strip_prefix("-----BEGIN CERTIFICATE-----")
        .and_then(|rest| rest.strip_suffix("-----END CERTIFICATE-----"));
    let decoded = inner.and_then(|text| {
        let joined: String = text.split_whitespace().collect();
        BASE64.decode(joined.as_bytes()).ok()
    });
    match decoded.is_some_and(|der| der.first() == Some(&0x30)) {
        true => Ok(()),
        false => Err(Failure::new(
            400,
            "MalformedCertificate",
            "Certificate body is not valid X.509 in PEM.",
        )),
    }
}

fn write(xml: &mut Xml, certificate: &SigningCertificate, user: &UserName) {
    xml.text("UserName", user)
        .text("CertificateId", &certificate.id)
        .text("CertificateBody", &certificate.body)
        .text("Status", certificate.status.as_str())
        .text("UploadDate", certificate.uploaded);
}
