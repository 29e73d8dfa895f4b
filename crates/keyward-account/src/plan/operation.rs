//! Single writes to an account. Each is one call of IAM, except [`Operation::DeleteCredentials`],
//! which lists and deletes, [`Operation::HandOut`], which also encrypts and writes a file, and the
//! writes of stacks, which are calls of CloudFormation.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html>

use std::collections::BTreeSet;
use std::time::Duration;

use keyward_core::id::{
    AccessKeyId, AccountAlias, EntityPath, GroupName, OidcIssuer, PolicyArn, PolicyName,
    PolicyVersionId, RoleName, UserName,
};
use keyward_iam::Policy;
use keyward_iam::model::{Account, Grants, PasswordPolicy, Tags};

use crate::desired::Entity;
use crate::hand_out::{InitialSecret, RecipientText};
use crate::stacks::{StackPlace, Template};

/// A user, group or role that policies are put on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalName {
    /// A user.
    User(UserName),
    /// A group.
    Group(GroupName),
    /// A role.
    Role(RoleName),
}

impl PrincipalName {
    /// The user, group or role as an entity.
    #[must_use]
    pub fn entity(&self) -> Entity {
        match self {
            Self::User(name) => Entity::User(name.clone()),
            Self::Group(name) => Entity::Group(name.clone()),
            Self::Role(name) => Entity::Role(name.clone()),
        }
    }

    /// The grants of that user, group or role in an account. `None` if the account has none.
    #[must_use]
    pub fn grants<'a>(&self, account: &'a Account) -> Option<&'a Grants> {
        match self {
            Self::User(name) => account.users.get(name).map(|user| &user.grants),
            Self::Group(name) => account.groups.get(name).map(|group| &group.grants),
            Self::Role(name) => account.roles.get(name).map(|role| &role.grants),
        }
    }
}

/// The kinds of credentials that a user can have, each of which prevents deleting
/// the user.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserCredential {
    /// The console password.
    LoginProfile,
    /// Access keys.
    AccessKeys,
    /// MFA devices: deactivated, and virtual ones deleted.
    MfaDevices,
    /// SSH public keys for CodeCommit.
    SshPublicKeys,
    /// X.509 signing certificates.
    SigningCertificates,
    /// Passwords and keys for single services.
    ServiceSpecificCredentials,
}

