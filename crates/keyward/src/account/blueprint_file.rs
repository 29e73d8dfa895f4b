//! Reads a blueprint from a file and reports every problem with file, line and column.

use std::io;
use std::path::{Path, PathBuf};

use keyward_account::blueprint::{Blueprint, InvalidBlueprint, Severity};
use keyward_account::desired::{Desired, render};
use keyward_account::hand_out::{RecipientKind as Named, RecipientText};
use keyward_account::plan::wire::SavedBlueprint;
use keyward_recipients::{RecipientKind, Source};

use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::system::locations;
use crate::system::read_limited;

/// A blueprint, and the folder that relative paths in it start from.
#[derive(Debug, Clone)]
pub(crate) struct BlueprintFile {
    /// Its content.
    pub(crate) blueprint: Blueprint,
    /// The path of the file.
    pub(crate) path: PathBuf,
    /// The text that was read.
    pub(crate) text: String,
}

impl BlueprintFile {
    /// Reads a file.
    pub(crate) fn read(path: &Path, ui: &Ui) -> Result<Self, CliError> {
        let text = read_limited::text(path, read_limited::SETTINGS).map_err(|e| {
            let absent = e.kind() == io::ErrorKind::NotFound;
            let shown = locations::show(path);
            let error = CliError::usage(format!("cannot read the blueprint `{shown}`")).because(e);
            // The hint makes a new file, so it must not name one that exists.
            match absent {
                true => error.hint(format!(
                    "to make one: keyward account init -o {}",
                    locations::word(path)
                )),
                false => error,
            }
        })?;
        let path = std::path::absolute(path).map_err(|e| {
            CliError::usage(format!("`{}` is not a path", locations::show(path))).because(e)
        })?;
        Self::of_text(path, text.to_string(), ui)
    }

    /// The blueprint in a file of saved plans.
    pub(crate) fn of_saved(saved: &SavedBlueprint, ui: &Ui) -> Result<Self, CliError> {
        let SavedBlueprint { path, text } = saved;
        Self::of_text(PathBuf::from(path), text.clone(), ui)
    }

    fn of_text(path: PathBuf, text: String, ui: &Ui) -> Result<Self, CliError> {
        let blueprint = Blueprint::parse(&text).map_err(|e| refused(&path, &e))?;
        for warning in &blueprint.warnings {
            ui.warn(format!("{}:{warning}", locations::show(&path)));
        }
        Ok(Self {
            blueprint,
            path,
            text,
        })
    }

    /// The desired state of each account, in the order of the blueprint's accounts. Paths of keys are
    /// absolute.
    pub(crate) fn desired(&self) -> Vec<Desired> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut accounts = render(&self.blueprint);
        let hand_outs = accounts
            .iter_mut()
            .flat_map(|desired| desired.hand_outs.values_mut());
        for recipient in hand_outs.flat_map(|hand_out| &mut hand_out.recipients) {
            *recipient = absolute(recipient, folder);
        }
        accounts
    }
}

fn refused(path: &Path, invalid: &InvalidBlueprint) -> CliError {
    let lines: Vec<String> = invalid
        .problems
        .iter()
        .map(|problem| {
            let mark = match problem.severity {
                Severity::Error => "",
                Severity::Warning => "warning: ",
            };
            format!("{mark}{}:{problem}", locations::show(path))
        })
        .collect();
    CliError::usage(format!("{invalid}\n{}", lines.join("\n")))
}

/// The same recipient with a path that means the same from every folder: a relative path starts
/// from the blueprint's folder.
fn absolute(named: &RecipientText, folder: &Path) -> RecipientText {
    let kind = kind(named.kind);
    match Source::parse(kind, &named.text) {
        Ok(Source::File(path)) if !path.starts_with("~") => RecipientText {
            kind: named.kind,
            text: folder.join(path).display().to_string(),
        },
        _ => named.clone(),
    }
}

/// The kind of key that a recipient is.
pub(super) fn kind(named: Named) -> RecipientKind {
    match named {
        Named::Pgp => RecipientKind::Pgp,
        Named::Ssh => RecipientKind::Ssh,
        Named::Age => RecipientKind::Age,
    }
}
