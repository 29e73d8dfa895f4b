//! Plans as people and programs read them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use keyward_account::plan::ChangeAction;
use keyward_account::plan::effect::{Effects, Reach};
use keyward_account::plan::show::{Style, show};
use keyward_account::plan::wire::{AccountPlan, listing};
use keyward_account::stacks::{DriftChange, ResourceDrift, StackDrift};
use keyward_core::id::RoleArn;

use super::Reached;
use super::planned::{Planned, PlannedAccount, Ready};
use crate::screen::error::CliError;
use crate::screen::ui::{BAD, FAINT, GOOD, STRONG, Ui, WARN, first_warned};

/// The extra indentation of the continuation of a plan's line.
const HANG: usize = 4;

/// Shows the plans on standard error, before a question.
pub(crate) fn plan(planned: &Planned<'_>, ui: &Ui) {
    ui.say_hanging(all(planned).trim_end(), HANG);
}

/// Prints the plans as text.
pub(crate) fn print(planned: &Planned<'_>, ui: &Ui) -> Result<(), CliError> {
    ui.text(&all(planned), HANG)
}

fn all(planned: &Planned<'_>) -> String {
    let effects = planned.effects();
    let several = planned.accounts.len() > 1;
    let mut out = match several {
        true => table(planned),
        false => String::new(),
    };
    // The table says which of several accounts do not change.
    let shown = planned.ready();
    let shown = shown.filter(|ready| !several || !ready.plan.is_empty());
    for (plan, accounts) in alike(shown) {
        let _ = writeln!(out, "{STRONG}{}{STRONG:#}", heading(&accounts));
        out.push_str(&plan);
    }
    for ready in planned.ready() {
        out.push_str(&drift(ready));
        let effects = effects.get(&ready.reached.name);
        out.push_str(&effects.map(people).unwrap_or_default());
    }
    out
}

/// One line for each account: how many things appear, change and go, and how many calls that
/// takes.
fn table(planned: &Planned<'_>) -> String {
    let names = planned.accounts.iter().map(PlannedAccount::name);
    let width = names
        .map(|name| name.len())
        .max()
        .unwrap_or(0)
        .max("account".len());
    let mut out = format!(
        "{STRONG}{:<width$}  {:<12}  {:>6}  {:>6}  {:>6}  {:>6}{STRONG:#}\n",
        "account", "id", "create", "update", "delete", "calls"
    );
    for account in &planned.accounts {
        let name = account.name();
        let _ = match account {
            PlannedAccount::Ready(ready) => {
                let count = |action| {
                    let steps = ready.plan.steps.iter();
                    steps.filter(|step| step.action == action).count()
                };
                writeln!(
                    out,
                    "{name:<width$}  {:<12}  {:>6}  {:>6}  {:>6}  {:>6}",
                    ready.reached.snapshot.account.id,
                    count(ChangeAction::Create),
                    count(ChangeAction::Update),
                    count(ChangeAction::Delete),
                    ready.plan.calls()
                )
            }
            PlannedAccount::Failed { error, .. } => {
                writeln!(out, "{name:<width$}  {BAD}failed: {error}{BAD:#}")
            }
        };
    }
    out
}

/// The number of actions of one kind that are named.
const NAMED: usize = 6;

/// Returns the changes for people, user by user.
fn people(effects: &Effects) -> String {
    let mut out = String::new();
    if effects.users.is_empty() && effects.roles_changed.is_empty() {
        return out;
    }
    let _ = writeln!(out, "{STRONG}what changes for people{STRONG:#}");
    for effect in &effects.users {
        let context = effect.context.words();
        let user = &effect.user;
        if !effect.gains.is_empty() {
            let what = summary(&effect.gains);
            let _ = writeln!(out, "  {user} {WARN}gains{WARN:#} with {context}: {what}");
        }
        if !effect.loses.is_empty() {
            let what = summary(&effect.loses);
            let _ = writeln!(out, "  {FAINT}{user} loses with {context}: {what}{FAINT:#}");
        }
    }
    if !effects.roles_changed.is_empty() {
        let roles = named(&effects.roles_changed);
        let roles = roles.join(", ");
        let _ = writeln!(out, "  the rights of these roles change: {roles}");
    }
    out
}

