//! Remembers which code was last used, so that it is not sent twice. The file holds a digest
//! of a code that AWS will not take again.

use data_encoding::HEXLOWER;
use keyward_core::id::MfaSerial;
use keyward_core::secret::MfaCode;
use sha2::{Digest, Sha256};

use super::wait;
use crate::totp::{self, WINDOW};
use crate::ui::Ui;
use crate::world::{World, now};

/// The codes of one device.
#[derive(Debug)]
pub(crate) struct Ledger {
    file: std::path::PathBuf,
    salt: String,
}

impl Ledger {
    /// The ledger of a device.
    pub(crate) fn of(world: &World, serial: &MfaSerial) -> Self {
        let digest = Sha256::digest(serial.as_str().as_bytes());
        let name = HEXLOWER.encode(&digest[..8]);
        Self {
            file: world.places.data.join("locks").join(format!("code-{name}")),
            salt: serial.to_string(),
        }
    }

    fn mark(&self, code: &MfaCode) -> String {
        let mut digest = Sha256::new();
        digest.update(self.salt.as_bytes());
        // The code enters a digest, not the file.
        digest.update(code.expose().as_bytes());
        HEXLOWER.encode(&digest.finalize()[..16])
    }

    /// Notes a code that AWS took.
    pub(crate) fn remember(&self, code: &MfaCode) {
        let line = format!("{} {}", now().as_second(), self.mark(code));
        // Losing the note costs one refused code, no more.
        let _ = crate::rewrite::read(&self.file)
            .and_then(|old| crate::rewrite::replace(&self.file, old.as_deref(), &line));
    }

    /// Time and mark of the last code, if it can still be the one that the device shows.
    fn last(&self) -> Option<(i64, String)> {
        let text = std::fs::read_to_string(&self.file).ok()?;
        let (at, mark) = text.trim().split_once(' ')?;
        let at: i64 = at.parse().ok()?;
        (now().as_second() - at < 2 * WINDOW).then(|| (at, mark.to_owned()))
    }

    /// Whether this is the code that AWS took last.
    pub(crate) fn was_used(&self, code: &MfaCode) -> bool {
        self.last().is_some_and(|(_, mark)| mark == self.mark(code))
    }

    /// Waits until the device shows a code that was not used, where one was in this window.
    pub(super) fn wait_for_unused_window(&self, ui: &Ui) {
        let Some((at, _)) = self.last() else { return };
        if at.div_euclid(WINDOW) == now().as_second().div_euclid(WINDOW) {
            wait::for_next_code(ui, totp::seconds_left(now()));
        }
    }
}
