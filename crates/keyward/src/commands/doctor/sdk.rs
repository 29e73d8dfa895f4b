//! The credentials that each SDK would use for each profile. The SDKs differ in the headers and
//! keys that they recognise, in the source that comes first within a profile, and in how they treat
//! MFA.

mod judge;
mod outcome;
mod reader;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use anstyle::Style;
use keyward_core::Timestamp;
use keyward_core::chain::stated_end;
use keyward_core::config::{ConfigSet, FileKind, Section};
use keyward_core::id::ProfileName;
use serde_json::{Map, Value};

use crate::commands::doctor::environment::can_be_read;
use crate::commands::doctor::process_line;
use crate::environment as env;
use crate::screen::ui::{BAD, Cell, STRONG, Table, WARN};
use crate::state::local_state::{LocalState, now};

use judge::{Judge, Surroundings};
use outcome::Outcome;
use reader::Reader;

/// The SDKs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sdk {
    Botocore,
    JavaScript,
    Go,
    Rust,
}

const ALL: [Sdk; 4] = [Sdk::Botocore, Sdk::JavaScript, Sdk::Go, Sdk::Rust];

impl Sdk {
    fn name(self) -> &'static str {
        match self {
            Self::Botocore => "boto3, AWS CLI",
            Self::JavaScript => "JavaScript",
            Self::Go => "Go",
            Self::Rust => "Rust",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Botocore => "botocore",
            Self::JavaScript => "javascript",
            Self::Go => "go",
            Self::Rust => "rust",
        }
    }
}

/// Every profile with the outcome of each SDK, by name.
#[derive(Default)]
pub(super) struct Matrix(Vec<(ProfileName, [Outcome; 4])>);

impl Matrix {
    pub(super) fn of(local: &LocalState) -> Self {
        let written = local.config.profile_names();
        let mut names: BTreeSet<ProfileName> =
            written.filter_map(|name| name.parse().ok()).collect();
        names.extend(local.stored.iter().map(|key| key.profile.clone()));
        let known = RefCell::new(HashMap::new());
        let exists = |program: &str| -> bool {
            let mut known = known.borrow_mut();
            let program_exists = || process_line::exists(program);
            *known
                .entry(program.to_owned())
                .or_insert_with(program_exists)
        };
        let surroundings = Surroundings {
            now: now(),
            variable: &env::get_even_empty,
            exists: &exists,
            readable: &can_be_read,
        };
        Self::judge(names, &local.config, &surroundings)
    }

    fn judge(
        names: impl IntoIterator<Item = ProfileName>,
        config: &ConfigSet,
        surroundings: &Surroundings<'_>,
    ) -> Self {
        // Python's parser refuses a name that occurs twice, for every profile.
        let mut diagnostics = config.diagnostics().iter();
        let refused = diagnostics.any(|one| one.message.contains(REFUSED_WHOLE));
        // The Rust SDK reads a `#` or `;` as a comment also between the brackets, which then are
        // not closed.
        let mut headers = config.written();
        let unclosed = headers.any(|section| section.header().contains(['#', ';']))
            || config.has_refused_comment();
        let judges = ALL.map(|sdk| {
            let skipped = match sdk {
                Sdk::Botocore | Sdk::Rust => unread(surroundings),
                Sdk::JavaScript | Sdk::Go => Vec::new(),
            };
            Judge::new(sdk, Reader::new(sdk, config, &skipped), surroundings)
        });
        let outcomes = |name: &ProfileName| {
            std::array::from_fn(|at| match ALL[at] {
                Sdk::Botocore if refused => Outcome::RefusesFile,
                Sdk::Rust if unclosed => Outcome::RefusesFile,
                _ => judges[at].profile(name.as_str()),
            })
        };
        let rows = names.into_iter().map(|name| {
            let outcomes = outcomes(&name);
            (name, outcomes)
        });
        Self(rows.collect())
    }

    /// Returns the kinds of credentials that the SDKs use for a profile, if they differ.
    pub(super) fn divided(&self, name: &ProfileName) -> Option<String> {
        let at = self.0.binary_search_by(|(known, _)| known.cmp(name)).ok()?;
        let (_, outcomes) = &self.0[at];
        let kinds: BTreeSet<_> = outcomes.iter().filter_map(Outcome::kind).collect();
        if kinds.len() < 2 {
            return None;
        }
        let taken = ALL.into_iter().zip(outcomes);
        let taken = taken.filter(|(_, outcome)| outcome.kind().is_some());
        let taken: Vec<String> = taken
            .map(|(sdk, outcome)| format!("{}: {}", sdk.name(), outcome.word()))
            .collect();
        Some(taken.join("; "))
    }

    pub(super) fn to_json(&self) -> Value {
        let profiles = self.0.iter().map(|(name, outcomes)| {
            let cells = ALL
                .into_iter()
                .zip(outcomes)
                .map(|(sdk, outcome)| (sdk.key().to_owned(), outcome.word().into()));
            (name.to_string(), Value::Object(cells.collect()))
        });
        Value::Object(profiles.collect::<Map<_, _>>())
    }

    /// The meanings of the words in the table that indicate a problem.
    pub(super) fn legend(&self) -> BTreeSet<&'static str> {
        let cells = self.0.iter().flat_map(|(_, outcomes)| outcomes);
        cells.filter_map(Outcome::meaning).collect()
    }

    /// As a table.
    pub(super) fn table(&self) -> Table<5> {
        let [one, two, three, four] = ALL.map(Sdk::name);
        let mut table = Table::new(["PROFILE", one, two, three, four]);
        for (name, outcomes) in &self.0 {
            let [one, two, three, four] = outcomes.each_ref().map(cell);
            table.push([Cell::new(name.to_string(), STRONG), one, two, three, four]);
        }
        table
    }
}

fn cell(outcome: &Outcome) -> Cell {
    let style = match outcome {
        outcome if outcome.is_good() => Style::new(),
        Outcome::Key | Outcome::Role(_) | Outcome::AsksCode => WARN,
        _ => BAD,
    };
    Cell::new(outcome.word(), style)
}

/// The files that botocore and the SDK for Rust do not read, because the variable of their path is set
/// and empty. The other SDKs then read the usual files.
fn unread(surroundings: &Surroundings<'_>) -> Vec<FileKind> {
    let files = [
        (env::AWS_CONFIG_FILE, FileKind::Config),
        (env::AWS_SHARED_CREDENTIALS_FILE, FileKind::Credentials),
    ];
    let empty = |name| (surroundings.variable)(name).is_some_and(|value| value.is_empty());
    let unread = files.into_iter().filter(|(name, _)| empty(name));
    unread.map(|(_, file)| file).collect()
}

/// A part of the diagnostic of a name that occurs twice.
const REFUSED_WHOLE: &str = "boto3 refuse the whole file";

/// Returns the end of a section's temporary keys, if it has passed.
pub(super) fn ended(section: &Section, now: Timestamp) -> Option<Timestamp> {
    stated_end(section).filter(|end| *end <= now)
}

#[cfg(test)]
mod tests;
