//! Commands whose calls are spoiled, and the calls that each is the row of.

use std::collections::BTreeMap;

use keyward_core::Timestamp;
use keyward_sandbox::{
    Device, InstanceProfile, KeyStatus, Owner, Seed, ServiceCredential, SigningCertificate, SshKey,
};
use keyward_testkit::Ran;

use super::place::{Place, Stage};
use super::proxy::{CONTAINER, Fault};
use crate::account::Rehearsal;
use crate::practice::SERIAL;
use crate::rotate::Rotation;

/// A command, its beginnings, and the calls that it is the row of.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) stage: fn() -> Stage,
    /// The steps before, on a good day.
    pub(super) before: fn(&mut Place),
    pub(super) run: fn(&mut Place) -> Ran,
    /// Its calls, as `SERVICE:ACTION`.
    pub(super) rows: &'static [&'static str],
}

fn team() -> Stage {
    Stage::Team(Rotation::new())
}

fn account() -> Stage {
    Stage::Empty(Rehearsal::start())
}

fn nothing(_: &mut Place) {}

/// An Identity Center session and a profile that uses it.
const CONFIG: &str = "\
[sso-session practice]
sso_start_url = https://practice.awsapps.com/start
sso_region = eu-central-1

[profile sso]
sso_session = practice
sso_account_id = 123456789012
sso_role_name = ReadOnly
region = eu-central-1
";

fn sso(place: &mut Place) {
    place.home().config(CONFIG);
    if let Stage::Team(team) = &place.stage {
        let quick = std::time::Duration::from_secs(1);
        team.account
            .with_identity_center(|center| center.interval = quick);
    }
}

fn signed_in(place: &mut Place) {
    sso(place);
    let _ = place
        .approved(&["sso", "login", "practice", "--no-browser"])
        .ok();
}

fn web_identity(place: &mut Place) {
    place.home().write("token", "header.payload.signature\n");
    let file = place.home().path().join("token");
    place.home().config(&format!(
        "[profile w]\nregion = eu-central-1\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\n\
         role_session_name = worker\nweb_identity_token_file = {}\n",
        file.display()
    ));
}

fn container(place: &mut Place) {
    place
        .home()
        .config("[profile c]\ncredential_source = EcsContainer\n");
    let address = format!("{}{CONTAINER}", place.proxy.url());
    place
        .home_mut()
        .set("AWS_CONTAINER_CREDENTIALS_FULL_URI", address);
}

fn instance(place: &mut Place) {
    let address = place.proxy.url();
    place.home().config(&format!(
        "[profile m]\ncredential_source = Ec2InstanceMetadata\nec2_metadata_service_endpoint = {address}\n"
    ));
}

/// Bob's key in the vault, without a device.
fn bob(place: &mut Place) {
    place.home().config("[profile bob]\nregion = eu-west-1\n");
    let (id, secret) = crate::mfa::KEYS;
    let key = format!("{id}\n{secret}\n");
    let _ = place
        .home()
        .run_with_input(&["add", "bob", "--stdin"], &key)
        .ok();
}

const FULL: &str = r#"
version = 1

[account]
id = "123456789012"
alias = "example-team"
profile = "admin"

[password_policy]
min_length = 32

[oidc_providers."token.actions.githubusercontent.com"]
audiences = ["sts.amazonaws.com"]

[policies.Work.document]
Effect = "Allow"
Action = "s3:GetObject"
Resource = "*"

[groups.admins]
assume = ["ReadOnly", "Worker"]
managed = ["Work"]

[roles.ReadOnly]
managed = ["ReadOnlyAccess"]

[roles.Worker]
services = ["ec2.amazonaws.com"]
managed = ["Work"]
inline.extra = { Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }

[users.zoe]
path = "/team/"
groups = ["admins"]
managed = ["Work"]
inline.extra = { Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }
ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIANdyDoJmeN0VTw8hiDLh5tOYRZfiQeNi+cjDGOMVEv/"
password = true
access_key = true
"#;

