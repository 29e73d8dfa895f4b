//! A role that may look at everything need not read passwords. `ReadOnlyAccess` allows reading
//! the values of secrets, so a role that has it also gets a policy that denies them.

use keyward_iam::{Policy, PolicyKind};
use serde_json::json;

use super::document::policy;

/// The inline policy of a role that denies reading secrets.
pub const NO_SECRETS_POLICY: &str = "keyward-no-secrets";

/// The actions that return the value of a secret or a credential, and that `ReadOnlyAccess`
/// allows or a later version of it may.
///
/// Source: <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ReadOnlyAccess.html>
pub const SECRET_READING: [&str; 9] = [
    "cognito-identity:GetCredentialsForIdentity",
    "cognito-identity:GetOpenIdToken*",
    "ec2:GetPasswordData",
    "lightsail:DownloadDefaultKeyPair",
    "lightsail:GetInstanceAccessDetails",
    "lightsail:GetRelationalDatabaseMasterUserPassword",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter*",
];

/// Denies reading secrets.
#[must_use]
pub fn no_secrets() -> Policy {
    let statement = json!({
        "Sid": "DenyReadingSecrets",
        "Effect": "Deny",
        "Action": SECRET_READING,
        "Resource": "*",
    });
    policy(PolicyKind::Identity, vec![statement])
}
