//! Actions that hand out or make a credential which lives longer than the session that asked,
//! or works elsewhere, and actions that widen rights.

mod elsewhere;
mod of_services;

pub use elsewhere::{
    THROUGH_IDENTITY_CENTER, THROUGH_ORGANIZATION, THROUGH_SERVICES, ThroughService,
};
pub use of_services::OF_SERVICES;

use std::sync::OnceLock;

use super::ActionSet;

/// Actions that turn a session into a credential of its own, and what that is.
///
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
/// Source: <https://docs.aws.amazon.com/signin/latest/APIReference/API_dataplane-signin_CreateBearerToken.html>
pub const LONGER_LIVED: [(&str, &str); 44] = [
    ("iam:CreateAccessKey", "makes a long-term access key"),
    (
        "iam:UpdateAccessKey",
        "puts an inactive access key back into force",
    ),
    ("iam:CreateLoginProfile", "makes a console password"),
    ("iam:UpdateLoginProfile", "sets a console password"),
    (
        "iam:CreateServiceSpecificCredential",
        "makes a long-term key for one service, which may never expire",
    ),
    (
        "iam:ResetServiceSpecificCredential",
        "makes a new secret for a long-term key of one service",
    ),
    (
        "iam:UpdateServiceSpecificCredential",
        "puts an inactive key of one service back into force",
    ),
    ("iam:UploadSSHPublicKey", "adds an SSH key for CodeCommit"),
    (
        "iam:UpdateSSHPublicKey",
        "puts an inactive SSH key back into force",
    ),
    (
        "iam:UploadSigningCertificate",
        "adds a certificate that signs requests",
    ),
    (
        "iam:UpdateSigningCertificate",
        "puts an inactive certificate back into force",
    ),
    (
        "iam:UpdateSAMLProvider",
        "trusts another authority for federated sign-ins",
    ),
    (
        "iam:UploadCloudFrontPublicKey",
        "adds a key that signs requests",
    ),
    (
        "sts:GetFederationToken",
        "makes a session of up to 36 hours that outlives the key",
    ),
    ("sts:GetWebIdentityToken", "makes a token for other clouds"),
    (
        "sts:GetDelegatedAccessToken",
        "exchanges a delegation for credentials",
    ),
    ("sts:GetServiceBearerToken", "makes a token for one service"),
    (
        "sts:AssumeRoot",
        "makes a session of a member account's root user",
    ),
    ("signin:CreateOAuth2Token", "makes a token of a sign-in"),
    (
        "signin:CreateOAuth2TokenWithIAM",
        "makes a token of a sign-in",
    ),
    (
        "sso-oauth:CreateTokenWithIAM",
        "makes a token of IAM Identity Center",
    ),
    (
        "eks-auth:AssumeRoleForPodIdentity",
        "makes credentials of a pod's role",
    ),
    (
        "cognito-identity:GetCredentialsForIdentity",
        "makes credentials of an identity pool's role",
    ),
    (
        "codeartifact:GetAuthorizationToken",
        "makes a token for packages of up to 12 hours",
    ),
    (
        "ecr:GetAuthorizationToken",
        "makes a token for images of 12 hours",
    ),
    (
        "ecr-public:GetAuthorizationToken",
        "makes a token for public images of 12 hours",
    ),
    (
        "redshift-serverless:GetCredentials",
        "makes a password of a database",
    ),
    (
        "rolesanywhere:CreateTrustAnchor",
        "trusts certificates of an outside authority",
    ),
    (
        "rolesanywhere:CreateProfile",
        "lets outside certificates assume roles",
    ),
    (
        "rolesanywhere:UpdateTrustAnchor",
        "trusts certificates of another outside authority",
    ),
    (
        "rolesanywhere:EnableTrustAnchor",
        "trusts certificates of an outside authority again",
    ),
    (
        "rolesanywhere:UpdateProfile",
        "lets outside certificates assume further roles",
    ),
    (
        "rolesanywhere:EnableProfile",
        "lets outside certificates assume roles again",
    ),
    (
        "sso:CreateTrustedTokenIssuer",
        "trusts tokens of an outside authority",
    ),
    (
        "sso:UpdateTrustedTokenIssuer",
        "trusts other tokens of an outside authority",
    ),
    (
        "sso-directory:CreateBearerToken",
        "makes a long-term token that manages people of IAM Identity Center",
    ),
    (
        "sso-directory:UpdatePassword",
        "sets the password of a person in IAM Identity Center",
    ),
    (
        "signin:CreateBearerToken",
        "makes a token for one service of up to 12 hours",
    ),
    (
        "bedrock:CallWithBearerToken",
        "uses a long-term key of Bedrock",
    ),
    (
        "logs:CallWithBearerToken",
        "uses a long-term key of CloudWatch Logs",
    ),
    (
        "cloudwatch:CallWithBearerToken",
        "uses a long-term key of CloudWatch",
    ),
    (
        "aws-external-anthropic:CallWithBearerToken",
        "uses a long-term key of Claude Platform",
    ),
    (
        "bedrock-mantle:CallWithBearerToken",
        "uses a long-term key of Bedrock",
    ),
    (
        "sagemaker:CallWithBearerToken",
        "uses a long-term key of SageMaker",
    ),
];

/// Whether the action calls a service with a long-term key of that service. Services get such keys one
/// after the other, so one that the list of actions lacks is recognised by its name.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_api_keys_for_aws_services.html>
pub(super) fn takes_bearer_token(action: &str) -> bool {
    let name = action.split_once(':').map_or("", |(_, name)| name);
    name.eq_ignore_ascii_case("CallWithBearerToken")
}

