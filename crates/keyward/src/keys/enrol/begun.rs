//! The list of devices that were begun and not finished, so that what a killed run left behind
//! is found by the next one. It names serials, nothing secret.

use std::convert::Infallible;
use std::path::PathBuf;

use keyward_core::id::{MfaSerial, UserName};

use crate::aws_files::rewrite::{self, Holds, UpdateError};
use crate::keys::iam_user::Owner;
use crate::prompt::deadline::Deadline;
use crate::screen::error::CliError;
use crate::state::local_state::LocalState;

/// The file of the lists, beside the vault.
const FILE: &str = "enrolments";

/// An enrolment that was begun and not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unfinished {
    /// The account of the device's user.
    pub(crate) account: String,
    /// The user's name.
    pub(crate) user: String,
    /// The device, which AWS may have.
    pub(crate) serial: MfaSerial,
}

/// The enrolments that were begun and not finished; none while one is going on.
pub(crate) fn unfinished(local: &LocalState) -> Vec<Unfinished> {
    let text = rewrite::read(&local.locations.data.join(FILE));
    let text = text.ok().flatten().unwrap_or_default();
    let listed = text.lines().filter_map(|line| {
        let mut words = line.splitn(3, ' ').map(str::to_owned);
        Some(Unfinished {
            account: words.next()?,
            user: words.next()?,
            serial: words.next()?.parse().ok()?,
        })
    });
    let listed: Vec<_> = listed.collect();
    let goes_on = || matches!(local.paths.enrolment_lock().try_lock(), Ok(None));
    match listed.is_empty() || goes_on() {
        true => Vec::new(),
        false => listed,
    }
}

/// The list of one user.
#[derive(Debug)]
pub(crate) struct Begun {
    file: PathBuf,
    prefix: String,
    deadline: Deadline,
}

impl Begun {
    /// The list for a user of an account.
    pub(crate) fn of(local: &LocalState, owner: &Owner) -> Self {
        Self {
            file: local.locations.data.join(FILE),
            prefix: prefix(owner, &owner.user),
            deadline: local.deadline,
        }
    }

    /// The serials on it.
    pub(crate) fn serials(&self) -> Vec<MfaSerial> {
        let text = rewrite::read(&self.file).ok().flatten();
        text.unwrap_or_default()
            .lines()
            .filter_map(|line| line.strip_prefix(&self.prefix)?.parse().ok())
            .collect()
    }

    /// Puts a serial on it.
    pub(crate) fn add(&self, serial: &MfaSerial) -> Result<(), CliError> {
        self.change(|lines| lines.push(format!("{}{serial}", self.prefix)))
    }

    /// Removes a serial from it.
    pub(crate) fn strike(&self, serial: &MfaSerial) -> Result<(), CliError> {
        let gone = format!("{}{serial}", self.prefix);
        self.change(|lines| lines.retain(|line| *line != gone))
    }

    fn change(&self, mut change: impl FnMut(&mut Vec<String>)) -> Result<(), CliError> {
        let changed = rewrite::update(&self.file, Holds::Settings, self.deadline, |old| {
            let mut lines: Vec<String> =
                old.unwrap_or_default().lines().map(str::to_owned).collect();
            change(&mut lines);
            let mut new = lines.join("\n");
            if !new.is_empty() {
                new.push('\n');
            }
            Ok::<_, Infallible>(Some(new))
        });
        changed.map_err(|error| match error {
            UpdateError::Read(e) | UpdateError::Write(e) => rewrite::unwritten(&self.file, e),
            UpdateError::Change(never) => match never {},
        })
    }
}

/// The owner of the line.
fn prefix(owner: &Owner, user: &UserName) -> String {
    format!("{} {user} ", owner.account)
}