/// One write.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// `UpdateAccountPasswordPolicy`, all fields at once.
    UpdatePasswordPolicy(PasswordPolicy),
    /// `DeleteAccountPasswordPolicy`.
    DeletePasswordPolicy,
    /// `CreateAccountAlias`, in place of any other.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/account-alias-create.html>
    CreateAlias(AccountAlias),
    /// `DeleteAccountAlias`.
    DeleteAlias(AccountAlias),
    /// `CreateOpenIDConnectProvider`.
    CreateOidcProvider {
        /// The issuer.
        issuer: OidcIssuer,
        /// The audiences.
        audiences: BTreeSet<String>,
        /// The thumbprints; empty lets AWS use its own list.
        thumbprints: BTreeSet<String>,
        /// The tags.
        tags: Tags,
    },
    /// `AddClientIDToOpenIDConnectProvider`.
    AddOidcAudience {
        /// The issuer.
        issuer: OidcIssuer,
        /// The audience.
        audience: String,
    },
    /// `RemoveClientIDFromOpenIDConnectProvider`.
    RemoveOidcAudience {
        /// The issuer.
        issuer: OidcIssuer,
        /// The audience.
        audience: String,
    },
    /// `UpdateOpenIDConnectProviderThumbprint`.
    UpdateOidcThumbprints {
        /// The issuer.
        issuer: OidcIssuer,
        /// All thumbprints that it will have.
        thumbprints: BTreeSet<String>,
    },
    /// `DeleteOpenIDConnectProvider`.
    DeleteOidcProvider(OidcIssuer),
    /// `CreatePolicy`.
    CreatePolicy {
        /// The ARN that it will have.
        arn: PolicyArn,
        /// The name.
        name: PolicyName,
        /// The path.
        path: EntityPath,
        /// The document.
        document: Policy,
        /// The tags.
        tags: Tags,
    },
    /// `CreatePolicyVersion`, set as default.
    CreatePolicyVersion {
        /// The policy.
        arn: PolicyArn,
        /// The document.
        document: Policy,
    },
    /// `DeletePolicyVersion`.
    DeletePolicyVersion {
        /// The policy.
        arn: PolicyArn,
        /// The version, which is not the default.
        version: PolicyVersionId,
    },
    /// `DeletePolicy`.
    DeletePolicy(PolicyArn),
    /// `CreateRole`.
    CreateRole {
        /// The name.
        name: RoleName,
        /// The path.
        path: EntityPath,
        /// The trust policy.
        trust: Policy,
        /// The longest session.
        max_session: Option<Duration>,
        /// A text for people.
        description: Option<String>,
        /// The permissions boundary.
        boundary: Option<PolicyArn>,
        /// The tags.
        tags: Tags,
    },
    /// `UpdateRole`: session length and description. Both are sent where they are known, because
    /// AWS sets a session length that is left out to one hour.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html>
    UpdateRole {
        /// The role.
        name: RoleName,
        /// The longest session; `None` if it is not known and not wanted.
        max_session: Option<Duration>,
        /// A text for people; `None` if the role has none and needs none.
        description: Option<String>,
    },
    /// `UpdateAssumeRolePolicy`.
    UpdateTrust {
        /// The role.
        name: RoleName,
        /// The trust policy.
        trust: Policy,
    },
    /// `RemoveRoleFromInstanceProfile`.
    RemoveRoleFromInstanceProfile {
        /// The role.
        name: RoleName,
        /// The instance profile's name.
        profile: String,
    },
    /// `DeleteRole`.
    DeleteRole(RoleName),
    /// `CreateGroup`.
    CreateGroup {
        /// The name.
        name: GroupName,
        /// The path.
        path: EntityPath,
    },
    /// `UpdateGroup` with a new path.
    MoveGroup {
        /// The group.
        name: GroupName,
        /// The new path.
        path: EntityPath,
    },
    /// `DeleteGroup`.
    DeleteGroup(GroupName),
    /// `CreateUser`.
    CreateUser {
        /// The name.
        name: UserName,
        /// The path.
        path: EntityPath,
        /// The permissions boundary.
        boundary: Option<PolicyArn>,
        /// The tags.
        tags: Tags,
    },
    /// `UpdateUser` with a new path.
    MoveUser {
        /// The user.
        name: UserName,
        /// The new path.
        path: EntityPath,
    },
    /// Deletes all credentials of one kind.
    DeleteCredentials {
        /// The user.
        user: UserName,
        /// The kind.
        kind: UserCredential,
    },
    /// `DeleteUser`.
    DeleteUser(UserName),
    /// `TagUser`, `TagRole`, `TagPolicy` or `TagOpenIDConnectProvider`.
    Tag {
        /// The entity; groups have no tags.
        entity: Entity,
        /// The tags to set.
        tags: Tags,
    },
    /// `UntagUser`, `UntagRole`, `UntagPolicy` or `UntagOpenIDConnectProvider`.
    Untag {
        /// The entity.
        entity: Entity,
        /// The keys to remove.
        keys: BTreeSet<String>,
    },
    /// `AttachUserPolicy`, `AttachGroupPolicy` or `AttachRolePolicy`.
    AttachPolicy {
        /// The entity that receives it.
        to: PrincipalName,
        /// The policy.
        policy: PolicyArn,
    },
    /// `DetachUserPolicy`, `DetachGroupPolicy` or `DetachRolePolicy`.
    DetachPolicy {
        /// The entity that loses it.
        from: PrincipalName,
        /// The policy.
        policy: PolicyArn,
    },
    /// `PutUserPolicy`, `PutGroupPolicy` or `PutRolePolicy`.
    PutInlinePolicy {
        /// The entity that has it.
        on: PrincipalName,
        /// The policy's name.
        name: PolicyName,
        /// The document.
        document: Policy,
    },
    /// `DeleteUserPolicy`, `DeleteGroupPolicy` or `DeleteRolePolicy`.
    DeleteInlinePolicy {
        /// The entity that has it.
        on: PrincipalName,
        /// The policy's name.
        name: PolicyName,
    },
    /// `PutUserPermissionsBoundary` or `PutRolePermissionsBoundary`.
    PutBoundary {
        /// A user or role.
        on: PrincipalName,
        /// The boundary.
        policy: PolicyArn,
    },
    /// `DeleteUserPermissionsBoundary` or `DeleteRolePermissionsBoundary`.
    DeleteBoundary {
        /// A user or role.
        on: PrincipalName,
    },
    /// `AddUserToGroup`.
    AddToGroup {
        /// The user.
        user: UserName,
        /// The group.
        group: GroupName,
    },
    /// `RemoveUserFromGroup`.
    RemoveFromGroup {
        /// The user.
        user: UserName,
        /// The group.
        group: GroupName,
    },
    /// `DeleteAccessKey`.
    DeleteAccessKey {
        /// The user.
        user: UserName,
        /// The key.
        key: AccessKeyId,
    },
    /// `CreateLoginProfile` (to be changed at the first sign-in) or `CreateAccessKey`; then the
    /// secret is encrypted to the recipients and written down. The user has no such secret at
    /// this point. The plan records the hand-out by a [`Operation::Tag`] that follows.
    HandOut {
        /// The user.
        user: UserName,
        /// The kind.
        secret: InitialSecret,
        /// To whom the secret is encrypted.
        recipients: Vec<RecipientText>,
    },
    /// `CreateChangeSet` and `ExecuteChangeSet`, then waiting until CloudFormation is done.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html>
    DeployStack {
        /// The stack.
        place: StackPlace,
        /// Whether it exists.
        action: StackAction,
        /// The new template.
        template: Template,
        /// The logical ids of the resources that are removed or replaced. A change set that
        /// removes or replaces another one is not executed.
        gone: BTreeSet<String>,
        /// The tags, which CloudFormation also sets on the resources.
        tags: Tags,
    },
    /// `DeleteStack`, then waiting until CloudFormation is done.
    DeleteStack(StackPlace),
}

/// Whether a deployment makes a stack or changes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StackAction {
    /// The stack does not exist.
    Create,
    /// It exists.
    Update,
}

impl Operation {
    /// The stack that the write is about.
    #[must_use]
    pub fn stack(&self) -> Option<&StackPlace> {
        match self {
            Self::DeployStack { place, .. } | Self::DeleteStack(place) => Some(place),
            _ => None,
        }
    }
}

impl Operation {
    /// Whether the operation only removes something. If that is gone already, nothing is left to
    /// do.
    #[must_use]
    pub fn takes_away(&self) -> bool {
        matches!(
            self,
            Self::DeletePasswordPolicy
                | Self::DeleteAlias(_)
                | Self::DeleteOidcProvider(_)
                | Self::DeletePolicyVersion { .. }
                | Self::DeletePolicy(_)
                | Self::RemoveRoleFromInstanceProfile { .. }
                | Self::DeleteRole(_)
                | Self::DeleteGroup(_)
                | Self::DeleteUser(_)
                | Self::DetachPolicy { .. }
                | Self::DeleteInlinePolicy { .. }
                | Self::DeleteBoundary { .. }
                | Self::RemoveFromGroup { .. }
                | Self::DeleteAccessKey { .. }
        )
    }
}
