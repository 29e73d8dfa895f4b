//! `[users.NAME]`, `[groups.NAME]`, `[roles.NAME]` and `[policies.NAME]`.

use std::collections::BTreeSet;
use std::str::FromStr;

use keyward_core::id::{
    EntityPath, GroupName, InvalidId, OidcIssuer, PolicyName, RoleName, UserName,
};
use keyward_iam::PolicyKind;
use keyward_iam::model::Tags;

use super::document::document;
use super::fields::{Fields, Value};
use super::grants::{Bounded, TagKeys, grants, origin, own_path, path, tags};
use crate::blueprint::problem::Report;
use crate::blueprint::{
    AccountName, AssumeTarget, At, Callers, GroupSpec, Origin, PolicySpec, Position, ProviderSpec,
    RoleSpec, Secrets, UserSpec,
};
use crate::desired::GITHUB_AUDIENCE;
use crate::hand_out::{HandOut, InitialSecret, RecipientKind, RecipientText};

pub(super) fn user(
    name: &At<UserName>,
    value: Value<'_>,
    own: &[PolicyName],
    report: &mut Report<'_>,
) -> Option<UserSpec> {
    let mut fields = Fields::of(format!("[users.{}]", name.value), value, report)?;
    let origin = origin(&mut fields, report);
    let (path, groups) = (
        own_path(&mut fields, origin, report),
        fields.list("groups", report),
    );
    let grants = grants(&mut fields, own, (Bounded::Yes, origin), report);
    let (hand_out, recipients_at) = hand_out(&mut fields, name, report);
    let spec = UserSpec {
        at: name.at,
        path,
        groups,
        grants,
        hand_out,
        recipients_at,
        tags: tags(&mut fields, TagKeys::AnyCase, report),
        origin,
    };
    if spec.origin == Origin::Adopted && !spec.hand_out.secrets.is_empty() {
        report.error_at(
            name.at,
            format!(
                "{} is adopted, so that no tag could record its initial secrets",
                fields.place()
            ),
            "remove `password` and `access_key`",
        );
    }
    fields.finish(report);
    Some(spec)
}

/// The initial secrets, and the place of each recipient.
fn hand_out(
    fields: &mut Fields<'_>,
    name: &At<UserName>,
    report: &mut Report<'_>,
) -> (HandOut, Vec<Position>) {
    let mut secrets = BTreeSet::new();
    for (key, secret) in [
        ("password", InitialSecret::Password),
        ("access_key", InitialSecret::AccessKey),
    ] {
        if fields.flag(key, report) == Some(true) {
            secrets.insert(secret);
        }
    }
    let (mut recipients, mut places) = (Vec::new(), Vec::new());
    for (key, kind) in [
        ("pgp", RecipientKind::Pgp),
        ("ssh", RecipientKind::Ssh),
        ("age", RecipientKind::Age),
    ] {
        for At { value, at } in fields.list::<String>(key, report) {
            if value.trim().is_empty() {
                let message = format!("{} is empty", fields.named(key));
                report.error_at(at, message, "name a key, or remove the entry");
                continue;
            }
            recipients.push(RecipientText { kind, text: value });
            places.push(at);
        }
    }
    if recipients.is_empty() && !secrets.is_empty() {
        let message = format!(
            "{} gets initial secrets that cannot be encrypted to anyone",
            fields.place()
        );
        report.error_at(
            name.at,
            message,
            "add the person's public key as `pgp`, `ssh` or `age`",
        );
    }
    let hand_out = HandOut {
        secrets,
        recipients,
    };
    (hand_out, places)
}

pub(super) fn group(
    name: &At<GroupName>,
    value: Value<'_>,
    own: &[PolicyName],
    report: &mut Report<'_>,
) -> Option<GroupSpec> {
    let mut fields = Fields::of(format!("[groups.{}]", name.value), value, report)?;
    let origin = origin(&mut fields, report);
    let spec = GroupSpec {
        at: name.at,
        path: own_path(&mut fields, origin, report),
        assume: fields.list("assume", report),
        grants: grants(&mut fields, own, (Bounded::No, origin), report),
        origin,
    };
    fields.finish(report);
    Some(spec)
}

pub(super) fn role(
    name: &At<RoleName>,
    value: Value<'_>,
    own: &[PolicyName],
    report: &mut Report<'_>,
) -> Option<RoleSpec> {
    let mut fields = Fields::of(format!("[roles.{}]", name.value), value, report)?;
    let description = description(&mut fields, report);
    let named = fields.named("trust");
    let trust = fields.get("trust");
    let origin = origin(&mut fields, report);
    let callers = callers(&mut fields);
    let spec = RoleSpec {
        at: name.at,
        path: own_path(&mut fields, origin, report),
        description,
        grants: grants(&mut fields, own, (Bounded::Yes, origin), report),
        trust: trust.and_then(|value| document(value, PolicyKind::Trust, origin, &named, report)),
        mfa_max_age: fields.duration("mfa_max_age", report),
        max_session: fields.duration("max_session", report),
        accounts: fields.list("accounts", report),
        github: fields.list("github", report),
        services: fields.list("services", report),
        callers,
        secrets: match fields.flag("read_secrets", report) {
            None => Secrets::Default,
            Some(true) => Secrets::Readable,
            Some(false) => Secrets::Denied,
        },
        tags: tags(&mut fields, TagKeys::AnyCase, report),
        origin,
    };
    fields.finish(report);
    Some(spec)
}

