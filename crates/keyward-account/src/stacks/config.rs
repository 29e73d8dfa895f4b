//! The stack `keyward-config`: AWS Config records every resource of the region, delivers to an
//! encrypted bucket, and judges twenty rules that AWS manages.
//!
//! The bucket and its key are retained when the stack goes: the record of an account must outlive
//! what made it, and without the key it could not be read.
//!
//! Source: <https://docs.aws.amazon.com/config/latest/developerguide/gs-cli-prereq.html>,
//! <https://docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html>

use serde_json::{Map, Value, json};

use super::marker::{self, MARKER};
use super::template::{Resources, Template, attribute, reference, substituted};
use crate::blueprint::ConfigSpec;

/// The folder of the bucket that AWS Config writes to.
const PREFIX: &str = "aws_config";

/// The rules, by AWS's identifier. The name of a rule is its identifier in small letters.
///
/// Source: <https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html>
pub(super) const RULES: [&str; 20] = [
    "INSTANCES_IN_VPC",
    "EC2_VOLUME_INUSE_CHECK",
    "EIP_ATTACHED",
    "ENCRYPTED_VOLUMES",
    "INCOMING_SSH_DISABLED",
    "CLOUD_TRAIL_ENABLED",
    "IAM_GROUP_HAS_USERS_CHECK",
    "IAM_USER_NO_POLICIES_CHECK",
    "ROOT_ACCOUNT_MFA_ENABLED",
    "S3_BUCKET_PUBLIC_READ_PROHIBITED",
    "S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
    "S3_BUCKET_SSL_REQUESTS_ONLY",
    "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
    "S3_BUCKET_VERSIONING_ENABLED",
    "EBS_OPTIMIZED_INSTANCE",
    "AUTOSCALING_GROUP_ELB_HEALTHCHECK_REQUIRED",
    "RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
    "RDS_SNAPSHOTS_PUBLIC_PROHIBITED",
    "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
    "IAM_ROOT_ACCESS_KEY_CHECK",
];

/// The template of AWS Config.
pub(super) fn template(spec: &ConfigSpec) -> Template {
    let mut resources = Resources::default();
    marker::add(&mut resources);
    key(&mut resources);
    bucket(&mut resources, spec);
    bucket_policy(&mut resources);
    role(&mut resources);
    recorder(&mut resources);
    for rule in RULES {
        managed_rule(&mut resources, rule);
    }
    let mut outputs = Map::new();
    let output = |description: &str, value| json!({ "Description": description, "Value": value });
    outputs.insert(
        "BucketName".into(),
        output("The bucket, which stays", reference("Bucket")),
    );
    outputs.insert(
        "KeyArn".into(),
        output("The bucket's key, which stays", attribute("Key", "Arn")),
    );
    Template::new("AWS Config, made by keyward", resources.0, outputs)
}

/// Attributes of a resource that stays when the stack goes, or when an update would replace it.
fn retained() -> Value {
    json!({ "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain" })
}

/// The account's own policies decide who may use the key.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
fn key(resources: &mut Resources) {
    resources.add_with(
        "Key",
        "AWS::KMS::Key",
        json!({
            "Description": "Encrypts what AWS Config records",
            "EnableKeyRotation": true,
            "PendingWindowInDays": 10,
            "KeyPolicy": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Sid": "AccountDecides",
                    "Effect": "Allow",
                    "Principal": {
                        "AWS": substituted("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"),
                    },
                    "Action": "kms:*",
                    "Resource": "*",
                }],
            },
        }),
        json!({
            "DependsOn": MARKER,
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
        }),
    );
}

fn bucket(resources: &mut Resources, spec: &ConfigSpec) {
    let mut properties = Map::new();
    if let Some(name) = &spec.bucket {
        properties.insert("BucketName".into(), json!(name.as_str()));
    }
    let rest = json!({
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [{
                "BucketKeyEnabled": true,
                "ServerSideEncryptionByDefault": {
                    "SSEAlgorithm": "aws:kms",
                    "KMSMasterKeyID": attribute("Key", "Arn"),
                },
            }],
        },
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": true,
            "BlockPublicPolicy": true,
            "IgnorePublicAcls": true,
            "RestrictPublicBuckets": true,
        },
        "OwnershipControls": { "Rules": [{ "ObjectOwnership": "BucketOwnerEnforced" }] },
        "VersioningConfiguration": { "Status": "Enabled" },
    });
    if let Value::Object(rest) = rest {
        properties.extend(rest);
    }
    resources.add_with(
        "Bucket",
        "AWS::S3::Bucket",
        Value::Object(properties),
        retained(),
    );
}

