//! The guard that makes a stolen key worthless: a user who holds every permission may, without
//! MFA, do nothing but look at and set up their own device and password.

use super::{ask, word};
use crate::evaluate::{GrantedPolicy, needs_no_permission};
use crate::request::Mfa;
use crate::testing::{aged, alice, policy};

/// The actions that a user needs without MFA to get it.
const OPEN: &[&str] = &[
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

/// Actions that must stay closed, from the services a thief would try first.
const CLOSED: &[&str] = &[
    "access-analyzer:ListAnalyzers",
    "account:GetContactInformation",
    "athena:StartQueryExecution",
    "aws-portal:ViewBilling",
    "bedrock:InvokeModel",
    "cloudformation:CreateStack",
    "cloudtrail:StopLogging",
    "codebuild:StartBuild",
    "dynamodb:Scan",
    "ec2:DescribeInstances",
    "ec2:RunInstances",
    "ecr:GetAuthorizationToken",
    "ecs:RunTask",
    "eks:DescribeCluster",
    "execute-api:Invoke",
    "glue:GetTables",
    "iam:AddUserToGroup",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:CreateUser",
    "iam:DeactivateMFADevice",
    "iam:DeleteAccessKey",
    "iam:DeleteUserPolicy",
    "iam:DeleteVirtualMFADevice",
    "iam:DetachUserPolicy",
    "iam:GetAccountAuthorizationDetails",
    "iam:GetUserPolicy",
    "iam:ListAccessKeys",
    "iam:ListUsers",
    "iam:PassRole",
    "iam:PutUserPolicy",
    "iam:TagUser",
    "iam:UpdateAccessKey",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
    "iam:UploadSSHPublicKey",
    "kms:Decrypt",
    "lambda:InvokeFunction",
    "logs:DeleteLogGroup",
    "organizations:LeaveOrganization",
    "rds:CopyDBSnapshot",
    "s3:DeleteBucket",
    "s3:GetObject",
    "s3:ListAllMyBuckets",
    "secretsmanager:GetSecretValue",
    "ses:SendEmail",
    "signin:AuthorizeOAuth2Access",
    "sns:Publish",
    "sqs:ReceiveMessage",
    "ssm:GetParameter",
    "sso:CreateAccountAssignment",
    "sts:AssumeRole",
    "sts:GetFederationToken",
    "sts:TagSession",
];

/// Two denies: everything but the set-up actions, and the set-up actions on anyone else.
const GUARD: &str = r#"[
  {"Sid": "OnlySetUpWithoutMfa", "Effect": "Deny",
   "NotAction": ["iam:ChangePassword", "iam:CreateVirtualMFADevice", "iam:EnableMFADevice",
     "iam:GetAccountPasswordPolicy", "iam:GetMFADevice", "iam:GetUser", "iam:ListMFADevices",
     "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetCallerIdentity", "sts:GetSessionToken"],
   "Resource": "*",
   "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}},
  {"Sid": "OnlyOwnSetUpWithoutMfa", "Effect": "Deny",
   "Action": ["iam:ChangePassword", "iam:GetUser", "iam:ListMFADevices", "iam:GetMFADevice",
     "iam:EnableMFADevice", "iam:ResyncMFADevice", "iam:CreateVirtualMFADevice"],
   "NotResource": ["arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::*:user/*/${aws:username}",
     "arn:aws:iam::*:mfa/${aws:username}", "arn:aws:iam::*:mfa/${aws:username}-*"],
   "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}]"#;

fn guarded(grant: &str) -> [GrantedPolicy<'static>; 2] {
    [
        GrantedPolicy::named("grant", policy(grant)),
        GrantedPolicy::named("guard", policy(GUARD)),
    ]
}

const EVERYTHING: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;

/// The resource that a request of `user` on herself or himself has.
fn resource(action: &str, user: &str) -> String {
    match action {
        "iam:CreateVirtualMFADevice" => format!("arn:aws:iam::123456789012:mfa/{user}"),
        "iam:GetAccountPasswordPolicy" | "iam:ListVirtualMFADevices" => "*".into(),
        free if needs_no_permission(&crate::testing::action(free)) => "*".into(),
        _ => format!("arn:aws:iam::123456789012:user/{user}"),
    }
}

#[test]
fn without_mfa_an_administrator_may_only_set_mfa_up() {
    let identity = guarded(EVERYTHING);
    for mfa in [Mfa::LongTermKey, Mfa::SessionWithout] {
        let context = alice(mfa);
        for action in OPEN {
            let decision = ask(&identity, action, &resource(action, "alice"), &context);
            assert_eq!(word(&decision), "allowed", "{action} for {mfa:?}");
        }
        for action in CLOSED {
            for on in ["*", &resource(action, "alice"), "arn:aws:s3:::bucket/key"] {
                let decision = ask(&identity, action, on, &context);
                assert_eq!(word(&decision), "denied", "{action} on {on} for {mfa:?}");
            }
        }
    }
}

#[test]
fn with_mfa_the_guard_is_silent() {
    let identity = guarded(EVERYTHING);
    let context = alice(aged(60));
    for action in OPEN.iter().chain(CLOSED) {
        for user in ["alice", "bob"] {
            let decision = ask(&identity, action, &resource(action, user), &context);
            assert_eq!(word(&decision), "allowed", "{action} on {user}");
        }
    }
}

#[test]
fn without_mfa_nobody_elses_device_can_be_set_up() {
    let identity = guarded(EVERYTHING);
    for mfa in [Mfa::LongTermKey, Mfa::SessionWithout] {
        let context = alice(mfa);
        for (action, on, expect) in [
            ("iam:EnableMFADevice", "user/alice", "allowed"),
            ("iam:EnableMFADevice", "user/team/alice", "allowed"),
            ("iam:EnableMFADevice", "user/bob", "denied"),
            ("iam:EnableMFADevice", "user/alice/bob", "denied"),
            ("iam:ResyncMFADevice", "user/bob", "denied"),
            ("iam:ChangePassword", "user/bob", "denied"),
            ("iam:GetUser", "user/alicia", "denied"),
            ("iam:CreateVirtualMFADevice", "mfa/alice", "allowed"),
            ("iam:CreateVirtualMFADevice", "mfa/alice-phone", "allowed"),
            ("iam:CreateVirtualMFADevice", "mfa/alicephone", "denied"),
            ("iam:CreateVirtualMFADevice", "mfa/bob", "denied"),
        ] {
            let decision = ask(
                &identity,
                action,
                &format!("arn:aws:iam::123456789012:{on}"),
                &context,
            );
            assert_eq!(word(&decision), expect, "{action} on {on} for {mfa:?}");
        }
    }
}

#[test]
fn the_guard_without_its_second_deny_leaves_other_users_open() {
    let first = policy(GUARD).statements()[0].clone();
    let mut guard = policy(GUARD);
    guard.statements = vec![first];
    let identity = [
        guarded(EVERYTHING)[0].clone(),
        GrantedPolicy::named("guard", guard),
    ];
    let bob = "arn:aws:iam::123456789012:user/bob";
    assert_eq!(
        word(&ask(
            &identity,
            "iam:EnableMFADevice",
            bob,
            &alice(Mfa::LongTermKey)
        )),
        "allowed"
    );
}

#[test]
fn self_service_reaches_the_own_user_and_no_other() {
    let identity = guarded(
        r#"[{"Effect": "Allow",
             "Action": ["iam:ListVirtualMFADevices", "iam:GetAccountPasswordPolicy", "iam:ListUsers"],
             "Resource": "*"},
            {"Effect": "Allow",
             "Action": ["iam:ChangePassword", "iam:GetUser", "iam:*AccessKey*", "iam:ListMFADevices",
               "iam:GetMFADevice", "iam:EnableMFADevice", "iam:ResyncMFADevice", "iam:DeactivateMFADevice"],
             "Resource": ["arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::*:user/*/${aws:username}"]},
            {"Effect": "Allow", "Action": ["iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice"],
             "Resource": ["arn:aws:iam::*:mfa/${aws:username}", "arn:aws:iam::*:mfa/${aws:username}-*"]}]"#,
    );
    for (action, on, without, with) in [
        ("iam:ListUsers", "*", "denied", "allowed"),
        ("iam:GetAccountPasswordPolicy", "*", "allowed", "allowed"),
        (
            "iam:GetUser",
            "arn:aws:iam::123456789012:user/alice",
            "allowed",
            "allowed",
        ),
        (
            "iam:GetUser",
            "arn:aws:iam::123456789012:user/bob",
            "denied",
            "not allowed",
        ),
        (
            "iam:CreateAccessKey",
            "arn:aws:iam::123456789012:user/alice",
            "denied",
            "allowed",
        ),
        (
            "iam:CreateAccessKey",
            "arn:aws:iam::123456789012:user/bob",
            "denied",
            "not allowed",
        ),
        (
            "iam:EnableMFADevice",
            "arn:aws:iam::123456789012:user/ops/alice",
            "allowed",
            "allowed",
        ),
        (
            "iam:DeactivateMFADevice",
            "arn:aws:iam::123456789012:user/alice",
            "denied",
            "allowed",
        ),
        (
            "iam:CreateVirtualMFADevice",
            "arn:aws:iam::123456789012:mfa/alice-2",
            "allowed",
            "allowed",
        ),
        (
            "iam:DeleteVirtualMFADevice",
            "arn:aws:iam::123456789012:mfa/alice-2",
            "denied",
            "allowed",
        ),
        (
            "s3:GetObject",
            "arn:aws:s3:::bucket/key",
            "denied",
            "not allowed",
        ),
    ] {
        for (mfa, expect) in [
            (Mfa::LongTermKey, without),
            (Mfa::SessionWithout, without),
            (aged(1), with),
        ] {
            assert_eq!(
                word(&ask(&identity, action, on, &alice(mfa))),
                expect,
                "{action} on {on} for {mfa:?}"
            );
        }
    }
}
