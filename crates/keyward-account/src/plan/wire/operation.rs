//! The shapes of steps and operations in the file of a saved plan. Each mirrors its domain type;
//! the compiler refuses one that misses a variant or a field.

use std::collections::BTreeSet;
use std::time::Duration;

use keyward_core::id::{
    AccessKeyId, AccountAlias, EntityPath, GroupName, OidcIssuer, PolicyArn, PolicyName,
    PolicyVersionId, RoleName, UserName,
};
use keyward_iam::Policy;
use keyward_iam::model::{PasswordPolicy, Requirement, Tags};
use serde::{Deserialize, Serialize};

use super::fields::{document, optional_text, requirement, seconds, template, text};
use crate::desired::Entity;
use crate::hand_out::{InitialSecret, RecipientKind, RecipientText};
use crate::plan::operation::{Operation, PrincipalName, StackAction, UserCredential};
use crate::plan::step::{Change, ChangeAction, Kind, Sign, Stage};
use crate::stacks::{StackPlace, Template};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Stage", rename_all = "snake_case")]
pub(super) enum StageWire {
    Account,
    Policies,
    Roles,
    Groups,
    Guards,
    Users,
    Trusts,
    Memberships,
    LiftedGrants,
    LeftGroups,
    LiftedLimits,
    FormerBoundaries,
    Passwords,
    AccessKeys,
    Stacks,
    DeleteStacks,
    DeleteUsers,
    DeleteGroups,
    DeleteRoles,
    DeletePolicies,
    DeleteLimits,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ChangeAction", rename_all = "snake_case")]
pub(super) enum ChangeActionWire {
    Create,
    Update,
    Delete,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Kind", rename_all = "snake_case")]
pub(super) enum KindWire {
    User,
    Group,
    Role,
    Policy,
    Membership,
    PasswordPolicy,
    Alias,
    AccessKey,
    LoginProfile,
    Stack,
    OidcProvider,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Sign", rename_all = "snake_case")]
enum SignWire {
    Add,
    Alter,
    Remove,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Change", deny_unknown_fields)]
pub(super) struct ChangeWire {
    #[serde(with = "SignWire")]
    sign: Sign,
    text: String,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "PrincipalName", rename_all = "snake_case")]
enum PrincipalWire {
    User(#[serde(with = "text")] UserName),
    Group(#[serde(with = "text")] GroupName),
    Role(#[serde(with = "text")] RoleName),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Entity", rename_all = "snake_case")]
enum EntityWire {
    User(#[serde(with = "text")] UserName),
    Group(#[serde(with = "text")] GroupName),
    Role(#[serde(with = "text")] RoleName),
    Policy(#[serde(with = "text")] PolicyArn),
    OidcProvider(#[serde(with = "text")] OidcIssuer),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "UserCredential", rename_all = "snake_case")]
enum UserCredentialWire {
    LoginProfile,
    AccessKeys,
    MfaDevices,
    SshPublicKeys,
    SigningCertificates,
    ServiceSpecificCredentials,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "StackAction", rename_all = "snake_case")]
enum StackActionWire {
    Create,
    Update,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "InitialSecret", rename_all = "snake_case")]
enum InitialSecretWire {
    Password,
    AccessKey,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "RecipientKind", rename_all = "snake_case")]
enum RecipientKindWire {
    Pgp,
    Ssh,
    Age,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "RecipientText", deny_unknown_fields)]
struct RecipientWire {
    #[serde(with = "RecipientKindWire")]
    kind: RecipientKind,
    text: String,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "PasswordPolicy", deny_unknown_fields)]
struct PasswordPolicyWire {
    minimum_length: u32,
    #[serde(with = "requirement")]
    symbols: Requirement,
    #[serde(with = "requirement")]
    numbers: Requirement,
    #[serde(with = "requirement")]
    uppercase: Requirement,
    #[serde(with = "requirement")]
    lowercase: Requirement,
    #[serde(with = "requirement")]
    users_may_change: Requirement,
    max_age_days: Option<u32>,
    reuse_prevention: Option<u32>,
    #[serde(with = "requirement")]
    hard_expiry: Requirement,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Operation", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum OperationWire {
    UpdatePasswordPolicy(#[serde(with = "PasswordPolicyWire")] PasswordPolicy),
    DeletePasswordPolicy,
    CreateAlias(#[serde(with = "text")] AccountAlias),
    DeleteAlias(#[serde(with = "text")] AccountAlias),
    CreateOidcProvider {
        #[serde(with = "text")]
        issuer: OidcIssuer,
        audiences: BTreeSet<String>,
        thumbprints: BTreeSet<String>,
        tags: Tags,
    },
    AddOidcAudience {
        #[serde(with = "text")]
        issuer: OidcIssuer,
        audience: String,
    },
    RemoveOidcAudience {
        #[serde(with = "text")]
        issuer: OidcIssuer,
        audience: String,
    },
    UpdateOidcThumbprints {
        #[serde(with = "text")]
        issuer: OidcIssuer,
        thumbprints: BTreeSet<String>,
    },
    DeleteOidcProvider(#[serde(with = "text")] OidcIssuer),
    CreatePolicy {
        #[serde(with = "text")]
        arn: PolicyArn,
        #[serde(with = "text")]
        name: PolicyName,
        #[serde(with = "text")]
        path: EntityPath,
        #[serde(with = "document")]
        document: Policy,
        tags: Tags,
    },
    CreatePolicyVersion {
        #[serde(with = "text")]
        arn: PolicyArn,
        #[serde(with = "document")]
        document: Policy,
    },
    DeletePolicyVersion {
        #[serde(with = "text")]
        arn: PolicyArn,
        #[serde(with = "text")]
        version: PolicyVersionId,
    },
    DeletePolicy(#[serde(with = "text")] PolicyArn),
    CreateRole {
        #[serde(with = "text")]
        name: RoleName,
        #[serde(with = "text")]
        path: EntityPath,
        #[serde(with = "document")]
        trust: Policy,
        #[serde(with = "seconds")]
        max_session: Option<Duration>,
        description: Option<String>,
        #[serde(with = "optional_text")]
        boundary: Option<PolicyArn>,
        tags: Tags,
    },
    UpdateRole {
        #[serde(with = "text")]
        name: RoleName,
        #[serde(with = "seconds")]
        max_session: Option<Duration>,
        description: Option<String>,
    },
    UpdateTrust {
        #[serde(with = "text")]
        name: RoleName,
        #[serde(with = "document")]
        trust: Policy,
    },
    RemoveRoleFromInstanceProfile {
        #[serde(with = "text")]
        name: RoleName,
        profile: String,
    },
    DeleteRole(#[serde(with = "text")] RoleName),
    CreateGroup {
        #[serde(with = "text")]
        name: GroupName,
        #[serde(with = "text")]
        path: EntityPath,
    },
    MoveGroup {
        #[serde(with = "text")]
        name: GroupName,
        #[serde(with = "text")]
        path: EntityPath,
    },
    DeleteGroup(#[serde(with = "text")] GroupName),
    CreateUser {
        #[serde(with = "text")]
        name: UserName,
        #[serde(with = "text")]
        path: EntityPath,
        #[serde(with = "optional_text")]
        boundary: Option<PolicyArn>,
        tags: Tags,
    },
    MoveUser {
        #[serde(with = "text")]
        name: UserName,
        #[serde(with = "text")]
        path: EntityPath,
    },
    DeleteCredentials {
        #[serde(with = "text")]
        user: UserName,
        #[serde(with = "UserCredentialWire")]
        kind: UserCredential,
    },
    DeleteUser(#[serde(with = "text")] UserName),
    Tag {
        #[serde(with = "EntityWire")]
        entity: Entity,
        tags: Tags,
    },
    Untag {
        #[serde(with = "EntityWire")]
        entity: Entity,
        keys: BTreeSet<String>,
    },
    AttachPolicy {
        #[serde(with = "PrincipalWire")]
        to: PrincipalName,
        #[serde(with = "text")]
        policy: PolicyArn,
    },
    DetachPolicy {
        #[serde(with = "PrincipalWire")]
        from: PrincipalName,
        #[serde(with = "text")]
        policy: PolicyArn,
    },
    PutInlinePolicy {
        #[serde(with = "PrincipalWire")]
        on: PrincipalName,
        #[serde(with = "text")]
        name: PolicyName,
        #[serde(with = "document")]
        document: Policy,
    },
    DeleteInlinePolicy {
        #[serde(with = "PrincipalWire")]
        on: PrincipalName,
        #[serde(with = "text")]
        name: PolicyName,
    },
    PutBoundary {
        #[serde(with = "PrincipalWire")]
        on: PrincipalName,
        #[serde(with = "text")]
        policy: PolicyArn,
    },
    DeleteBoundary {
        #[serde(with = "PrincipalWire")]
        on: PrincipalName,
    },
    AddToGroup {
        #[serde(with = "text")]
        user: UserName,
        #[serde(with = "text")]
        group: GroupName,
    },
    RemoveFromGroup {
        #[serde(with = "text")]
        user: UserName,
        #[serde(with = "text")]
        group: GroupName,
    },
    DeleteAccessKey {
        #[serde(with = "text")]
        user: UserName,
        #[serde(with = "text")]
        key: AccessKeyId,
    },
    HandOut {
        #[serde(with = "text")]
        user: UserName,
        #[serde(with = "InitialSecretWire")]
        secret: InitialSecret,
        #[serde(with = "recipients")]
        recipients: Vec<RecipientText>,
    },
    DeployStack {
        #[serde(with = "text")]
        place: StackPlace,
        #[serde(with = "StackActionWire")]
        action: StackAction,
        #[serde(with = "template")]
        template: Template,
        gone: BTreeSet<String>,
        tags: Tags,
    },
    DeleteStack(#[serde(with = "text")] StackPlace),
}

/// A list of recipients.
mod recipients {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{RecipientText, RecipientWire};

    #[derive(serde::Serialize, serde::Deserialize)]
    struct One(#[serde(with = "RecipientWire")] RecipientText);

    pub(super) fn serialize<S>(all: &[RecipientText], serializer: S) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
    {
        serializer.collect_seq(all.iter().cloned().map(One))
    }

    pub(super) fn deserialize<'de, D>(deserializer: D) -> Result<Vec<RecipientText>, D::Error>
    where
        D: Deserializer<'de>,
    {
        let all: Vec<One> = Vec::deserialize(deserializer)?;
        Ok(all.into_iter().map(|One(recipient)| recipient).collect())
    }
}
