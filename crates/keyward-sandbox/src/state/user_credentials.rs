//! A user's credentials beside keys and passwords: SSH keys, signing certificates, and those for
//! single services. They sign in to nothing here; they are made, listed and deleted.

use keyward_core::Timestamp;

use super::KeyStatus;

/// An SSH public key, for CodeCommit.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SSHPublicKey.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshKey {
    /// `APKA…`.
    pub id: String,
    /// The key as it was uploaded.
    pub body: String,
    /// Whether it may be used.
    pub status: KeyStatus,
    /// The time of its upload.
    pub uploaded: Timestamp,
}

/// An X.509 certificate that signs SOAP requests.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SigningCertificate.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningCertificate {
    /// The unique id.
    pub id: String,
    /// The certificate as it was uploaded.
    pub body: String,
    /// Whether it may be used.
    pub status: KeyStatus,
    /// The time of its upload.
    pub uploaded: Timestamp,
}

/// A credential for one service: a name and password, or a bearer key.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ServiceSpecificCredential.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceCredential {
    /// `ACCA…`.
    pub id: String,
    /// Such as `codecommit.amazonaws.com`.
    pub service: String,
    /// The name that the service knows it by.
    pub user_name: String,
    /// Whether it may be used.
    pub status: KeyStatus,
    /// The time of its creation.
    pub created: Timestamp,
    /// The expiry; `None` if it never expires.
    pub expires: Option<Timestamp>,
}
