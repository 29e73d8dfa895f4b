//! Names that clash: IAM compares them without regard to case, and a user's name may not begin
//! like another one's devices.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>

use std::collections::{BTreeMap, BTreeSet};

use crate::blueprint::problem::Report;
use crate::blueprint::{AccountSpec, Blueprint, Origin, Position, SelfService};
use crate::desired::{
    ADOPTED_GROUP_POLICY, ASSUME_POLICY, GUARD_POLICY, SELF_SERVICE_POLICY, policy_name,
};
use crate::ownership::GROUP_POLICY;

pub(super) fn check(blueprint: &Blueprint, report: &mut Report<'_>) {
    let users = blueprint.users.iter();
    let users: Vec<_> = users.map(|(name, spec)| (name.as_str(), spec.at)).collect();
    let groups = blueprint.groups.iter();
    let groups = groups.map(|(name, spec)| (name.as_str(), spec.at));
    let roles = blueprint.roles.iter();
    let roles = roles.map(|(name, spec)| (name.as_str(), spec.at));
    let policies = blueprint.policies.iter();
    let policies = policies.map(|(name, spec)| (name.as_str(), spec.at));
    differ("users", users.iter().copied(), report);
    differ("groups", groups, report);
    differ("roles", roles, report);
    differ("policies", policies, report);
    group_policies(blueprint, report);
    assume_policies(blueprint, report);
    accounts(blueprint, report);
    if blueprint.self_service != SelfService::Off {
        prefixes(&users, report);
        reserved(blueprint, report);
    }
}

fn differ<'n>(
    kind: &str,
    names: impl Iterator<Item = (&'n str, Position)>,
    report: &mut Report<'_>,
) {
    let mut names: Vec<(&str, Position)> = names.collect();
    names.sort_by_key(|(_, at)| *at);
    let mut seen: BTreeMap<String, (&str, Position)> = BTreeMap::new();
    for (name, at) in names {
        let Some((first, there)) = seen.insert(name.to_lowercase(), (name, at)) else {
            continue;
        };
        let Position { line, column } = there;
        report.error_at(
            at,
            format!(
                "the {kind} `{first}` (line {line}, column {column}) and `{name}` differ by case alone, which IAM refuses"
            ),
            "rename one of them",
        );
    }
}

/// A user may name devices after itself, with a hyphen and more. So the devices of `al-ice`
/// would be open to `al`.
fn prefixes(users: &[(&str, Position)], report: &mut Report<'_>) {
    let by_lower = users.iter().map(|(name, _)| (name.to_lowercase(), *name));
    let by_lower: BTreeMap<String, &str> = by_lower.collect();
    for (name, at) in users {
        let lower = name.to_lowercase();
        let mut hyphens = lower.match_indices('-');
        if let Some(short) = hyphens.find_map(|(end, _)| by_lower.get(&lower[..end])) {
            report.error_at(
                *at,
                format!("`{short}` could name MFA devices that belong to `{name}`"),
                "rename one of the two users, so that neither is the other's name with a hyphen and more",
            );
        }
    }
}

/// Some names of inline policies of groups are keyward's own.
fn group_policies(blueprint: &Blueprint, report: &mut Report<'_>) {
    for (name, group) in &blueprint.groups {
        for (policy, document) in &group.grants.inline {
            let is = |reserved: &str| policy.as_str().eq_ignore_ascii_case(reserved);
            if is(GROUP_POLICY) || is(ADOPTED_GROUP_POLICY) && !group.assume.is_empty() {
                report.error_at(
                    document.at,
                    format!("the inline policy `{policy}` of [groups.{name}] has a reserved name"),
                    "give it another name",
                );
            }
        }
    }
}

/// The names of the managed policies that list the roles of a group. An adopted policy may have such a
/// name if no group needs it, which is
/// checked with the limits.
fn assume_policies(blueprint: &Blueprint, report: &mut Report<'_>) {
    let policies = blueprint.policies.iter();
    for (name, spec) in policies.filter(|(_, spec)| spec.origin == Origin::Made) {
        let beginning = name.as_str().get(..ASSUME_POLICY.len());
        if beginning.is_some_and(|it| it.eq_ignore_ascii_case(ASSUME_POLICY)) {
            let message = format!("the name `{name}` is reserved for the roles of a group");
            report.error_at(spec.at, message, "give it another name");
        }
    }
}

fn accounts(blueprint: &Blueprint, report: &mut Report<'_>) {
    let mut seen = BTreeSet::new();
    for account in &blueprint.accounts {
        if !seen.insert(&account.id.value) {
            let message = format!("two accounts have the id `{}`", account.id.value);
            report.error_at(account.id.at, message, "correct one of the two");
        }
    }
    let home = blueprint.users_account();
    let others = blueprint.accounts.iter();
    for account in others.filter(|account| account.partition != home.partition) {
        other_partition(account, home, report);
    }
}

/// A role of one partition cannot trust the users of another. If one of both accounts does not name its
/// partition, that is the likelier mistake.
fn other_partition(account: &AccountSpec, home: &AccountSpec, report: &mut Report<'_>) {
    let silent = match (account.partition_at, home.partition_at) {
        (None, _) => Some((account, home)),
        (_, None) => Some((home, account)),
        _ => None,
    };
    if let Some((silent, other)) = silent {
        let message = format!(
            "account {} names no partition, so it is in `{}`, and account {} is in `{}`",
            silent.id.value, silent.partition, other.id.value, other.partition
        );
        let fix = format!(
            "write `partition = \"{}\"` there too; accounts of two partitions need a blueprint each",
            other.partition
        );
        report.error_at(silent.id.at, message, fix);
        return;
    }
    let message = format!(
        "account {} is in the partition `{}`, and the users are in `{}`",
        account.id.value, account.partition, home.partition
    );
    let fix = "write one blueprint for each partition, because users cannot assume roles of another partition";
    report.error_at(account.partition_at.unwrap_or(account.id.at), message, fix);
}

fn reserved(blueprint: &Blueprint, report: &mut Report<'_>) {
    for (name, spec) in &blueprint.policies {
        let taken = [SELF_SERVICE_POLICY, GUARD_POLICY];
        let taken = taken.map(|beginning| policy_name(beginning, &blueprint.name));
        if taken
            .iter()
            .any(|taken| taken.as_str().eq_ignore_ascii_case(name.as_str()))
        {
            let fix = match spec.origin {
                Origin::Made => "give it another name",
                Origin::Adopted => "remove it; self-service makes this policy",
            };
            let message = format!("the name `{name}` is reserved for self-service");
            report.error_at(spec.at, message, fix);
        }
    }
}
