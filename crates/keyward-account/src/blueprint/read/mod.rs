//! Reads the TOML of a blueprint, version 1. It owns the names of all keys; what a value means
//! beyond its own form is checked elsewhere. A file with errors of syntax is read no further.

mod accounts;
mod document;
mod entities;
mod fields;
mod grants;
mod settings;

use std::collections::BTreeMap;
use std::str::FromStr;

use keyward_core::id::{InvalidId, PolicyName};
use toml::de::{DeTable, DeValue};

use super::problem::Report;
use super::{At, Blueprint};
use crate::ownership::BlueprintName;
use fields::{Fields, Value, kind};

/// Reads what can be read, and reports the rest. `None` after errors of syntax. After any
/// reported error, what comes back serves for further checks only.
pub(super) fn blueprint(text: &str, report: &mut Report<'_>) -> Option<Blueprint> {
    let (tree, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        let fix = fix_of_syntax(&message);
        report.error(&span, message, fix);
    }
    if !errors.is_empty() {
        return None;
    }
    let mut fields = Fields::new(String::new(), 0..0, tree.get_ref());
    version(&mut fields, report);
    let name = fields.parsed::<BlueprintName>("name", report);
    let accounts = accounts::accounts(&mut fields, report);
    let password_policy = settings::password_policy(&mut fields, report);
    let self_service = settings::self_service(&mut fields, report);
    let policies = table(&mut fields, "policies", report, entities::policy);
    // The names of a table are known before any entity is read, even where one cannot be.
    let own: Vec<PolicyName> = policies.names;
    let users = table(&mut fields, "users", report, |name, value, report| {
        entities::user(name, value, &own, report)
    });
    let groups = table(&mut fields, "groups", report, |name, value, report| {
        entities::group(name, value, &own, report)
    });
    let roles = table(&mut fields, "roles", report, |name, value, report| {
        entities::role(name, value, &own, report)
    });
    let providers = table(&mut fields, "oidc_providers", report, entities::provider);
    let vpc = settings::vpc(&mut fields, report);
    let config = settings::config(&mut fields, report);
    // The list of what adoption left out is for people.
    let _ = fields.get("unmanaged");
    fields.finish(report);
    Some(Blueprint {
        name: name.map(|name| name.value).unwrap_or_default(),
        accounts,
        password_policy,
        self_service,
        users: users.read,
        groups: groups.read,
        roles: roles.read,
        policies: policies.read,
        oidc_providers: providers.read,
        vpc,
        config,
        warnings: Vec::new(),
    })
}

/// The entities of one table.
struct Entities<N, S> {
    /// Every name, in order.
    names: Vec<N>,
    /// Those that could be read.
    read: BTreeMap<N, S>,
}

fn table<'t, N, S>(
    fields: &mut Fields<'t>,
    key: &'static str,
    report: &mut Report<'_>,
    mut read: impl FnMut(&At<N>, Value<'t>, &mut Report<'_>) -> Option<S>,
) -> Entities<N, S>
where
    N: FromStr<Err = InvalidId> + Ord + Clone,
{
    let entries = fields.entries::<N>(key, report);
    let mut entities = Entities {
        names: entries.iter().map(|(name, _)| name.value.clone()).collect(),
        read: BTreeMap::new(),
    };
    for (name, value) in entries {
        if let Some(spec) = read(&name, value, report) {
            entities.read.insert(name.value, spec);
        }
    }
    entities
}

/// Returns the fix for a syntax error, as far as its message shows one.
fn fix_of_syntax(message: &str) -> &'static str {
    if message.contains("duplicate") {
        "keep one of the two"
    } else if message.contains("boolean") {
        "write `true` or `false`, or put a text in quotes"
    } else if message.contains("expected") {
        "add what is expected"
    } else {
        "write it as TOML has it (https://toml.io)"
    }
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
    let is_newer = matches!(value.as_ref(), DeValue::Integer(number)
        if number.as_str().parse().is_ok_and(|number: u64| number > 1));
    let fix = match is_newer {
        true => "install a newer keyward",
        false => "write `version = 1`",
    };
    let message = format!("`version` is {given}; this program reads version 1");
    report.error(&value.span(), message, fix);
}
