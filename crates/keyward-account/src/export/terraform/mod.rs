//! The desired account as a configuration of Terraform in its JSON syntax, with an import block for
//! every resource. Terraform thus takes over the existing resources and changes nothing.
//!
//! It exports no login profile, because Terraform replaces one that it imports, and no access
//! key, because its secret is known to its user only. Attachments are exported one by one:
//! `aws_iam_policy_attachment` would detach the policy from everything else.
//!
//! Source: <https://developer.hashicorp.com/terraform/language/syntax/json>,
//! <https://developer.hashicorp.com/terraform/language/import>

mod entities;
mod resources;

use serde_json::{Value, json};

use super::ExportedFile;
use crate::desired::Desired;
use entities::Writer;

/// The configuration of one account: one file, `main.tf.json`. Terraform 1.5 or later reads it.
///
/// The provider refuses to work in another account. It ignores the tags by which keyward recognises
/// its own entities.
#[must_use]
pub fn terraform(desired: &Desired) -> ExportedFile {
    let account = &desired.account;
    let resources = Writer::new(desired).write();
    let document = json!({
        "//": format!("Made by keyward from the blueprint `{}`", desired.blueprint),
        "terraform": {
            "required_version": ">= 1.5",
            "required_providers": { "aws": { "source": "hashicorp/aws", "version": ">= 5.0" } },
        },
        "provider": { "aws": {
            "region": region(&account.partition),
            "allowed_account_ids": [account.id.as_str()],
            "ignore_tags": { "key_prefixes": ["keyward:"] },
        }},
        "import": resources.imports,
        "resource": Value::Object(resources.blocks),
    });
    ExportedFile {
        path: "main.tf.json".to_owned(),
        text: format!("{document:#}\n"),
    }
}

/// The region of the partition's IAM endpoint.
///
/// Source: <https://docs.aws.amazon.com/general/latest/gr/iam-service.html>
fn region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => "us-east-1",
    }
}
