//! Reads what an audit judges: eight calls for a small account, most of them at the same time.
//! A part that AWS, or what stands in for it, does not give is recorded as not read.

use std::error::Error as _;
use std::thread;
use std::time::Duration;

use keyward_account::audit::Input;
use keyward_account::audit::input::{CredentialReport, Known, ServerCertificate, VirtualDevice};
use keyward_core::Credentials;
use keyward_iam::model::Account;

use super::observe::joined;
use crate::call::{Aws, Call};
use crate::error::{Action, CallError};
use crate::read::{present, time};

/// The pauses between questions for a credential report that is being made, which takes AWS a
/// few seconds.
const PAUSES: [Duration; 7] = [
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(3),
    Duration::from_secs(5),
    Duration::from_secs(8),
];

impl Aws {
    /// Reads the account that the credentials belong to, for an audit. Users, groups, roles and
    /// policies must be readable; any other part may be missing, with the reason.
    ///
    /// # Errors
    /// See [`CallError`], of `GetCallerIdentity` and `GetAccountAuthorizationDetails` alone.
    pub fn observe_audit(&self, credentials: &Credentials) -> Result<Input, CallError> {
        let caller = self.get_caller_identity(credentials)?;
        let mut account = Account::empty(caller.account.clone());
        account.partition = caller.arn.partition().to_owned();
        let input = thread::scope(|scope| {
            let details = scope.spawn(|| self.read_details(credentials, &mut account));
            let summary = scope.spawn(|| self.get_account_summary(credentials));
            let rules = scope.spawn(|| self.read_password_policy(credentials));
            let report = scope.spawn(|| self.read_credential_report(credentials));
            let devices = scope.spawn(|| self.list_virtual_devices(credentials));
            let certificates = scope.spawn(|| self.list_server_certificates(credentials));
            let input = Input {
                account: Account::empty(caller.account.clone()),
                summary: known(joined(summary)),
                password_policy: known(joined(rules)),
                credentials: known(joined(report)),
                devices: known(joined(devices)),
                certificates: known(joined(certificates)),
                now: self.now(),
            };
            joined(details).map(|()| input)
        })?;
        Ok(Input { account, ..input })
    }

    /// `iam:GenerateCredentialReport`, then `iam:GetCredentialReport` until the report is there.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>
    fn read_credential_report(
        &self,
        credentials: &Credentials,
    ) -> Result<CredentialReport, CallError> {
        let start = Call::new(Action::iam("GenerateCredentialReport"), credentials);
        let _ = self.iam(&start, |iam| iam.generate_credential_report().send())?;
        let action = Action::iam("GetCredentialReport");
        let call = Call::new(action, credentials);
        let mut pauses = PAUSES.into_iter();
        let answer = loop {
            match self.iam(&call, |iam| iam.get_credential_report().send()) {
                Ok(answer) => break answer,
                Err(error) => match pauses.next() {
                    Some(pause) if is_in_progress(&error) => thread::sleep(pause),
                    _ => return Err(error),
                },
            }
        };
        let content = present(action, "Content", answer.content)?;
        let text = String::from_utf8_lossy(content.as_ref());
        CredentialReport::parse(&text, answer.generated_time.map(time)).map_err(|problem| {
            CallError::Unreadable {
                action,
                what: problem.to_string(),
            }
        })
    }

    /// `iam:ListVirtualMFADevices`.
    fn list_virtual_devices(
        &self,
        credentials: &Credentials,
    ) -> Result<Vec<VirtualDevice>, CallError> {
        let call = Call::new(Action::iam("ListVirtualMFADevices"), credentials);
        let devices = self.iam(&call, |iam| async move {
            let pages = iam.list_virtual_mfa_devices().into_paginator();
            pages.items().send().collect::<Result<Vec<_>, _>>().await
        })?;
        let devices = devices.into_iter().map(|device| VirtualDevice {
            serial: device.serial_number,
            owner: device.user.map(|user| user.arn),
        });
        Ok(devices.collect())
    }

    /// `iam:ListServerCertificates`.
    fn list_server_certificates(
        &self,
        credentials: &Credentials,
    ) -> Result<Vec<ServerCertificate>, CallError> {
        let call = Call::new(Action::iam("ListServerCertificates"), credentials);
        let certificates = self.iam(&call, |iam| async move {
            let pages = iam.list_server_certificates().into_paginator();
            pages.items().send().collect::<Result<Vec<_>, _>>().await
        })?;
        let certificates = certificates
            .into_iter()
            .map(|certificate| ServerCertificate {
                name: certificate.server_certificate_name,
                expires: certificate.expiration.map(time),
            });
        Ok(certificates.collect())
    }
}

/// Whether the report is still being made.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html>
fn is_in_progress(error: &CallError) -> bool {
    matches!(error, CallError::Other { code, .. } if code == "ReportInProgress")
}

/// A part of the input: what was read, or the words of the error.
fn known<T>(read: Result<T, CallError>) -> Known<T> {
    match read {
        Ok(part) => Known::Read(part),
        Err(error) => {
            let mut why = error.to_string();
            let mut cause = error.source();
            while let Some(inner) = cause {
                why.push_str(": ");
                why.push_str(&inner.to_string());
                cause = inner.source();
            }
            Known::Missing(why)
        }
    }
}
