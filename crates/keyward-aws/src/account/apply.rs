//! Carries out one operation of a plan. Each operation is one call of IAM, except the deletion of
//! a user's credentials, which lists them first.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_iam::types::Tag;
use keyward_account::desired::Entity;
use keyward_account::plan::{Operation, PrincipalName};
use keyward_core::Credentials;
use keyward_core::id::{PolicyArn, PolicyName};
use keyward_iam::Policy;
use keyward_iam::model::{Account, PasswordPolicy, Tags};

use crate::call::{Aws, Call};
use crate::error::{Action, CallError};

/// What became of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// AWS has done it.
    Done,
    /// It makes a secret, which the program must encrypt and write down itself.
    LeftToCaller,
}

/// Sends one call whose answer holds nothing of interest.
macro_rules! send {
    ($aws:expr, $credentials:expr, $name:literal, |$iam:ident| $request:expr) => {
        $aws.iam(&Call::new(Action::iam($name), $credentials), |$iam| {
            $request.send()
        })
        .map(drop)
    };
}

impl Aws {
    /// Carries out one operation in an account, which gives partition and id for ARNs.
    ///
    /// # Errors
    /// See [`CallError`]. [`CallError::settling`] says whether waiting may help.
    pub fn apply(
        &self,
        credentials: &Credentials,
        account: &Account,
        operation: &Operation,
    ) -> Result<Applied, CallError> {
        use Operation as O;
        match operation {
            O::UpdatePasswordPolicy(_)
            | O::DeletePasswordPolicy
            | O::CreateAlias(_)
            | O::DeleteAlias(_) => self.apply_settings(credentials, operation)?,
            O::CreateOidcProvider { .. }
            | O::AddOidcAudience { .. }
            | O::RemoveOidcAudience { .. }
            | O::UpdateOidcThumbprints { .. }
            | O::DeleteOidcProvider(_) => self.apply_oidc(credentials, account, operation)?,
            O::CreatePolicy { .. }
            | O::CreatePolicyVersion { .. }
            | O::DeletePolicyVersion { .. }
            | O::DeletePolicy(_) => self.apply_policy(credentials, operation)?,
            O::CreateRole { .. }
            | O::UpdateRole { .. }
            | O::UpdateTrust { .. }
            | O::RemoveRoleFromInstanceProfile { .. }
            | O::DeleteRole(_) => self.apply_role(credentials, operation)?,
            O::CreateGroup { .. } | O::MoveGroup { .. } | O::DeleteGroup(_) => {
                self.apply_group(credentials, operation)?;
            }
            O::CreateUser { .. }
            | O::MoveUser { .. }
            | O::DeleteUser(_)
            | O::AddToGroup { .. }
            | O::RemoveFromGroup { .. } => self.apply_user(credentials, operation)?,
            O::DeleteCredentials { user, kind } => {
                self.delete_credentials(credentials, user, *kind)?;
            }
            O::DeleteAccessKey { user, key } => {
                self.delete_access_key(credentials, Some(user), key)?;
            }
            O::Tag { entity, tags } => self.tag(credentials, account, entity, tags)?,
            O::Untag { entity, keys } => self.untag(credentials, account, entity, keys)?,
            O::AttachPolicy { to, policy } => self.attach(credentials, to, policy)?,
            O::DetachPolicy { from, policy } => self.detach(credentials, from, policy)?,
            O::PutInlinePolicy { on, name, document } => {
                self.put_inline(credentials, on, name, document)?;
            }
            O::DeleteInlinePolicy { on, name } => self.delete_inline(credentials, on, name)?,
            O::PutBoundary { on, policy } => self.put_boundary(credentials, on, policy)?,
            O::DeleteBoundary { on } => self.delete_boundary(credentials, on)?,
            O::HandOut { .. } => return Ok(Applied::LeftToCaller),
        }
        Ok(Applied::Done)
    }

