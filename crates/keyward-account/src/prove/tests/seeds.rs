//! The policies of two published kickstarters. Each defect is found, and gone once that defect
//! alone is fixed.

use serde_json::{Value, json};

use super::fixtures::{Small, allow, arn, found, trust, when, with_mfa};

/// The actions of users of the first kickstarter before they used MFA, beside everything that its
/// guard denies.
const FREE: [&str; 14] = [
    "iam:ChangePassword",
    "iam:CreateLoginProfile",
    "iam:CreateVirtualMFADevice",
    "iam:DeleteVirtualMFADevice",
    "iam:ListVirtualMFADevices",
    "iam:EnableMFADevice",
    "iam:ResyncMFADevice",
    "iam:ListAccountAliases",
    "iam:ListUsers",
    "iam:ListSSHPublicKeys",
    "iam:ListAccessKeys",
    "iam:ListMFADevices",
    "iam:GetAccountSummary",
    "sts:GetSessionToken",
];

/// The possible fixes of the first kickstarter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    AsPublished,
    UserAndPasswordRulesGranted,
    DeletingDevicesNeedsMfa,
    DeviceNamesOpen,
    ChangePasswordGranted,
    Paths,
}

fn first(fixed: First) -> Small {
    let me = arn("user/${aws:username}");
    let own = match fixed {
        First::Paths => json!([me, arn("user/*/${aws:username}")]),
        _ => json!([me]),
    };
    let names = match fixed {
        First::DeviceNamesOpen => {
            json!([arn("mfa/${aws:username}"), arn("mfa/${aws:username}-*")])
        }
        _ => json!([arn("mfa/${aws:username}")]),
    };
    let devices = |with_user: bool| {
        let mut all = names.as_array().unwrap().clone();
        if with_user {
            all.extend(own.as_array().unwrap().clone());
        }
        Value::Array(all)
    };
    let mut listing = vec![
        "iam:ListAccountAliases",
        "iam:ListUsers",
        "iam:ListVirtualMFADevices",
        "iam:GetAccountPasswordPolicy",
        "iam:GetAccountSummary",
    ];
    listing.sort_unstable();
    let mut free = FREE.to_vec();
    let mut on_own = vec![
        "iam:CreateAccessKey",
        "iam:DeleteAccessKey",
        "iam:ListAccessKeys",
        "iam:UpdateAccessKey",
        "iam:ListSSHPublicKeys",
    ];
    if fixed == First::UserAndPasswordRulesGranted {
        on_own.push("iam:GetUser");
        free.extend(["iam:GetUser", "iam:GetAccountPasswordPolicy"]);
    }
    if fixed == First::ChangePasswordGranted {
        on_own.push("iam:ChangePassword");
    }
    let delete = allow(json!("iam:DeleteVirtualMFADevice"), devices(true));
    let delete = match fixed {
        First::DeletingDevicesNeedsMfa => when(delete, with_mfa()),
        _ => delete,
    };
    let mut list_devices = vec![json!(arn("mfa/*"))];
    list_devices.extend(own.as_array().unwrap().clone());
    let statements = [
        allow(json!(listing), json!("*")),
        allow(json!(on_own), own.clone()),
        allow(json!("iam:ListMFADevices"), Value::Array(list_devices)),
        allow(
            json!([
                "iam:CreateVirtualMFADevice",
                "iam:EnableMFADevice",
                "iam:ResyncMFADevice"
            ]),
            devices(true),
        ),
        delete,
        when(
            allow(json!("iam:DeactivateMFADevice"), devices(true)),
            with_mfa(),
        ),
        json!({
            "Sid": "DenyAllExceptListedIfNoMFA", "Effect": "Deny", "NotAction": free,
            "Resource": "*",
            "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } },
        }),
    ];
    Small::default()
        .role(
            "readonly-role",
            &[trust(with_mfa())],
            &["ReadOnlyAccess"],
            &[],
        )
        .role(
            "admin-role",
            &[trust(with_mfa())],
            &["AdministratorAccess"],
            &[],
        )
        .group(
            "admin",
            &[(
                "assume",
                vec![allow(
                    json!("sts:AssumeRole"),
                    json!([arn("role/readonly-role"), arn("role/admin-role")]),
                )],
            )],
        )
        .user("/", "alice", &["admin"])
        .with("force-mfa", &statements)
}

#[track_caller]
fn check_first(fixed: First, ids: &[&str]) {
    let published = first(First::AsPublished).prove();
    let repaired = first(fixed).prove();
    for id in ids {
        assert!(found(&published, id), "{id}: {:#?}", published.findings);
        assert!(!found(&repaired, id), "{id}: {:#?}", repaired.findings);
    }
    for finding in &repaired.findings {
        assert!(found(&published, &finding.id), "{finding:#?}");
    }
}

#[test]
fn the_first_kickstarter_does_not_show_the_rules_of_the_first_password() {
    check_first(
        First::UserAndPasswordRulesGranted,
        &[
            "enrolment/iam:GetUser",
            "enrolment/iam:GetAccountPasswordPolicy",
        ],
    );
}

#[test]
fn the_first_kickstarter_deletes_devices_without_mfa() {
    check_first(
        First::DeletingDevicesNeedsMfa,
        &["without-mfa/iam:DeleteVirtualMFADevice"],
    );
}

#[test]
fn the_first_kickstarter_has_one_device_of_one_name() {
    check_first(First::DeviceNamesOpen, &["enrolment/second-device"]);
}

#[test]
fn the_first_kickstarter_grants_no_change_of_password() {
    check_first(
        First::ChangePasswordGranted,
        &["enrolment/iam:ChangePassword"],
    );
}

