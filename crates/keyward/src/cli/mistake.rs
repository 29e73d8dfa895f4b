//! A mistake on the command line, reported like every other error: what is wrong, the usage, and
//! hints. Names no hidden command.

use std::ffi::OsString;

use anstream::adapter::strip_str;
use clap::error::{ContextKind, ContextValue};

use crate::screen::error::CliError;
use crate::screen::ui::Ui;

/// The text that clap writes before each of its suggestions.
const TIP: &str = "tip:";
/// The text that clap writes before the usage.
const USAGE: &str = "Usage:";
/// The text by which clap points to the help.
const HELP: &str = "For more information";

/// The parts of clap's text.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parts {
    /// The fault, in one line or several.
    message: String,
    /// The usage of the command.
    usage: Option<String>,
}

impl Parts {
    /// Splits a text into parts. It leaves out clap's notes on similar words and on the help.
    fn of(text: &str) -> Self {
        let mut parts = Self::default();
        let mut in_usage = false;
        for line in text.lines() {
            let plain = strip_str(line).to_string();
            let plain = plain.trim();
            if plain.is_empty() || plain.starts_with(TIP) || plain.starts_with(HELP) {
                in_usage = false;
                continue;
            }
            in_usage |= plain.starts_with(USAGE);
            let part = match in_usage {
                true => parts.usage.get_or_insert_default(),
                false => &mut parts.message,
            };
            if !part.is_empty() {
                part.push('\n');
            }
            part.push_str(line);
        }
        parts
    }
}

/// Tells a mistake.
pub(super) fn tell(
    ui: &Ui,
    definition: &clap::Command,
    mistake: &clap::Error,
    arguments: &[OsString],
) {
    let parts = Parts::of(&mistake.render().ansi().to_string());
    // `Ui` writes the word itself.
    let message = match parts.message.find("error:") {
        Some(at) => without_reset(&parts.message[at + "error:".len()..]),
        None => &parts.message,
    };
    let command = Path::of(definition, arguments);
    ui.error(&CliError::usage(message.trim_start()));
    if let Some(usage) = parts.usage {
        ui.say_hanging(&usage, USAGE.len() + 1);
    }
    for hint in suggestions(mistake, &command) {
        ui.hint(hint);
    }
    ui.hint(format!("{} --help", command.words));
}

/// A text without the sequence that ends the colour of the word before it.
fn without_reset(text: &str) -> &str {
    text.strip_prefix("\x1b[0m").unwrap_or(text)
}

/// The intended command, as far as its words are known.
struct Path<'d> {
    words: String,
    command: &'d clap::Command,
}

impl<'d> Path<'d> {
    fn of(definition: &'d clap::Command, arguments: &[OsString]) -> Self {
        let mut path = Self {
            words: "keyward".to_owned(),
            command: definition,
        };
        // The word after an option may be its value.
        let mut value_may_follow = false;
        for word in arguments.iter().skip(1) {
            let Some(word) = word.to_str().filter(|word| *word != "--") else {
                break;
            };
            if let Some(below) = path.command.find_subcommand(word) {
                path.words = format!("{} {}", path.words, below.get_name());
                path.command = below;
            } else if !word.starts_with('-') && !value_may_follow {
                break;
            }
            value_may_follow = word.starts_with('-');
        }
        path
    }
}

/// Returns what may have been meant, the most similar first.
fn suggestions(mistake: &clap::Error, path: &Path<'_>) -> Vec<String> {
    let mut hints = Vec::new();
    let mut commands = Vec::new();
    for name in named(mistake.get(ContextKind::SuggestedSubcommand)) {
        let found = path.command.find_subcommand(name);
        if let Some(found) = found.filter(|found| !found.is_hide_set()) {
            // An alias counts as its command.
            let command = format!("{} {}", path.words, found.get_name());
            if !commands.contains(&command) {
                commands.push(command);
            }
        }
    }
    if !commands.is_empty() {
        hints.push(format!("similar commands: {}", commands.join(", ")));
    }
    for (kind, what) in [
        (ContextKind::SuggestedArg, "option"),
        (ContextKind::SuggestedValue, "value"),
    ] {
        let names = named(mistake.get(kind));
        if !names.is_empty() {
            hints.push(format!("a similar {what}: {}", names.join(", ")));
        }
    }
    if let Some(ContextValue::StyledStrs(texts)) = mistake.get(ContextKind::Suggested) {
        hints.extend(texts.iter().map(|text| text.ansi().to_string()));
    }
    hints
}

/// The names that clap suggests. It lists the most similar one last.
fn named(value: Option<&ContextValue>) -> Vec<String> {
    match value {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(several)) => several.iter().rev().cloned().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
