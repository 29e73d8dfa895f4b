//! Managed policies. Of AWS's own only a few are known, and those that are not `*` are cut
//! down to the services that a practice account has: enough to tell reading from changing, no
//! copy of AWS's documents.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use keyward_iam::Policy;

/// A customer managed policy.
#[derive(Debug, Clone)]
pub struct ManagedPolicy {
    /// The name, without the path.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The default version's document.
    pub policy: Policy,
}

const ADMINISTRATOR: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Everything","Effect":"Allow","Action":"*","Resource":"*"}]}"#;

const READ_ONLY: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Reading","Effect":"Allow","Resource":"*","Action":[
    "iam:Get*","iam:List*","iam:Generate*","iam:Simulate*","sts:GetAccessKeyInfo",
    "access-analyzer:Get*","access-analyzer:List*","account:Get*","account:List*",
    "cloudformation:Describe*","cloudformation:Get*","cloudformation:List*",
    "cloudtrail:Describe*","cloudtrail:Get*","cloudtrail:List*","cloudtrail:LookupEvents",
    "config:Describe*","config:Get*","config:List*","ec2:Describe*","ec2:Get*",
    "kms:Describe*","kms:Get*","kms:List*","lambda:Get*","lambda:List*",
    "organizations:Describe*","organizations:List*","rds:Describe*","rds:List*",
    "s3:Get*","s3:List*","sns:Get*","sns:List*","sqs:Get*","sqs:List*"]}]}"#;

const IAM_READ_ONLY: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Reading","Effect":"Allow","Resource":"*","Action":[
    "iam:Get*","iam:List*","iam:Generate*","iam:Simulate*"]}]}"#;

const POWER_USER: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"AllButIdentity","Effect":"Allow","Resource":"*",
   "NotAction":["iam:*","organizations:*","account:*"]},
  {"Sid":"ServiceRoles","Effect":"Allow","Resource":"*","Action":[
    "iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles",
    "organizations:DescribeOrganization","account:ListRegions"]}]}"#;

const IAM_FULL: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Identity","Effect":"Allow","Resource":"*","Action":"iam:*"}]}"#;

/// The document for one of AWS's managed policies, `arn:aws:iam::aws:policy/NAME`.
pub(super) fn aws(arn: &str) -> Option<&'static Policy> {
    static KNOWN: OnceLock<BTreeMap<&'static str, Policy>> = OnceLock::new();
    let name = arn.strip_prefix("arn:aws:iam::aws:policy/")?;
    let known = KNOWN.get_or_init(|| {
        [
            ("AdministratorAccess", ADMINISTRATOR),
            ("ReadOnlyAccess", READ_ONLY),
            ("IAMReadOnlyAccess", IAM_READ_ONLY),
            ("PowerUserAccess", POWER_USER),
            ("IAMFullAccess", IAM_FULL),
        ]
        .into_iter()
        .map(|(name, json)| {
            (
                name,
                Policy::parse(json).expect("the built-in policies are valid"),
            )
        })
        .collect()
    });
    known.get(name)
}
