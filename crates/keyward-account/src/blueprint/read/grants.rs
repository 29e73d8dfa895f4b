//! The keys that users, groups and roles share: `managed`, `inline`, `boundary`, `tags`, `path`,
//! `adopted`.

use keyward_core::id::{EntityPath, PolicyArn, PolicyName};
use keyward_iam::PolicyKind;
use keyward_iam::model::Tags;
use toml::de::DeValue;

use super::document::document;
use super::fields::{Fields, kind};
use crate::blueprint::problem::Report;
use crate::blueprint::{At, GrantSpec, ManagedRef, Origin};

/// Whether an entity takes a permissions boundary. Groups do not.
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
    bounded: Bounded,
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
            let document = document(value, PolicyKind::Identity, &named, report)?;
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

/// Whose policy a name means: the blueprint's own come first, then AWS's.
fn managed_ref(
    name: At<String>,
    named: &str,
    own: &[PolicyName],
    report: &mut Report<'_>,
) -> Option<At<ManagedRef>> {
    let At { value: text, at } = name;
    let found = if text.starts_with("arn:") {
        text.parse::<PolicyArn>().map(ManagedRef::Arn)
    } else {
        let (path, last) = match text.rsplit_once('/') {
            Some((path, last)) => (format!("/{path}/"), last),
            None => ("/".to_owned(), text.as_str()),
        };
        let path = path.parse::<EntityPath>();
        let name = last.parse::<PolicyName>();
        match (path, name) {
            (Ok(_), Ok(name)) if own.contains(&name) => Ok(ManagedRef::Own(name)),
            (Ok(_), Ok(_)) => Ok(ManagedRef::Aws(aws_managed(&text))),
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    };
    match found {
        Ok(value) => Some(At { value, at }),
        Err(problem) => {
            let message = format!("{named}: {problem}");
            report.error_at(
                at,
                message,
                "name a policy of `[policies]`, a policy that AWS manages, or a full ARN",
            );
            None
        }
    }
}

/// The path and name of a policy that AWS manages, from its name with or without the path.
///
/// Source: <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>
fn aws_managed(text: &str) -> String {
    const JOB_FUNCTIONS: [&str; 8] = [
        "Billing",
        "DatabaseAdministrator",
        "DataScientist",
        "NetworkAdministrator",
        "SupportUser",
        "SystemAdministrator",
        "ViewOnlyAccess",
        "AccessAnalyzerServiceRolePolicy",
    ];
    const SERVICE_ROLES: [&str; 5] = [
        "AWS_ConfigRole",
        "AWSLambdaBasicExecutionRole",
        "AWSLambdaVPCAccessExecutionRole",
        "AmazonEC2ContainerServiceforEC2Role",
        "AmazonECSTaskExecutionRolePolicy",
    ];
    if JOB_FUNCTIONS.contains(&text) {
        format!("job-function/{text}")
    } else if SERVICE_ROLES.contains(&text) {
        format!("service-role/{text}")
    } else {
        text.to_owned()
    }
}

pub(super) fn path(fields: &mut Fields<'_>, report: &mut Report<'_>) -> EntityPath {
    let path = fields.parsed::<EntityPath>("path", report);
    path.map(|path| path.value).unwrap_or_default()
}

pub(super) fn origin(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Origin {
    match fields.flag("adopted", report) {
        Some(true) => Origin::Adopted,
        _ => Origin::Made,
    }
}

/// Tags, whose keys must differ without regard to case.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>
pub(super) fn tags(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Tags {
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
        let taken = tags
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
        } else {
            tags.insert(key.value, text.as_ref().to_owned());
        }
    }
    tags
}
