//! Unreadable files and variables: commands that need them report every reason; the others warn in one line.

use crate::screen::error::CliError;
use crate::screen::ui::Ui;

/// The name of the variables in a sentence.
const ENVIRONMENT: &str = "the environment";
/// The name of the AWS files in a sentence.
pub(super) const AWS_FILES: &str = "the AWS files";
/// The name of `config.toml` in a sentence.
pub(super) const SETTINGS: &str = "the settings";

/// The files that cannot be read, with the reasons.
#[derive(Debug, Default)]
pub(crate) struct Unread {
    /// Every variable that decides something and cannot be read.
    pub(crate) environment: Vec<CliError>,
    /// Every fault of the AWS files.
    pub(crate) aws_files: Vec<CliError>,
    /// Every fault of `config.toml`.
    pub(crate) settings: Vec<CliError>,
    /// That of the vault's key index, if opening the vault would not fix it.
    pub(crate) index: Option<CliError>,
}

impl Unread {
    /// All the reasons as one.
    pub(super) fn into_error(self) -> Option<CliError> {
        let Self {
            environment: mut all,
            aws_files,
            settings,
            index,
        } = self;
        let faults = (all.as_slice(), aws_files.as_slice(), settings.as_slice());
        let place = match (faults, &index) {
            ((_, [], []), None) => ENVIRONMENT,
            (([], _, []), None) => AWS_FILES,
            (([], [], _), None) => SETTINGS,
            (([], ..), _) => "the files",
            _ => "the environment and the files",
        };
        all.extend(aws_files);
        all.extend(settings);
        all.extend(index);
        CliError::all(place, all)
    }
}

/// Warns about files that a command does not need.
pub(super) fn go_on_without(what: &str, faults: Vec<CliError>, ui: &Ui) {
    if let Some(error) = CliError::all(what, faults) {
        ui.warn(format!("{error}; keyward continues without {what}"));
        ui.hint("keyward doctor");
    }
}
