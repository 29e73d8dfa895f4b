//! Grants that are wider than any duty: a whole service that can widen rights, or everything but
//! a list.

use keyward_iam::{Effect, Holder, Selection, Statement};

use super::documents::{asks_for_mfa, held, is_on_everything};
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::Severity;
use crate::audit::input::{Input, NotRead};

/// Services in which every right can be turned into any other.
const SERVICES: [&str; 4] = ["iam:*", "sts:*", "organizations:*", "kms:*"];

pub(in crate::audit) const CHECK: Check = Check {
    id: "broad-grant",
    title: "No policy allows a whole security service, or everything but a list",
    reason: "The account's own policies are judged, not those of AWS. Severity is low for roles and for statements that ask for MFA.",
    severity: Severity::Medium,
    fix: "list the actions that the duty needs",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for held in held(&input.account) {
        if let keyward_iam::PolicySource::Attached { arn, .. } = &held.source
            && arn.is_aws_managed()
        {
            continue;
        }
        let statements = held.document.policy().into_iter();
        let statements = statements.flat_map(|policy| policy.statements().iter().enumerate());
        for (index, statement) in statements {
            let Some(what) = too_much(statement) else {
                continue;
            };
            let severity = match held.holder {
                Holder::Role(_) => Severity::Low,
                _ if asks_for_mfa(statement) => Severity::Low,
                _ => Severity::Medium,
            };
            let cited = Some(held.cite(index, statement));
            found.add_as(
                severity,
                held.subject(),
                cited,
                format!("is allowed {what}"),
            );
        }
    }
    Ok(())
}

/// Whether the statement spares every resource, and so grants nothing.
fn leaves_nothing(statement: &Statement) -> bool {
    match statement.resources() {
        Some(Selection::Except(listed)) => listed.iter().any(|pattern| pattern.as_str() == "*"),
        _ => false,
    }
}

fn too_much(statement: &Statement) -> Option<String> {
    let all_but_some = matches!(statement.resources(), Some(Selection::Except(_)));
    if statement.effect() != Effect::Allow
        || !(all_but_some || is_on_everything(statement))
        || leaves_nothing(statement)
    {
        return None;
    }
    let on = match all_but_some {
        true => "every resource but a list",
        false => "every resource",
    };
    match statement.actions() {
        Selection::Except(_) => Some(format!("everything but a list of actions on {on}")),
        Selection::Only(listed) => {
            let mut names = listed.iter().map(|pattern| pattern.as_str());
            let whole = names.find(|name| {
                let mut services = SERVICES.iter();
                let everything = all_but_some && ["*", "*:*"].contains(name);
                everything || services.any(|service| name.eq_ignore_ascii_case(service))
            });
            whole.map(|name| format!("`{name}` on {on}"))
        }
    }
}
