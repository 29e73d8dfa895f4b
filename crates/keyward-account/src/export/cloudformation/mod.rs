//! The desired account as CloudFormation templates: `identity.yaml`, and `vpc.yaml` and
//! `config.yaml` where the blueprint has the tables. `identity.yaml` names the account by
//! `AWS::AccountId`, so that a StackSet can deploy it to any number of accounts.
//!
//! It exports no password, no access key, no password policy and no alias: CloudFormation has no
//! resource for the last two, and keeps secrets where others can read them.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/what-is-cfnstacksets.html>

mod entities;
mod portable;

use super::ExportedFile;
use crate::desired::Desired;
use crate::stacks::Template;
use entities::Writer;

/// The largest template that a call can carry, in bytes. A larger one has to be in a bucket.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
pub const LARGEST_INLINE_TEMPLATE: usize = 51_200;

/// The largest template that CloudFormation accepts from a bucket, in bytes.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
pub const LARGEST_TEMPLATE: usize = 1_048_576;

/// The most resources of one template.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
pub const MOST_RESOURCES: usize = 500;

/// The file with users, groups, roles, policies and identity providers.
pub const IDENTITY: &str = "identity.yaml";

/// The templates of one account.
#[must_use]
pub fn cloudformation(desired: &Desired) -> Vec<ExportedFile> {
    let mut files = vec![ExportedFile {
        path: IDENTITY.to_owned(),
        text: format!("{}{}", header(desired), identity(desired).to_yaml()),
    }];
    files.extend(desired.stacks.iter().map(|stack| {
        let (name, region) = (stack.place.name, &stack.place.region);
        ExportedFile {
            path: name.file_name().to_owned(),
            text: format!(
                "# The stack `{name}` in {region}, from the blueprint `{}`.\n{}",
                desired.blueprint,
                stack.template.to_yaml()
            ),
        }
    }));
    files
}

/// A reason why CloudFormation refuses a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Excess {
    /// More resources than [`MOST_RESOURCES`].
    #[error("{0} resources, and CloudFormation accepts {MOST_RESOURCES} in a template")]
    Resources(usize),
    /// More bytes than [`LARGEST_TEMPLATE`].
    #[error("{0} bytes, and CloudFormation accepts {LARGEST_TEMPLATE} in a template")]
    Bytes(usize),
}

/// Returns why CloudFormation refuses the template `identity.yaml` of an account, which is this
/// text.
#[must_use]
pub fn excess(desired: &Desired, text: &str) -> Option<Excess> {
    let resources = identity(desired).resources().count();
    let of_resources = (resources > MOST_RESOURCES).then_some(Excess::Resources(resources));
    let of_bytes = (text.len() > LARGEST_TEMPLATE).then_some(Excess::Bytes(text.len()));
    of_resources.or(of_bytes)
}

/// Users, groups, roles, policies and identity providers.
#[must_use]
pub fn identity(desired: &Desired) -> Template {
    let resources = Writer::new(&desired.account).write();
    let description = "Users, groups, roles and policies of a keyward blueprint";
    Template::new(description, resources.0, serde_json::Map::new())
}

/// Comments for the top of the template: what it leaves out, and how to deploy it.
fn header(desired: &Desired) -> String {
    let account = &desired.account;
    let mut lines = vec![
        format!(
            "Users, groups, roles and policies of account {}, from the blueprint `{}`.",
            account.id, desired.blueprint
        ),
        "Deploy it with the capability CAPABILITY_NAMED_IAM.".to_owned(),
        "For many accounts, use a StackSet, with one region for each account: IAM is global."
            .to_owned(),
        String::new(),
        "Not in this template:".to_owned(),
        "- passwords and access keys (keyward encrypts them to each person)".to_owned(),
    ];
    if account.password_policy.is_some() {
        lines.push("- the password policy (CloudFormation has no resource for it)".to_owned());
    }
    if account.alias.is_some() {
        lines.push("- the account alias (CloudFormation has no resource for it)".to_owned());
    }
    if !desired.adopted.is_empty() {
        lines.push(String::new());
        lines.push("The blueprint adopted entities that exist already in this account.".to_owned());
        lines.push("There, create the stack by importing resources.".to_owned());
    }
    lines
        .iter()
        .map(|line| format!("# {line}").trim_end().to_owned() + "\n")
        .collect()
}