fn callers(fields: &mut Fields<'_>) -> Callers {
    let mut keys = ["trust", "github", "services"].into_iter();
    let is_empty = |value: Value<'_>| value.as_ref().as_array().is_some_and(|it| it.is_empty());
    match keys.any(|key| fields.get(key).is_some_and(|value| !is_empty(value))) {
        true => Callers::Role,
        false => Callers::Groups,
    }
}

/// At most 1,000 characters, without control characters.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>
fn description(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<String> {
    let (text, span) = fields.text("description", report)?;
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{a1}'..='\u{ff}');
    if text.chars().count() > 1000 {
        let message = format!("{} is too long", fields.named("description"));
        report.error(&span, message, "write at most 1,000 characters");
    } else if let Some(character) = text.chars().find(|c| !allowed(*c)) {
        let message = format!(
            "{} has the character `{}`",
            fields.named("description"),
            character.escape_unicode()
        );
        report.error(
            &span,
            message,
            "AWS accepts only printable characters up to U+00FF",
        );
    }
    Some(text.to_owned())
}

pub(super) fn policy(
    name: &At<PolicyName>,
    value: Value<'_>,
    report: &mut Report<'_>,
) -> Option<PolicySpec> {
    let mut fields = Fields::of(format!("[policies.{}]", name.value), value, report)?;
    let origin = origin(&mut fields, report);
    let path = policy_path(&mut fields, origin, report);
    let named = fields.named("document");
    let given = fields.get("document");
    if given.is_none() {
        let message = format!("{} has no `document`", fields.place());
        report.error_at(
            name.at,
            message,
            "write one: JSON in a string, or tables with `Effect`, `Action` and `Resource`",
        );
    }
    let document =
        given.and_then(|value| document(value, PolicyKind::Identity, origin, &named, report));
    let accounts = fields.list("accounts", report);
    let tags: Tags = tags(&mut fields, TagKeys::Exact, report);
    fields.finish(report);
    Some(PolicySpec {
        at: name.at,
        path,
        document: document?,
        accounts,
        tags,
        origin,
    })
}

pub(super) fn provider(
    issuer: &At<OidcIssuer>,
    value: Value<'_>,
    report: &mut Report<'_>,
) -> Option<ProviderSpec> {
    let place = format!("[oidc_providers.\"{}\"]", issuer.value);
    let mut fields = Fields::of(place, value, report)?;
    let mut audiences = fields.list("audiences", report);
    if fields.get("audiences").is_none() {
        let value = GITHUB_AUDIENCE.parse().expect("this is an audience");
        let at = issuer.at;
        audiences.push(At { value, at });
    }
    let spec = ProviderSpec {
        at: issuer.at,
        audiences,
        thumbprints: fields.list("thumbprints", report),
        accounts: fields.list("accounts", report),
        tags: tags(&mut fields, TagKeys::Exact, report),
        origin: origin(&mut fields, report),
    };
    fields.finish(report);
    Some(spec)
}

/// The path of a policy that is made goes after the one that marks it, and both together have
/// 512 characters at most. IAM accepts fewer characters in it than in the paths of users and roles,
/// and no empty part.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>
fn policy_path(fields: &mut Fields<'_>, origin: Origin, report: &mut Report<'_>) -> EntityPath {
    const LONGEST: usize = 512 - "/keyward/".len() - 32;
    let path = path(fields, report);
    if origin == Origin::Adopted {
        return path;
    }
    let text = path.as_str();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/.,+@=_-".contains(&b);
    let (wrong, fix) = if text.len() > LONGEST {
        let fix = format!("write at most {LONGEST} characters");
        ("is too long", fix)
    } else if !text.bytes().all(plain) || text.contains("//") {
        let fix = "write letters, digits and .,+@=_- between single slashes".to_owned();
        ("is not one that IAM accepts for a policy", fix)
    } else {
        return path;
    };
    let message = format!("{} {wrong}", fields.named("path"));
    let value = fields.get("path").map(|path| path.span());
    let span = value.unwrap_or_else(|| fields.span().clone());
    report.error(&span, message, fix);
    EntityPath::root()
}

/// A text that names no role to assume.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAssumeTarget {
    /// The part before the slash is no name of an account.
    #[error(transparent)]
    Account(#[from] crate::blueprint::InvalidAccountName),
    /// The role's name is not one.
    #[error(transparent)]
    Role(#[from] InvalidId),
}

impl FromStr for AssumeTarget {
    type Err = InvalidAssumeTarget;

    /// Reads `Role` or `ACCOUNT/Role`.
    fn from_str(text: &str) -> Result<Self, InvalidAssumeTarget> {
        let (account, role) = match text.split_once('/') {
            Some((account, role)) => (Some(account.parse::<AccountName>()?), role),
            None => (None, text),
        };
        Ok(Self {
            account,
            role: role.parse()?,
        })
    }
}
