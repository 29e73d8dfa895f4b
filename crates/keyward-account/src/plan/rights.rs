//! The rights that a write needs: actions, what they are on, and the facts that conditions of
//! IAM look at.
//!
//! Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_identityandaccessmanagement.html>

use std::fmt;

use keyward_core::id::{EntityPath, OidcIssuer, PolicyArn};
use keyward_iam::model::{Account, Group, Role, Tags, User};
use keyward_iam::{Action, Resource};

use super::operation::{Operation, PrincipalName, UserCredential};
use crate::desired::{Entity, InitialSecret};

/// One right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// The action.
    pub action: Action,
    /// What it is on.
    pub resource: Resource,
    /// The policy that the request names, which the condition keys `iam:PolicyARN` and
    /// `iam:PermissionsBoundary` hold.
    pub(super) policy: Option<(&'static str, PolicyArn)>,
}

impl Right {
    /// A right of IAM on one thing, or on none in particular.
    pub(super) fn new(action: &str, resource: Resource) -> Self {
        let action = format!("iam:{action}");
        Self {
            action: action.parse().expect("IAM's actions are actions"),
            resource,
            policy: None,
        }
    }

    fn with(mut self, key: &'static str, policy: Option<&PolicyArn>) -> Self {
        self.policy = policy.map(|policy| (key, policy.clone()));
        self
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.resource {
            Resource::Unspecified => write!(f, "`{}`", self.action),
            Resource::Exact(arn) => write!(f, "`{}` on `{arn}`", self.action),
        }
    }
}

const POLICY_ARN: &str = "iam:PolicyARN";
const BOUNDARY: &str = "iam:PermissionsBoundary";

/// The rights that a write on this account needs.
#[must_use]
pub fn rights(account: &Account, operation: &Operation) -> Vec<Right> {
    let on = Arns { account };
    let one = |action: &str, resource: Resource| vec![Right::new(action, resource)];
    let account_wide = |action: &str| one(action, Resource::Unspecified);
    match operation {
        Operation::UpdatePasswordPolicy(_) => account_wide("UpdateAccountPasswordPolicy"),
        Operation::DeletePasswordPolicy => account_wide("DeleteAccountPasswordPolicy"),
        Operation::CreateAlias(_) => account_wide("CreateAccountAlias"),
        Operation::DeleteAlias(_) => account_wide("DeleteAccountAlias"),
        Operation::CreateOidcProvider { issuer, tags, .. } => {
            created("OpenIDConnectProvider", on.provider(issuer), tags, None)
        }
        Operation::AddOidcAudience { issuer, .. } => {
            one("AddClientIDToOpenIDConnectProvider", on.provider(issuer))
        }
        Operation::RemoveOidcAudience { issuer, .. } => one(
            "RemoveClientIDFromOpenIDConnectProvider",
            on.provider(issuer),
        ),
        Operation::UpdateOidcThumbprints { issuer, .. } => {
            one("UpdateOpenIDConnectProviderThumbprint", on.provider(issuer))
        }
        Operation::DeleteOidcProvider(issuer) => {
            one("DeleteOpenIDConnectProvider", on.provider(issuer))
        }
        Operation::CreatePolicy { arn, tags, .. } => created("Policy", exact(arn), tags, None),
        Operation::CreatePolicyVersion { arn, .. } => one("CreatePolicyVersion", exact(arn)),
        Operation::DeletePolicyVersion { arn, .. } => one("DeletePolicyVersion", exact(arn)),
        Operation::DeletePolicy(arn) => one("DeletePolicy", exact(arn)),
        Operation::CreateRole {
            name,
            path,
            boundary,
            tags,
            ..
        } => created(
            "Role",
            on.named("role", path, name.as_str()),
            tags,
            boundary.as_ref(),
        ),
        Operation::UpdateRole { name, .. } => {
            one("UpdateRole", on.entity(&Entity::Role(name.clone())))
        }
        Operation::UpdateTrust { name, .. } => one(
            "UpdateAssumeRolePolicy",
            on.entity(&Entity::Role(name.clone())),
        ),
        Operation::RemoveRoleFromInstanceProfile { profile, .. } => one(
            "RemoveRoleFromInstanceProfile",
            on.named("instance-profile", &EntityPath::root(), profile),
        ),
        Operation::DeleteRole(name) => one("DeleteRole", on.entity(&Entity::Role(name.clone()))),
        Operation::CreateGroup { name, path } => {
            one("CreateGroup", on.named("group", path, name.as_str()))
        }
        Operation::MoveGroup { name, path } => vec![
            Right::new("UpdateGroup", on.entity(&Entity::Group(name.clone()))),
            Right::new("UpdateGroup", on.named("group", path, name.as_str())),
        ],
        Operation::DeleteGroup(name) => one("DeleteGroup", on.entity(&Entity::Group(name.clone()))),
        Operation::CreateUser {
            name,
            path,
            boundary,
            tags,
        } => created(
            "User",
            on.named("user", path, name.as_str()),
            tags,
            boundary.as_ref(),
        ),
        Operation::MoveUser { name, path } => vec![
            Right::new("UpdateUser", on.entity(&Entity::User(name.clone()))),
            Right::new("UpdateUser", on.named("user", path, name.as_str())),
        ],
        Operation::DeleteCredentials { user, kind } => credentials(&on, user, *kind),
        Operation::DeleteUser(name) => one("DeleteUser", on.entity(&Entity::User(name.clone()))),
        Operation::Tag { entity, .. } => one(&tagging("Tag", entity), on.entity(entity)),
        Operation::Untag { entity, .. } => one(&tagging("Untag", entity), on.entity(entity)),
        Operation::AttachPolicy { to, policy } => vec![
            on.right("Attach", to, "Policy")
                .with(POLICY_ARN, Some(policy)),
        ],
        Operation::DetachPolicy { from, policy } => vec![
            on.right("Detach", from, "Policy")
                .with(POLICY_ARN, Some(policy)),
        ],
        Operation::PutInlinePolicy { on: principal, .. } => {
            vec![on.right("Put", principal, "Policy")]
        }
        Operation::DeleteInlinePolicy { on: principal, .. } => {
            vec![on.right("Delete", principal, "Policy")]
        }
        Operation::PutBoundary {
            on: principal,
            policy,
        } => vec![
            on.right("Put", principal, "PermissionsBoundary")
                .with(BOUNDARY, Some(policy)),
        ],
        Operation::DeleteBoundary { on: principal } => {
            vec![on.right("Delete", principal, "PermissionsBoundary")]
        }
        Operation::AddToGroup { group, .. } => {
            one("AddUserToGroup", on.entity(&Entity::Group(group.clone())))
        }
        Operation::RemoveFromGroup { group, .. } => one(
            "RemoveUserFromGroup",
            on.entity(&Entity::Group(group.clone())),
        ),
        Operation::DeleteAccessKey { user, .. } => {
            one("DeleteAccessKey", on.entity(&Entity::User(user.clone())))
        }
        Operation::HandOut { user, secret, .. } => {
            let action = match secret {
                InitialSecret::Password => "CreateLoginProfile",
                InitialSecret::AccessKey => "CreateAccessKey",
            };
            one(action, on.entity(&Entity::User(user.clone())))
        }
    }
}

