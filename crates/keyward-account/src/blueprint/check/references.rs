//! Names that one part of a blueprint uses must be defined in another.

use std::collections::BTreeSet;

use keyward_core::suggest::similar_names;
use keyward_iam::Principal;

use crate::blueprint::problem::Report;
use crate::blueprint::{
    AccountName, AssumeTarget, At, Blueprint, Callers, ManagedRef, Origin, Position,
};

pub(super) fn check(blueprint: &Blueprint, report: &mut Report<'_>) {
    for (name, user) in &blueprint.users {
        for group in &user.groups {
            if !blueprint.groups.contains_key(&group.value) {
                let known = blueprint.groups.keys().map(|name| name.as_str());
                let fix = suggestion(group.value.as_str(), known, "groups");
                let message = format!("[users.{name}] is in the undefined group `{}`", group.value);
                report.error_at(group.at, message, fix);
            }
        }
    }
    for (name, group) in &blueprint.groups {
        for target in &group.assume {
            assume_target(blueprint, &format!("[groups.{name}]"), target, report);
        }
    }
    other_partitions(blueprint, report);
    nobody_comes_in(blueprint, report);
    let lists = blueprint
        .roles
        .iter()
        .map(|(name, role)| (format!("[roles.{name}]"), &role.accounts))
        .chain(blueprint.policies.iter().map(|(name, policy)| {
            let place = format!("[policies.{name}]");
            (place, &policy.accounts)
        }))
        .chain(blueprint.oidc_providers.iter().map(|(issuer, provider)| {
            let place = format!("[oidc_providers.\"{issuer}\"]");
            (place, &provider.accounts)
        }))
        .chain(
            blueprint
                .vpc
                .iter()
                .map(|vpc| ("[vpc]".to_owned(), &vpc.accounts)),
        )
        .chain(blueprint.config.iter().map(|config| {
            let place = "[config]".to_owned();
            (place, &config.accounts)
        }));
    for (place, accounts) in lists {
        for account in accounts {
            known_account(blueprint, &place, &account.value, account.at, report);
        }
    }
}

/// A managed policy by its ARN must be of the accounts' partition. All accounts have the same.
fn other_partitions(blueprint: &Blueprint, report: &mut Report<'_>) {
    let partition = &blueprint.users_account().partition;
    let users = blueprint.users.values().map(|it| &it.grants);
    let groups = blueprint.groups.values().map(|it| &it.grants);
    let roles = blueprint.roles.values().map(|it| &it.grants);
    let grants = users.chain(groups).chain(roles);
    for policy in grants.flat_map(|it| it.managed.iter().chain(&it.boundary)) {
        let ManagedRef::Arn(arn) = &policy.value else {
            continue;
        };
        if arn.partition() != partition {
            let message =
                format!("`{arn}` is in another partition than the account's, `{partition}`");
            let fix = format!("write `arn:{partition}:…`, or the name of the policy alone");
            report.error_at(policy.at, message, fix);
        }
    }
    trusted_elsewhere(blueprint, partition, report);
    resources_elsewhere(blueprint, partition, report);
}

/// IAM refuses a policy with a resource of another partition: `Partition "aws" is not valid for resource`.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
fn resources_elsewhere(blueprint: &Blueprint, partition: &str, report: &mut Report<'_>) {
    let made = |origin: Origin| origin == Origin::Made;
    let users = blueprint.users.iter().filter(|(_, it)| made(it.origin));
    let users = users.map(|(name, it)| (format!("[users.{name}]"), &it.grants));
    let groups = blueprint.groups.iter().filter(|(_, it)| made(it.origin));
    let groups = groups.map(|(name, it)| (format!("[groups.{name}]"), &it.grants));
    let roles = blueprint.roles.iter().filter(|(_, it)| made(it.origin));
    let roles = roles.map(|(name, it)| (format!("[roles.{name}]"), &it.grants));
    let inline = users.chain(groups).chain(roles).flat_map(|(of, grants)| {
        let inline = grants.inline.iter();
        inline.map(move |(name, policy)| (format!("`inline.{name}` of {of}"), policy))
    });
    let managed = blueprint.policies.iter().filter(|(_, it)| made(it.origin));
    let managed = managed.map(|(name, it)| (format!("[policies.{name}]"), &it.document));
    for (place, policy) in inline.chain(managed) {
        let statements = policy.value.statements().iter();
        let resources = statements.filter_map(|it| it.resources());
        let resources: BTreeSet<&str> = resources
            .flat_map(|it| it.listed())
            .map(|it| it.as_str())
            .filter(|arn| is_elsewhere(arn, partition))
            .collect();
        for arn in resources {
            let message = format!(
                "{place} names `{arn}`, which is in another partition than the account's, `{partition}`"
            );
            let fix = format!("write `arn:{partition}:…`");
            report.error_at(policy.at, message, fix);
        }
    }
}

