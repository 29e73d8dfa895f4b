//! Checks that concern only roles: ages and lengths, callers, secrets.

use std::time::Duration;

use keyward_core::id::RoleName;
use keyward_core::time::exact_duration;
use keyward_iam::catalogue::{ActionEntry, Catalogue};
use keyward_iam::{ActionPattern, Effect, Policy, Selection};

use crate::blueprint::problem::Report;
use crate::blueprint::{At, Blueprint, ManagedRef, Origin, RoleSpec, Secrets};
use crate::desired::{GITHUB_AUDIENCE, GITHUB_ISSUER, NO_SECRETS_POLICY, SECRET_READING};
use crate::federation::{Issuer, open_trusts};

const HOUR: Duration = Duration::from_secs(3600);

/// A session with MFA lasts 36 hours at most, so a code is never older.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
const OLDEST_CODE: Duration = Duration::from_secs(36 * 3600);

pub(super) fn check(blueprint: &Blueprint, report: &mut Report<'_>) {
    github_audience(blueprint, report);
    for (name, role) in &blueprint.roles {
        let place = format!("[roles.{name}]");
        session(&place, role, report);
        own_trust(&place, role, report);
        github(&place, role, report);
        other_repositories(&place, role, report);
        age_of_a_code(blueprint, name, role, report);
        secrets(blueprint, &place, role, report);
        switch_role(name.as_str(), role, report);
    }
}

/// The longest session is one to twelve hours.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>
fn session(place: &str, role: &RoleSpec, report: &mut Report<'_>) {
    if let Some(At { value, at }) = role.max_session
        && !(HOUR..=12 * HOUR).contains(&value)
    {
        let message = format!("`max_session` of {place} is {}", exact_duration(value));
        report.error_at(at, message, "write a duration from \"1h\" to \"12h\"");
    }
    if let Some(At { value, at }) = role.mfa_max_age
        && !(Duration::from_secs(60)..=OLDEST_CODE).contains(&value)
    {
        let message = format!("`mfa_max_age` of {place} is {}", exact_duration(value));
        report.error_at(at, message, "write a duration from \"1m\" to \"36h\"");
    }
}

/// Beside a trust policy in the owner's own words, keys that would shape the one that keyward
/// writes have no effect.
fn own_trust(place: &str, role: &RoleSpec, report: &mut Report<'_>) {
    let Some(trust) = &role.trust else { return };
    let ignored = [
        role.mfa_max_age.as_ref().map(|age| ("mfa_max_age", age.at)),
        role.github.first().map(|subject| ("github", subject.at)),
        role.services
            .first()
            .map(|service| ("services", service.at)),
    ];
    for (key, at) in ignored.into_iter().flatten() {
        let message = format!(
            "{place} has `{key}` beside a `trust` of its own (line {})",
            trust.at.line
        );
        report.error_at(at, message, "say it in `trust`, or remove `trust`");
    }
}

fn github(place: &str, role: &RoleSpec, report: &mut Report<'_>) {
    for subject in &role.github {
        if subject.value.is_whole_repository() {
            report.warning_at(
                subject.at,
                format!("{place} lets in every workflow of the repository, those of pull requests included"),
                "name a branch or an environment, such as `OWNER/REPO:ref:refs/heads/main`",
            );
        }
    }
}

/// A trust policy by the owner that accepts GitHub's tokens for more than one repository.
fn other_repositories(place: &str, role: &RoleSpec, report: &mut Report<'_>) {
    let Some(trust) = &role.trust else { return };
    for open in open_trusts(&trust.value) {
        // `github` trusts the common issuer only.
        let hint = match open.issuer {
            Issuer::Common => "write `github = [\"OWNER/REPO:ref:refs/heads/main\"]` instead of `trust`, or name the repository without wildcards".to_owned(),
            Issuer::Enterprise => format!(
                "name the repository without wildcards in a condition on `{}`",
                open.subject_key()
            ),
        };
        report.warning_at(trust.at, format!("`trust` of {place}: {open}"), hint);
    }
}