/// The names of roles, those of the same name in several accounts once.
fn named<'r>(roles: impl IntoIterator<Item = &'r RoleArn>) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for role in roles {
        *counts.entry(role.role_name()).or_default() += 1;
    }
    let named = counts.into_iter().map(|(name, count)| match count {
        1 => name.to_owned(),
        count => format!("{name} in {count} accounts"),
    });
    named.collect()
}

fn summary(reach: &Reach) -> String {
    let mut parts = named(&reach.roles);
    for part in &mut parts {
        part.insert_str(0, "role ");
    }
    parts.extend(reach.actions.iter().take(NAMED).cloned());
    let more = reach.actions.len().saturating_sub(NAMED);
    match more {
        0 => parts.join(", "),
        more => format!("{} and {more} more actions", parts.join(", ")),
    }
}

/// The plans as text, each once, with the accounts that have it.
fn alike<'r, 'a: 'r>(
    plans: impl Iterator<Item = &'r Ready<'a>>,
) -> Vec<(String, Vec<&'r Reached<'a>>)> {
    let mut found: Vec<(String, Vec<&Reached<'_>>)> = Vec::new();
    for ready in plans {
        let plan = text(ready);
        match found.iter_mut().find(|(known, _)| *known == plan) {
            Some((_, accounts)) => accounts.push(&ready.reached),
            None => found.push((plan, vec![&ready.reached])),
        }
    }
    found
}

/// The number of accounts with the same plan that are named.
const SAME: usize = 3;

fn heading(accounts: &[&Reached<'_>]) -> String {
    let named = accounts.iter().map(|reached| {
        let id = &reached.snapshot.account.id;
        match &reached.name {
            Some(name) => format!("{name} ({id})"),
            None => id.to_string(),
        }
    });
    let named: Vec<String> = named.take(SAME).collect();
    let noun = match accounts.len() {
        1 => "account",
        _ => "accounts",
    };
    let more = match accounts.len().saturating_sub(SAME) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{noun} {}{more}", named.join(", "))
}

fn text(ready: &Ready<'_>) -> String {
    let mut out = String::new();
    for line in show(&ready.plan) {
        let tint = match line.style {
            Style::Heading => STRONG,
            Style::Add => GOOD,
            Style::Alter => {
                let _ = writeln!(out, "{}", first_warned(&line.to_string()));
                continue;
            }
            Style::Remove => BAD,
            Style::Summary => FAINT,
        };
        let _ = writeln!(out, "{tint}{line}{tint:#}");
    }
    out
}

/// The manual changes in the stacks of an account, if CloudFormation was asked.
fn drift(ready: &Ready<'_>) -> String {
    let mut out = String::new();
    for StackDrift { place, resources } in ready.drift.iter().flatten() {
        let mut place = format!("`{}` in {}", place.name, place.region);
        if let Some(name) = &ready.reached.name {
            place += &format!(" of account `{name}`");
        }
        let _ = match resources.is_empty() {
            true => writeln!(out, "{FAINT}no drift of {place}{FAINT:#}"),
            false => writeln!(out, "{STRONG}drift of {place}{STRONG:#}"),
        };
        for ResourceDrift { id, kind, change } in resources {
            let resource = format!("`{id}` ({kind})");
            let _ = match change {
                DriftChange::Deleted => {
                    writeln!(out, "{BAD}  - {resource}: deleted by hand{BAD:#}")
                }
                DriftChange::Modified(_) => {
                    writeln!(out, "  {WARN}~{WARN:#} {resource}: changed by hand")
                }
            };
            if let DriftChange::Modified(properties) = change {
                for property in properties {
                    let _ = writeln!(out, "      {property}");
                }
            }
        }
    }
    out
}

/// The plans in the shape of `account plan --json`.
pub(crate) fn json(planned: &Planned<'_>) -> String {
    let effects: BTreeMap<Option<String>, Effects> = planned.effects();
    let none = Effects::default();
    let plans: Vec<AccountPlan<'_>> = planned
        .ready()
        .map(|ready| AccountPlan {
            name: ready.reached.name.as_deref(),
            plan: &ready.plan,
            effects: effects.get(&ready.reached.name).unwrap_or(&none),
            drift: ready.drift.as_deref(),
        })
        .collect();
    listing(&plans) + "\n"
}
