//! A role that may look at everything need not read passwords. `ReadOnlyAccess` allows reading
//! the values of secrets, so a role that has it also gets a policy that denies them.

use keyward_iam::model::Account;
use keyward_iam::{Policy, PolicyKind};
use serde_json::json;

use super::document::policy;

/// The inline policy of a role that denies reading secrets.
pub const NO_SECRETS_POLICY: &str = "keyward-no-secrets";

/// The actions that return the value of a secret or a credential, and that `ReadOnlyAccess`
/// allows or a later version of it may. What services keep in their plain configuration, such as
/// the environment of a Lambda function, is no secret to them and stays readable.
///
/// Source: <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ReadOnlyAccess.html>
pub const SECRET_READING: [&str; 20] = [
    "acm:GetAcmeExternalAccountBindingCredentials",
    "appsync:ListApiKeys",
    "cloudwatch:GetSpaceCredentials*",
    "cognito-identity:GetCredentialsForIdentity",
    "cognito-identity:GetOpenIdToken*",
    "cognito-idp:DescribeUserPoolClient",
    "cognito-idp:GetTokensFromRefreshToken",
    "cognito-idp:ListUserPoolClientSecrets",
    "connect:GetFederationToken",
    "ec2:GetPasswordData",
    "gamelift:GetComputeAccess",
    "gamelift:GetComputeAuthToken",
    "gamelift:GetInstanceAccess",
    "license-manager:GetAccessToken",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "ssm:GetAccessToken",
    "ssm:GetParameter*",
    "storagegateway:DescribeChapCredentials",
    "wafv2:GetDecryptedAPIKey",
];

/// Denies reading secrets. API Gateway has one action for everything that it reads, so its keys
/// are denied by their ARNs.
///
/// Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html>
#[must_use]
pub fn no_secrets(account: &Account) -> Policy {
    let keys = format!("arn:{}:apigateway:*::/apikeys", account.partition);
    let statements = vec![
        json!({
            "Sid": "DenyReadingSecrets",
            "Effect": "Deny",
            "Action": SECRET_READING,
            "Resource": "*",
        }),
        json!({
            "Sid": "DenyReadingApiKeys",
            "Effect": "Deny",
            "Action": "apigateway:GET",
            "Resource": [keys, format!("{keys}/*")],
        }),
    ];
    policy(PolicyKind::Identity, statements)
}
