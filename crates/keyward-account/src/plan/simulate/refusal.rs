//! Refusals of AWS. The rules are those of IAM's reference pages; permissions are not judged here.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html>

use keyward_core::id::{GroupName, PolicyArn, RoleName, UserName};
use keyward_iam::Policy;

use super::Simulation;
use crate::desired::Entity;
use crate::hand_out::InitialSecret;
use crate::plan::holders;
use crate::plan::operation::{Operation, PrincipalName, StackAction, UserCredential};
use crate::plan::principals::local_principals;
use crate::plan::versions::POLICY_VERSIONS;
use crate::stacks::StackPhase;

/// Every kind of credential that a user can have.
const CREDENTIALS: [UserCredential; 6] = [
    UserCredential::LoginProfile,
    UserCredential::AccessKeys,
    UserCredential::MfaDevices,
    UserCredential::SshPublicKeys,
    UserCredential::SigningCertificates,
    UserCredential::ServiceSpecificCredentials,
];

/// The reasons why AWS refuses a write, by its error codes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// `NoSuchEntity`.
    #[error("{0} does not exist")]
    NoSuchEntity(String),
    /// `EntityAlreadyExists`. Names differ without regard to case.
    #[error("{0} exists already")]
    AlreadyExists(String),
    /// `DeleteConflict`.
    #[error("{what} still has {because}")]
    DeleteConflict {
        /// The thing that cannot be deleted.
        what: String,
        /// The obstacle.
        because: &'static str,
    },
    /// `LimitExceeded`.
    #[error("{what} may have {limit} {of} at most")]
    LimitExceeded {
        /// The full container.
        what: String,
        /// Its limit.
        limit: usize,
        /// Of what.
        of: &'static str,
    },
    /// `MalformedPolicyDocument`, because a principal does not exist.
    #[error("the trust policy names `{0}`, which does not exist")]
    InvalidPrincipal(String),
    /// `UnmodifiableEntity`: AWS owns the role.
    #[error("AWS owns role `{0}`")]
    Unmodifiable(RoleName),
}

impl Simulation {
    /// Returns why AWS would refuse this write now.
    #[must_use]
    pub fn refusal(&self, operation: &Operation) -> Option<Refusal> {
        match operation {
            Operation::UpdatePasswordPolicy(_) | Operation::CreateAlias(_) => None,
            Operation::DeletePasswordPolicy => missing(
                self.account.password_policy.is_none(),
                "the password policy",
            ),
            Operation::DeleteAlias(alias) => {
                missing(self.account.alias.as_ref() != Some(alias), "the alias")
            }
            Operation::CreateOidcProvider { .. }
            | Operation::AddOidcAudience { .. }
            | Operation::RemoveOidcAudience { .. }
            | Operation::UpdateOidcThumbprints { .. }
            | Operation::DeleteOidcProvider(_) => self.provider_refusal(operation),
            Operation::Tag { entity, .. } | Operation::Untag { entity, .. } => self.absent(entity),
            Operation::CreatePolicy { .. }
            | Operation::CreatePolicyVersion { .. }
            | Operation::DeletePolicyVersion { .. }
            | Operation::DeletePolicy(_) => self.policy_refusal(operation),
            Operation::CreateRole { .. }
            | Operation::UpdateRole { .. }
            | Operation::UpdateTrust { .. }
            | Operation::RemoveRoleFromInstanceProfile { .. }
            | Operation::DeleteRole(_) => self.role_refusal(operation),
            Operation::CreateGroup { name, .. } => exists(
                has_name(
                    self.account.groups.keys().map(GroupName::as_str),
                    name.as_str(),
                ),
                Entity::Group(name.clone()),
            ),
            Operation::MoveGroup { name, .. } => self.absent(&Entity::Group(name.clone())),
            Operation::DeleteGroup(name) => self.delete_group_refusal(name),
            Operation::CreateUser { .. }
            | Operation::MoveUser { .. }
            | Operation::DeleteUser(_)
            | Operation::AddToGroup { .. }
            | Operation::RemoveFromGroup { .. } => self.user_refusal(operation),
            Operation::DeleteCredentials { user, .. } => self.absent(&Entity::User(user.clone())),
            Operation::DeleteAccessKey { user, key } => {
                let held = self.credentials.get(user);
                missing(
                    !held.is_some_and(|held| held.access_keys.contains_key(key)),
                    format!("access key `{key}`"),
                )
            }
            Operation::HandOut { user, secret, .. } => self.hand_out_refusal(user, *secret),
            Operation::AttachPolicy { .. }
            | Operation::DetachPolicy { .. }
            | Operation::PutInlinePolicy { .. }
            | Operation::DeleteInlinePolicy { .. }
            | Operation::PutBoundary { .. }
            | Operation::DeleteBoundary { .. } => self.grants_refusal(operation),
            Operation::DeployStack { place, action, .. } => {
                let mut there = self.stacks.get(place).into_iter();
                let there = there.any(|live| live.status.phase() != StackPhase::Reviewed);
                match action {
                    StackAction::Create => exists(there, place),
                    StackAction::Update => missing(!there, place),
                }
            }
            // CloudFormation accepts the deletion of a stack that does not exist.
            Operation::DeleteStack(_) => None,
        }
    }

