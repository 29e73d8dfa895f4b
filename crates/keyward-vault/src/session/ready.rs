//! Ready answers: the sealed output of one command line that used a cached session. The same command
//! line then need not read the files behind it. An answer is refused when any condition changed: a
//! file, a variable, the lock mark, the session, or the time.
//!
//! The key of the seal is made from the session identity, so an answer ends with that identity. The
//! conditions are not stored. They are the associated data of the seal, so an answer does not open
//! under other conditions.

mod conditions;

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use chacha20poly1305::aead::{AeadInPlace as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce, Tag};
use hmac::{Hmac, KeyInit as _, Mac as _};
use keyward_core::chain::CacheKey;
use keyward_core::{Credentials, Timestamp};
use rustix::fs::OFlags;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::disk::{self, Durability};
use crate::paths::Paths;

use super::tier::Keepers;
use super::{SessionOrigin, SessionStore, Tier};

pub use conditions::{Conditions, Unknown};

/// What an answer's file begins with.
const MAGIC: &[u8; 16] = b"keyward ready 1\n";
/// The short name of the vault, after the magic.
const VAULT: usize = 16;
/// The cache key of the session, after that; blanks where the answer is of no single session.
const SESSION: usize = 64;
const HEADER: usize = MAGIC.len() + VAULT + SESSION;
const NONCE: usize = 12;
const TAG: usize = 16;
/// No answer is larger.
const LARGEST: u64 = 64 * 1024;

/// The ready answers of one vault, to be read.
#[derive(Debug)]
pub struct ReadyAnswers {
    paths: Paths,
    tier: Tier,
}

/// A session that an answer is made of.
#[derive(Debug)]
pub struct Reused<'a> {
    /// Its name in the cache.
    pub key: &'a CacheKey,
    /// What it must have been made from.
    pub origin: &'a SessionOrigin,
    /// The life that it must have left to be handed out.
    pub margin: Duration,
}

impl ReadyAnswers {
    /// The answers beside the sessions of the vault at `paths`. Nothing is read yet.
    #[must_use]
    pub fn open(paths: Paths, tier: Tier) -> Self {
        Self { paths, tier }
    }

    /// The parts of the answer that holds under these conditions at `now`.
    #[must_use]
    pub fn get(&self, conditions: &Conditions, now: Timestamp) -> Option<Vec<Zeroizing<String>>> {
        let mut file = read_own(&self.paths.ready().join(conditions.name()))?;
        if file.len() < HEADER + NONCE + TAG || !file.starts_with(MAGIC) {
            return None;
        }
        let (header, rest) = file.split_at_mut(HEADER);
        let (nonce, rest) = rest.split_at_mut(NONCE);
        let (sealed, tag) = rest.split_at_mut(rest.len() - TAG);
        let (vault, session) = header.get(MAGIC.len()..)?.split_at(VAULT);
        let mut conditions = conditions.clone();
        conditions.header(header);
        if session != [b' '; SESSION] {
            let key: CacheKey = std::str::from_utf8(session).ok()?.parse().ok()?;
            conditions.file(&self.paths.session(&key)).ok()?;
        }
        let vault = std::str::from_utf8(vault).ok()?;
        let keepers = Keepers::of_vault(vault, self.tier.clone());
        for identity in keepers.quick_texts() {
            let opened = cipher(&identity).decrypt_in_place_detached(
                Nonce::from_slice(nonce),
                conditions.associated_data(),
                sealed,
                Tag::from_slice(tag),
            );
            // A failed attempt leaves the bytes as they were, for the next identity.
            if opened.is_ok() {
                return content::read(sealed, now);
            }
        }
        None
    }
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
            // Noted before the session is read: a session that is replaced meanwhile has other facts.
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
            let content = content::write(now, until, &parts);
            self.write_ready(&conditions, &header, identity.expose().as_bytes(), content)
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
            let content = content::write(now, until, parts);
            self.write_ready(&conditions, &header, identity.expose().as_bytes(), content)
        };
        let _ = keep();
    }

    /// Whether an answer could be opened again. The desktop's keystore is slower than everything
    /// that an answer saves.
    fn has_quick_identity(&self) -> bool {
        self.keepers.quick_texts().next().is_some()
    }

    fn header(&self, session: Option<&CacheKey>) -> Vec<u8> {
        let session = session.map_or_else(|| " ".repeat(SESSION), ToString::to_string);
        [
            MAGIC,
            self.paths.short_hash().as_bytes(),
            session.as_bytes(),
        ]
        .concat()
    }

    fn write_ready(
        &self,
        conditions: &Conditions,
        header: &[u8],
        identity: &[u8],
        mut content: Zeroizing<Vec<u8>>,
    ) -> Option<()> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).ok()?;
        let tag = cipher(identity)
            .encrypt_in_place_detached(
                Nonce::from_slice(&nonce),
                conditions.associated_data(),
                &mut content,
            )
            .ok()?;
        let folder = self.paths.ready();
        disk::make_root(self.paths.root()).ok()?;
        disk::make_folder(&folder).ok()?;
        let file = [header, &nonce, &content, &tag].concat();
        disk::replace(&folder.join(conditions.name()), &file, Durability::Cache).ok()
    }
}

