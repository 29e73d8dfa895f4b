//! Reads the TOML of a blueprint, version 1. It owns the names of all keys; what a value means
//! beyond its own form is checked elsewhere. A file with errors of syntax is read no further.

mod accounts;
mod document;
mod entities;
mod fields;
mod grants;
mod settings;

use keyward_core::id::{GroupName, PolicyName, RoleName, UserName};
use toml::de::{DeTable, DeValue};

use super::Blueprint;
use super::problem::Report;
use crate::ownership::BlueprintName;
use fields::{Fields, kind};

/// Reads what can be read, and reports the rest. `None` after errors of syntax. After any
/// reported error, what comes back serves for further checks only.
pub(super) fn blueprint(text: &str, report: &mut Report<'_>) -> Option<Blueprint> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        report.error(&span, message, "write valid TOML");
    }
    if !errors.is_empty() {
        return None;
    }
    let mut fields = Fields::new(String::new(), 0..0, table.get_ref());
    version(&mut fields, report);
    let name = fields.parsed::<BlueprintName>("name", report);
    let accounts = accounts::accounts(&mut fields, report);
    let password_policy = settings::password_policy(&mut fields, report);
    let self_service = settings::self_service(&mut fields, report);
    let policies = fields.entries::<PolicyName>("policies", report);
    let own: Vec<PolicyName> = policies
        .iter()
        .map(|(name, _)| name.value.clone())
        .collect();
    let policies = policies.into_iter().filter_map(|(name, value)| {
        let spec = entities::policy(&name, value, report)?;
        Some((name.value, spec))
    });
    let policies = policies.collect();
    let users = fields.entries::<UserName>("users", report).into_iter();
    let users = users.filter_map(|(name, value)| {
        let spec = entities::user(&name, value, &own, report)?;
        Some((name.value, spec))
    });
    let users = users.collect();
    let groups = fields.entries::<GroupName>("groups", report).into_iter();
    let groups = groups.filter_map(|(name, value)| {
        let spec = entities::group(&name, value, &own, report)?;
        Some((name.value, spec))
    });
    let groups = groups.collect();
    let roles = fields.entries::<RoleName>("roles", report).into_iter();
    let roles = roles.filter_map(|(name, value)| {
        let spec = entities::role(&name, value, &own, report)?;
        Some((name.value, spec))
    });
    let roles = roles.collect();
    let vpc = settings::vpc(&mut fields, report);
    let config = settings::config(&mut fields, report);
    // What adoption left out, for people.
    let _ = fields.get("unmanaged");
    fields.finish(report);
    Some(Blueprint {
        name: name.map(|name| name.value).unwrap_or_default(),
        accounts,
        password_policy,
        self_service,
        users,
        groups,
        roles,
        policies,
        vpc,
        config,
        warnings: Vec::new(),
    })
}

fn version(fields: &mut Fields<'_>, report: &mut Report<'_>) {
    let Some(value) = fields.get("version") else {
        let message = "the blueprint does not state its version".to_owned();
        report.error(&(0..0), message, "write `version = 1` at the top");
        return;
    };
    let given = match value.as_ref() {
        DeValue::Integer(number) if number.as_str() == "1" => return,
        DeValue::Integer(number) => format!("`{number}`"),
        other => kind(other).to_owned(),
    };
    let message = format!("`version` is {given}; this program reads version 1");
    report.error(&value.span(), message, "write `version = 1`");
}