    fn absent(&self, entity: &Entity) -> Option<Refusal> {
        let account = &self.account;
        let there = match entity {
            Entity::User(name) => account.users.contains_key(name),
            Entity::Group(name) => account.groups.contains_key(name),
            Entity::Role(name) => account.roles.contains_key(name),
            Entity::Policy(arn) => account.policies.contains_key(arn),
            Entity::OidcProvider(issuer) => account.oidc_providers.contains_key(issuer),
        };
        missing(!there, entity)
    }

    fn provider_refusal(&self, operation: &Operation) -> Option<Refusal> {
        match operation {
            Operation::CreateOidcProvider { issuer, .. } => exists(
                self.account.oidc_providers.contains_key(issuer),
                Entity::OidcProvider(issuer.clone()),
            ),
            Operation::AddOidcAudience { issuer, .. }
            | Operation::RemoveOidcAudience { issuer, .. }
            | Operation::UpdateOidcThumbprints { issuer, .. }
            | Operation::DeleteOidcProvider(issuer) => {
                self.absent(&Entity::OidcProvider(issuer.clone()))
            }
            _ => None,
        }
    }

    fn user_refusal(&self, operation: &Operation) -> Option<Refusal> {
        match operation {
            Operation::CreateUser { name, boundary, .. } => exists(
                has_name(
                    self.account.users.keys().map(UserName::as_str),
                    name.as_str(),
                ),
                Entity::User(name.clone()),
            )
            .or_else(|| self.boundary_refusal(boundary.as_ref())),
            Operation::MoveUser { name, .. } => self.absent(&Entity::User(name.clone())),
            Operation::DeleteUser(name) => self.delete_user_refusal(name),
            Operation::AddToGroup { user, group } => self.add_to_group_refusal(user, group),
            Operation::RemoveFromGroup { user, group } => self
                .absent(&Entity::User(user.clone()))
                .or_else(|| self.absent(&Entity::Group(group.clone()))),
            _ => None,
        }
    }

    fn policy_refusal(&self, operation: &Operation) -> Option<Refusal> {
        let account = &self.account;
        match operation {
            Operation::CreatePolicy { arn, name, .. } => {
                let own = account.policies.values();
                let own = own.filter(|policy| !policy.arn.is_aws_managed());
                let names = own.map(|policy| policy.name.as_str());
                exists(has_name(names, name.as_str()), Entity::Policy(arn.clone()))
            }
            Operation::CreatePolicyVersion { arn, .. } => {
                let Some(policy) = account.policies.get(arn) else {
                    return self.absent(&Entity::Policy(arn.clone()));
                };
                full(
                    policy.versions.len() >= POLICY_VERSIONS,
                    Entity::Policy(arn.clone()),
                    POLICY_VERSIONS,
                    "versions",
                )
            }
            Operation::DeletePolicyVersion { arn, version } => {
                let Some(policy) = account.policies.get(arn) else {
                    return self.absent(&Entity::Policy(arn.clone()));
                };
                let what = Entity::Policy(arn.clone()).to_string();
                match policy.versions.iter().find(|held| held.id == *version) {
                    None => missing(true, format!("version `{version}` of {what}")),
                    Some(held) => conflict(held.is_default, what, "a default version"),
                }
            }
            Operation::DeletePolicy(arn) => {
                let Some(policy) = account.policies.get(arn) else {
                    return self.absent(&Entity::Policy(arn.clone()));
                };
                let held = holders::of_policy(account, arn);
                conflict(
                    !held.attached.is_empty(),
                    Entity::Policy(arn.clone()),
                    "attachments",
                )
                .or_else(|| {
                    let what = Entity::Policy(arn.clone());
                    conflict(!held.boundary.is_empty(), what, "uses as a boundary")
                })
                .or_else(|| {
                    let more = policy.versions.iter().any(|version| !version.is_default);
                    conflict(more, Entity::Policy(arn.clone()), "other versions")
                })
            }
            _ => None,
        }
    }