/// The cipher of the answers. The text of the session identity gives the key, which has no other
/// use.
fn cipher(identity: &[u8]) -> ChaCha20Poly1305 {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(identity).expect("HMAC takes keys of every length");
    mac.update(b"keyward ready answer v1");
    let key = Zeroizing::new(<[u8; 32]>::from(mac.finalize().into_bytes()));
    ChaCha20Poly1305::new(Key::from_slice(&*key))
}

/// The content of a file that this user owns and other users cannot read.
fn read_own(path: &Path) -> Option<Zeroizing<Vec<u8>>> {
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(flags.bits().cast_signed());
    let file = options.open(path).ok()?;
    let found = file.metadata().ok()?;
    let ours = found.uid() == rustix::process::geteuid().as_raw();
    let whole = found.is_file() && found.len() <= LARGEST;
    if !ours || !whole || found.mode() & 0o077 != 0 {
        return None;
    }
    read_exactly(file, found.len())
}

fn read_exactly(mut file: File, length: u64) -> Option<Zeroizing<Vec<u8>>> {
    let mut content = Zeroizing::new(vec![0; usize::try_from(length).ok()?]);
    file.read_exact(&mut content).ok()?;
    Some(content)
}

/// Reads any bytes as the content of an answer, for the fuzzer.
pub(super) fn read_bytes(bytes: &[u8], now: Timestamp) {
    let _ = content::read(bytes, now);
}

/// The sealed content: the first and last second in which the answer holds, and its parts, each
/// after its length.
mod content {
    use keyward_core::Timestamp;
    use zeroize::Zeroizing;

    pub(super) fn write(
        from: Timestamp,
        until: Timestamp,
        parts: &[Zeroizing<String>],
    ) -> Zeroizing<Vec<u8>> {
        let length = parts.iter().map(|part| part.len() + 4).sum::<usize>();
        // Room for all of it from the start: a growing buffer leaves copies behind.
        let mut content = Zeroizing::new(Vec::with_capacity(16 + length));
        for time in [from, until] {
            content.extend_from_slice(&time.as_second().to_be_bytes());
        }
        for part in parts {
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            content.extend_from_slice(&length.to_be_bytes());
            content.extend_from_slice(part.as_bytes());
        }
        content
    }

    pub(super) fn read(content: &[u8], now: Timestamp) -> Option<Vec<Zeroizing<String>>> {
        let (from, rest) = content.split_first_chunk()?;
        let (until, mut rest) = rest.split_first_chunk()?;
        let span = i64::from_be_bytes(*from)..=i64::from_be_bytes(*until);
        if !span.contains(&now.as_second()) {
            return None;
        }
        let mut parts = Vec::with_capacity(8);
        while let Some((length, after)) = rest.split_first_chunk() {
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            let (part, after) = after.split_at_checked(length)?;
            parts.push(Zeroizing::new(std::str::from_utf8(part).ok()?.to_owned()));
            rest = after;
        }
        rest.is_empty().then_some(parts)
    }
}

#[cfg(test)]
mod tests;
