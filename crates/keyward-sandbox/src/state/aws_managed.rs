//! AWS's own managed policies, as far as the practice account knows them. Those that are not `*`
//! are cut down: enough to tell reading from changing, no copies of AWS's documents.
//!
//! Source: <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>

use std::collections::BTreeMap;
use std::sync::OnceLock;

use keyward_core::Timestamp;
use keyward_core::id::{AccountId, PolicyName};
use keyward_iam::PolicyKind;

use super::{Document, ManagedPolicy};

/// The start of every ARN of AWS's own.
pub(crate) const PREFIX: &str = "arn:aws:iam::aws:policy/";

/// 2015-02-06, when the oldest of them appeared.
const CREATED: i64 = 1_423_180_800;

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
    "logs:Describe*","logs:Get*","logs:List*",
    "organizations:Describe*","organizations:List*","rds:Describe*","rds:List*",
    "s3:Get*","s3:List*","secretsmanager:DescribeSecret","secretsmanager:ListSecrets",
    "sns:Get*","sns:List*","sqs:Get*","sqs:List*","ssm:Describe*","ssm:Get*","ssm:List*"]}]}"#;

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

const CHANGE_PASSWORD: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Action":"iam:ChangePassword","Resource":"arn:aws:iam::*:user/${aws:username}"},
  {"Effect":"Allow","Action":"iam:GetAccountPasswordPolicy","Resource":"*"}]}"#;

const SECURITY_AUDIT: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Auditing","Effect":"Allow","Resource":"*","Action":[
    "iam:Get*","iam:List*","iam:Generate*","iam:Simulate*","access-analyzer:Get*",
    "access-analyzer:List*","cloudtrail:Describe*","cloudtrail:Get*","cloudtrail:List*",
    "config:Describe*","config:Get*","config:List*","ec2:Describe*","kms:Describe*","kms:List*",
    "lambda:List*","organizations:Describe*","organizations:List*","rds:Describe*",
    "s3:GetBucket*","s3:ListAllMyBuckets","ssm:Describe*","ssm:ListDocuments"]}]}"#;

const VIEW_ONLY: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Viewing","Effect":"Allow","Resource":"*","Action":[
    "iam:List*","iam:GetAccountSummary","iam:GetLoginProfile","cloudtrail:DescribeTrails",
    "cloudtrail:LookupEvents","config:Describe*","config:List*","ec2:Describe*","kms:ListAliases",
    "lambda:List*","rds:Describe*","s3:ListAllMyBuckets","s3:ListBucket","sns:List*","sqs:ListQueues"]}]}"#;

const BILLING: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Billing","Effect":"Allow","Resource":"*","Action":[
    "aws-portal:*Billing","aws-portal:*PaymentMethods","billing:Get*","billing:List*",
    "billing:Put*","billing:Update*","budgets:*","ce:*","cur:*","invoicing:*","payments:*",
    "purchase-orders:*","tax:*"]}]}"#;

const BILLING_READ_ONLY: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Billing","Effect":"Allow","Resource":"*","Action":[
    "aws-portal:View*","billing:Get*","billing:List*","budgets:Describe*","budgets:View*",
    "ce:Describe*","ce:Get*","ce:List*","cur:Describe*","cur:Get*","invoicing:Get*",
    "invoicing:List*","payments:Get*","payments:List*","purchase-orders:Get*","tax:Get*"]}]}"#;

const SUPPORT: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Support","Effect":"Allow","Resource":"*","Action":"support:*"}]}"#;

const SIGN_IN: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Programs","Effect":"Allow","Resource":"*","Action":[
    "signin:AuthorizeOAuth2Access","signin:CreateOAuth2Token"]}]}"#;

const SECRETS: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Secrets","Effect":"Allow","Resource":"*","Action":[
    "secretsmanager:*","kms:DescribeKey","kms:ListAliases","kms:ListKeys","lambda:ListFunctions",
    "rds:DescribeDBInstances","tag:GetResources"]}]}"#;

const CLOUD_SHELL: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Shell","Effect":"Allow","Resource":"*","Action":"cloudshell:*"}]}"#;

const CONFIG_ROLE: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Recording","Effect":"Allow","Resource":"*","Action":[
    "cloudtrail:Describe*","config:Put*","ec2:Describe*","iam:Get*","iam:List*","kms:Describe*",
    "lambda:List*","rds:Describe*","s3:GetBucket*","s3:ListAllMyBuckets"]}]}"#;

/// Path after `/`, name, document.
const KNOWN: &[(&str, &str, &str)] = &[
    ("", "AdministratorAccess", ADMINISTRATOR),
    ("", "ReadOnlyAccess", READ_ONLY),
    ("", "IAMReadOnlyAccess", IAM_READ_ONLY),
    ("", "PowerUserAccess", POWER_USER),
    ("", "IAMFullAccess", IAM_FULL),
    ("", "IAMUserChangePassword", CHANGE_PASSWORD),
    ("", "SecurityAudit", SECURITY_AUDIT),
    ("", "AWSBillingReadOnlyAccess", BILLING_READ_ONLY),
    ("", "AWSSupportAccess", SUPPORT),
    ("", "AWSCloudShellFullAccess", CLOUD_SHELL),
    ("", "SecretsManagerReadWrite", SECRETS),
    ("", "SignInLocalDevelopmentAccess", SIGN_IN),
    ("job-function/", "Billing", BILLING),
    ("job-function/", "ViewOnlyAccess", VIEW_ONLY),
    ("service-role/", "AWS_ConfigRole", CONFIG_ROLE),
];

/// All that are known, by ARN.
pub(crate) fn all() -> &'static BTreeMap<String, ManagedPolicy> {
    static ALL: OnceLock<BTreeMap<String, ManagedPolicy>> = OnceLock::new();
    ALL.get_or_init(|| {
        KNOWN
            .iter()
            .map(|(path, name, json)| {
                let policy = known(path, name, json);
                (policy.arn.clone(), policy)
            })
            .collect()
    })
}

fn known(path: &str, name: &str, json: &str) -> ManagedPolicy {
    let document =
        Document::parse(PolicyKind::Identity, json).expect("the built-in policies are valid");
    // Their ids are the same in every account.
    let nowhere: AccountId = "000000000000"
        .parse()
        .expect("twelve digits are an account");
    let created = Timestamp::from_second(CREATED);
    let path = format!("/{path}");
    let known: PolicyName = name.parse().expect("AWS's names are names");
    let mut policy = ManagedPolicy::new(&nowhere, &path, &known, document, created);
    policy.arn = format!("{PREFIX}{}{name}", &path[1..]);
    policy
}
