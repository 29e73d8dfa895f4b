//! The marks of keyward's own entities. A group that keyward made has an inline policy with a
//! reserved name, because groups cannot be tagged. A managed policy that keyward made has a
//! reserved path, because IAM lists policies without their tags, and one call for each policy would
//! make every plan slow. The tag is set on policies too, for people.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>,
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ManagedPolicyDetail.html>

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use keyward_core::id::{EntityPath, PolicyName};
use keyward_iam::model::{Group, Tags};

use crate::hand_out::InitialSecret;

/// The tag that names the blueprint which made an entity.
pub const BLUEPRINT_TAG: &str = "keyward:blueprint";

/// The tag of a user that lists the initial secrets which were handed out: `password`,
/// `access_key`, separated by blanks. What it lists is never made again.
pub const HANDED_OUT_TAG: &str = "keyward:handed-out";

/// The tag of a user whose initial secrets are being made: the kinds as in [`HANDED_OUT_TAG`]. It
/// is set before the first of them exists, and only for kinds that the user has none of. It is
/// removed once all of them are recorded as handed out. When a run is interrupted in between, the
/// tag stays. The next plan then knows that a password or key which was never used was not
/// delivered, and replaces it; one that was used was delivered, and is kept.
pub const HANDING_OUT_TAG: &str = "keyward:handing-out";

/// The inline policy of a group that keyward made. Its first statement has the blueprint's name
/// as its id and allows `sts:GetCallerIdentity`, which AWS allows to every caller anyway.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
pub const GROUP_POLICY: &str = "keyward";

/// The name of a blueprint: 1 to 32 ASCII letters and digits, so that it can be the id of a
/// statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlueprintName(String);

/// A text that is not the name of a blueprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a blueprint name (1 to 32 ASCII letters and digits)")]
pub struct InvalidBlueprintName(String);

impl BlueprintName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag that marks an entity as made by this blueprint.
    #[must_use]
    pub fn tag(&self) -> (String, String) {
        (BLUEPRINT_TAG.to_owned(), self.0.clone())
    }
}

impl Default for BlueprintName {
    fn default() -> Self {
        Self("main".to_owned())
    }
}

impl FromStr for BlueprintName {
    type Err = InvalidBlueprintName;

    fn from_str(text: &str) -> Result<Self, InvalidBlueprintName> {
        if (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidBlueprintName(text.chars().take(40).collect()))
        }
    }
}

impl fmt::Display for BlueprintName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The tag of a stack that names the blueprint which made it. CloudFormation gives the tags of a
/// stack to its resources too, roles included, so with [`BLUEPRINT_TAG`] the plan would treat them
/// as roles of the blueprint, and delete them.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html>
pub const STACK_TAG: &str = "keyward:stack";

/// The tags of a stack that this blueprint makes.
#[must_use]
pub fn stack_tags(blueprint: &BlueprintName) -> Tags {
    Tags::from([(STACK_TAG.to_owned(), blueprint.as_str().to_owned())])
}

/// The blueprint that made a stack with these tags.
#[must_use]
pub fn blueprint_of_stack(tags: &Tags) -> Option<BlueprintName> {
    tags.get(STACK_TAG)?.parse().ok()
}

/// The blueprint that made an entity with these tags.
#[must_use]
pub fn blueprint_of(tags: &Tags) -> Option<BlueprintName> {
    tags.get(BLUEPRINT_TAG)?.parse().ok()
}

/// The path of the policies that a blueprint makes: `/keyward/NAME/`, then the path that the
/// blueprint gives, such as `/team/`.
#[must_use]
pub fn policy_path(blueprint: &BlueprintName, own: &EntityPath) -> EntityPath {
    format!("/keyward/{blueprint}{own}")
        .parse()
        .expect("a path after a path is a path")
}

/// The blueprint that made a managed policy with this path.
#[must_use]
pub fn blueprint_of_policy(path: &EntityPath) -> Option<BlueprintName> {
    let rest = path.as_str().strip_prefix("/keyward/")?;
    let (name, _) = rest.split_once('/')?;
    name.parse().ok()
}

/// The blueprint that made a group: its reserved inline policy says so, or the path of
/// [`deletion_path`].
#[must_use]
pub fn blueprint_of_group(group: &Group) -> Option<BlueprintName> {
    if let Some(name) = group.path.as_str().strip_prefix(DELETION_PATH) {
        return name.strip_suffix('/')?.parse().ok();
    }
    let policy = group.grants.inline.get(&group_policy())?.policy()?;
    policy.statements().first()?.sid()?.parse().ok()
}

const DELETION_PATH: &str = "/keyward/deleting/";

/// The path that a group gets before its reserved inline policy is removed, so that a run which
/// is interrupted before `DeleteGroup` leaves a group that the next run still recognises.
#[must_use]
pub fn deletion_path(blueprint: &BlueprintName) -> EntityPath {
    format!("{DELETION_PATH}{blueprint}/")
        .parse()
        .expect("letters and digits between slashes make a path")
}

/// [`GROUP_POLICY`] as the name of a policy.
#[must_use]
pub fn group_policy() -> PolicyName {
    GROUP_POLICY
        .parse()
        .expect("the reserved name is a policy name")
}

/// The initial secrets that were handed out to the user with these tags.
#[must_use]
pub fn handed_out(tags: &Tags) -> BTreeSet<InitialSecret> {
    listed(tags, HANDED_OUT_TAG)
}

/// The initial secrets that a run began to hand out to the user with these tags.
#[must_use]
pub fn handing_out(tags: &Tags) -> BTreeSet<InitialSecret> {
    listed(tags, HANDING_OUT_TAG)
}

/// The value of [`HANDED_OUT_TAG`] or [`HANDING_OUT_TAG`] for these secrets.
#[must_use]
pub fn secrets_value(secrets: &BTreeSet<InitialSecret>) -> String {
    let words: Vec<&str> = secrets.iter().map(|secret| secret.as_str()).collect();
    words.join(" ")
}

fn listed(tags: &Tags, key: &str) -> BTreeSet<InitialSecret> {
    let words = tags.get(key).map_or("", String::as_str);
    [InitialSecret::Password, InitialSecret::AccessKey]
        .into_iter()
        .filter(|secret| words.split(' ').any(|word| word == secret.as_str()))
        .collect()
}

#[cfg(test)]
mod tests;
