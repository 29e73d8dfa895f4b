//! Users, groups and memberships.

use keyward_account::plan::Operation;
use keyward_core::Credentials;

use super::send;
use super::tags::sdk_tags;
use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};

impl Aws {
    pub(super) fn apply_group(
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

    pub(super) fn apply_user(
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
}
