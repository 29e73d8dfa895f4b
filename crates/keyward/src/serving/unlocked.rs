//! Whether what a server holds may still be given out: not after `keyward lock`, which reaches it
//! by the vault's mark.

use keyward_serve::{Reason, Unavailable};
use keyward_vault::{LockMark, SeenMark};

use crate::error::CliError;
use crate::world::World;

/// What every program is told after a lock.
pub(super) const SAID: &str =
    "keyward: locked by keyward lock; to go on, end this server's command and run it again";

/// The vault's mark as a server found it at its start.
pub(crate) struct Unlocked {
    mark: LockMark,
    seen: SeenMark,
}

impl Unlocked {
    /// The mark now: to be taken before anything is opened, so that no lock is missed.
    pub(crate) fn now(world: &World) -> Result<Self, CliError> {
        let mark = LockMark::of(&world.paths);
        let seen = mark.see().map_err(|e| {
            CliError::failed("it cannot be told whether `keyward lock` comes").because(e)
        })?;
        Ok(Self { mark, seen })
    }

    /// Whether anything may be given out.
    pub(super) fn permit(&self) -> Result<(), Unavailable> {
        match self.mark.see() {
            Ok(mark) if mark == self.seen => Ok(()),
            Ok(_) => Err(Unavailable {
                reason: Reason::Locked,
                message: SAID.to_owned(),
            }),
            Err(error) => Err(Unavailable {
                reason: Reason::Failed,
                message: format!("keyward: it cannot be told whether `keyward lock` came: {error}"),
            }),
        }
    }
}
