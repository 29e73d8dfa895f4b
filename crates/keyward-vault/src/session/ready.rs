//! Keeps the ready answers: the sealed output of one command line that used a cached session.
//! `keyward-ready` seals and opens them.

use std::time::Duration;

use keyward_core::chain::CacheKey;
use keyward_core::{Credentials, Timestamp};
use keyward_ready::{Conditions, sealed};
use zeroize::Zeroizing;

use crate::disk::{self, Durability};

use super::{SessionOrigin, SessionStore};

/// The session behind an answer.
#[derive(Debug)]
pub struct Reused<'a> {
    /// Its name in the cache.
    pub key: &'a CacheKey,
    /// The origin that it must have.
    pub origin: &'a SessionOrigin,
    /// The life that it must have left to be handed out.
    pub margin: Duration,
}

impl SessionStore {
    /// Keeps the answer that `make` builds from a session, for the next run under the same
    /// conditions. Does nothing if a file changed just now, if the session is due for renewal, or if
    /// the folder cannot be written.
    pub fn keep_ready(
        &self,
        conditions: &Conditions,
        reused: &Reused<'_>,
        now: Timestamp,
        make: impl FnOnce(&Credentials) -> Option<Vec<Zeroizing<String>>>,
    ) {
        let keep = || {
            let mut conditions = conditions.clone();
            let header = self.header(Some(reused.key));
            conditions.header(&header);
            // Noted before the session is read: a session that is replaced in the meantime has
            // other facts.
            conditions.file(&self.paths.session(reused.key)).ok()?;
            if !conditions.have_settled() || !self.has_quick_identity() {
                return None;
            }
            let (identity, opened) = self.read_file(reused.key, reused.origin, now)?;
            if !opened.credentials.usable_for(reused.margin, now) {
                return None;
            }
            let renewal = opened.credentials.expires_at;
            let until = renewal
                .map(|end| end.before(reused.margin))
                .into_iter()
                .chain([opened.kept_until.before(Duration::from_secs(1))])
                .min()?;
            let parts = make(&opened.credentials)?;
            let identity = identity.expose();
            let file = sealed::seal(
                identity.as_bytes(),
                &conditions,
                &header,
                (now, until),
                &parts,
            )?;
            self.write_ready(&conditions, &file)
        };
        let _ = keep();
    }

    /// Keeps an answer that depends on all sessions together. The conditions must contain the
    /// folder of the sessions.
    pub fn keep_ready_until(
        &self,
        conditions: &Conditions,
        now: Timestamp,
        until: Timestamp,
        parts: &[Zeroizing<String>],
    ) {
        let keep = || {
            let mut conditions = conditions.clone();
            let header = self.header(None);
            conditions.header(&header);
            if !conditions.have_settled() || !self.has_quick_identity() {
                return None;
            }
            let identity = self.keepers.load().next()?;
            let identity = identity.expose();
            let file = sealed::seal(
                identity.as_bytes(),
                &conditions,
                &header,
                (now, until),
                parts,
            )?;
            self.write_ready(&conditions, &file)
        };
        let _ = keep();
    }

    /// Whether an answer could be opened again. The desktop's keystore is slower than everything
    /// that an answer saves.
    fn has_quick_identity(&self) -> bool {
        self.keepers.quick_texts().next().is_some()
    }

    fn header(&self, session: Option<&CacheKey>) -> sealed::Header {
        let session = session.map(ToString::to_string);
        sealed::header(&self.paths.short_hash(), session.as_deref())
    }

    fn write_ready(&self, conditions: &Conditions, file: &[u8]) -> Option<()> {
        let folder = self.paths.ready();
        disk::make_root(self.paths.root()).ok()?;
        disk::make_folder(&folder).ok()?;
        disk::replace(&folder.join(conditions.name()), file, Durability::Cache).ok()
    }
}

#[cfg(test)]
mod tests;
