//! Blueprints to begin with. Each is complete and commented, and passes the checks that every
//! blueprint passes.

use std::fmt;
use std::str::FromStr;

/// A blueprint to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// Five roles for a team: ReadOnly, Administrator, Deployments, BillingManager and
    /// SecretEditor.
    Team,
    /// Everyone reads; administrators may also assume a role that changes things.
    ReadonlyAdmin,
    /// Passwords of 32 characters, a role for administrators and one for daily work.
    Kickstarter,
    /// Users in one account, roles in another.
    TwoAccounts,
}

/// A text that names no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a template; there are {known}")]
pub struct UnknownTemplate {
    given: String,
    known: String,
}

impl Template {
    /// All templates.
    pub const ALL: [Self; 4] = [
        Self::Team,
        Self::ReadonlyAdmin,
        Self::Kickstarter,
        Self::TwoAccounts,
    ];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::ReadonlyAdmin => "readonly-admin",
            Self::Kickstarter => "kickstarter",
            Self::TwoAccounts => "two-accounts",
        }
    }

    /// The blueprint.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Team => include_str!("team.toml"),
            Self::ReadonlyAdmin => include_str!("readonly-admin.toml"),
            Self::Kickstarter => include_str!("kickstarter.toml"),
            Self::TwoAccounts => include_str!("two-accounts.toml"),
        }
    }
}

impl Template {
    /// The blueprint as a file contains it: the commands at its top name that file. The name is
    /// quoted for a shell and has no line breaks.
    #[must_use]
    pub fn text_in(self, file: &str) -> String {
        let own = format!("{}.toml", self.name());
        let command = |verb: &str, file: &str| format!("#   keyward account {verb} {file}");
        let column = command("apply", file).len() + GAP;
        let mut text = String::new();
        for line in self.text().lines() {
            let verbs = ["plan", "apply"].into_iter();
            let head = verbs
                .map(|verb| (verb, line.strip_prefix(&command(verb, &own))))
                .find_map(|(verb, rest)| Some((command(verb, file), rest?.trim_start())));
            match head {
                Some((head, says)) => text.push_str(&format!("{head:<column$}{says}")),
                None => text.push_str(line),
            }
            text.push('\n');
        }
        text
    }
}

/// The blanks between the longest command and what it does.
const GAP: usize = 5;

impl FromStr for Template {
    type Err = UnknownTemplate;

    fn from_str(text: &str) -> Result<Self, UnknownTemplate> {
        let found = Self::ALL.into_iter().find(|known| known.name() == text);
        found.ok_or_else(|| UnknownTemplate {
            given: text.chars().take(40).collect(),
            known: Self::ALL.map(|known| format!("`{known}`")).join(", "),
        })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests;
