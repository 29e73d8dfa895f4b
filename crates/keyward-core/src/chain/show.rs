//! A chain as a person reads it: where the credentials come from, then one numbered line per
//! call. Refuses colour and warnings: both are the program's.

use std::fmt::Write as _;

use super::{AssumeRole, Call, Chain, Hop, ResolveError, Steps};
use crate::time::show_duration;

impl Chain {
    /// The chain as lines of plain text, each ended by a line feed.
    #[must_use]
    pub fn show(&self) -> String {
        let mut text = format!("{}: {}\n", self.profile, self.base.show());
        match &self.by_answer {
            Some(by_answer) if by_answer.differ() => {
                text.push_str("  where it prints temporary credentials:\n");
                show_steps(&mut text, &by_answer.temporary);
                text.push_str("  where it prints a long-lived key:\n");
                show_steps(&mut text, &by_answer.long_lived);
            }
            _ => show_hops(&mut text, &self.hops),
        }
        text
    }
}

fn show_hops(text: &mut String, hops: &[Hop]) {
    for (number, hop) in (1..).zip(hops) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {number}. {}", show_hop(hop));
        if let Call::AssumeRole(role) = &hop.call {
            for sent in show_sent(role) {
                let _ = writeln!(text, "     {sent}");
            }
        }
    }
    if hops.is_empty() {
        text.push_str("  handed out as they are\n");
    }
}

fn show_steps(text: &mut String, steps: &Result<Steps, ResolveError>) {
    match steps {
        Ok(steps) => {
            show_hops(text, &steps.hops);
            for warning in &steps.warnings {
                let _ = writeln!(text, "     {warning}");
            }
        }
        Err(error) => {
            let _ = writeln!(text, "  an error: {error}");
        }
    }
}

fn show_hop(hop: &Hop) -> String {
    let Hop {
        profile,
        call,
        mfa_serial,
        duration,
        is_shortened: _,
        reason,
        cache_key: _,
    } = hop;
    let call = match call {
        Call::GetSessionToken => "GetSessionToken".to_owned(),
        Call::AssumeRole(role) => format!("AssumeRole {} (profile {profile})", role.role_arn),
    };
    let code = mfa_serial
        .as_ref()
        .map(|serial| format!(", code from {serial}"))
        .unwrap_or_default();
    let policy = match &hop.call {
        Call::AssumeRole(role) if role.policy.is_some() || !role.policy_arns.is_empty() => {
            ", with a session policy"
        }
        _ => "",
    };
    format!(
        "{call}, {}{code}{policy}: {reason}",
        show_duration(*duration)
    )
}

/// Returns the values that go to AWS with the role, one line each.
fn show_sent(role: &AssumeRole) -> Vec<String> {
    let AssumeRole {
        role_arn: _,
        role_session_name,
        external_id,
        tags,
        transitive_tag_keys,
        source_identity,
        // The line of the call mentions the policy; its text is a page long.
        policy: _,
        policy_arns,
    } = role;
    let mut lines = Vec::new();
    if let Some(name) = role_session_name {
        lines.push(format!("session name {name}"));
    }
    if let Some(id) = external_id {
        lines.push(format!("external id {id}"));
    }
    if let Some(identity) = source_identity {
        lines.push(format!("source identity {identity}"));
    }
    if !tags.is_empty() {
        let tags: Vec<String> = tags
            .iter()
            .map(|(key, value)| {
                let passed_on = match transitive_tag_keys.contains(key) {
                    true => " (passed on)",
                    false => "",
                };
                format!("{key}={value}{passed_on}")
            })
            .collect();
        lines.push(format!("tags {}", tags.join(", ")));
    }
    let others = transitive_tag_keys.iter();
    let others: Vec<&str> = others
        .filter(|key| tags.iter().all(|(tag, _)| tag != *key))
        .map(String::as_str)
        .collect();
    if !others.is_empty() {
        lines.push(format!("tags passed on: {}", others.join(", ")));
    }
    if !policy_arns.is_empty() {
        lines.push(format!("session policy {}", policy_arns.join(", ")));
    }
    lines
}