/// Only encrypted connections. It stays with the bucket.
fn bucket_policy(resources: &mut Resources) {
    resources.add_with(
        "BucketPolicy",
        "AWS::S3::BucketPolicy",
        json!({
            "Bucket": reference("Bucket"),
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Sid": "EncryptedConnectionsOnly",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [attribute("Bucket", "Arn"), substituted("${Bucket.Arn}/*")],
                    "Condition": { "Bool": { "aws:SecureTransport": "false" } },
                }],
            },
        }),
        retained(),
    );
}

/// The role that AWS Config works with. The managed policy is `AWS_ConfigRole`; its predecessor
/// `AWSConfigRole` no longer exists.
///
/// Source: <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWS_ConfigRole.html>
fn role(resources: &mut Resources) {
    let deliver = json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "s3:GetBucketAcl",
                "Resource": attribute("Bucket", "Arn"),
            },
            {
                "Effect": "Allow",
                "Action": "s3:PutObject",
                "Resource": substituted(&format!(
                    "${{Bucket.Arn}}/{PREFIX}/AWSLogs/${{AWS::AccountId}}/*"
                )),
                "Condition": {
                    "StringLike": { "s3:x-amz-acl": "bucket-owner-full-control" },
                },
            },
            {
                "Effect": "Allow",
                "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                "Resource": attribute("Key", "Arn"),
            },
        ],
    });
    resources.add_with(
        "Role",
        "AWS::IAM::Role",
        json!({
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Effect": "Allow",
                    "Principal": { "Service": "config.amazonaws.com" },
                    "Action": "sts:AssumeRole",
                    "Condition": {
                        "StringEquals": { "aws:SourceAccount": reference("AWS::AccountId") },
                    },
                }],
            },
            "ManagedPolicyArns": [
                substituted("arn:${AWS::Partition}:iam::aws:policy/service-role/AWS_ConfigRole"),
            ],
        }),
        json!({ "DependsOn": MARKER }),
    );
    resources.add(
        "RolePolicy",
        "AWS::IAM::Policy",
        json!({
            "PolicyName": "deliver",
            "PolicyDocument": deliver,
            "Roles": [reference("Role")],
        }),
    );
}

/// A recorder waits for its delivery channel, so neither may depend on the other. Both need the
/// role with its policy.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-config-deliverychannel.html>
fn recorder(resources: &mut Resources) {
    let ready = json!({ "DependsOn": ["BucketPolicy", "RolePolicy"] });
    resources.add_with(
        "Recorder",
        "AWS::Config::ConfigurationRecorder",
        json!({
            "RoleARN": attribute("Role", "Arn"),
            "RecordingGroup": { "AllSupported": true, "IncludeGlobalResourceTypes": true },
        }),
        ready.clone(),
    );
    resources.add_with(
        "DeliveryChannel",
        "AWS::Config::DeliveryChannel",
        json!({
            "S3BucketName": reference("Bucket"),
            "S3KeyPrefix": PREFIX,
            "S3KmsKeyArn": attribute("Key", "Arn"),
            "ConfigSnapshotDeliveryProperties": { "DeliveryFrequency": "Three_Hours" },
        }),
        ready,
    );
}

fn managed_rule(resources: &mut Resources, identifier: &str) {
    resources.add_with(
        &logical_id(identifier),
        "AWS::Config::ConfigRule",
        json!({
            "ConfigRuleName": identifier.to_ascii_lowercase(),
            "Source": { "Owner": "AWS", "SourceIdentifier": identifier },
        }),
        json!({ "DependsOn": "Recorder" }),
    );
}

/// `Rule` and the identifier's words, such as `RuleEipAttached`: a logical id has letters and
/// digits only.
fn logical_id(identifier: &str) -> String {
    let words = identifier.split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        format!("{first}{}", rest.to_ascii_lowercase())
    });
    format!("Rule{}", words.collect::<String>())
}