/// The same account, with every entity changed.
const CHANGED: &str = r#"
version = 1

[account]
id = "123456789012"
alias = "example-other"
profile = "admin"

[oidc_providers."token.actions.githubusercontent.com"]
audiences = ["other"]
thumbprints = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
tags = { team = "a" }

[policies.Work.document]
Effect = "Allow"
Action = "s3:GetObjectVersion"
Resource = "*"

[groups.admins]
path = "/team/"
assume = ["ReadOnly"]

[groups.others]
path = "/team/"

[roles.ReadOnly]
managed = ["ViewOnlyAccess"]
max_session = "2h"
boundary = "ReadOnlyAccess"
tags = { team = "a" }

[roles.Worker]
services = ["lambda.amazonaws.com"]
boundary = "ReadOnlyAccess"

[users.zoe]
path = "/other/"
groups = ["others"]
boundary = "ReadOnlyAccess"
tags = { team = "a" }
"#;

fn applied(place: &mut Place, blueprint: &str) {
    place.home().write("account.toml", blueprint);
    let _ = place.account("apply").ok();
}

fn with_leftovers(place: &mut Place) {
    applied(place, FULL);
    let Stage::Empty(stage) = &place.stage else {
        return;
    };
    stage.change(|account| {
        let created = Timestamp::from_second(1_700_000_000);
        let zoe: keyward_core::id::UserName = "zoe".parse().unwrap();
        let serial: keyward_core::id::MfaSerial =
            "arn:aws:iam::123456789012:mfa/zoe".parse().unwrap();
        let seed = Seed::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        let mut device = Device::unassigned(serial.clone(), seed);
        device.owner = Some(Owner::User(zoe.clone()));
        device.enabled = Some(created);
        account.devices.insert(serial, device);
        let user = account.users.get_mut(&zoe).unwrap();
        user.ssh_keys.push(SshKey {
            id: "APKAIOSFODNN7EXAMPLE".to_owned(),
            body: String::new(),
            status: KeyStatus::Active,
            uploaded: created,
        });
        user.certificates.push(SigningCertificate {
            id: "CERTIFICATEEXAMPLE".to_owned(),
            body: String::new(),
            status: KeyStatus::Active,
            uploaded: created,
        });
        user.service_credentials.push(ServiceCredential {
            id: "ACCAIOSFODNN7EXAMPLE".to_owned(),
            service: "codecommit.amazonaws.com".to_owned(),
            user_name: "zoe-at-123456789012".to_owned(),
            status: KeyStatus::Active,
            created,
            expires: None,
        });
        let worker = InstanceProfile {
            name: "Worker".to_owned(),
            path: "/".to_owned(),
            id: "AIPAIOSFODNN7EXAMPLE".to_owned(),
            created,
            role: Some("Worker".to_owned()),
            tags: BTreeMap::new(),
        };
        account
            .instance_profiles
            .insert("Worker".to_owned(), worker);
    });
}

/// A run that died between making a change set and executing it.
fn with_change_set(place: &mut Place) {
    place.home().write("account.toml", STACKS);
    place.proxy.spoil("ExecuteChangeSet", Fault::Refused);
    let _ = place.account("apply").fails_with(1);
    place.proxy.heal();
}

const STACKS: &str = r#"
version = 1

[account]
id = "123456789012"
profile = "admin"

[self_service]
enabled = false

[vpc]
region = "eu-central-1"
zones = 2