/// Whether an ARN says another partition in plain letters.
fn is_elsewhere(arn: &str, partition: &str) -> bool {
    let named = arn.strip_prefix("arn:").and_then(|it| it.split(':').next());
    let plain = |named: &str| {
        named
            .bytes()
            .all(|it| it.is_ascii_lowercase() || it == b'-')
    };
    named.is_some_and(|named| named != partition && plain(named))
}

/// IAM refuses a trust policy that names a principal of another partition.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
fn trusted_elsewhere(blueprint: &Blueprint, partition: &str, report: &mut Report<'_>) {
    for (name, role) in &blueprint.roles {
        let Some(trust) = role.trust.as_ref().filter(|_| role.origin == Origin::Made) else {
            continue;
        };
        let statements = trust.value.statements().iter();
        let named = statements.filter_map(|it| it.principals());
        let named: BTreeSet<&str> = named
            .flat_map(|it| it.listed())
            .filter_map(arn_of)
            .collect();
        for arn in named {
            let own = arn.split(':').nth(1);
            if own != Some(partition) {
                let message = format!(
                    "`trust` of [roles.{name}] names `{arn}`, which is in another partition than the account's, `{partition}`"
                );
                let fix = format!("write `arn:{partition}:…`, or remove the principal");
                report.error_at(trust.at, message, fix);
            }
        }
    }
}

/// The ARN by which a policy names a principal, if it names it by one.
fn arn_of(principal: &Principal) -> Option<&str> {
    let (Principal::Account { source: text, .. }
    | Principal::Arn(text)
    | Principal::Federated(text)) = principal
    else {
        return None;
    };
    text.starts_with("arn:").then_some(text)
}

/// A role that the blueprint makes should have a caller.
fn nobody_comes_in(blueprint: &Blueprint, report: &mut Report<'_>) {
    let groups = blueprint.groups.values();
    let assumed: BTreeSet<_> = groups
        .flat_map(|group| &group.assume)
        .map(|target| &target.value.role)
        .collect();
    for (name, role) in &blueprint.roles {
        let of_groups = role.callers == Callers::Groups;
        if role.origin == Origin::Made && of_groups && !assumed.contains(name) {
            report.warning_at(
                role.at,
                format!("no group may assume the role `{name}`"),
                "list it under `assume` of a group",
            );
        }
    }
}

fn assume_target(
    blueprint: &Blueprint,
    place: &str,
    target: &At<AssumeTarget>,
    report: &mut Report<'_>,
) {
    let AssumeTarget { account, role } = &target.value;
    if let Some(account) = account
        && !known_account(blueprint, place, account, target.at, report)
    {
        return;
    }
    let Some(spec) = blueprint.roles.get(role) else {
        let known = blueprint.roles.keys().map(|name| name.as_str());
        let fix = suggestion(role.as_str(), known, "roles");
        let message = format!("{place} may assume the undefined role `{role}`");
        report.error_at(target.at, message, fix);
        return;
    };
    if let Some(account) = account {
        let mut having = blueprint.accounts_of(&spec.accounts);
        if !having.any(|having| having.name.as_ref() == Some(account)) {
            let message = format!("the account `{account}` does not have the role `{role}`");
            let fix = format!("add `{account}` to `accounts` of [roles.{role}]");
            report.error_at(target.at, message, fix);
        }
    }
}

fn known_account(
    blueprint: &Blueprint,
    place: &str,
    account: &AccountName,
    at: Position,
    report: &mut Report<'_>,
) -> bool {
    let known = || blueprint.accounts.iter().filter_map(|a| a.name.as_ref());
    if known().any(|name| name == account) {
        return true;
    }
    let fix = suggestion(
        account.as_str(),
        known().map(AccountName::as_str),
        "accounts",
    );
    let message = format!("{place} names the undefined account `{account}`");
    report.error_at(at, message, fix);
    false
}

fn suggestion<'k>(given: &str, known: impl Iterator<Item = &'k str>, table: &str) -> String {
    match similar_names(given, known).first() {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("define it as `[{table}.{given}]`"),
    }
}
