//! Asks a person to agree to what an account command will do. Without a terminal, names the whole
//! command that does not ask, so that it does the same.

use keyward_core::id::ProfileName;

use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;

/// A command of `keyward account` that a person may run, without `--yes`.
#[derive(Debug, Clone)]
pub(crate) struct AccountCommand {
    words: String,
    profile: Option<ProfileName>,
}

impl AccountCommand {
    /// The command with these words. `profile` comes last.
    pub(crate) fn new(words: &[String], profile: Option<&ProfileName>) -> Self {
        Self {
            words: format!("keyward account {}", words.join(" ")),
            profile: profile.cloned(),
        }
    }

    /// Adds a flag of the command line.
    pub(crate) fn flag(&mut self, given: bool, flag: &str) {
        if given {
            self.words.push_str(&format!(" {flag}"));
        }
    }

    /// The command that asks, as a person types it.
    pub(crate) fn asking(&self) -> String {
        format!("{}{}", self.words, self.profile_flag())
    }

    fn without_asking(&self) -> String {
        format!("{} --yes{}", self.words, self.profile_flag())
    }

    fn profile_flag(&self) -> String {
        let profile = self.profile.as_ref();
        let profile = profile.map(|profile| format!(" --profile {}", profile.argument()));
        profile.unwrap_or_default()
    }
}

/// Asks for a yes.
pub(crate) fn agree(question: &str, command: &AccountCommand) -> Result<(), CliError> {
    let mut terminal = Terminal::required(
        "your agreement to the plan",
        format!("{} does it without asking", command.without_asking()),
    )?;
    match terminal.confirm(question)? {
        true => Ok(()),
        false => Err(CliError::failed("nothing was changed")),
    }
}
