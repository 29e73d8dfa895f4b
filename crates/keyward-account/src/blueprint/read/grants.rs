//! The keys that users, groups and roles share: `managed`, `inline`, `boundary`, `tags`, `path`,
//! `adopted`.

use keyward_core::id::{EntityPath, PolicyArn, PolicyName};
use keyward_core::suggest::similar_names;
use keyward_iam::PolicyKind;
use keyward_iam::catalogue::managed;
use keyward_iam::model::Tags;
use toml::de::DeValue;

use super::document::document;
use super::fields::{Fields, kind, shown};
use crate::blueprint::problem::Report;
use crate::blueprint::{At, GrantSpec, ManagedRef, Origin};

/// The beginnings of paths that only AWS uses. Everyone may use `/service-role/`.
const RESERVED_PATHS: [&str; 2] = ["/aws-service-role/", "/aws-reserved/"];

/// Whether an entity can have a permissions boundary. Groups do not.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bounded {
    Yes,
    No,
}

pub(super) fn grants(
    fields: &mut Fields<'_>,
    own: &[PolicyName],
    (bounded, origin): (Bounded, Origin),
    report: &mut Report<'_>,
) -> GrantSpec {
    let managed = fields.list::<String>("managed", report);
    let managed = managed
        .into_iter()
        .filter_map(|name| managed_ref(name, &fields.named("managed"), own, report))
        .collect();
    let place = fields.named("inline");
    let inline = fields
        .entries::<PolicyName>("inline", report)
        .into_iter()
        .filter_map(|(name, value)| {
            let named = format!("`{}` in {place}", name.value);
            let document = document(value, PolicyKind::Identity, origin, &named, report)?;
            Some((name.value, document))
        })
        .collect();
    let boundary = match bounded {
        Bounded::No => None,
        Bounded::Yes => fields
            .parsed::<String>("boundary", report)
            .and_then(|name| managed_ref(name, &fields.named("boundary"), own, report)),
    };
    GrantSpec {
        managed,
        inline,
        boundary,
    }
}

/// The policy that a name means: the blueprint's own come first, then AWS's.
fn managed_ref(
    name: At<String>,
    named: &str,
    own: &[PolicyName],
    report: &mut Report<'_>,
) -> Option<At<ManagedRef>> {
    let At { value: text, at } = name;
    if text.starts_with("arn:") {
        return match text.parse::<PolicyArn>() {
            Ok(arn) => Some(At {
                value: ManagedRef::Arn(arn),
                at,
            }),
            Err(problem) => {
                report.error_at(at, format!("{named}: {problem}"), "correct the ARN");
                None
            }
        };
    }
    // The names come in their order.
    let own_name = own.binary_search_by(|own| own.as_str().cmp(&text));
    let found = own_name.ok().map(|at| ManagedRef::Own(own[at].clone()));
    if let Some(value) = found.or_else(|| aws_managed(&text)) {
        return Some(At { value, at });
    }
    let known = own.iter().map(PolicyName::as_str);
    let similar = similar_names(&text, known).into_iter().next();
    let similar = similar.or_else(|| managed::similar(&text).into_iter().next());
    let fix = match similar {
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            "name a policy of `[policies]` or one that AWS manages; a newer one of AWS needs its full ARN"
                .to_owned()
        }
    };
    let date = managed::date();
    let message = format!(
        "{named}: `{}` is neither a policy of this blueprint nor one that AWS managed on {date}",
        shown(&text)
    );
    report.error_at(at, message, fix);
    None
}

/// The policy of that name that AWS manages.
fn aws_managed(text: &str) -> Option<ManagedRef> {
    let arn = managed::find_arn(text)?;
    let (_, name) = arn.as_str().split_once(":policy/")?;
    Some(ManagedRef::Aws(name.to_owned()))
}

pub(super) fn path(fields: &mut Fields<'_>, report: &mut Report<'_>) -> EntityPath {
    let path = fields.parsed::<EntityPath>("path", report);
    path.map(|path| path.value).unwrap_or_default()
}

/// The path of a user, group or role. AWS keeps some paths for roles of its own. It refuses to
/// create others there, and no identity of the account may change what is there.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html>,
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>
pub(super) fn own_path(
    fields: &mut Fields<'_>,
    origin: Origin,
    report: &mut Report<'_>,
) -> EntityPath {
    let path = path(fields, report);
    let reserved = RESERVED_PATHS.into_iter();
    let mut reserved = reserved.filter(|beginning| path.as_str().starts_with(beginning));
    let Some(beginning) = reserved.next() else {
        return path;
    };
    if let Some(at) = fields.position_of("path", report) {
        let named = fields.named("path");
        let message =
            format!("{named} begins with `{beginning}`, which AWS keeps for its own roles");
        let fix = match origin {
            Origin::Made => "write another path",
            Origin::Adopted => "remove the table; only AWS changes what is there",
        };
        report.error_at(at, message, fix);
    }
    path
}

pub(super) fn origin(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Origin {
    match fields.flag("adopted", report) {
        Some(true) => Origin::Adopted,
        _ => Origin::Made,
    }
}

/// Whether AWS accepts a character in the key or value of a tag. It accepts letters of every script.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html>
fn in_tag(c: char) -> bool {
    let blank = c.is_whitespace() && !c.is_control();
    c.is_alphanumeric() || blank || "_.:/=+-@".contains(c)
}

/// The way in which AWS compares the keys of tags.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TagKeys {
    /// Without regard to case, for users and roles.
    AnyCase,
    /// Exactly, for policies and identity providers.
    Exact,
}

/// Tags, of which no two may have the same key.
pub(super) fn tags(fields: &mut Fields<'_>, keys: TagKeys, report: &mut Report<'_>) -> Tags {
    let mut tags = Tags::new();
    for (key, value) in fields.entries::<String>("tags", report) {
        let DeValue::String(text) = value.as_ref() else {
            let message = format!("the tag `{}` is {}", key.value, kind(value.as_ref()));
            report.error(&value.span(), message, "write a string");
            continue;
        };
        let reserved = |prefix: &str| {
            let start = key.value.get(..prefix.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        let taken = keys == TagKeys::AnyCase
            && tags
                .keys()
                .any(|known| known.eq_ignore_ascii_case(&key.value));
        let length = key.value.chars().count();
        if reserved("aws:") || reserved("keyward:") {
            let message = format!("the tag `{}` has a reserved prefix", key.value);
            report.error_at(key.at, message, "give the tag another key");
        } else if taken {
            let message = format!("the tag `{}` differs from another by case alone", key.value);
            report.error_at(key.at, message, "keep one of the two");
        } else if !(1..=128).contains(&length) || text.chars().count() > 256 {
            let message = "a tag is longer than AWS accepts".to_owned();
            report.error_at(
                key.at,
                message,
                "use at most 128 characters for the key and 256 for the value",
            );
        } else if let Some(refused) = key.value.chars().chain(text.chars()).find(|c| !in_tag(*c)) {
            let message = format!(
                "the tag `{}` has the character {refused:?}, which AWS refuses in tags",
                shown(&key.value)
            );
            report.error_at(key.at, message, "use letters, digits, blanks and _.:/=+-@");
        } else {
            tags.insert(key.value, text.as_ref().to_owned());
        }
    }
    tags
}
