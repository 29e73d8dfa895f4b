//! The replacement on systems without a kernel keyring or such facts of files: nothing is ready, so
//! every run goes the usual way.

use std::ffi::OsString;

use keyward_core::chain::Chain;
use keyward_core::id::ProfileName;
use keyward_core::{Credentials, Timestamp};
use zeroize::Zeroizing;

use crate::screen::error::CliError;
use crate::state::local_state::LocalState;

/// A run that is neither answered nor kept.
pub(crate) struct ThisRun;

impl ThisRun {
    /// Nothing is noted.
    pub(crate) fn begin() -> Self {
        Self
    }

    /// This system keeps no answer.
    pub(crate) fn answer(&mut self) -> Option<Result<(), CliError>> {
        None
    }

    /// Nothing is kept.
    pub(crate) fn keep_document(&self, _: &LocalState, _: &Chain) {}

    /// Nothing is kept.
    pub(crate) fn keep_text(
        &self,
        _: &LocalState,
        _: &Chain,
        _: impl FnOnce(&Credentials) -> Zeroizing<String>,
    ) {
    }

    /// Nothing is kept.
    pub(crate) fn keep_variables(
        &self,
        _: &LocalState,
        _: &Chain,
        _: &ProfileName,
        _: &[OsString],
    ) {
    }

    /// Nothing is kept.
    pub(crate) fn keep_prompt(&self, _: &LocalState, _: &ProfileName, _: Timestamp) {}
}
