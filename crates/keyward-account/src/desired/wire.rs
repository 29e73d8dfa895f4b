//! An account in the shape of `GetAccountAuthorizationDetails`: what `account render --json`
//! prints, and what other programs have saved. Password policy, alias, keys and the length of
//! sessions have no place in that shape.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

mod read;
mod write;

pub(crate) use read::sign_of_more;
pub use read::{DetailsError, read_details};
pub use write::details;

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Details {
    user_detail_list: Vec<UserDetail>,
    group_detail_list: Vec<GroupDetail>,
    role_detail_list: Vec<RoleDetail>,
    policies: Vec<PolicyDetail>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UserDetail {
    #[serde(default = "root")]
    path: String,
    user_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    arn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    create_date: Option<Value>,
    #[serde(default)]
    user_policy_list: Vec<InlinePolicy>,
    #[serde(default)]
    group_list: Vec<String>,
    #[serde(default)]
    attached_managed_policies: Vec<Attached>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    permissions_boundary: Option<Boundary>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GroupDetail {
    #[serde(default = "root")]
    path: String,
    group_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group_id: Option<String>,
    arn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    create_date: Option<Value>,
    #[serde(default)]
    group_policy_list: Vec<InlinePolicy>,
    #[serde(default)]
    attached_managed_policies: Vec<Attached>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RoleDetail {
    #[serde(default = "root")]
    path: String,
    role_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role_id: Option<String>,
    arn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    create_date: Option<Value>,
    assume_role_policy_document: Value,
    #[serde(default)]
    instance_profile_list: Vec<InstanceProfile>,
    #[serde(default)]
    role_policy_list: Vec<InlinePolicy>,
    #[serde(default)]
    attached_managed_policies: Vec<Attached>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    permissions_boundary: Option<Boundary>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role_last_used: Option<LastUsed>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyDetail {
    /// Other software than AWS may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy_name: Option<String>,
    arn: String,
    #[serde(default = "root")]
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default_version_id: Option<String>,
    #[serde(default)]
    policy_version_list: Vec<Version>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    document: Value,
    version_id: String,
    #[serde(default)]
    is_default_version: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    create_date: Option<Value>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InlinePolicy {
    policy_name: String,
    policy_document: Value,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attached {
    #[serde(default)]
    policy_name: String,
    policy_arn: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Boundary {
    #[serde(default)]
    permissions_boundary_type: String,
    permissions_boundary_arn: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InstanceProfile {
    instance_profile_name: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LastUsed {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_used_date: Option<Value>,
}

fn root() -> String {
    "/".to_owned()
}

#[cfg(test)]
mod tests;