    fn role_refusal(&self, operation: &Operation) -> Option<Refusal> {
        let roles = &self.account.roles;
        match operation {
            Operation::CreateRole {
                name,
                trust,
                boundary,
                ..
            } => exists(
                has_name(roles.keys().map(RoleName::as_str), name.as_str()),
                Entity::Role(name.clone()),
            )
            .or_else(|| self.boundary_refusal(boundary.as_ref()))
            .or_else(|| self.trust_refusal(trust)),
            Operation::UpdateTrust { name, trust } => self
                .role_or_refusal(name)
                .err()
                .or_else(|| self.trust_refusal(trust)),
            Operation::UpdateRole { name, .. } => self.role_or_refusal(name).err(),
            Operation::RemoveRoleFromInstanceProfile { name, profile } => {
                match self.role_or_refusal(name) {
                    Err(refusal) => Some(refusal),
                    Ok(role) => missing(
                        !role.instance_profiles.contains(profile),
                        format!("role `{name}` in instance profile `{profile}`"),
                    ),
                }
            }
            Operation::DeleteRole(name) => match self.role_or_refusal(name) {
                Err(refusal) => Some(refusal),
                Ok(role) => {
                    let what = || Entity::Role(name.clone());
                    conflict(
                        !role.instance_profiles.is_empty(),
                        what(),
                        "instance profiles",
                    )
                    .or_else(|| {
                        conflict(
                            !role.grants.attached.is_empty(),
                            what(),
                            "attached policies",
                        )
                    })
                    .or_else(|| conflict(!role.grants.inline.is_empty(), what(), "inline policies"))
                }
            },
            _ => None,
        }
    }

    fn role_or_refusal(&self, name: &RoleName) -> Result<&keyward_iam::model::Role, Refusal> {
        match self.account.roles.get(name) {
            None => Err(Refusal::NoSuchEntity(
                Entity::Role(name.clone()).to_string(),
            )),
            Some(role) if role.is_aws_owned() => Err(Refusal::Unmodifiable(name.clone())),
            Some(role) => Ok(role),
        }
    }

    fn trust_refusal(&self, trust: &Policy) -> Option<Refusal> {
        local_principals(&self.account, trust)
            .into_iter()
            .find(|principal| !principal.exists_in(&self.account))
            .map(|principal| Refusal::InvalidPrincipal(principal.arn().to_owned()))
    }

    fn boundary_refusal(&self, boundary: Option<&PolicyArn>) -> Option<Refusal> {
        let boundary = boundary?;
        missing(!self.has_policy(boundary), Entity::Policy(boundary.clone()))
    }

    fn delete_group_refusal(&self, name: &GroupName) -> Option<Refusal> {
        let entity = Entity::Group(name.clone());
        let Some(group) = self.account.groups.get(name) else {
            return self.absent(&entity);
        };
        let members = self
            .account
            .users
            .values()
            .any(|user| user.groups.contains(name));
        conflict(members, &entity, "members")
            .or_else(|| {
                conflict(
                    !group.grants.attached.is_empty(),
                    &entity,
                    "attached policies",
                )
            })
            .or_else(|| conflict(!group.grants.inline.is_empty(), &entity, "inline policies"))
    }

