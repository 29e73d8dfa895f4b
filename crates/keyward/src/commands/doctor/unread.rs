//! Files that cannot be read at all: every fault of them is a problem of its own.

use super::finding::Finding;
use crate::error::CliError;
use crate::places::{self, Places};
use crate::world::Unread;

/// What could not be read.
pub(super) fn look(places: &Places, unread: &Unread) -> Vec<Finding> {
    let Unread {
        aws_files,
        settings,
        index,
    } = unread;
    let aws_files = aws_files
        .iter()
        .map(|fault| of("config-refused", places, fault));
    let settings = settings.iter().map(|fault| of("settings", places, fault));
    let index = index.iter().map(|fault| of("index", places, fault));
    aws_files.chain(settings).chain(index).collect()
}

fn of(id: &'static str, places: &Places, fault: &CliError) -> Finding {
    let told = fault.to_string();
    let told = match std::error::Error::source(fault) {
        Some(cause) => format!("{told}: {cause}"),
        None => told,
    };
    let finding = match line_of(places, &told) {
        Some((place, said)) => Finding::problem(id, said).at(place),
        None => Finding::problem(id, told.as_str()),
    };
    match fault.hints().first() {
        Some(hint) => finding.hint(hint),
        None => finding,
    }
}

/// The file and line that a sentence begins with, and the rest of it.
fn line_of<'t>(places: &Places, told: &'t str) -> Option<(&'t str, &'t str)> {
    let files = [
        &places.aws_config,
        &places.aws_credentials,
        &places.settings,
    ];
    files.into_iter().find_map(|file| {
        let shown = places::show(file);
        let (line, said) = told
            .strip_prefix(&shown)?
            .strip_prefix(':')?
            .split_once(": ")?;
        let number = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
        number.then(|| (&told[..shown.len() + 1 + line.len()], said))
    })
}
