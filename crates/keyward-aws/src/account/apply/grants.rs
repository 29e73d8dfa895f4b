//! Policies on users, groups and roles: attached, inline, and boundaries.

use keyward_account::plan::PrincipalName;
use keyward_core::Credentials;
use keyward_core::id::{PolicyArn, PolicyName};
use keyward_iam::Policy;

use super::send;
use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};

impl Aws {
    pub(super) fn attach(
        &self,
        credentials: &Credentials,
        to: &PrincipalName,
        policy: &PolicyArn,
    ) -> Result<(), CallError> {
        match to {
            PrincipalName::User(name) => send!(self, credentials, "AttachUserPolicy", |iam| iam
                .attach_user_policy()
                .user_name(name.as_str())
                .policy_arn(policy.as_str())),
            PrincipalName::Group(name) => send!(self, credentials, "AttachGroupPolicy", |iam| iam
                .attach_group_policy()
                .group_name(name.as_str())
                .policy_arn(policy.as_str())),
            PrincipalName::Role(name) => send!(self, credentials, "AttachRolePolicy", |iam| iam
                .attach_role_policy()
                .role_name(name.as_str())
                .policy_arn(policy.as_str())),
        }
    }

    pub(super) fn detach(
        &self,
        credentials: &Credentials,
        from: &PrincipalName,
        policy: &PolicyArn,
    ) -> Result<(), CallError> {
        match from {
            PrincipalName::User(name) => send!(self, credentials, "DetachUserPolicy", |iam| iam
                .detach_user_policy()
                .user_name(name.as_str())
                .policy_arn(policy.as_str())),
            PrincipalName::Group(name) => send!(self, credentials, "DetachGroupPolicy", |iam| iam
                .detach_group_policy()
                .group_name(name.as_str())
                .policy_arn(policy.as_str())),
            PrincipalName::Role(name) => send!(self, credentials, "DetachRolePolicy", |iam| iam
                .detach_role_policy()
                .role_name(name.as_str())
                .policy_arn(policy.as_str())),
        }
    }

    pub(super) fn put_inline(
        &self,
        credentials: &Credentials,
        on: &PrincipalName,
        policy: &PolicyName,
        document: &Policy,
    ) -> Result<(), CallError> {
        let json = document.to_json();
        match on {
            PrincipalName::User(name) => send!(self, credentials, "PutUserPolicy", |iam| iam
                .put_user_policy()
                .user_name(name.as_str())
                .policy_name(policy.as_str())
                .policy_document(&json)),
            PrincipalName::Group(name) => send!(self, credentials, "PutGroupPolicy", |iam| iam
                .put_group_policy()
                .group_name(name.as_str())
                .policy_name(policy.as_str())
                .policy_document(&json)),
            PrincipalName::Role(name) => send!(self, credentials, "PutRolePolicy", |iam| iam
                .put_role_policy()
                .role_name(name.as_str())
                .policy_name(policy.as_str())
                .policy_document(&json)),
        }
    }

    pub(super) fn delete_inline(
        &self,
        credentials: &Credentials,
        on: &PrincipalName,
        policy: &PolicyName,
    ) -> Result<(), CallError> {
        match on {
            PrincipalName::User(name) => send!(self, credentials, "DeleteUserPolicy", |iam| iam
                .delete_user_policy()
                .user_name(name.as_str())
                .policy_name(policy.as_str())),
            PrincipalName::Group(name) => send!(self, credentials, "DeleteGroupPolicy", |iam| iam
                .delete_group_policy()
                .group_name(name.as_str())
                .policy_name(policy.as_str())),
            PrincipalName::Role(name) => send!(self, credentials, "DeleteRolePolicy", |iam| iam
                .delete_role_policy()
                .role_name(name.as_str())
                .policy_name(policy.as_str())),
        }
    }

    /// Groups have no boundary, and no plan gives them one.
    pub(super) fn put_boundary(
        &self,
        credentials: &Credentials,
        on: &PrincipalName,
        policy: &PolicyArn,
    ) -> Result<(), CallError> {
        match on {
            PrincipalName::User(name) => {
                send!(self, credentials, "PutUserPermissionsBoundary", |iam| iam
                    .put_user_permissions_boundary()
                    .user_name(name.as_str())
                    .permissions_boundary(policy.as_str()))
            }
            PrincipalName::Role(name) => {
                send!(self, credentials, "PutRolePermissionsBoundary", |iam| iam
                    .put_role_permissions_boundary()
                    .role_name(name.as_str())
                    .permissions_boundary(policy.as_str()))
            }
            PrincipalName::Group(_) => Ok(()),
        }
    }

    pub(super) fn delete_boundary(
        &self,
        credentials: &Credentials,
        on: &PrincipalName,
    ) -> Result<(), CallError> {
        match on {
            PrincipalName::User(name) => {
                send!(self, credentials, "DeleteUserPermissionsBoundary", |iam| {
                    iam.delete_user_permissions_boundary()
                        .user_name(name.as_str())
                })
            }
            PrincipalName::Role(name) => {
                send!(self, credentials, "DeleteRolePermissionsBoundary", |iam| {
                    iam.delete_role_permissions_boundary()
                        .role_name(name.as_str())
                })
            }
            PrincipalName::Group(_) => Ok(()),
        }
    }
}