    fn apply_settings(
        &self,
        credentials: &Credentials,
        operation: &Operation,
    ) -> Result<(), CallError> {
        match operation {
            Operation::UpdatePasswordPolicy(policy) => {
                self.update_password_policy(credentials, policy)
            }
            Operation::CreateAlias(alias) => {
                send!(self, credentials, "CreateAccountAlias", |iam| iam
                    .create_account_alias()
                    .account_alias(alias.as_str()))
            }
            Operation::DeleteAlias(alias) => {
                send!(self, credentials, "DeleteAccountAlias", |iam| iam
                    .delete_account_alias()
                    .account_alias(alias.as_str()))
            }
            _ => send!(self, credentials, "DeleteAccountPasswordPolicy", |iam| iam
                .delete_account_password_policy()),
        }
    }

    fn update_password_policy(
        &self,
        credentials: &Credentials,
        policy: &PasswordPolicy,
    ) -> Result<(), CallError> {
        let count = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        send!(self, credentials, "UpdateAccountPasswordPolicy", |iam| iam
            .update_account_password_policy()
            .minimum_password_length(count(policy.minimum_length))
            .require_symbols(policy.symbols.is_on())
            .require_numbers(policy.numbers.is_on())
            .require_uppercase_characters(policy.uppercase.is_on())
            .require_lowercase_characters(policy.lowercase.is_on())
            .allow_users_to_change_password(policy.users_may_change.is_on())
            .hard_expiry(policy.hard_expiry.is_on())
            .set_max_password_age(policy.max_age_days.map(count))
            .set_password_reuse_prevention(
                policy.reuse_prevention.map(count)
            ))
    }

    fn apply_oidc(
        &self,
        credentials: &Credentials,
        account: &Account,
        operation: &Operation,
    ) -> Result<(), CallError> {
        match operation {
            Operation::CreateOidcProvider {
                issuer,
                audiences,
                thumbprints,
                tags,
            } => send!(self, credentials, "CreateOpenIDConnectProvider", |iam| iam
                .create_open_id_connect_provider()
                .url(format!("https://{issuer}"))
                .set_client_id_list(Some(audiences.iter().cloned().collect()))
                .set_thumbprint_list(listed(thumbprints))
                .set_tags(sdk_tags(tags))),
            Operation::AddOidcAudience { issuer, audience } => {
                send!(
                    self,
                    credentials,
                    "AddClientIDToOpenIDConnectProvider",
                    |iam| iam
                        .add_client_id_to_open_id_connect_provider()
                        .open_id_connect_provider_arn(account.oidc_provider_arn(issuer))
                        .client_id(audience)
                )
            }
            Operation::RemoveOidcAudience { issuer, audience } => {
                send!(
                    self,
                    credentials,
                    "RemoveClientIDFromOpenIDConnectProvider",
                    |iam| iam
                        .remove_client_id_from_open_id_connect_provider()
                        .open_id_connect_provider_arn(account.oidc_provider_arn(issuer))
                        .client_id(audience)
                )
            }
            Operation::UpdateOidcThumbprints {
                issuer,
                thumbprints,
            } => send!(
                self,
                credentials,
                "UpdateOpenIDConnectProviderThumbprint",
                |iam| iam
                    .update_open_id_connect_provider_thumbprint()
                    .open_id_connect_provider_arn(account.oidc_provider_arn(issuer))
                    .set_thumbprint_list(listed(thumbprints))
            ),
            Operation::DeleteOidcProvider(issuer) => {
                send!(self, credentials, "DeleteOpenIDConnectProvider", |iam| iam
                    .delete_open_id_connect_provider()
                    .open_id_connect_provider_arn(
                        account.oidc_provider_arn(issuer)
                    ))
            }
            _ => Ok(()),
        }
    }