    fn delete_user_refusal(&self, name: &UserName) -> Option<Refusal> {
        let entity = Entity::User(name.clone());
        let Some(user) = self.account.users.get(name) else {
            return self.absent(&entity);
        };
        let cleared = self.cleared.get(name);
        let credentials = !self.fresh.contains(name)
            && !CREDENTIALS
                .iter()
                .all(|kind| cleared.is_some_and(|cleared| cleared.contains(kind)));
        conflict(!user.groups.is_empty(), &entity, "groups")
            .or_else(|| {
                conflict(
                    !user.grants.attached.is_empty(),
                    &entity,
                    "attached policies",
                )
            })
            .or_else(|| conflict(!user.grants.inline.is_empty(), &entity, "inline policies"))
            .or_else(|| conflict(credentials, &entity, "credentials"))
    }

    fn add_to_group_refusal(&self, user: &UserName, group: &GroupName) -> Option<Refusal> {
        let Some(held) = self.account.users.get(user) else {
            return self.absent(&Entity::User(user.clone()));
        };
        self.absent(&Entity::Group(group.clone())).or_else(|| {
            let limit = self.limits.groups_per_user;
            let more = !held.groups.contains(group) && held.groups.len() >= limit;
            full(more, Entity::User(user.clone()), limit, "groups")
        })
    }

    fn hand_out_refusal(&self, user: &UserName, secret: InitialSecret) -> Option<Refusal> {
        let entity = Entity::User(user.clone());
        self.absent(&entity).or_else(|| {
            let held = self.credentials.get(user);
            match secret {
                InitialSecret::Password => exists(
                    held.is_none_or(|held| held.password.is_some()),
                    format!("the console password of {entity}"),
                ),
                InitialSecret::AccessKey => {
                    let more = held.is_none_or(|held| held.access_keys.len() >= 2);
                    full(more, entity, 2, "access keys")
                }
            }
        })
    }

    fn grants_refusal(&self, operation: &Operation) -> Option<Refusal> {
        let (principal, policy) = match operation {
            Operation::AttachPolicy { to, policy } => (to, Some(policy)),
            Operation::DetachPolicy { from, policy } => (from, Some(policy)),
            Operation::PutBoundary { on, policy } => (on, Some(policy)),
            Operation::PutInlinePolicy { on, .. }
            | Operation::DeleteInlinePolicy { on, .. }
            | Operation::DeleteBoundary { on } => (on, None),
            _ => return None,
        };
        let entity = principal.entity();
        if let PrincipalName::Role(name) = principal
            && let Err(refusal) = self.role_or_refusal(name)
        {
            return Some(refusal);
        }
        let Some(grants) = principal.grants(&self.account) else {
            return self.absent(&entity);
        };
        if let Some(refusal) = policy.and_then(|policy| self.boundary_refusal(Some(policy))) {
            return Some(refusal);
        }
        match operation {
            Operation::AttachPolicy { policy, .. } => {
                let limit = self.limits.attached(principal);
                let more = !grants.attached.contains(policy) && grants.attached.len() >= limit;
                full(more, entity, limit, "attached policies")
            }
            Operation::DetachPolicy { policy, .. } => missing(
                !grants.attached.contains(policy),
                format!("`{}` on {entity}", policy.policy_name()),
            ),
            Operation::DeleteInlinePolicy { name, .. } => missing(
                !grants.inline.contains_key(name),
                format!("`{name}` on {entity}"),
            ),
            Operation::DeleteBoundary { .. } => missing(
                grants.boundary.is_none(),
                format!("the boundary of {entity}"),
            ),
            _ => None,
        }
    }
}

fn missing(refused: bool, what: impl ToString) -> Option<Refusal> {
    refused.then(|| Refusal::NoSuchEntity(what.to_string()))
}

fn exists(refused: bool, what: impl ToString) -> Option<Refusal> {
    refused.then(|| Refusal::AlreadyExists(what.to_string()))
}

fn conflict(refused: bool, what: impl ToString, because: &'static str) -> Option<Refusal> {
    refused.then(|| Refusal::DeleteConflict {
        what: what.to_string(),
        because,
    })
}

fn full(refused: bool, what: impl ToString, limit: usize, of: &'static str) -> Option<Refusal> {
    refused.then(|| Refusal::LimitExceeded {
        what: what.to_string(),
        limit,
        of,
    })
}

fn has_name<'a>(mut names: impl Iterator<Item = &'a str>, name: &str) -> bool {
    names.any(|held| held.eq_ignore_ascii_case(name))
}
