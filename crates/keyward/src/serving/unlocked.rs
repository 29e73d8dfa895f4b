//! Whether a server may still hand out its credentials: not after `keyward lock`, which it sees by
//! the vault's mark.

use keyward_serve::{Reason, Unavailable};
use keyward_vault::{AnnouncedServer, LockGeneration, SeenGeneration};

use crate::screen::error::CliError;
use crate::screen::ui::{Color, Ui};
use crate::state::local_state::LocalState;

/// The answer to every program after a lock.
pub(super) const SAID: &str =
    "keyward: locked by keyward lock; to go on, end this server's command and run it again";

/// The programs that learn of a lock besides those that ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tell {
    /// The user who watches the server's output.
    User,
    /// Not notified: the output belongs to the command.
    None,
}

/// The vault's mark as a server found it at its start.
#[derive(Clone)]
pub(crate) struct Unlocked {
    generation: LockGeneration,
    seen: SeenGeneration,
    tell: Tell,
}

impl Unlocked {
    /// The mark now: to be taken before anything is opened, so that no lock is missed.
    pub(crate) fn now(local: &LocalState, tell: Tell) -> Result<Self, CliError> {
        let generation = LockGeneration::of(&local.paths);
        let seen = generation.see().map_err(|e| {
            CliError::failed("keyward cannot tell whether `keyward lock` comes").because(e)
        })?;
        // Credentials made for this server are kept no longer than it runs.
        let _ = local.lock_generation.set(seen.clone());
        Ok(Self {
            generation,
            seen,
            tell,
        })
    }

    /// Whether anything may be handed out. It is not asked again after a lock.
    pub(super) fn permit(&self) -> Result<(), Unavailable> {
        let permit = self.look();
        if self.tell == Tell::User
            && permit
                .as_ref()
                .is_err_and(|why| why.reason == Reason::Locked)
        {
            Ui::new(Color::Auto, 0).warn(
                "locked by keyward lock: nothing is handed out any more; end this and run it again",
            );
        }
        permit
    }

    /// Puts the server on the list that `keyward status` shows.
    pub(super) fn announce(&self, local: &LocalState, port: u16) -> AnnouncedServer {
        AnnouncedServer::new(&local.paths, &self.seen, port)
    }

    /// Warns of a lock where the output belonged to the command until now.
    pub(crate) fn tell_of_lock(&self, ui: &Ui) {
        if self.look().is_err_and(|why| why.reason == Reason::Locked) {
            ui.warn("`keyward lock` ran in the meantime: this command's server answered `locked`");
        }
    }

    /// The same without a notification.
    pub(super) fn look(&self) -> Result<(), Unavailable> {
        match self.generation.is_current(&self.seen) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Unavailable {
                reason: Reason::Locked,
                message: SAID.to_owned(),
            }),
            Err(error) => Err(Unavailable {
                reason: Reason::Failed,
                message: format!(
                    "keyward: keyward cannot tell whether `keyward lock` came: {error}"
                ),
            }),
        }
    }
}