/// Actions with which an identity can give rights to itself or to an identity it controls, and
/// how.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>
pub const WIDENING: [(&str, &str); 27] = [
    ("iam:AttachUserPolicy", "attaches any policy to a user"),
    ("iam:AttachGroupPolicy", "attaches any policy to a group"),
    ("iam:AttachRolePolicy", "attaches any policy to a role"),
    ("iam:PutUserPolicy", "writes a policy into a user"),
    ("iam:PutGroupPolicy", "writes a policy into a group"),
    ("iam:PutRolePolicy", "writes a policy into a role"),
    (
        "iam:CreatePolicyVersion",
        "rewrites a policy that is attached",
    ),
    (
        "iam:SetDefaultPolicyVersion",
        "puts another version of a policy into force",
    ),
    ("iam:AddUserToGroup", "joins a group"),
    ("iam:UpdateAssumeRolePolicy", "opens a role to anyone"),
    ("iam:PassRole", "starts a service with a role"),
    (
        "iam:CreateAccessKey",
        "makes an access key for another user",
    ),
    (
        "iam:CreateLoginProfile",
        "makes a password for another user",
    ),
    (
        "iam:UpdateLoginProfile",
        "sets the password of another user",
    ),
    (
        "iam:CreateServiceSpecificCredential",
        "makes a service key for another user",
    ),
    (
        "iam:ResetServiceSpecificCredential",
        "makes a new secret for another user's service key",
    ),
    ("iam:UploadSSHPublicKey", "adds an SSH key for another user"),
    (
        "iam:UploadSigningCertificate",
        "adds a certificate that signs requests for another user",
    ),
    (
        "iam:UpdateSAMLProvider",
        "lets another authority sign people in to a role",
    ),
    ("iam:EnableMFADevice", "enrols a device for another user"),
    (
        "iam:DeactivateMFADevice",
        "takes the device of another user away",
    ),
    (
        "iam:DeleteUserPermissionsBoundary",
        "lifts the limit of a user",
    ),
    (
        "iam:PutUserPermissionsBoundary",
        "changes the limit of a user",
    ),
    (
        "iam:DeleteRolePermissionsBoundary",
        "lifts the limit of a role",
    ),
    (
        "iam:PutRolePermissionsBoundary",
        "changes the limit of a role",
    ),
    (
        "iam:AcceptDelegationRequest",
        "hands its rights to an outside service",
    ),
    (
        "iam:SendDelegationToken",
        "hands its rights to an outside service",
    ),
];

/// Those of [`WIDENING`] that change a role.
pub(super) const ABOUT_ROLES: [&str; 3] = [
    "iam:AttachRolePolicy",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
];

/// Those of [`WIDENING`] that change the limit of a user or a role, or an identity provider. They widen
/// rights only if there is one.
pub(super) const ABOUT_EXISTING: [&str; 5] = [
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutUserPermissionsBoundary",
    "iam:DeleteRolePermissionsBoundary",
    "iam:PutRolePermissionsBoundary",
    "iam:UpdateSAMLProvider",
];

/// Those of [`WIDENING`] that widen rights only where they are allowed on another person.
pub(super) const ABOUT_OTHERS: [&str; 9] = [
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:UpdateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
    "iam:UploadSSHPublicKey",
    "iam:UploadSigningCertificate",
    "iam:EnableMFADevice",
    "iam:DeactivateMFADevice",
];

/// Actions with which a user can remove a policy that denies it something, and their effects.
pub const LIFTING: [(&str, &str); 11] = [
    ("iam:DetachUserPolicy", "detaches the policies of the user"),
    ("iam:DeleteUserPolicy", "deletes the policies of the user"),
    ("iam:PutUserPolicy", "rewrites the policies of the user"),
    (
        "iam:DetachGroupPolicy",
        "detaches the policies of its groups",
    ),
    (
        "iam:DeleteGroupPolicy",
        "deletes the policies of its groups",
    ),
    ("iam:PutGroupPolicy", "rewrites the policies of its groups"),
    ("iam:RemoveUserFromGroup", "leaves the group that guards it"),
    ("iam:CreatePolicyVersion", "rewrites the guard"),
    (
        "iam:SetDefaultPolicyVersion",
        "puts an older version of the guard into force",
    ),
    (
        "iam:DeleteUserPermissionsBoundary",
        "lifts the limit of the user",
    ),
    (
        "iam:PutUserPermissionsBoundary",
        "changes the limit of the user",
    ),
];

/// The actions of a user without MFA: enrol a device and change the password, both only for the
/// user itself. AWS answers the last two to everyone. Its sample leaves out the password: there a
/// user cannot change one without MFA, not even the first.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html>
pub const ENROLMENT: [&str; 11] = [
    "iam:ChangePassword",
    "iam:CreateVirtualMFADevice",
    "iam:EnableMFADevice",
    "iam:GetAccountPasswordPolicy",
    "iam:GetMFADevice",
    "iam:GetUser",
    "iam:ListMFADevices",
    "iam:ListVirtualMFADevices",
    "iam:ResyncMFADevice",
    "sts:GetCallerIdentity",
    "sts:GetSessionToken",
];

/// The actions of [`ENROLMENT`] as a set.
pub(crate) fn enrolment() -> &'static ActionSet {
    static SET: OnceLock<ActionSet> = OnceLock::new();
    SET.get_or_init(|| ENROLMENT.iter().collect())
}

#[cfg(test)]
mod tests;
