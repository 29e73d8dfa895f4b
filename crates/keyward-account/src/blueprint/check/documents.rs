//! Documents in the owner's own words: characters that AWS refuses, and conditions on MFA that
//! do not do what they seem to.

use keyward_iam::{Comparison, Condition, Effect, IfExists, Negation, Policy};

use crate::blueprint::problem::Report;
use crate::blueprint::{At, Blueprint, GrantSpec, Origin};

/// The place of a document in the blueprint.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holder {
    /// On a user or group, or in a managed policy.
    Caller,
    /// On a role.
    Role,
    /// The trust policy of a role.
    Trust,
}

pub(super) fn check(blueprint: &Blueprint, report: &mut Report<'_>) {
    for (name, user) in &blueprint.users {
        inline(
            &format!("[users.{name}]"),
            &user.grants,
            Holder::Caller,
            user.origin,
            report,
        );
    }
    for (name, group) in &blueprint.groups {
        inline(
            &format!("[groups.{name}]"),
            &group.grants,
            Holder::Caller,
            group.origin,
            report,
        );
    }
    for (name, role) in &blueprint.roles {
        let place = format!("[roles.{name}]");
        inline(&place, &role.grants, Holder::Role, role.origin, report);
        if let Some(trust) = &role.trust {
            document(
                &format!("`trust` of {place}"),
                trust,
                Holder::Trust,
                role.origin,
                report,
            );
        }
    }
    for (name, policy) in &blueprint.policies {
        let place = format!("`document` of [policies.{name}]");
        document(
            &place,
            &policy.document,
            Holder::Caller,
            policy.origin,
            report,
        );
    }
}

fn inline(
    place: &str,
    grants: &GrantSpec,
    holder: Holder,
    origin: Origin,
    report: &mut Report<'_>,
) {
    for (name, text) in &grants.inline {
        document(
            &format!("`{name}` of {place}"),
            text,
            holder,
            origin,
            report,
        );
    }
}

fn document(
    place: &str,
    text: &At<Policy>,
    holder: Holder,
    origin: Origin,
    report: &mut Report<'_>,
) {
    characters(place, text, report);
    // An adopted document is described as it is; `account prove` judges it.
    if origin == Origin::Adopted {
        return;
    }
    for statement in text.value.statements() {
        for condition in statement.conditions() {
            if let Some((message, fix)) = mfa_mistake(statement.effect(), condition, holder) {
                report.warning_at(text.at, format!("{place}: {message}"), fix);
            }
        }
    }
}

/// Tab, line feed, carriage return, and U+0020 to U+00FF.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>
fn characters(place: &str, text: &At<Policy>, report: &mut Report<'_>) {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
    if let Some(character) = text.value.to_json().chars().find(|c| !allowed(*c)) {
        report.error_at(
            text.at,
            format!("{place} has the character `{}`", character.escape_unicode()),
            "AWS accepts only characters up to U+00FF in policies",
        );
    }
}

/// Requests of a long-lived key do not have the key that says whether MFA was used.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent>
fn mfa_mistake(
    effect: Effect,
    condition: &Condition,
    holder: Holder,
) -> Option<(&'static str, &'static str)> {
    if !condition
        .key()
        .eq_ignore_ascii_case("aws:MultiFactorAuthPresent")
    {
        return None;
    }
    let operator = condition.operator();
    let compares = operator.comparison == Comparison::Bool && operator.negation == Negation::Plain;
    let wants = |text: &str| {
        let mut values = condition.values().iter();
        values.any(|value| value.as_str().eq_ignore_ascii_case(text))
    };
    match (effect, operator.if_exists) {
        _ if !compares => None,
        (Effect::Allow, _) if holder == Holder::Role => Some((
            "a role's own permissions cannot ask for MFA, because its sessions do not say that it was used",
            "ask for MFA in the trust policy, or by `mfa_max_age`",
        )),
        (Effect::Allow, IfExists::Yes) if wants("true") => Some((
            "`BoolIfExists` allows requests of a long-lived key, which say nothing about MFA",
            "write `Bool`",
        )),
        (Effect::Deny, IfExists::No) if wants("false") => Some((
            "`Bool` does not deny requests of a long-lived key, which say nothing about MFA",
            "write `BoolIfExists`",
        )),
        _ => None,
    }
}