/// Tokens for AWS must be welcome at a provider of GitHub's that the blueprint describes.
fn github_audience(blueprint: &Blueprint, report: &mut Report<'_>) {
    let mut roles = blueprint.roles.values();
    if !roles.any(|role| !role.github.is_empty()) {
        return;
    }
    let described = blueprint.oidc_providers.iter();
    for (issuer, provider) in described.filter(|(issuer, _)| issuer.as_str() == GITHUB_ISSUER) {
        let mut audiences = provider.audiences.iter();
        if !audiences.any(|audience| audience.value.to_string() == GITHUB_AUDIENCE) {
            report.error_at(
                provider.at,
                format!("the provider `{issuer}` does not take tokens for AWS"),
                format!("add `{GITHUB_AUDIENCE}` to its `audiences`"),
            );
        }
    }
}

/// Only people have a code.
fn age_of_a_code(blueprint: &Blueprint, name: &RoleName, role: &RoleSpec, report: &mut Report<'_>) {
    let Some(age) = &role.mfa_max_age else { return };
    let others = !role.github.is_empty() || !role.services.is_empty();
    let mut groups = blueprint.groups.values();
    let people = groups.any(|group| group.assume.iter().any(|it| it.value.role == *name));
    if role.trust.is_none() && others && !people {
        report.warning_at(
            age.at,
            format!("`mfa_max_age` of [roles.{name}] says nothing, because only machines assume the role"),
            "remove it, or list the role under `assume` of a group",
        );
    }
}

/// A role that reads everything and also names secrets of its own: whether the policy that
/// denies reading secrets is meant must be stated.
fn secrets(blueprint: &Blueprint, place: &str, role: &RoleSpec, report: &mut Report<'_>) {
    if role
        .grants
        .inline
        .keys()
        .any(|name| name.as_str() == NO_SECRETS_POLICY)
        && role.secrets != Secrets::Readable
        && role.origin == Origin::Made
    {
        let message = format!("`{NO_SECRETS_POLICY}` of {place} is a reserved name");
        report.error_at(role.at, message, "write `read_secrets = false` instead");
    }
    let undecided = role.secrets == Secrets::Default && role.origin == Origin::Made;
    if !undecided || !role.grants.reads_everything() || role.grants.is_broad() {
        return;
    }
    let attached = role
        .grants
        .managed
        .iter()
        .filter_map(|managed| match &managed.value {
            ManagedRef::Own(name) => blueprint.policies.get(name),
            ManagedRef::Aws(_) | ManagedRef::Arn(_) => None,
        });
    let documents = role.grants.inline.values();
    let documents = documents.chain(attached.map(|policy| &policy.document));
    let reading = documents.filter(|document| allows_secrets(&document.value));
    for document in reading {
        report.error_at(
            document.at,
            format!("{place} reads everything by `ReadOnlyAccess`, and this policy allows reading secrets"),
            "write `read_secrets = true` to let it read all secrets, or `false` to deny all",
        );
    }
}

fn allows_secrets(policy: &Policy) -> bool {
    let catalogue = Catalogue::built_in();
    let secret: Vec<ActionPattern> = SECRET_READING
        .iter()
        .map(|text| ActionPattern::parse(text).expect("these are actions"))
        .collect();
    let secret: Vec<ActionEntry<'_>> = secret
        .iter()
        .flat_map(|pattern| catalogue.matching(pattern))
        .collect();
    let mut statements = policy.statements().iter();
    statements.any(|statement| {
        let Selection::Only(actions) = statement.actions() else {
            return false;
        };
        let mut covered = actions.iter().flat_map(|it| catalogue.matching(it));
        statement.effect() == Effect::Allow && covered.any(|action| secret.contains(&action))
    })
}

/// The console switches to roles whose path and name have 64 characters at most.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
fn switch_role(name: &str, role: &RoleSpec, report: &mut Report<'_>) {
    let length = role.path.as_str().len() + name.len();
    if length > 64 && role.origin == Origin::Made {
        report.warning_at(
            role.at,
            format!(
                "the console cannot switch to `{name}`: path and name have {length} characters"
            ),
            "keep both within 64 characters",
        );
    }
}
