//! Plans as people and programs read them.

use std::fmt::Write as _;

use keyward_account::plan::effect::Effects;
use keyward_account::plan::show::{Style, show};
use keyward_account::plan::wire::{AccountPlan, listing};

use super::planned::{Planned, Ready};
use crate::error::CliError;
use crate::ui::{BAD, FAINT, GOOD, STRONG, Ui, WARN};

/// Shows the plans on standard error, before a question.
pub(crate) fn plan(planned: &Planned<'_>, ui: &Ui) {
    ui.say(all(planned).trim_end());
}

/// Prints the plans as text.
pub(crate) fn print(planned: &Planned<'_>, ui: &Ui) -> Result<(), CliError> {
    ui.data(&all(planned))
}

fn all(planned: &Planned<'_>) -> String {
    planned.ready().map(text).collect()
}

fn text(ready: &Ready<'_>) -> String {
    let account = &ready.reached.snapshot.account.id;
    let mut out = match &ready.reached.name {
        Some(name) => format!("{STRONG}account {name} ({account}){STRONG:#}\n"),
        None => format!("{STRONG}account {account}{STRONG:#}\n"),
    };
    for line in show(&ready.plan) {
        let tint = match line.style {
            Style::Heading => STRONG,
            Style::Add => GOOD,
            Style::Alter => WARN,
            Style::Remove => BAD,
            Style::Summary => FAINT,
        };
        let _ = writeln!(out, "{tint}{line}{tint:#}");
    }
    out
}

/// The plans in the shape of `account plan --json`.
pub(crate) fn json(planned: &Planned<'_>) -> String {
    let effects = Effects::default();
    let plans: Vec<AccountPlan<'_>> = planned
        .ready()
        .map(|ready| AccountPlan {
            name: ready.reached.name.as_deref(),
            plan: &ready.plan,
            effects: &effects,
        })
        .collect();
    listing(&plans) + "\n"
}
