//! Plans as people and programs read them.

use std::fmt::Write as _;

use keyward_account::plan::show::{Style, show};
use keyward_account::plan::{ChangeAction, Kind};
use serde_json::{Value, json};

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
    let account = &ready.target.desired.account.id;
    let mut out = match &ready.target.name {
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
pub(crate) fn json(planned: &Planned<'_>) -> Value {
    let several = planned.ready().any(|ready| ready.target.name.is_some());
    let mut steps = Vec::new();
    let mut calls = 0;
    for ready in planned.ready() {
        calls += ready.plan.calls();
        for step in &ready.plan.steps {
            let mut value = json!({
                "action": match step.action {
                    ChangeAction::Create => "create",
                    ChangeAction::Update => "update",
                    ChangeAction::Delete => "delete",
                },
                "kind": kind(step.kind),
                "name": step.name,
                "changes": step.changes.iter().map(|change| &change.text).collect::<Vec<_>>(),
            });
            if several {
                value["account_id"] = json!(ready.target.desired.account.id.as_str());
            }
            steps.push(value);
        }
    }
    json!({ "steps": steps, "api_calls": calls })
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "user",
        Kind::Group => "group",
        Kind::Role => "role",
        Kind::Policy => "policy",
        Kind::Membership => "membership",
        Kind::PasswordPolicy => "password_policy",
        Kind::Alias => "alias",
        Kind::AccessKey => "access_key",
        Kind::LoginProfile => "login_profile",
        Kind::Stack => "stack",
        Kind::OidcProvider => "oidc_provider",
    }
}
