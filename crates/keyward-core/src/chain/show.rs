//! A chain as a person reads it: where the credentials come from, then one numbered line per
//! call. Refuses colour and warnings: both are the program's.

use std::fmt::Write as _;

use super::{
    AssumeRole, Base, Call, Chain, ContainerEndpoint, ContainerToken, Hop, MetadataService,
    ResolveError, Steps, TokenSource,
};
use crate::time::show_duration;

impl Chain {
    /// The chain as lines of plain text, each ended by a line feed.
    #[must_use]
    pub fn show(&self) -> String {
        let mut text = format!("{}: {}\n", self.profile, show_base(&self.base));
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

fn show_base(base: &Base) -> String {
    let kind = |temporary: &bool| if *temporary { "temporary key" } else { "key" };
    match base {
        Base::VaultKey {
            profile,
            access_key_id,
        } => {
            format!("key {access_key_id} in the vault, stored as {profile}")
        }
        Base::Static {
            profile,
            access_key_id,
            temporary,
            expires_at,
        } => {
            let until = expires_at
                .map(|time| format!(", until {time}"))
                .unwrap_or_default();
            format!(
                "{} {access_key_id} in the files, profile {profile}{until}",
                kind(temporary)
            )
        }
        Base::Environment {
            access_key_id,
            temporary,
        } => {
            format!("{} {access_key_id} in the environment", kind(temporary))
        }
        Base::Process {
            profile,
            command,
            key,
            account_id: _,
        } => {
            let printed = key
                .as_ref()
                .map(|id| format!(", which prints key {id}"))
                .unwrap_or_default();
            format!("credential process of profile {profile}: {command}{printed}")
        }
        Base::WebIdentity {
            profile: _,
            role_arn,
            token,
            role_session_name,
            duration,
        } => {
            let name = role_session_name
                .as_ref()
                .map(|name| format!(" as {name}"))
                .unwrap_or_default();
            let token = match token {
                TokenSource::File(path) => path,
                TokenSource::Process(command) => command,
            };
            format!(
                "web identity from {token} for role {role_arn}{name}, {}",
                show_duration(*duration)
            )
        }
        Base::Sso {
            profile: _,
            session,
            start_url,
            sso_region: _,
            account_id,
            role_name,
        } => {
            let session = session
                .as_ref()
                .map(|name| format!("sso-session {name}, "))
                .unwrap_or_default();
            format!(
                "Identity Center, {session}{start_url}: role {role_name} in account {account_id}"
            )
        }
        Base::LoginSession {
            profile: _,
            session,
        } => format!("console sign-in {session}"),
        Base::EcsContainer { endpoint } => show_container(endpoint.as_ref()),
        Base::Ec2Metadata { service } => show_instance(service),
    }
}

fn show_container(endpoint: Option<&ContainerEndpoint>) -> String {
    let Some(endpoint) = endpoint else {
        return "credentials of the container, whose address no variable names here".to_owned();
    };
    let token = match &endpoint.token {
        Some(ContainerToken::File(path)) => format!(", with the token in {path}"),
        Some(ContainerToken::Variable) => ", with a token".to_owned(),
        None => String::new(),
    };
    format!(
        "credentials of the container from {}{token}",
        endpoint.host()
    )
}

fn show_instance(service: &MetadataService) -> String {
    let MetadataService {
        endpoint,
        timeout,
        attempts,
        disabled: _,
    } = service;
    let tries = match attempts {
        1 => "tried once".to_owned(),
        _ => format!("tried {attempts} times"),
    };
    format!(
        "credentials of the instance from {endpoint}, version 2, each step {} and {tries}",
        show_duration(*timeout)
    )
}

fn show_hop(hop: &Hop) -> String {
    let Hop {
        profile,
        call,
        mfa_serial,
        duration,
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

/// What goes to AWS with the role, one line each.
fn show_sent(role: &AssumeRole) -> Vec<String> {
    let AssumeRole {
        role_arn: _,
        role_session_name,
        external_id,
        tags,
        transitive_tag_keys,
        source_identity,
        // That there is one is said with the call; its text is a page long.
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