    fn apply_policy(
        &self,
        credentials: &Credentials,
        operation: &Operation,
    ) -> Result<(), CallError> {
        match operation {
            Operation::CreatePolicy {
                name,
                path,
                document,
                tags,
                ..
            } => send!(self, credentials, "CreatePolicy", |iam| iam
                .create_policy()
                .policy_name(name.as_str())
                .path(path.as_str())
                .policy_document(document.to_json())
                .set_tags(sdk_tags(tags))),
            Operation::CreatePolicyVersion { arn, document } => {
                send!(self, credentials, "CreatePolicyVersion", |iam| iam
                    .create_policy_version()
                    .policy_arn(arn.as_str())
                    .policy_document(document.to_json())
                    .set_as_default(true))
            }
            Operation::DeletePolicyVersion { arn, version } => {
                send!(self, credentials, "DeletePolicyVersion", |iam| iam
                    .delete_policy_version()
                    .policy_arn(arn.as_str())
                    .version_id(version.as_str()))
            }
            Operation::DeletePolicy(arn) => {
                send!(self, credentials, "DeletePolicy", |iam| iam
                    .delete_policy()
                    .policy_arn(arn.as_str()))
            }
            _ => Ok(()),
        }
    }

    fn apply_role(
        &self,
        credentials: &Credentials,
        operation: &Operation,
    ) -> Result<(), CallError> {
        match operation {
            Operation::CreateRole {
                name,
                path,
                trust,
                max_session,
                description,
                boundary,
                tags,
            } => send!(self, credentials, "CreateRole", |iam| iam
                .create_role()
                .role_name(name.as_str())
                .path(path.as_str())
                .assume_role_policy_document(trust.to_json())
                .set_max_session_duration(max_session.map(seconds))
                .set_description(description.clone())
                .set_permissions_boundary(boundary.as_ref().map(ToString::to_string))
                .set_tags(sdk_tags(tags))),
            Operation::UpdateRole {
                name,
                max_session,
                description,
            } => send!(self, credentials, "UpdateRole", |iam| iam
                .update_role()
                .role_name(name.as_str())
                .set_max_session_duration(max_session.map(seconds))
                .set_description(description.clone())),
            Operation::UpdateTrust { name, trust } => {
                send!(self, credentials, "UpdateAssumeRolePolicy", |iam| iam
                    .update_assume_role_policy()
                    .role_name(name.as_str())
                    .policy_document(trust.to_json()))
            }
            Operation::RemoveRoleFromInstanceProfile { name, profile } => {
                send!(self, credentials, "RemoveRoleFromInstanceProfile", |iam| {
                    iam.remove_role_from_instance_profile()
                        .role_name(name.as_str())
                        .instance_profile_name(profile)
                })
            }
            Operation::DeleteRole(name) => {
                send!(self, credentials, "DeleteRole", |iam| iam
                    .delete_role()
                    .role_name(name.as_str()))
            }
            _ => Ok(()),
        }
    }

    fn apply_group(
        &self,
        credentials: &Credentials,
        operation: &Operation,
    ) -> Result<(), CallError> {
        match operation {
            Operation::CreateGroup { name, path } => {
                send!(self, credentials, "CreateGroup", |iam| iam
                    .create_group()
                    .group_name(name.as_str())
                    .path(path.as_str()))
            }
            Operation::MoveGroup { name, path } => {
                send!(self, credentials, "UpdateGroup", |iam| iam
                    .update_group()
                    .group_name(name.as_str())
                    .new_path(path.as_str()))
            }
            Operation::DeleteGroup(name) => {
                send!(self, credentials, "DeleteGroup", |iam| iam
                    .delete_group()
                    .group_name(name.as_str()))
            }
            _ => Ok(()),
        }
    }