[config]
region = "eu-central-1"
bucket = "example-aws-config"
"#;

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        name: "whoami",
        stage: team,
        before: nothing,
        run: |place| place.home().run(&["whoami", "bare"]),
        rows: &["sts:GetSessionToken", "sts:GetCallerIdentity"],
    },
    Scenario {
        name: "exec",
        stage: team,
        before: nothing,
        run: |place| place.with_code(SERIAL, &["exec", "on-source", "--", "true"]),
        rows: &["sts:AssumeRole"],
    },
    Scenario {
        name: "web identity",
        stage: team,
        before: web_identity,
        run: |place| place.home().run(&["credential-process", "w"]),
        rows: &["sts:AssumeRoleWithWebIdentity"],
    },
    Scenario {
        name: "login",
        stage: team,
        before: nothing,
        run: |place| place.with_code(SERIAL, &["login", "on-source", "--print"]),
        rows: &["signin:GetSigninToken"],
    },
    Scenario {
        name: "container",
        stage: team,
        before: container,
        run: |place| place.home().run(&["credential-process", "c"]),
        rows: &["container:Credentials"],
    },
    Scenario {
        name: "instance",
        stage: team,
        before: instance,
        run: |place| place.home().run(&["credential-process", "m"]),
        rows: &["instance:Token", "instance:Roles", "instance:Role"],
    },
    Scenario {
        name: "sso login",
        stage: team,
        before: sso,
        run: |place| place.approved(&["sso", "login", "practice", "--no-browser"]),
        rows: &[
            "sso-oauth:RegisterClient",
            "sso-oauth:StartDeviceAuthorization",
            "sso-oauth:CreateToken",
            "sso:ListAccounts",
        ],
    },
    Scenario {
        name: "sso role",
        stage: team,
        before: signed_in,
        run: |place| place.home().run(&["credential-process", "sso"]),
        rows: &["sso:GetRoleCredentials"],
    },
    Scenario {
        name: "sso setup",
        stage: team,
        before: signed_in,
        run: |place| place.home().run(&["setup", "--sso", "practice"]),
        rows: &["sso:ListAccountRoles"],
    },
    Scenario {
        name: "sso logout",
        stage: team,
        before: signed_in,
        run: |place| place.home().run(&["sso", "logout", "practice"]),
        rows: &["sso:Logout"],
    },
    Scenario {
        name: "signin",
        stage: team,
        before: |place| {
            place.home().write("browser.sh", "echo \"$@\" >> tabs\n");
            let script = place.home().path().join("browser.sh");
            place
                .home_mut()
                .set("BROWSER", format!("sh {}", script.display()));
        },
        run: |place| place.in_browser(&["signin", "console", "--region", "eu-central-1"]),
        rows: &["signin:CreateOAuth2Token"],
    },
    Scenario {
        name: "password",
        stage: team,
        before: nothing,
        run: |place| {
            let words = ["-v", "password", "bare", "--stdin"];
            place
                .home()
                .run_with_input(&words, "Practice!Alice1\nAnother!Alice2\n")
        },
        rows: &["iam:GetAccountPasswordPolicy", "iam:ChangePassword"],
    },
    Scenario {
        name: "mfa enroll",
        stage: team,
        before: bob,
        run: |place| place.home().run(&["mfa", "enroll", "bob", "--store-seed"]),
        rows: &[
            "iam:ListMFADevices",
            "iam:CreateVirtualMFADevice",
            "iam:EnableMFADevice",
        ],
    },
    Scenario {
        name: "mfa remove",
        stage: team,
        before: nothing,
        run: |place| place.with_code(SERIAL, &["mfa", "remove", "alice", "--yes"]),
        rows: &["iam:DeactivateMFADevice", "iam:DeleteVirtualMFADevice"],
    },
    Scenario {
        name: "mfa resync",
        stage: team,
        before: nothing,
        run: |place| place.resync(),
        rows: &["iam:ResyncMFADevice"],
    },
    Scenario {
        name: "rotate",
        stage: team,
        before: nothing,
        run: |place| place.with_code(SERIAL, &["rotate", "alice"]),
        rows: &[
            "iam:ListAccessKeys",
            "iam:CreateAccessKey",
            "iam:UpdateAccessKey",
            "iam:DeleteAccessKey",
        ],
    },
    Scenario {
        name: "rotate --user",
        stage: team,
        before: |place| {
            let config = format!("{}{}", crate::practice::CONFIG, crate::rotate::ADMIN);
            place.home().config(&config);
        },
        run: |place| {
            let file = place.home().path().join("keyward/bob.json");
            let to = format!("file:{}", file.display());
            let words = ["rotate", "--user", "bob", "--via", "admin", "--to", &to];
            place.with_code(SERIAL, &words)
        },
        rows: &["iam:ListUserPolicies", "iam:ListAttachedUserPolicies"],
    },
    Scenario {
        name: "account plan",
        stage: account,
        before: |place| place.home().write("account.toml", FULL),
        run: |place| place.home().run(&["account", "plan", "account.toml"]),
        rows: &[
            "iam:ListRoles",
            "iam:ListOpenIDConnectProviders",
            "iam:ListAccountAliases",
            "iam:GetAccountAuthorizationDetails",
            "iam:GetAccountSummary",
        ],
    },
    Scenario {
        name: "hand-outs",
        stage: account,
        before: |place| place.home().write("account.toml", FULL),
        run: |place| place.account("apply"),
        rows: &["iam:CreateLoginProfile", "iam:TagUser", "iam:UntagUser"],
    },
    Scenario {
        name: "account apply",
        stage: account,
        before: |place| place.home().write("account.toml", FULL),
        run: |place| place.account("apply"),
        rows: &[
            "iam:CreateAccountAlias",
            "iam:UpdateAccountPasswordPolicy",
            "iam:CreatePolicy",
            "iam:CreateOpenIDConnectProvider",
            "iam:CreateRole",
            "iam:PutRolePolicy",
            "iam:AttachRolePolicy",
            "iam:CreateGroup",
            "iam:PutGroupPolicy",
            "iam:AttachGroupPolicy",
            "iam:CreateUser",
            "iam:AttachUserPolicy",
            "iam:PutUserPolicy",
            "iam:AddUserToGroup",
        ],
    },
    Scenario {
        name: "account apply, changed",
        stage: account,
        before: |place| {
            applied(place, FULL);
            place.home().write("account.toml", CHANGED);
        },
        run: |place| place.account("apply"),
        rows: &[
            "iam:GetOpenIDConnectProvider",
            "iam:AddClientIDToOpenIDConnectProvider",
            "iam:RemoveClientIDFromOpenIDConnectProvider",
            "iam:CreatePolicyVersion",
            "iam:UpdateOpenIDConnectProviderThumbprint",
            "iam:TagOpenIDConnectProvider",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
            "iam:TagRole",
            "iam:PutRolePermissionsBoundary",
            "iam:DetachRolePolicy",
            "iam:DeleteRolePolicy",
            "iam:DetachGroupPolicy",
            "iam:UpdateGroup",
            "iam:UpdateUser",
            "iam:PutUserPermissionsBoundary",
            "iam:DetachUserPolicy",
            "iam:DeleteUserPolicy",
            "iam:RemoveUserFromGroup",
        ],
    },
    Scenario {
        name: "account apply, changed back",
        stage: account,
        before: |place| {
            applied(place, CHANGED);
            place.home().write("account.toml", FULL);
        },
        run: |place| place.account("apply"),
        rows: &[
            "iam:GetLoginProfile",
            "iam:DeleteRolePermissionsBoundary",
            "iam:DeleteUserPermissionsBoundary",
            "iam:DeleteGroupPolicy",
            "iam:DeleteGroup",
        ],
    },
    Scenario {
        name: "account destroy",
        stage: account,
        before: with_leftovers,
        run: |place| place.account("destroy"),
        rows: &[
            "iam:DeleteAccountPasswordPolicy",
            "iam:DeleteAccountAlias",
            "iam:DeleteLoginProfile",
            "iam:ListSSHPublicKeys",
            "iam:DeleteSSHPublicKey",
            "iam:ListSigningCertificates",
            "iam:DeleteSigningCertificate",
            "iam:ListServiceSpecificCredentials",
            "iam:DeleteServiceSpecificCredential",
            "iam:RemoveRoleFromInstanceProfile",
            "iam:DeleteUser",
            "iam:DeleteRole",
            "iam:DeletePolicy",
            "iam:DeleteOpenIDConnectProvider",
        ],
    },
    Scenario {
        name: "account revoke",
        stage: account,
        before: with_leftovers,
        run: |place| {
            let words = ["account", "revoke", "zoe", "--profile", "admin", "--yes"];
            place.home().run(&words)
        },
        rows: &["iam:GetAccessKeyLastUsed", "iam:GetUser"],
    },
    Scenario {
        name: "audit",
        stage: account,
        before: with_leftovers,
        run: |place| place.home().run(&["audit", "--profile", "admin"]),
        rows: &[
            "iam:GenerateCredentialReport",
            "iam:ListVirtualMFADevices",
            "iam:ListServerCertificates",
            "iam:GetCredentialReport",
        ],
    },
    Scenario {
        name: "stacks",
        stage: account,
        before: |place| place.home().write("account.toml", STACKS),
        run: |place| place.account("apply"),
        rows: &[
            "cloudformation:DescribeStacks",
            "ec2:DescribeAddresses",
            "ec2:DescribeAccountAttributes",
            "ec2:DescribeAvailabilityZones",
            "cloudformation:CreateChangeSet",
            "cloudformation:DescribeChangeSet",
            "cloudformation:DescribeStackEvents",
            "cloudformation:ExecuteChangeSet",
        ],
    },
    Scenario {
        name: "drift",
        stage: account,
        before: |place| applied(place, STACKS),
        run: |place| {
            place
                .home()
                .run(&["account", "plan", "account.toml", "--drift"])
        },
        rows: &[
            "cloudformation:GetTemplate",
            "cloudformation:DetectStackDrift",
            "cloudformation:DescribeStackDriftDetectionStatus",
            "cloudformation:DescribeStackResourceDrifts",
        ],
    },
    Scenario {
        name: "stacks destroyed",
        stage: account,
        before: |place| applied(place, STACKS),
        run: |place| place.account("destroy"),
        rows: &["cloudformation:DeleteStack"],
    },
    Scenario {
        name: "account destroy, versions",
        stage: account,
        before: |place| {
            applied(place, FULL);
            applied(place, CHANGED);
        },
        run: |place| place.account("destroy"),
        rows: &["iam:DeletePolicyVersion"],
    },
    Scenario {
        name: "account apply, adopted",
        stage: account,
        before: |place| {
            applied(place, FULL);
            let adopted = FULL
                .replace("[roles.ReadOnly]", "[roles.ReadOnly]\nadopted = true")
                .replace("audiences =", "adopted = true\naudiences =");
            place.home().write("account.toml", &adopted);
        },
        run: |place| place.account("apply"),
        rows: &["iam:UntagRole", "iam:UntagOpenIDConnectProvider"],
    },
    Scenario {
        name: "stacks again",
        stage: account,
        before: with_change_set,
        run: |place| place.account("apply"),
        rows: &["cloudformation:DeleteChangeSet"],
    },
    Scenario {
        name: "account apply, a group that was made",
        stage: account,
        before: |place| place.home().write("account.toml", FULL),
        run: |place| {
            place.proxy.lose("CreateGroup");
            place.account("apply")
        },
        rows: &[
            "iam:GetGroup",
            "iam:ListGroupPolicies",
            "iam:ListAttachedGroupPolicies",
        ],
    },
    Scenario {
        name: "account apply, a role that was made",
        stage: account,
        before: |place| place.home().write("account.toml", FULL),
        run: |place| {
            place.proxy.lose("CreateRole");
            place.account("apply")
        },
        rows: &["iam:GetRole"],
    },
    Scenario {
        name: "account apply, a policy that was made",
        stage: account,
        before: |place| place.home().write("account.toml", FULL),
        run: |place| {
            place.proxy.lose("CreatePolicy");
            place.account("apply")
        },
        rows: &["iam:GetPolicy", "iam:GetPolicyVersion"],
    },
];
