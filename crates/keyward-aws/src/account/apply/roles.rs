//! Roles and their trust.

use std::time::Duration;

use keyward_account::plan::Operation;
use keyward_core::Credentials;

use super::send;
use super::tags::sdk_tags;
use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};

impl Aws {
    pub(super) fn apply_role(
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
}

fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}