/// A creation, which also tags.
fn created(
    kind: &str,
    resource: Resource,
    tags: &Tags,
    boundary: Option<&PolicyArn>,
) -> Vec<Right> {
    let create = Right::new(&format!("Create{kind}"), resource.clone()).with(BOUNDARY, boundary);
    let tag = (!tags.is_empty()).then(|| Right::new(&format!("Tag{kind}"), resource));
    std::iter::once(create).chain(tag).collect()
}

fn tagging(verb: &str, entity: &Entity) -> String {
    let kind = match entity {
        Entity::User(_) => "User",
        Entity::Group(_) => "Group",
        Entity::Role(_) => "Role",
        Entity::Policy(_) => "Policy",
        Entity::OidcProvider(_) => "OpenIDConnectProvider",
    };
    format!("{verb}{kind}")
}

/// Listing and deleting one kind of credential.
fn credentials(
    on: &Arns<'_>,
    user: &keyward_core::id::UserName,
    kind: UserCredential,
) -> Vec<Right> {
    let owner = on.entity(&Entity::User(user.clone()));
    let actions: &[&str] = match kind {
        UserCredential::LoginProfile => &["DeleteLoginProfile"],
        UserCredential::AccessKeys => &["ListAccessKeys", "DeleteAccessKey"],
        UserCredential::MfaDevices => &["ListMFADevices", "DeactivateMFADevice"],
        UserCredential::SshPublicKeys => &["ListSSHPublicKeys", "DeleteSSHPublicKey"],
        UserCredential::SigningCertificates => {
            &["ListSigningCertificates", "DeleteSigningCertificate"]
        }
        UserCredential::ServiceSpecificCredentials => &[
            "ListServiceSpecificCredentials",
            "DeleteServiceSpecificCredential",
        ],
    };
    let mut rights: Vec<Right> = actions
        .iter()
        .map(|action| Right::new(action, owner.clone()))
        .collect();
    if kind == UserCredential::MfaDevices {
        let device = on.named("mfa", &EntityPath::root(), user.as_str());
        rights.push(Right::new("DeleteVirtualMFADevice", device));
    }
    rights
}

fn exact(arn: &impl fmt::Display) -> Resource {
    let arn = arn.to_string();
    Resource::Exact(arn.parse().expect("the ARN of an entity is an ARN"))
}

/// ARNs of what is in an account.
struct Arns<'a> {
    account: &'a Account,
}

impl Arns<'_> {
    fn named(&self, kind: &str, path: &EntityPath, name: &str) -> Resource {
        let Account { partition, id, .. } = self.account;
        exact(&format!("arn:{partition}:iam::{id}:{kind}{path}{name}"))
    }

    fn provider(&self, issuer: &OidcIssuer) -> Resource {
        exact(&self.account.oidc_provider_arn(issuer))
    }

    /// The ARN of an entity; below `/` where it does not exist.
    fn entity(&self, entity: &Entity) -> Resource {
        let account = self.account;
        match entity {
            Entity::User(name) => {
                let new = || User::new(name.clone());
                let user = account.users.get(name).cloned().unwrap_or_else(new);
                exact(&account.user_arn(&user))
            }
            Entity::Group(name) => {
                let new = || Group::new(name.clone());
                let group = account.groups.get(name).cloned().unwrap_or_else(new);
                exact(&account.group_arn(&group))
            }
            Entity::Role(name) => match account.roles.get(name) {
                Some(role) => exact(&account.role_arn(role as &Role)),
                None => self.named("role", &EntityPath::root(), name.as_str()),
            },
            Entity::Policy(arn) => exact(arn),
            Entity::OidcProvider(issuer) => self.provider(issuer),
        }
    }

    /// `AttachUserPolicy` and the like.
    fn right(&self, verb: &str, principal: &PrincipalName, what: &str) -> Right {
        let kind = match principal {
            PrincipalName::User(_) => "User",
            PrincipalName::Group(_) => "Group",
            PrincipalName::Role(_) => "Role",
        };
        Right::new(
            &format!("{verb}{kind}{what}"),
            self.entity(&principal.entity()),
        )
    }
}
