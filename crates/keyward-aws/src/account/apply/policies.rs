//! Customer-managed policies and their versions.

use keyward_account::plan::Operation;
use keyward_core::Credentials;

use super::send;
use super::tags::sdk_tags;
use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};

impl Aws {
    pub(super) fn apply_policy(
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
}
