//! The first help page: the commands under headings, in the order in which a newcomer meets them.
//! Refuses to list a command twice or to leave one out, which a test holds.

use clap::Command;
use clap::builder::StyledStr;

use crate::screen::ui::{Ui, wrap};

/// The headings and the commands under each.
const GROUPS: &[(&str, &[&str])] = &[
    ("Start here", &["init", "demo", "sandbox", "doctor"]),
    (
        "Get credentials",
        &[
            "exec",
            "env",
            "credential-process",
            "login",
            "assume",
            "refresh",
            "serve",
        ],
    ),
    (
        "Look",
        &["list", "explain", "status", "whoami", "log", "config"],
    ),
    (
        "Keys and MFA",
        &["add", "rotate", "remove", "mfa", "password", "import"],
    ),
    ("The account", &["account", "audit"]),
    (
        "Setup",
        &[
            "setup",
            "sso",
            "signin",
            "vault",
            "lock",
            "shell-init",
            "completions",
        ],
    ),
];

/// The heading of the flags that every command has.
pub(crate) const GLOBAL: &str = "Global options";

/// The width of the page, on a terminal of at least that many columns.
const COLUMNS: usize = 80;
/// The width that no page exceeds; the `max_term_width` of the commands.
const WIDEST: usize = 100;
/// The width below which the terminal breaks the lines itself.
const NARROWEST: usize = 40;

/// The definition with the grouped list on its first help page.
pub(super) fn grouped(command: Command) -> Command {
    let page = page(&command);
    command.help_template(page)
}

fn page(command: &Command) -> StyledStr {
    let styles = command.get_styles();
    let (header, literal) = (styles.get_header(), styles.get_literal());
    let width = GROUPS
        .iter()
        .flat_map(|(_, names)| names.iter())
        .map(|name| name.len())
        .max()
        .unwrap_or_default();
    let columns = Ui::columns().map_or(COLUMNS, |columns| columns.clamp(NARROWEST, COLUMNS));
    let mut page = String::from("{about-with-newline}\n{usage-heading} {usage}\n");
    for (heading, names) in GROUPS {
        page.push_str(&format!("\n{header}{heading}:{header:#}\n"));
        for name in *names {
            let about = command
                .find_subcommand(name)
                .and_then(Command::get_about)
                .map(ToString::to_string)
                .unwrap_or_default();
            let about = wrapped(&about, columns - width - 4, width + 4);
            page.push_str(&format!("  {literal}{name:width$}{literal:#}  {about}\n"));
        }
    }
    page.push_str(&format!("\n{header}{GLOBAL}:{header:#}\n{{options}}"));
    page.into()
}

/// A page of help for a terminal. clap breaks its paragraphs, but not its usage.
pub(crate) fn shown(page: &StyledStr) -> String {
    let columns = Ui::columns().map_or(WIDEST, |columns| columns.min(WIDEST));
    with_short_usage(&page.ansi().to_string(), columns)
}

fn with_short_usage(page: &str, columns: usize) -> String {
    const USAGE: &str = "Usage: ";
    let lines = page.split_inclusive('\n').map(|line| {
        let is_usage = anstream::adapter::strip_str(line)
            .to_string()
            .starts_with(USAGE);
        match is_usage {
            true => wrap(line, columns, USAGE.len()),
            false => line.to_owned(),
        }
    });
    lines.collect()
}

/// The text in lines of at most `columns` characters, with `indent` blanks before all but the first.
fn wrapped(text: &str, columns: usize, indent: usize) -> String {
    let (mut lines, mut used) = (String::new(), 0);
    for word in text.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > columns {
            lines.push_str(&format!("\n{:indent$}", ""));
            used = 0;
        } else if used > 0 {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += length;
    }
    lines
}

#[cfg(test)]
mod tests;