    fn apply_user(
        &self,
        credentials: &Credentials,
        operation: &Operation,
    ) -> Result<(), CallError> {
        match operation {
            Operation::CreateUser {
                name,
                path,
                boundary,
                tags,
            } => send!(self, credentials, "CreateUser", |iam| iam
                .create_user()
                .user_name(name.as_str())
                .path(path.as_str())
                .set_permissions_boundary(boundary.as_ref().map(ToString::to_string))
                .set_tags(sdk_tags(tags))),
            Operation::MoveUser { name, path } => {
                send!(self, credentials, "UpdateUser", |iam| iam
                    .update_user()
                    .user_name(name.as_str())
                    .new_path(path.as_str()))
            }
            Operation::DeleteUser(name) => {
                send!(self, credentials, "DeleteUser", |iam| iam
                    .delete_user()
                    .user_name(name.as_str()))
            }
            Operation::AddToGroup { user, group } => {
                send!(self, credentials, "AddUserToGroup", |iam| iam
                    .add_user_to_group()
                    .user_name(user.as_str())
                    .group_name(group.as_str()))
            }
            Operation::RemoveFromGroup { user, group } => {
                send!(self, credentials, "RemoveUserFromGroup", |iam| iam
                    .remove_user_from_group()
                    .user_name(user.as_str())
                    .group_name(group.as_str()))
            }
            _ => Ok(()),
        }
    }

    fn tag(
        &self,
        credentials: &Credentials,
        account: &Account,
        entity: &Entity,
        tags: &Tags,
    ) -> Result<(), CallError> {
        let tags = sdk_tags(tags);
        match entity {
            Entity::User(name) => send!(self, credentials, "TagUser", |iam| iam
                .tag_user()
                .user_name(name.as_str())
                .set_tags(tags.clone())),
            Entity::Role(name) => send!(self, credentials, "TagRole", |iam| iam
                .tag_role()
                .role_name(name.as_str())
                .set_tags(tags.clone())),
            Entity::Policy(arn) => send!(self, credentials, "TagPolicy", |iam| iam
                .tag_policy()
                .policy_arn(arn.as_str())
                .set_tags(tags.clone())),
            Entity::OidcProvider(issuer) => {
                send!(self, credentials, "TagOpenIDConnectProvider", |iam| iam
                    .tag_open_id_connect_provider()
                    .open_id_connect_provider_arn(account.oidc_provider_arn(issuer))
                    .set_tags(tags.clone()))
            }
            Entity::Group(_) => Ok(()),
        }
    }

    fn untag(
        &self,
        credentials: &Credentials,
        account: &Account,
        entity: &Entity,
        keys: &BTreeSet<String>,
    ) -> Result<(), CallError> {
        let keys: Vec<String> = keys.iter().cloned().collect();
        match entity {
            Entity::User(name) => send!(self, credentials, "UntagUser", |iam| iam
                .untag_user()
                .user_name(name.as_str())
                .set_tag_keys(Some(keys.clone()))),
            Entity::Role(name) => send!(self, credentials, "UntagRole", |iam| iam
                .untag_role()
                .role_name(name.as_str())
                .set_tag_keys(Some(keys.clone()))),
            Entity::Policy(arn) => send!(self, credentials, "UntagPolicy", |iam| iam
                .untag_policy()
                .policy_arn(arn.as_str())
                .set_tag_keys(Some(keys.clone()))),
            Entity::OidcProvider(issuer) => {
                send!(self, credentials, "UntagOpenIDConnectProvider", |iam| iam
                    .untag_open_id_connect_provider()
                    .open_id_connect_provider_arn(account.oidc_provider_arn(issuer))
                    .set_tag_keys(Some(keys.clone())))
            }
            Entity::Group(_) => Ok(()),
        }
    }

    fn attach(
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

    fn detach(
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

    fn put_inline(
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

    fn delete_inline(
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
    fn put_boundary(
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

    fn delete_boundary(
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

fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}

fn listed(texts: &BTreeSet<String>) -> Option<Vec<String>> {
    (!texts.is_empty()).then(|| texts.iter().cloned().collect())
}

fn sdk_tags(tags: &Tags) -> Option<Vec<Tag>> {
    let tags: Vec<Tag> = tags
        .iter()
        .map(|(key, value)| {
            Tag::builder()
                .key(key)
                .value(value)
                .build()
                .expect("key and value are set")
        })
        .collect();
    (!tags.is_empty()).then_some(tags)
}