#[test]
fn the_first_kickstarter_fails_users_in_a_path() {
    check_first(First::Paths, &["enrolment/path"]);
    let mut small = first(First::AsPublished);
    small.users[0]["Path"] = json!("/team/");
    small.users[0]["Arn"] = json!(arn("user/team/alice"));
    assert!(found(&small.prove(), "enrolment/path"));
}

#[test]
fn the_first_kickstarter_lets_no_role_without_mfa() {
    let proof = first(First::AsPublished).prove();
    assert!(
        !proof
            .findings
            .iter()
            .any(|f| f.id.starts_with("role-without-mfa"))
    );
    assert!(!found(&proof, "guard/missing"));
    assert!(found(&proof, "guard/gaps"));
}

/// The possible fixes of the second kickstarter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Second {
    AsPublished,
    AccountInArn,
    Guard,
    DeactivatingNeedsMfa,
    PassRoleNarrow,
    ListingOnEverything,
}

fn second(fixed: Second) -> Small {
    let me = json!([arn("user/${aws:username}")]);
    let device = json!([arn("mfa/${aws:username}")]);
    let age = |seconds: &str| {
        json!({
            "Bool": { "aws:MultiFactorAuthPresent": "true" },
            "NumericLessThan": { "aws:MultiFactorAuthAge": seconds },
        })
    };
    let role = match fixed {
        Second::AccountInArn => arn("role/resource-admin"),
        _ => "arn:aws:iam:::role/resource-admin".to_owned(),
    };
    let deactivate = allow(json!("iam:DeactivateMFADevice"), me.clone());
    let deactivate = match fixed {
        Second::DeactivatingNeedsMfa => when(deactivate, with_mfa()),
        _ => deactivate,
    };
    let listing = match fixed {
        Second::ListingOnEverything => json!("*"),
        _ => me.clone(),
    };
    let pass = match fixed {
        Second::PassRoleNarrow => allow(json!("iam:PassRole"), json!(arn("role/workload/*"))),
        _ => json!({
            "Effect": "Allow", "Action": "iam:PassRole",
            "NotResource": [arn("role/resource-admin"), arn("role/resource-user")],
        }),
    };
    let mut self_service = vec![
        when(
            allow(
                json!([
                    "iam:CreateAccessKey",
                    "iam:DeleteAccessKey",
                    "iam:ListAccessKeys"
                ]),
                me.clone(),
            ),
            age("14400"),
        ),
        allow(
            json!([
                "iam:EnableMFADevice",
                "iam:ResyncMFADevice",
                "iam:ListMFADevices"
            ]),
            me.clone(),
        ),
        deactivate,
        allow(json!("iam:ListVirtualMFADevices"), listing),
        allow(json!("iam:CreateVirtualMFADevice"), device),
    ];
    if fixed == Second::Guard {
        self_service.push(json!({
            "Effect": "Deny", "Resource": "*",
            "NotAction": [
                "iam:EnableMFADevice", "iam:ResyncMFADevice", "iam:ListMFADevices",
                "iam:CreateVirtualMFADevice", "iam:ListVirtualMFADevices", "iam:GetUser",
                "iam:ChangePassword", "iam:GetAccountPasswordPolicy", "sts:GetSessionToken",
            ],
            "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } },
        }));
    }
    Small::default()
        .role(
            "resource-admin",
            &[trust(age("3600"))],
            &["AdministratorAccess"],
            &[],
        )
        .role(
            "resource-user",
            &[trust(age("14400"))],
            &["PowerUserAccess", "IAMReadOnlyAccess"],
            &[pass],
        )
        .group(
            "admins",
            &[
                (
                    "admin_access",
                    vec![when(
                        allow(json!("sts:AssumeRole"), json!(role)),
                        age("3600"),
                    )],
                ),
                (
                    "user_access",
                    vec![when(
                        allow(json!("sts:AssumeRole"), json!(arn("role/resource-user"))),
                        age("14400"),
                    )],
                ),
                ("self_service", self_service),
            ],
        )
        .user("/", "alice", &["admins"])
}

#[track_caller]
fn check_second(fixed: Second, ids: &[&str]) {
    let published = second(Second::AsPublished).prove();
    let repaired = second(fixed).prove();
    for id in ids {
        assert!(found(&published, id), "{id}: {:#?}", published.findings);
        assert!(!found(&repaired, id), "{id}: {:#?}", repaired.findings);
    }
}

#[test]
fn the_second_kickstarter_grants_a_role_that_nobody_can_assume() {
    check_second(Second::AccountInArn, &["dead-grant/sts:AssumeRole"]);
}

#[test]
fn the_second_kickstarter_has_no_guard() {
    check_second(Second::Guard, &["guard/missing"]);
}

#[test]
fn the_second_kickstarter_deactivates_devices_without_mfa() {
    check_second(
        Second::DeactivatingNeedsMfa,
        &["without-mfa/iam:DeactivateMFADevice"],
    );
}

#[test]
fn the_second_kickstarter_passes_every_role_but_two() {
    check_second(Second::PassRoleNarrow, &["widen/iam:PassRole"]);
}

#[test]
fn the_second_kickstarter_lists_devices_where_nothing_is_listed() {
    check_second(
        Second::ListingOnEverything,
        &["dead-grant/iam:ListVirtualMFADevices"],
    );
}

#[test]
fn devices_of_colleagues_are_other_peoples() {
    let actions = json!(["iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice"]);
    let proof = Small::default()
        .user("/", "alice", &[])
        .with("devices", &[allow(actions, json!(arn("mfa/*")))])
        .prove();
    assert!(found(&proof, "others/iam:CreateVirtualMFADevice"));
    assert!(found(&proof, "without-mfa/iam:DeleteVirtualMFADevice"));
}
