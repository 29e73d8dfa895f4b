//! Files and variables that cannot be read at all: every fault of them is a problem of its own.

use super::finding::Finding;
use crate::screen::error::CliError;
use crate::state::local_state::Unread;
use crate::system::locations::{self, Locations};

/// Returns findings about files that could not be read.
pub(super) fn look(locations: &Locations, unread: &Unread) -> Vec<Finding> {
    let Unread {
        environment,
        aws_files,
        settings,
        index,
    } = unread;
    let environment = environment
        .iter()
        .map(|fault| of("environment", locations, fault));
    let aws_files = aws_files
        .iter()
        .map(|fault| of("config-refused", locations, fault));
    let settings = settings
        .iter()
        .map(|fault| of("settings", locations, fault));
    let index = index.iter().map(|fault| of("index", locations, fault));
    environment
        .chain(aws_files)
        .chain(settings)
        .chain(index)
        .collect()
}

fn of(id: &'static str, locations: &Locations, fault: &CliError) -> Finding {
    let told = fault.to_string();
    let told = match std::error::Error::source(fault) {
        Some(cause) => format!("{told}: {cause}"),
        None => told,
    };
    let finding = match line_of(locations, &told) {
        Some((place, message)) => Finding::problem(id, message).at(place),
        None => Finding::problem(id, told.as_str()),
    };
    match fault.hints().first() {
        Some(hint) => finding.hint(hint.to_string()),
        None => finding,
    }
}

/// The file and line at the beginning of a sentence, and the rest.
fn line_of<'t>(locations: &Locations, told: &'t str) -> Option<(&'t str, &'t str)> {
    let files = [
        &locations.aws_config,
        &locations.aws_credentials,
        &locations.settings,
    ];
    files.into_iter().find_map(|file| {
        let shown = locations::show(file);
        let (line, message) = told
            .strip_prefix(&shown)?
            .strip_prefix(':')?
            .split_once(": ")?;
        let number = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
        number.then(|| (&told[..shown.len() + 1 + line.len()], message))
    })
}
