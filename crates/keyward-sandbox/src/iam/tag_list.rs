//! The tags of a resource: how calls write them, and answers.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>

use std::collections::BTreeMap;

use crate::failure::Failure;
use crate::params::Params;
use crate::state::TAGS_PER_RESOURCE;
use crate::xml::Xml;

/// The tags of one resource.
pub(super) type Tags = BTreeMap<String, String>;

/// The kinds of resource whose tags calls can change.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    User,
    Role,
    Policy,
    OidcProvider,
    InstanceProfile,
    MfaDevice,
}

impl Kind {
    /// Whether two keys mean the same tag. AWS ignores their case for users and roles only.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules>
    pub(super) fn is_same_key(self, one: &str, other: &str) -> bool {
        match self {
            Self::User | Self::Role => one.eq_ignore_ascii_case(other),
            Self::Policy | Self::OidcProvider | Self::InstanceProfile | Self::MfaDevice => {
                one == other
            }
        }
    }
}

/// `Tags`: no two have the same key, and none begins with `aws:`.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html>
pub(super) fn read(params: &Params, kind: Kind) -> Result<Tags, Failure> {
    let mut tags = Tags::new();
    for (n, member) in params.structures("Tags").iter().enumerate() {
        let at = |field: &str| format!("tags.{}.member.{field}", n + 1);
        let key = member
            .get("Key")
            .ok_or_else(|| Failure::absent(&at("key")))?;
        let value = member
            .get("Value")
            .ok_or_else(|| Failure::absent(&at("value")))?;
        check(&at("key"), key, 1..=128)?;
        check(&at("value"), value, 0..=256)?;
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Failure::invalid_input(
                "Tag keys that begin with aws: are reserved for system use.",
            ));
        }
        if tags.keys().any(|taken| kind.is_same_key(taken, key)) {
            return Err(Failure::invalid_input(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
        tags.insert((*key).to_owned(), (*value).to_owned());
    }
    match tags.len() {
        n if n > TAGS_PER_RESOURCE => {
            let constraint = "Member must have length less than or equal to 50";
            Err(Failure::constraint("tags", n, constraint))
        }
        _ => Ok(tags),
    }
}

fn check(member: &str, text: &str, length: std::ops::RangeInclusive<usize>) -> Result<(), Failure> {
    let allowed = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    if !length.contains(&text.chars().count()) {
        let constraint = format!(
            "Member must have length between {} and {}",
            length.start(),
            length.end()
        );
        return Err(Failure::constraint(member, text, &constraint));
    }
    match text.chars().all(allowed) {
        true => Ok(()),
        false => Err(Failure::constraint(
            member,
            text,
            "Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*",
        )),
    }
}

/// Writes `<Tags>` if there are any.
pub(super) fn write(xml: &mut Xml, tags: &Tags) {
    if !tags.is_empty() {
        xml.list("Tags", tags, |xml, (key, value)| {
            xml.text("Key", key).text("Value", value);
        });
    }
}
