//! The input of an audit: the account, and beside it what AWS keeps elsewhere. Each part was read
//! or was not; a check that needs a part that was not read is reported as not done.

mod credential_report;
pub mod saved;
mod ssh_users;

use std::collections::BTreeMap;

use keyward_core::Timestamp;
use keyward_core::id::UserName;
use keyward_iam::Policy;
use keyward_iam::model::{Account, PasswordPolicy, Role};

pub use credential_report::{
    CredentialReport, CredentialReportError, CredentialRow, Holder, ReportedKey, ReportedPassword,
};
pub use ssh_users::ssh_users;

/// A part of the input.
#[derive(Debug, Clone, PartialEq)]
pub enum Known<T> {
    /// It was read.
    Read(T),
    /// It was not; this says why.
    Missing(String),
}

impl<T> Known<T> {
    /// The part.
    ///
    /// # Errors
    /// It was not read.
    pub fn get(&self) -> Result<&T, NotRead> {
        match self {
            Self::Read(part) => Ok(part),
            Self::Missing(why) => Err(NotRead(why.clone())),
        }
    }
}

/// The reason why a check could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotRead(pub String);

/// A virtual MFA device.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_VirtualMFADevice.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualDevice {
    /// Its serial, which is an ARN.
    pub serial: String,
    /// The ARN of the user or root user who has enabled it.
    pub owner: Option<String>,
}

/// A TLS certificate that IAM stores.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ServerCertificateMetadata.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerCertificate {
    /// Its name.
    pub name: String,
    /// The expiry.
    pub expires: Option<Timestamp>,
}

/// An active credential of a user for one service: a name with a password, or a bearer key.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ServiceSpecificCredentialMetadata.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceCredential {
    /// Whose it is.
    pub user: UserName,
    /// The service, such as `bedrock.amazonaws.com`.
    pub service: String,
    /// The expiry; `None` if it never expires.
    pub expires: Option<Timestamp>,
}

/// An active SSH key of a user.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SSHPublicKeyMetadata.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshKey {
    /// Whose it is.
    pub user: UserName,
    /// The time of the upload.
    pub uploaded: Option<Timestamp>,
}

/// An account with everything that an audit looks at.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Users, groups, roles and policies. The checks ignore its password policy.
    pub account: Account,
    /// The numbers of `GetAccountSummary`, by AWS's name.
    pub summary: Known<BTreeMap<String, i64>>,
    /// The rules for console passwords; `None` if the account has none.
    pub password_policy: Known<Option<PasswordPolicy>>,
    /// Passwords, keys and their last use.
    pub credentials: Known<CredentialReport>,
    /// The virtual MFA devices.
    pub devices: Known<Vec<VirtualDevice>>,
    /// The TLS certificates.
    pub certificates: Known<Vec<ServerCertificate>>,
    /// The active service-specific credentials of all users.
    pub service_credentials: Known<Vec<ServiceCredential>>,
    /// The active SSH keys of the users in [`ssh_users`].
    pub ssh_keys: Known<Vec<SshKey>>,
    /// The time of the audit.
    pub now: Timestamp,
}

impl Input {
    /// The roles that the account can change, each with its trust policy if that can be judged.
    pub(super) fn trusts(&self) -> impl Iterator<Item = (&Role, &Policy)> {
        let roles = self
            .account
            .roles
            .values()
            .filter(|role| !role.is_aws_owned());
        roles.filter_map(|role| Some((role, role.trust.policy()?)))
    }

    /// A number of `GetAccountSummary`.
    pub(super) fn count(&self, name: &str) -> Result<i64, NotRead> {
        let count = self.summary.get()?.get(name);
        count
            .copied()
            .ok_or_else(|| NotRead(format!("the account summary does not say `{name}`")))
    }
}
