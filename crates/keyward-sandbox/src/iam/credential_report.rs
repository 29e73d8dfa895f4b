//! The credential report: who has which password, keys, certificates and devices, and when each
//! was last used. It is started by one call and fetched by another.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>

use std::time::Duration;

use data_encoding::BASE64;
use keyward_core::Timestamp;

use super::Answer;
use super::permit::{own_mut, permit_all};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{
    AccessKey, Account, Accounts, KeyStatus, Report, Root, SigningCertificate, User,
};
use crate::xml::Xml;

const COLUMNS: &str = "user,arn,user_creation_time,password_enabled,password_last_used,\
    password_last_changed,password_next_rotation,mfa_active,access_key_1_active,\
    access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,\
    access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
    access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,\
    cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "GenerateCredentialReport" => generate(call, accounts),
        "GetCredentialReport" => get(call, accounts),
        _ => return None,
    })
}

/// A report younger than four hours is not generated again.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateCredentialReport.html>
fn generate(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "*")?;
    let account = own_mut(call, accounts);
    let fresh = account.report == Report::Absent || account.report.is_expired(call.now);
    let mut xml = Xml::new();
    if fresh {
        account.report = Report::Started;
        xml.text("State", "STARTED").text(
            "Description",
            "No report exists. Starting a new report generation task",
        );
    } else {
        finish(account, call.now);
        xml.text("State", "COMPLETE");
    }
    Ok(xml)
}

/// The first call for a started report completes the report. Its answer asks the caller to retry.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html>
fn get(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "*")?;
    let account = own_mut(call, accounts);
    if account.report.is_expired(call.now) {
        let message = "Credential report is expired. Please generate a new report";
        return Err(Failure::new(410, "ReportExpired", message));
    }
    match &account.report {
        Report::Absent => Err(Failure::new(
            410,
            "ReportNotPresent",
            "No report exists. Use GenerateCredentialReport to generate a new report",
        )),
        Report::Started => {
            finish(account, call.now);
            let message = "Report generation is in progress";
            Err(Failure::new(404, "ReportInProgress", message))
        }
        Report::Ready { at, csv } => {
            let mut xml = Xml::new();
            xml.text("Content", BASE64.encode(csv.as_bytes()))
                .text("ReportFormat", "text/csv")
                .text("GeneratedTime", at);
            Ok(xml)
        }
    }
}

fn finish(account: &mut Account, now: Timestamp) {
    if account.report == Report::Started {
        let csv = table(account);
        account.report = Report::Ready { at: now, csv };
    }
}

fn table(account: &Account) -> String {
    let mut rows = vec![COLUMNS.to_owned(), root_row(account)];
    rows.extend(account.users.values().map(|user| user_row(account, user)));
    rows.join("\n")
}

/// The root user comes first, under a name that no user can have.
fn root_row(account: &Account) -> String {
    let root = &account.root;
    let mut cells = vec![
        "<root_account>".to_owned(),
        Root::arn(&account.id),
        time(root.created),
        "not_supported".to_owned(),
        root.password_last_used.map_or_else(no_information, time),
        "not_supported".to_owned(),
        "not_supported".to_owned(),
        account.root_has_mfa().to_string(),
    ];
    cells.extend(keys(&root.keys));
    cells.extend(certificates(&[]));
    cells.join(",")
}

fn user_row(account: &Account, user: &User) -> String {
    let mut cells = vec![
        user.name.to_string(),
        user.arn(&account.id),
        time(user.created),
        user.login.is_some().to_string(),
    ];
    cells.extend(match &user.login {
        Some(login) => {
            let used = user.password_last_used;
            let days = account
                .password_policy
                .as_ref()
                .and_then(|p| p.max_age_days);
            let life = days.map(|days| Duration::from_secs(u64::from(days) * 86_400));
            [
                used.map_or_else(no_information, time),
                time(login.changed),
                life.map_or_else(none, |life| time(login.changed.after(life))),
            ]
        }
        None => [none(), none(), none()],
    });
    cells.push(account.devices_of(&user.name).next().is_some().to_string());
    cells.extend(keys(&user.keys));
    cells.extend(certificates(&user.certificates));
    cells.join(",")
}

/// Five cells for each of two keys.
fn keys(keys: &[AccessKey]) -> impl Iterator<Item = String> + '_ {
    (0..2).flat_map(|n| match keys.get(n) {
        Some(key) => {
            let used = key.last_used.as_ref();
            [
                (key.status == KeyStatus::Active).to_string(),
                time(key.created),
                used.map_or_else(none, |used| time(used.at)),
                used.map_or_else(none, |used| used.region.clone()),
                used.map_or_else(none, |used| used.service.clone()),
            ]
        }
        None => ["false".to_owned(), none(), none(), none(), none()],
    })
}

/// Two cells for each of two certificates.
fn certificates(certificates: &[SigningCertificate]) -> impl Iterator<Item = String> + '_ {
    (0..2).flat_map(|n| match certificates.get(n) {
        Some(certificate) => [
            (certificate.status == KeyStatus::Active).to_string(),
            time(certificate.uploaded),
        ],
        None => ["false".to_owned(), none()],
    })
}

/// `2026-01-01T00:00:00+00:00`.
fn time(at: Timestamp) -> String {
    at.to_string().replace('Z', "+00:00")
}

fn none() -> String {
    "N/A".to_owned()
}

fn no_information() -> String {
    "no_information".to_owned()
}
