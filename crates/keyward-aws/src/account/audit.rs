//! Reads what an audit judges: nine calls for a small account, most of them at the same time, and
//! one more for each user whose SSH keys matter. A part that AWS, or its substitute, does not
//! return is recorded as not read.

use std::error::Error as _;
use std::thread;
use std::time::Duration;

use aws_sdk_iam::types::StatusType;
use keyward_account::audit::Input;
use keyward_account::audit::input::{
    CredentialReport, Known, ServerCertificate, ServiceCredential, SshKey, VirtualDevice, ssh_users,
};
use keyward_core::Credentials;
use keyward_core::id::UserName;
use keyward_iam::model::Account;

use super::observe::joined;
use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};
use crate::pages::Pages;
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

/// The most users whose SSH keys are listed. Each takes a call, and IAM throttles.
const MOST_SSH_USERS: usize = 100;

/// The number of these calls that run at the same time.
const AT_ONCE: usize = 8;

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
            let services = scope.spawn(|| self.list_service_credentials(credentials));
            let input = Input {
                account: Account::empty(caller.account.clone()),
                summary: known(joined(summary)),
                password_policy: known(joined(rules)),
                credentials: known(joined(report)),
                devices: known(joined(devices)),
                certificates: known(joined(certificates)),
                service_credentials: known(joined(services)),
                ssh_keys: Known::Missing(String::new()),
                now: self.now(),
            };
            joined(details).map(|()| input)
        })?;
        let ssh_keys = self.list_ssh_keys_of(credentials, &ssh_users(&account));
        Ok(Input {
            account,
            ssh_keys,
            ..input
        })
    }

    /// `iam:ListSSHPublicKeys` for each of these users. Inactive keys are left out.
    fn list_ssh_keys_of(
        &self,
        credentials: &Credentials,
        users: &[UserName],
    ) -> Known<Vec<SshKey>> {
        if users.len() > MOST_SSH_USERS {
            let count = users.len();
            return Known::Missing(format!(
                "{count} users may use CodeCommit without MFA, and keyward asks for the SSH keys of \
                 at most {MOST_SSH_USERS}, one call each"
            ));
        }
        let mut keys = Vec::new();
        for users in users.chunks(AT_ONCE) {
            let listed = thread::scope(|scope| {
                let ask = |user| scope.spawn(move || self.list_ssh_keys(credentials, user));
                let asked: Vec<_> = users.iter().map(ask).collect();
                let listed = asked.into_iter().map(joined);
                listed.collect::<Result<Vec<_>, _>>()
            });
            match listed {
                Ok(listed) => keys.extend(listed.into_iter().flatten()),
                Err(error) => return known(Err(error)),
            }
        }
        Known::Read(keys)
    }

    fn list_ssh_keys(
        &self,
        credentials: &Credentials,
        user: &UserName,
    ) -> Result<Vec<SshKey>, CallError> {
        let action = Action::iam("ListSSHPublicKeys");
        let call = Call::new(action, credentials);
        let keys = Pages::all(action, |marker| {
            let answer = self.iam(&call, |iam| {
                let request = iam.list_ssh_public_keys().user_name(user.as_str());
                request.set_marker(marker.clone()).send()
            })?;
            let next = Pages::marker(action, answer.marker, answer.is_truncated)?;
            Ok((answer.ssh_public_keys.unwrap_or_default(), next))
        })?;
        let active = keys
            .into_iter()
            .filter(|key| key.status == StatusType::Active);
        let keys = active.map(|key| SshKey {
            user: user.clone(),
            uploaded: Some(time(key.upload_date)),
        });
        Ok(keys.collect())
    }

    /// `iam:ListServiceSpecificCredentials` for all users. Inactive ones are left out.
    fn list_service_credentials(
        &self,
        credentials: &Credentials,
    ) -> Result<Vec<ServiceCredential>, CallError> {
        let action = Action::iam("ListServiceSpecificCredentials");
        let call = Call::new(action, credentials);
        let mut found = Vec::new();
        let (mut pages, mut marker) = (Pages::default(), None::<String>);
        loop {
            let answer = self.iam(&call, |iam| {
                iam.list_service_specific_credentials()
                    .all_users(true)
                    .set_marker(marker.clone())
                    .send()
            })?;
            let listed = answer.service_specific_credentials.unwrap_or_default();
            for one in listed {
                if one.status != StatusType::Active {
                    continue;
                }
                let user = one.user_name.parse().map_err(|_| CallError::Unreadable {
                    action,
                    what: "a credential has no user".to_owned(),
                })?;
                found.push(ServiceCredential {
                    user,
                    service: one.service_name,
                    expires: one.expiration_date.map(time),
                });
            }
            let next = Pages::marker(action, answer.marker, answer.is_truncated)?;
            marker = pages.next(action, next)?;
            if marker.is_none() {
                return Ok(found);
            }
        }
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
        let action = Action::iam("ListVirtualMFADevices");
        let call = Call::new(action, credentials);
        let devices = Pages::all(action, |marker| {
            let answer = self.iam(&call, |iam| {
                let request = iam.list_virtual_mfa_devices();
                request.set_marker(marker.clone()).send()
            })?;
            let next = Pages::marker(action, answer.marker, answer.is_truncated)?;
            Ok((answer.virtual_mfa_devices, next))
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
        let action = Action::iam("ListServerCertificates");
        let call = Call::new(action, credentials);
        let certificates = Pages::all(action, |marker| {
            let answer = self.iam(&call, |iam| {
                let request = iam.list_server_certificates();
                request.set_marker(marker.clone()).send()
            })?;
            let next = Pages::marker(action, answer.marker, answer.is_truncated)?;
            Ok((answer.server_certificate_metadata_list, next))
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
