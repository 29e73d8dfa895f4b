//! Policies by which users manage their own credentials, and the guard that denies everything else
//! without MFA. Both are managed policies of the users' account. They go on groups and users, never
//! on roles: a role's sessions do not say that MFA was used.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html>

use keyward_core::id::PolicyName;
use keyward_iam::model::Account;
use keyward_iam::{Policy, PolicyKind};
use serde_json::{Value as Json, json};

use super::document::{policy, with_mfa, without_mfa};
use crate::ownership::BlueprintName;

/// The beginning of the name of the managed policy that lets users manage their own credentials.
/// The name of the blueprint follows, because the names of policies are unique in an account and
/// several blueprints may share one.
pub const SELF_SERVICE_POLICY: &str = "keyward-self-service";

/// The beginning of the name of the managed policy that denies requests without MFA. The name of
/// the blueprint follows.
pub const GUARD_POLICY: &str = "keyward-mfa-guard";

/// The full name of one of the two policies.
#[must_use]
pub fn policy_name(beginning: &str, blueprint: &BlueprintName) -> PolicyName {
    format!("{beginning}-{blueprint}")
        .parse()
        .expect("a beginning of keyward's and at most 32 letters and digits are a policy name")
}

/// The actions of enrolling a device that name a user or a device.
const ENROL: [&str; 7] = [
    "iam:ChangePassword",
    "iam:CreateVirtualMFADevice",
    "iam:EnableMFADevice",
    "iam:GetMFADevice",
    "iam:GetUser",
    "iam:ListMFADevices",
    "iam:ResyncMFADevice",
];

/// The user's own ARN: as it is at the root, and as it is in any path.
fn own_user(account: &Account) -> [String; 2] {
    let prefix = format!("arn:{}:iam::{}:user", account.partition, account.id);
    [
        format!("{prefix}/${{aws:username}}"),
        format!("{prefix}/*/${{aws:username}}"),
    ]
}

/// The names of the user's own virtual devices. The second form leaves room for several; the
/// hyphen keeps `bo` from matching the devices of `bob`.
fn own_devices(account: &Account) -> [String; 2] {
    let prefix = format!("arn:{}:iam::{}:mfa", account.partition, account.id);
    [
        format!("{prefix}/${{aws:username}}"),
        format!("{prefix}/${{aws:username}}-*"),
    ]
}

/// Lets users look at what the console shows, enrol a device, change their password, and with
/// MFA replace keys and devices. Without MFA no device can be removed.
#[must_use]
pub fn self_service(account: &Account) -> Policy {
    let allow = |sid: &str, actions: Json, resources: Json| json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources });
    let allow_with_mfa = |sid: &str, actions: Json, resources: Json| {
        let mut statement = allow(sid, actions, resources);
        statement["Condition"] = with_mfa();
        statement
    };
    let user = json!(own_user(account));
    let devices = json!(own_devices(account));
    let statements = vec![
        allow(
            "ViewAccount",
            json!([
                "iam:GetAccountPasswordPolicy",
                "iam:GetAccountSummary",
                "iam:ListAccountAliases",
                "iam:ListUsers",
                "iam:ListVirtualMFADevices",
            ]),
            json!("*"),
        ),
        allow(
            "OwnUser",
            json!([
                "iam:ChangePassword",
                "iam:EnableMFADevice",
                "iam:GetLoginProfile",
                "iam:GetMFADevice",
                "iam:GetUser",
                "iam:ListAccessKeys",
                "iam:ListGroupsForUser",
                "iam:ListMFADevices",
                "iam:ResyncMFADevice",
            ]),
            user.clone(),
        ),
        allow(
            "OwnNewDevice",
            json!("iam:CreateVirtualMFADevice"),
            devices.clone(),
        ),
        allow_with_mfa(
            "OwnKeysAndDeviceWithMfa",
            json!([
                "iam:CreateAccessKey",
                "iam:DeactivateMFADevice",
                "iam:DeleteAccessKey",
                "iam:GetAccessKeyLastUsed",
                "iam:UpdateAccessKey",
            ]),
            user,
        ),
        allow_with_mfa(
            "OwnOldDeviceWithMfa",
            json!("iam:DeleteVirtualMFADevice"),
            devices,
        ),
    ];
    policy(PolicyKind::Identity, statements)
}

/// Denies every request without MFA, except those for enrolling a device and for a first change of
/// password. These are allowed only for the user's own name.
#[must_use]
pub fn guard(account: &Account) -> Policy {
    let mut free = ENROL.to_vec();
    free.extend([
        "iam:GetAccountPasswordPolicy",
        "iam:ListVirtualMFADevices",
        "sts:GetSessionToken",
    ]);
    let mut own = own_user(account).to_vec();
    own.extend(own_devices(account));
    let statements = vec![
        json!({
            "Sid": "DenyWithoutMfa",
            "Effect": "Deny",
            "NotAction": free,
            "Resource": "*",
            "Condition": without_mfa(),
        }),
        json!({
            "Sid": "DenyOtherUsersWithoutMfa",
            "Effect": "Deny",
            "Action": ENROL,
            "NotResource": own,
            "Condition": without_mfa(),
        }),
    ];
    policy(PolicyKind::Identity, statements)
}
