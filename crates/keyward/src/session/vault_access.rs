//! Opening the vault for a command, and the key index that follows from what the vault holds.

use std::sync::Arc;

use keyward_vault::{IndexError, OpenVault};

use super::open_vault;
use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::{Color, Ui};
use crate::state::local_state::LocalState;

impl LocalState {
    /// Rebuilds the vault's key index if it is missing or outdated. This opens the vault.
    pub(crate) fn rebuild_missing_index(&mut self) -> Result<(), CliError> {
        let Some(lost) = self.index_error.take() else {
            return Ok(());
        };
        self.rebuild_index(&lost)
            .inspect_err(|_| self.index_error = Some(lost))
    }

    /// Opens the vault, which rebuilds its index.
    fn rebuild_index(&mut self, lost: &IndexError) -> Result<(), CliError> {
        let ui = Ui::new(Color::Auto, 0);
        self.open(&ui).map_err(|error| {
            let hints = error.hints().to_vec();
            CliError::new(error.kind(), lost.to_string())
                .because(error)
                .hint_all(hints)
        })?;
        // The rebuild fails if, for example, a folder has the index's name.
        if let Err(still) = self.vault().index() {
            ui.warn(still.to_string());
            return Ok(());
        }
        ui.say(match lost {
            IndexError::Outdated { .. } => {
                "the vault's key index did not belong to the vault and was rebuilt"
            }
            _ => "the vault's key index was missing and is rebuilt",
        });
        Ok(())
    }

    /// Opens the vault. From then on the vault's content overrides its index. A command that acts
    /// on a key does this before it chains.
    pub(crate) fn open(&mut self, ui: &Ui) -> Result<OpenVault, CliError> {
        let open = open_vault(self, ui)?;
        self.adopt(open.document());
        Ok(open)
    }

    /// As [`open`](Self::open), if there is a vault.
    pub(crate) fn open_existing(&mut self, ui: &Ui) -> Result<Option<OpenVault>, CliError> {
        match self.vault().exists() {
            true => self.open(ui).map(Some),
            false => Ok(None),
        }
    }

    /// Plans and acts. If the first plan was for another key, it does both again with the vault's
    /// content. The first plan then had no effect, because its key was missing.
    pub(crate) fn plan_and_act<T>(
        &mut self,
        ui: &Ui,
        act: impl Fn(&Self) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        match act(self) {
            Err(error) if error.kind() == ErrorKind::PlanOutdated => {
                self.open(ui)?;
                act(self)
            }
            done => done,
        }
    }

    /// Reads everything again after a change, without asking for the passphrase again.
    pub(crate) fn reload(&self) -> Result<Self, CliError> {
        let mut fresh = Self::load_closed_in(self.deadline)?;
        fresh.identity_cache = Arc::clone(&self.identity_cache);
        if let Ok(Some(_)) = self.identity_cache.get() {
            // An identity that was opened before a lock stays outdated when it is passed on. Freshly loaded state
            // has no lock generation yet.
            let _ = fresh.lock_generation.set(self.lock_generation().clone());
            // The open vault shows its content even if keyward cannot write the index.
            fresh.open(&Ui::new(Color::Auto, 0))?;
        } else {
            fresh.rebuild_missing_index()?;
        }
        Ok(fresh)
    }
}
