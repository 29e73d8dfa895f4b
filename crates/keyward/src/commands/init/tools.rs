//! Keys that other tools keep, and the offer to import them.

use std::path::PathBuf;
use std::process::Command;

use keyward_core::chain::session_token;
use keyward_core::config::Section;
use keyward_core::credentials::KeyKind;
use keyward_core::id::AccessKeyId;
use keyward_core::text::count;

use super::guide::Guide;
use crate::environment as env;
use crate::screen::error::CliError;
use crate::session::FirstSlot;
use crate::state::local_state::LocalState;

/// A tool that has left something here.
struct Tool {
    /// The argument of `keyward import`.
    source: &'static str,
    /// The trace of the tool that was seen.
    seen: String,
}

/// Offers what was found, and reads everything again after an import. Without a person it moves
/// nothing: another tool's keys are not moved unasked.
pub(super) fn offer(
    guide: &mut Guide<'_>,
    local: LocalState,
    first: FirstSlot,
) -> Result<LocalState, CliError> {
    let found = look(&local);
    let mut changed = false;
    for tool in &found {
        let command = format!("keyward import {}", tool.source);
        if !guide.is_attended() {
            guide.ui.hint(format!("{}: {command}", tool.seen));
            continue;
        }
        guide.tell(&format!("Found {}.", tool.seen));
        if guide.agree(&format!("See what `{command}` would take over?"))? {
            import(tool.source, first)?;
            changed = true;
        }
    }
    if changed { local.reload() } else { Ok(local) }
}

fn look(local: &LocalState) -> Vec<Tool> {
    let mut found = Vec::new();
    let home = |path: &str| env::home_folder().map(|home| home.join(path));
    let filled = |folder: Option<PathBuf>| {
        folder.is_some_and(|folder| {
            std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
        })
    };
    let mut add = |source, seen: String| found.push(Tool { source, seen });
    if filled(home(".awsvault/keys")) {
        add(
            "aws-vault",
            "keys of aws-vault in ~/.awsvault/keys".to_owned(),
        );
    }
    let sections = |long_term: bool| {
        local
            .config
            .profiles()
            .filter(|profile| holds_key(&profile.section))
            .filter(|profile| profile.name.as_str().ends_with("-long-term") == long_term)
            .count()
    };
    match sections(true) {
        0 => {}
        n => add(
            "aws-mfa",
            format!("{} of aws-mfa in the AWS files", count(n, "key")),
        ),
    }
    match sections(false) {
        0 => {}
        n => add(
            "credentials",
            format!("{} in the clear in the AWS files", count(n, "key")),
        ),
    }
    if filled(home(".granted/secure-storage")) {
        add("granted", "keys of granted in ~/.granted".to_owned());
    }
    if home(".config/awstools/config.toml").is_some_and(|path| path.is_file()) {
        add(
            "awstools",
            "accounts of awstools in ~/.config/awstools".to_owned(),
        );
    }
    found
}

/// Runs keyward's own command on the same terminal, which reports its own failures. It shows its
/// list, and asks before it changes a file: the user must see the list before agreeing.
fn import(source: &str, first: FirstSlot) -> Result<(), CliError> {
    let failed =
        |e: std::io::Error| CliError::failed("this program cannot start itself").because(e);
    let program = keyward_ready::pair::own_path().map_err(failed)?;
    Command::new(program)
        .args(["import", source, "--slot", first.name()])
        .status()
        .map_err(failed)?;
    Ok(())
}

/// Whether a section holds a long-lived key of AWS.
fn holds_key(section: &Section) -> bool {
    let token = session_token(section).map(|(_, token)| token.value.as_str());
    section
        .value("aws_access_key_id")
        .and_then(|id| id.parse().ok())
        .is_some_and(|id: AccessKeyId| {
            id.has_aws_shape() && KeyKind::of(&id, token) == KeyKind::LongLived
        })
}
