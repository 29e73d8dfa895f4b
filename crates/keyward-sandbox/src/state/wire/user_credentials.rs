//! SSH keys, certificates and service-specific credentials between the file and the account.

use super::fields::{read_created, read_moment};
use super::{AccountsError, JsonPath, file};
use crate::state::{KeyStatus, ServiceCredential, SigningCertificate, SshKey};

pub(super) fn read_status(status: &str, at: &JsonPath) -> Result<KeyStatus, AccountsError> {
    KeyStatus::parse(status).ok_or_else(|| {
        at.member("status")
            .value("a status is `Active` or `Inactive`")
    })
}

pub(super) fn read_ssh_key(wire: file::Upload, at: &JsonPath) -> Result<SshKey, AccountsError> {
    let file::Upload {
        id,
        body,
        status,
        uploaded,
    } = wire;
    Ok(SshKey {
        id,
        body,
        status: read_status(&status, at)?,
        uploaded: read_created(uploaded, at)?,
    })
}

pub(super) fn write_ssh_key(key: &SshKey) -> file::Upload {
    let SshKey {
        id,
        body,
        status,
        uploaded,
    } = key;
    file::Upload {
        id: id.clone(),
        body: body.clone(),
        status: status.as_str().to_owned(),
        uploaded: Some(uploaded.to_string()),
    }
}

pub(super) fn read_certificate(
    wire: file::Upload,
    at: &JsonPath,
) -> Result<SigningCertificate, AccountsError> {
    let file::Upload {
        id,
        body,
        status,
        uploaded,
    } = wire;
    Ok(SigningCertificate {
        id,
        body,
        status: read_status(&status, at)?,
        uploaded: read_created(uploaded, at)?,
    })
}

pub(super) fn write_certificate(certificate: &SigningCertificate) -> file::Upload {
    let SigningCertificate {
        id,
        body,
        status,
        uploaded,
    } = certificate;
    file::Upload {
        id: id.clone(),
        body: body.clone(),
        status: status.as_str().to_owned(),
        uploaded: Some(uploaded.to_string()),
    }
}

pub(super) fn read_service_credential(
    wire: file::ServiceCredential,
    at: &JsonPath,
) -> Result<ServiceCredential, AccountsError> {
    let file::ServiceCredential {
        id,
        service,
        user_name,
        status,
        created,
        expires,
    } = wire;
    Ok(ServiceCredential {
        id,
        service,
        user_name,
        status: read_status(&status, at)?,
        created: read_created(created, at)?,
        expires: read_moment(expires, &at.member("expires"))?,
    })
}

pub(super) fn write_service_credential(credential: &ServiceCredential) -> file::ServiceCredential {
    let ServiceCredential {
        id,
        service,
        user_name,
        status,
        created,
        expires,
    } = credential;
    file::ServiceCredential {
        id: id.clone(),
        service: service.clone(),
        user_name: user_name.clone(),
        status: status.as_str().to_owned(),
        created: Some(created.to_string()),
        expires: expires.map(|at| at.to_string()),
    }
}
