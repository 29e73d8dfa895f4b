//! The rights that a write needs: actions, what they are on, and the facts that conditions of
//! IAM look at.
//!
//! Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_iam.html>

use std::fmt;

use keyward_core::id::{EntityPath, GroupName, OidcIssuer, PolicyArn, RoleName, UserName};
use keyward_iam::model::{Account, Group, Tags, User};
use keyward_iam::{Action, Resource};

use super::operation::{Operation, PrincipalName, UserCredential};
use crate::desired::Entity;
use crate::hand_out::InitialSecret;
use crate::stacks::StackPlace;

/// One right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// The action.
    pub action: Action,
    /// The entity that holds it.
    pub resource: Resource,
    /// The values of the condition keys `iam:PolicyARN` and `iam:PermissionsBoundary`.
    pub(super) policies: Vec<(&'static str, PolicyArn)>,
}

impl Right {
    /// A right of IAM on one thing, or on none in particular.
    pub(super) fn new(action: &str, resource: Resource) -> Self {
        let action = format!("iam:{action}");
        Self {
            action: action.parse().expect("IAM's actions are actions"),
            resource,
            policies: Vec::new(),
        }
    }

    fn with(mut self, key: &'static str, policy: Option<&PolicyArn>) -> Self {
        let known = policy.map(|policy| (key, policy.clone()));
        self.policies.extend(known);
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

/// The condition key of the managed policy that a request attaches or detaches.
pub(super) const POLICY_ARN: &str = "iam:PolicyARN";
/// The condition key of the permissions boundary of the user or role.
pub(super) const BOUNDARY: &str = "iam:PermissionsBoundary";

/// The rights that a write on this account needs.
#[must_use]
pub fn rights(account: &Account, operation: &Operation) -> Vec<Right> {
    let on = Arns { account };
    match operation {
        Operation::UpdatePasswordPolicy(_) => account_wide("UpdateAccountPasswordPolicy"),
        Operation::DeletePasswordPolicy => account_wide("DeleteAccountPasswordPolicy"),
        Operation::CreateAlias(_) => account_wide("CreateAccountAlias"),
        Operation::DeleteAlias(_) => account_wide("DeleteAccountAlias"),
        Operation::CreateOidcProvider { .. }
        | Operation::AddOidcAudience { .. }
        | Operation::RemoveOidcAudience { .. }
        | Operation::UpdateOidcThumbprints { .. }
        | Operation::DeleteOidcProvider(_) => on_provider(&on, operation),
        Operation::CreatePolicy { arn, tags, .. } => created("Policy", exact(arn), tags, None),
        Operation::CreatePolicyVersion { arn, .. } => one("CreatePolicyVersion", exact(arn)),
        Operation::DeletePolicyVersion { arn, .. } => one("DeletePolicyVersion", exact(arn)),
        Operation::DeletePolicy(arn) => one("DeletePolicy", exact(arn)),
        Operation::CreateRole { .. }
        | Operation::UpdateRole { .. }
        | Operation::UpdateTrust { .. }
        | Operation::RemoveRoleFromInstanceProfile { .. }
        | Operation::DeleteRole(_) => on_role(&on, operation),
        Operation::CreateGroup { .. }
        | Operation::MoveGroup { .. }
        | Operation::DeleteGroup(_)
        | Operation::AddToGroup { .. }
        | Operation::RemoveFromGroup { .. } => on_group(&on, operation),
        Operation::CreateUser { .. } | Operation::MoveUser { .. } | Operation::DeleteUser(_) => {
            on_user(&on, operation)
        }
        Operation::DeleteCredentials { user, kind } => credentials(&on, user, *kind),
        Operation::DeleteAccessKey { user, .. } => one("DeleteAccessKey", on.user(user)),
        Operation::HandOut { user, secret, .. } => match secret {
            InitialSecret::Password => one("CreateLoginProfile", on.user(user)),
            // The keys are listed afterwards, to notice another run.
            InitialSecret::AccessKey => ["CreateAccessKey", "ListAccessKeys"]
                .map(|action| Right::new(action, on.user(user)))
                .into(),
        },
        Operation::Tag { entity, .. } => one(&tagging("Tag", entity), on.entity(entity)),
        Operation::Untag { entity, .. } => one(&tagging("Untag", entity), on.entity(entity)),
        Operation::AttachPolicy { .. }
        | Operation::DetachPolicy { .. }
        | Operation::PutInlinePolicy { .. }
        | Operation::DeleteInlinePolicy { .. }
        | Operation::PutBoundary { .. }
        | Operation::DeleteBoundary { .. } => on_grants(&on, operation),
        // keyward's stacks have tags.
        Operation::DeployStack { place, .. } => [
            "CreateChangeSet",
            "DescribeChangeSet",
            "DescribeStackEvents",
            "ExecuteChangeSet",
            "TagResource",
        ]
        .map(|action| on.stack_right(action, place))
        .into(),
        Operation::DeleteStack(place) => vec![on.stack_right("DeleteStack", place)],
    }
}

fn one(action: &str, resource: Resource) -> Vec<Right> {
    vec![Right::new(action, resource)]
}

fn account_wide(action: &str) -> Vec<Right> {
    one(action, Resource::Unspecified)
}

fn on_provider(on: &Arns<'_>, operation: &Operation) -> Vec<Right> {
    match operation {
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
        _ => Vec::new(),
    }
}

fn on_role(on: &Arns<'_>, operation: &Operation) -> Vec<Right> {
    match operation {
        Operation::CreateRole {
            name,
            path,
            boundary,
            tags,
            ..
        } => {
            let role = on.named("role", path, name.as_str());
            created("Role", role, tags, boundary.as_ref())
        }
        Operation::UpdateRole { name, .. } => one("UpdateRole", on.role(name)),
        Operation::UpdateTrust { name, .. } => one("UpdateAssumeRolePolicy", on.role(name)),
        Operation::RemoveRoleFromInstanceProfile { profile, .. } => one(
            "RemoveRoleFromInstanceProfile",
            on.named("instance-profile", &EntityPath::root(), profile),
        ),
        Operation::DeleteRole(name) => one("DeleteRole", on.role(name)),
        _ => Vec::new(),
    }
}

fn on_group(on: &Arns<'_>, operation: &Operation) -> Vec<Right> {
    match operation {
        Operation::CreateGroup { name, path } => {
            one("CreateGroup", on.named("group", path, name.as_str()))
        }
        Operation::MoveGroup { name, path } => vec![
            Right::new("UpdateGroup", on.group(name)),
            Right::new("UpdateGroup", on.named("group", path, name.as_str())),
        ],
        Operation::DeleteGroup(name) => one("DeleteGroup", on.group(name)),
        Operation::AddToGroup { group, .. } => one("AddUserToGroup", on.group(group)),
        Operation::RemoveFromGroup { group, .. } => one("RemoveUserFromGroup", on.group(group)),
        _ => Vec::new(),
    }
}

fn on_user(on: &Arns<'_>, operation: &Operation) -> Vec<Right> {
    match operation {
        Operation::CreateUser {
            name,
            path,
            boundary,
            tags,
        } => {
            let user = on.named("user", path, name.as_str());
            created("User", user, tags, boundary.as_ref())
        }
        Operation::MoveUser { name, path } => vec![
            Right::new("UpdateUser", on.user(name)),
            Right::new("UpdateUser", on.named("user", path, name.as_str())),
        ],
        Operation::DeleteUser(name) => one("DeleteUser", on.user(name)),
        _ => Vec::new(),
    }
}

/// `AttachUserPolicy` and the like, with the policies that a condition may look at: the one of the
/// request, and the boundary that the user or role has, or is to get.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate>
fn on_grants(on: &Arns<'_>, operation: &Operation) -> Vec<Right> {
    let (verb, principal, what, policy) = match operation {
        Operation::AttachPolicy { to, policy } => ("Attach", to, "Policy", Some(policy)),
        Operation::DetachPolicy { from, policy } => ("Detach", from, "Policy", Some(policy)),
        Operation::PutBoundary { on, policy } => ("Put", on, "PermissionsBoundary", Some(policy)),
        Operation::DeleteBoundary { on } => ("Delete", on, "PermissionsBoundary", None),
        Operation::PutInlinePolicy { on, .. } => ("Put", on, "Policy", None),
        Operation::DeleteInlinePolicy { on, .. } => ("Delete", on, "Policy", None),
        _ => return Vec::new(),
    };
    let kind = match principal {
        PrincipalName::User(_) => "User",
        PrincipalName::Group(_) => "Group",
        PrincipalName::Role(_) => "Role",
    };
    let action = format!("{verb}{kind}{what}");
    let right = Right::new(&action, on.entity(&principal.entity()));
    let right = match what {
        "Policy" => right
            .with(POLICY_ARN, policy)
            .with(BOUNDARY, on.boundary(principal)),
        _ => right.with(BOUNDARY, policy.or(on.boundary(principal))),
    };
    vec![right]
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
fn credentials(on: &Arns<'_>, user: &UserName, kind: UserCredential) -> Vec<Right> {
    let owner = on.user(user);
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

    /// A right of CloudFormation. The id after the name is unknown before the stack exists.
    ///
    /// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_cloudformation.html>
    fn stack_right(&self, action: &str, place: &StackPlace) -> Right {
        let Account { partition, id, .. } = self.account;
        let StackPlace { name, region } = place;
        let arn = format!("arn:{partition}:cloudformation:{region}:{id}:stack/{name}/*");
        let action = format!("cloudformation:{action}");
        Right {
            action: action
                .parse()
                .expect("CloudFormation's actions are actions"),
            resource: exact(&arn),
            policies: Vec::new(),
        }
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
                Some(role) => exact(&account.role_arn(role)),
                None => self.named("role", &EntityPath::root(), name.as_str()),
            },
            Entity::Policy(arn) => exact(arn),
            Entity::OidcProvider(issuer) => self.provider(issuer),
        }
    }

    /// The permissions boundary of a user or role.
    fn boundary(&self, principal: &PrincipalName) -> Option<&PolicyArn> {
        principal.grants(self.account)?.boundary.as_ref()
    }

    fn user(&self, name: &UserName) -> Resource {
        self.entity(&Entity::User(name.clone()))
    }

    fn group(&self, name: &GroupName) -> Resource {
        self.entity(&Entity::Group(name.clone()))
    }

    fn role(&self, name: &RoleName) -> Resource {
        self.entity(&Entity::Role(name.clone()))
    }
}
