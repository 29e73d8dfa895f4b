//! `keyward log`: what was handed out.

use std::process::ExitCode;
use std::time::Duration;

use keyward_core::id::ProfileName;
use keyward_core::time::{parse_duration, show_duration};

use crate::commands::print_json;
use crate::error::CliError;
use crate::log::{self, Entry};
use crate::places::{self, Places};
use crate::ui::{FAINT, STRONG, Ui};
use crate::world::now;

/// What was handed out: when, to which program, under which key id
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only of this profile
    #[arg(long, value_name = "P")]
    profile: Option<ProfileName>,

    /// Only of this long ago or less, such as 2h or 7d
    #[arg(long, value_name = "D", value_parser = parse_duration)]
    since: Option<Duration>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Prints the entries; a broken chain is a failure.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let places = Places::find()?;
    let path = log::path(&places);
    let shown = places::show(&path);
    let story = log::read(&places)
        .map_err(|e| CliError::failed(format!("`{shown}` cannot be read")).because(e))?;
    let start = args.since.map(|since| now().before(since));
    let wanted = |entry: &&Entry| {
        args.profile
            .as_ref()
            .is_none_or(|name| *name == entry.profile)
            && start.is_none_or(|start| entry.time >= start)
    };
    let entries: Vec<&Entry> = story.entries.iter().filter(wanted).collect();
    if args.json {
        print_json(ui, &entries.iter().map(|entry| entry.to_json()).collect())?;
    } else if entries.is_empty() {
        ui.say("nothing was handed out");
    } else {
        ui.data(&table(&entries))?;
    }
    match story.broken {
        None => Ok(ExitCode::SUCCESS),
        Some(broken) => {
            Err(
                CliError::failed(format!("the log's chain is broken: {}", broken.says())).hint(
                    format!("look at `{shown}`; move it away to start a new one"),
                ),
            )
        }
    }
}

fn table(entries: &[&Entry]) -> String {
    let widest = |of: fn(&Entry) -> usize| entries.iter().map(|e| of(e)).max().unwrap_or_default();
    let name = widest(|entry| entry.profile.as_str().chars().count());
    let how = widest(|entry| entry.how.as_str().len());
    let mut text = String::new();
    for entry in entries {
        let by = entry.parent.as_deref().unwrap_or("-");
        let life = entry
            .expires_at
            .map(|end| format!(" for {}", show_duration(end.remaining(entry.time))));
        text.push_str(&format!(
            "{FAINT}{}{FAINT:#}  {STRONG}{:name$}{STRONG:#}  {:how$}  {}{}  by {by} ({})",
            entry.time,
            entry.profile.as_str(),
            entry.how.as_str(),
            entry.access_key_id,
            life.unwrap_or_default(),
            entry.pid,
        ));
        if let Some(role) = &entry.role {
            let session = entry.session.as_deref().unwrap_or("-");
            text.push_str(&format!("  {FAINT}{} as {session}{FAINT:#}", role.as_str()));
        }
        text.push('\n');
    }
    text
}
