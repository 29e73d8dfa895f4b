//! Remembers which codes of a device were sent, so that none is sent twice, and lets one process at a
//! time send one. The file holds digests of six digits, which a process of this user can brute-force. A
//! code is protected by AWS, which accepts it once and for a minute and a half.

use data_encoding::HEXLOWER;
use keyward_aws::{CallError, NetworkKind};
use keyward_core::chain::CacheKey;
use keyward_core::id::MfaSerial;
use keyward_core::secret::MfaCode;
use keyward_core::{Credentials, Timestamp};
use keyward_vault::{LockFile, LockGuard, Paths};
use sha2::{Digest, Sha256};

use super::wait;
use crate::aws_files::rewrite;
use crate::prompt::deadline::Deadline;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::totp::{self, WINDOW};
use crate::state::local_state::{LocalState, now};
use crate::system::read_limited;

/// AWS accepts codes of the window before and the one after too; none outlives this.
const LIFE: i64 = 3 * WINDOW;

/// The codes of one device.
#[derive(Debug)]
pub(crate) struct UsedCodes {
    file: std::path::PathBuf,
    lock: LockFile,
    salt: String,
    deadline: Deadline,
}

/// The right to send a code of the device, which one process has at a time.
#[derive(Debug)]
#[must_use = "the right is given back when this is dropped"]
pub(super) struct CodeLock<'l> {
    used_codes: &'l UsedCodes,
    _guard: LockGuard,
}

/// The time at which a code was sent, and its digest.
type Sent = (i64, String);

impl UsedCodes {
    /// The ledger of a device.
    pub(crate) fn of(local: &LocalState, serial: &MfaSerial) -> Self {
        Self::at(&local.paths, serial, local.deadline)
    }

    pub(super) fn at(paths: &Paths, serial: &MfaSerial, deadline: Deadline) -> Self {
        let digest = Sha256::digest(serial.as_str().as_bytes());
        let name = HEXLOWER.encode(&digest[..8]);
        let key = CacheKey::of(&["the codes of a device", serial.as_str()]);
        Self {
            file: paths.locks().join(format!("code-{name}")),
            lock: paths.session_lock(&key),
            salt: serial.to_string(),
            deadline,
        }
    }

    /// Waits for the right to send a code. From getting a code until AWS's answer, keyward must wait for
    /// nothing else, least of all another program, which might need a code itself.
    pub(super) fn turn(&self, ui: &Ui) -> Result<CodeLock<'_>, CliError> {
        let message = "waiting for another keyward that is using a code of the same device…";
        Ok(CodeLock {
            _guard: self.deadline.lock(ui, &self.lock, message)?,
            used_codes: self,
        })
    }

    fn mark(&self, code: &MfaCode) -> String {
        let mut digest = Sha256::new();
        digest.update(self.salt.as_bytes());
        // The code is exposed because the digest covers it. The file holds only the digest.
        digest.update(code.expose().as_bytes());
        HEXLOWER.encode(&digest.finalize()[..16])
    }

    /// Records a code as sent.
    pub(crate) fn remember(&self, code: &MfaCode) {
        self.remember_at(code, now());
    }

    pub(super) fn remember_at(&self, code: &MfaCode, now: Timestamp) {
        let mut sent = self.sent(now);
        sent.push((now.as_second(), self.mark(code)));
        self.write(&sent);
    }

    /// Removes the record of a code.
    pub(super) fn forget(&self, code: &MfaCode) {
        let mark = self.mark(code);
        let mut sent = self.sent(now());
        sent.retain(|(_, known)| *known != mark);
        self.write(&sent);
    }

    fn write(&self, sent: &[Sent]) {
        let lines: String = sent
            .iter()
            .map(|(at, mark)| format!("{at} {mark}\n"))
            .collect();
        // A full disk or a read-only home must not stop the hand-out. Without the note a code may be sent
        // again, which AWS refuses.
        let _ = rewrite::read(&self.file)
            .and_then(|old| rewrite::replace(&self.file, old.as_deref(), &lines, self.deadline));
    }

    /// Returns the sent codes that AWS might still accept, oldest first.
    fn sent(&self, now: Timestamp) -> Vec<Sent> {
        let text = read_limited::text(&self.file, read_limited::DOCUMENT).unwrap_or_default();
        let read = |line: &str| -> Option<Sent> {
            let (at, mark) = line.trim().split_once(' ')?;
            let at: i64 = at.parse().ok()?;
            (now.as_second() - at < LIFE).then(|| (at, mark.to_owned()))
        };
        text.lines().filter_map(read).collect()
    }

    /// Whether this code was sent.
    pub(crate) fn was_used(&self, code: &MfaCode) -> bool {
        self.was_used_at(code, now())
    }

    pub(super) fn was_used_at(&self, code: &MfaCode, now: Timestamp) -> bool {
        let mark = self.mark(code);
        self.sent(now).iter().any(|(_, known)| *known == mark)
    }

    /// Waits until the device shows a code that was not sent, if one was in this window.
    pub(super) fn wait_for_unused_window(&self, ui: &Ui) {
        let Some((at, _)) = self.sent(now()).pop() else {
            return;
        };
        if at.div_euclid(WINDOW) == now().as_second().div_euclid(WINDOW) {
            wait::for_next_code(ui, totp::seconds_left(now()));
        }
    }
}

impl CodeLock<'_> {
    #[cfg(test)]
    pub(super) fn used_codes(&self) -> &UsedCodes {
        self.used_codes
    }

    /// Sends a code. It counts as used from before the call, because AWS may have seen it when this process
    /// dies in the middle. Afterwards only a wrong code, or one that never reached AWS, can be sent again.
    pub(super) fn send(
        &self,
        code: &MfaCode,
        call: impl FnOnce(&MfaCode) -> Result<Credentials, CallError>,
    ) -> Result<Credentials, CallError> {
        let known = self.used_codes.was_used(code);
        self.used_codes.remember(code);
        let result = call(code);
        let unspent = match &result {
            Err(CallError::WrongOrUsedCode { .. }) => true,
            Err(CallError::Network { kind, .. }) => found_no_way(*kind),
            _ => false,
        };
        if unspent && !known {
            self.used_codes.forget(code);
        }
        result
    }
}

/// Whether nothing of a request can have reached AWS, so that its code is still good.
pub(super) fn found_no_way(kind: NetworkKind) -> bool {
    match kind {
        NetworkKind::Dns
        | NetworkKind::Connect
        | NetworkKind::Proxy(_)
        | NetworkKind::ProxyTls(_)
        | NetworkKind::Tls => true,
        NetworkKind::Timeout | NetworkKind::Lost | NetworkKind::TooLong => false,
    }
}
