//! Saved answers of the AWS CLI, each in the shape that its command prints.
//!
//! Source: <https://docs.aws.amazon.com/cli/latest/reference/iam/>

use std::collections::BTreeMap;

use keyward_core::Timestamp;
use keyward_core::id::UserName;
use keyward_iam::model::{PasswordPolicy, Requirement};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Error as _};
use serde_json::{Map, Value};

use crate::desired::wire::sign_of_more;

use super::{ServerCertificate, ServiceCredential, SshKey, VirtualDevice};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    summary_map: BTreeMap<String, i64>,
}

/// Reads what `aws iam get-account-summary` prints.
///
/// # Errors
/// The text has another shape.
pub fn summary(json: &str) -> Result<BTreeMap<String, i64>, serde_json::Error> {
    serde_json::from_str(json).map(|summary: Summary| summary.summary_map)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rules {
    password_policy: Option<Policy>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    minimum_password_length: u32,
    #[serde(default)]
    require_symbols: bool,
    #[serde(default)]
    require_numbers: bool,
    #[serde(default)]
    require_uppercase_characters: bool,
    #[serde(default)]
    require_lowercase_characters: bool,
    #[serde(default)]
    allow_users_to_change_password: bool,
    max_password_age: Option<u32>,
    password_reuse_prevention: Option<u32>,
    #[serde(default)]
    hard_expiry: bool,
}

/// Reads what `aws iam get-account-password-policy` prints. `{"PasswordPolicy": null}` says that
/// the account has none.
///
/// # Errors
/// The text has another shape.
pub fn password_policy(json: &str) -> Result<Option<PasswordPolicy>, serde_json::Error> {
    let rules: Rules = serde_json::from_str(json)?;
    Ok(rules.password_policy.map(|policy| PasswordPolicy {
        minimum_length: policy.minimum_password_length,
        symbols: Requirement::from_flag(policy.require_symbols),
        numbers: Requirement::from_flag(policy.require_numbers),
        uppercase: Requirement::from_flag(policy.require_uppercase_characters),
        lowercase: Requirement::from_flag(policy.require_lowercase_characters),
        users_may_change: Requirement::from_flag(policy.allow_users_to_change_password),
        max_age_days: policy.max_password_age.filter(|days| *days > 0),
        reuse_prevention: policy.password_reuse_prevention.filter(|count| *count > 0),
        hard_expiry: Requirement::from_flag(policy.hard_expiry),
    }))
}

#[derive(Deserialize)]
struct Devices {
    #[serde(rename = "VirtualMFADevices")]
    devices: Vec<Device>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Device {
    serial_number: String,
    user: Option<Owner>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Owner {
    arn: String,
}

/// Reads what `aws iam list-virtual-mfa-devices` prints.
///
/// # Errors
/// The text has another shape.
pub fn devices(json: &str) -> Result<Vec<VirtualDevice>, serde_json::Error> {
    let listed: Devices = whole(json)?;
    let devices = listed.devices.into_iter().map(|device| VirtualDevice {
        serial: device.serial_number,
        owner: device.user.map(|user| user.arn),
    });
    Ok(devices.collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Certificates {
    server_certificate_metadata_list: Vec<Certificate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Certificate {
    server_certificate_name: String,
    expiration: Option<String>,
}

/// Reads what `aws iam list-server-certificates` prints.
///
/// # Errors
/// The text has another shape.
pub fn certificates(json: &str) -> Result<Vec<ServerCertificate>, serde_json::Error> {
    let listed: Certificates = whole(json)?;
    let listed = listed.server_certificate_metadata_list.into_iter();
    let certificates = listed.map(|certificate| ServerCertificate {
        name: certificate.server_certificate_name,
        expires: certificate
            .expiration
            .and_then(|text| Timestamp::read_loosely(&text)),
    });
    Ok(certificates.collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ServiceCredentials {
    service_specific_credentials: Vec<ServiceEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ServiceEntry {
    user_name: String,
    status: String,
    service_name: String,
    expiration_date: Option<String>,
}

/// Reads what `aws iam list-service-specific-credentials --all-users` prints. Inactive ones are
/// left out.
///
/// # Errors
/// The text has another shape.
pub fn service_credentials(json: &str) -> Result<Vec<ServiceCredential>, serde_json::Error> {
    let listed: ServiceCredentials = whole(json)?;
    let listed = listed.service_specific_credentials.into_iter();
    let active = listed.filter(|entry| is_active(&entry.status));
    active
        .map(|entry| {
            Ok(ServiceCredential {
                user: user(&entry.user_name)?,
                service: entry.service_name,
                expires: entry
                    .expiration_date
                    .and_then(|text| Timestamp::read_loosely(&text)),
            })
        })
        .collect()
}

#[derive(Deserialize)]
struct SshKeys {
    #[serde(rename = "SSHPublicKeys")]
    keys: Vec<SshEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SshEntry {
    user_name: String,
    status: String,
    upload_date: Option<String>,
}

/// Reads what `aws iam list-ssh-public-keys` prints, for one user or for several, one after the
/// other. Inactive ones are left out.
///
/// # Errors
/// The text has another shape.
pub fn ssh_keys(json: &str) -> Result<Vec<SshKey>, serde_json::Error> {
    let answers = serde_json::Deserializer::from_str(json).into_iter();
    let answers = answers.map(|answer| answer.and_then(read));
    let answers: Vec<SshKeys> = answers.collect::<Result<_, _>>()?;
    let listed = answers.into_iter().flat_map(|answer| answer.keys);
    let active = listed.filter(|entry| is_active(&entry.status));
    active
        .map(|entry| {
            Ok(SshKey {
                user: user(&entry.user_name)?,
                uploaded: entry
                    .upload_date
                    .and_then(|text| Timestamp::read_loosely(&text)),
            })
        })
        .collect()
}

fn is_active(status: &str) -> bool {
    status == "Active"
}

fn user(name: &str) -> Result<UserName, serde_json::Error> {
    name.parse().map_err(serde::de::Error::custom)
}

/// A whole answer.
fn whole<T: DeserializeOwned>(json: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(json).and_then(read)
}

/// One answer. A page of a longer list is refused, because a check would miss the rest.
fn read<T: DeserializeOwned>(answer: Map<String, Value>) -> Result<T, serde_json::Error> {
    match sign_of_more(&answer) {
        None => serde_json::from_value(Value::Object(answer)),
        Some(sign) => Err(serde_json::Error::custom(format!(
            "the list is not complete: `{sign}` says that there is more"
        ))),
    }
}

#[cfg(test)]
mod tests;
