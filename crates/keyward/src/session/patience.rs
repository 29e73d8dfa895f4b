//! Waiting for a lock that another keyward holds, and saying so when it takes long.

use std::sync::mpsc;
use std::time::Duration;

use keyward_vault::{LockFile, LockGuard};

use crate::error::CliError;
use crate::ui::Ui;

/// After this long, a wait for another process is mentioned.
const QUIET_WAIT: Duration = Duration::from_secs(1);

/// Takes the lock, however long it takes.
pub(super) fn lock(ui: &Ui, file: &LockFile, said: &str) -> Result<LockGuard, CliError> {
    if let Some(guard) = file.try_lock()? {
        return Ok(guard);
    }
    let (done, waiting) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if waiting.recv_timeout(QUIET_WAIT) == Err(mpsc::RecvTimeoutError::Timeout) {
                ui.say(said);
            }
        });
        let guard = file.lock();
        drop(done);
        Ok(guard?)
    })
}
