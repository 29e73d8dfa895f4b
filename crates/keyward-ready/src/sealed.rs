//! The file of an answer: the sealed output of one command line that used a cached session. The same
//! command line then need not read the files behind it. An answer is refused when any condition
//! changed: a file, a variable, the lock mark, the session, or the time.
//!
//! The key of the seal is made from the session identity, so an answer ends with that identity. The
//! conditions are not stored. They are the associated data of the seal, so an answer does not open
//! under other conditions.

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use chacha20poly1305::aead::{AeadInPlace as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce, Tag};
use hmac::{Hmac, KeyInit as _, Mac as _};
use keyward_core::Timestamp;
use rustix::fs::OFlags;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::tier::{Tier, TierChoice};
use crate::{Conditions, kernel_keyring, memory_file, vault_files};

/// The beginning of an answer's file. Another form needs another text: each program ignores answers
/// of a form that it does not know.
const MAGIC: &[u8; 16] = b"keyward ready 1\n";
/// The short name of the vault, after the magic.
const VAULT: usize = 16;
/// The cache key of the session, after that; blanks if the answer is of no single session.
const SESSION: usize = 64;
const HEADER: usize = MAGIC.len() + VAULT + SESSION;
const NONCE: usize = 12;
const TAG: usize = 16;
/// No answer is larger.
const LARGEST: u64 = 64 * 1024;

/// The fixed beginning of an answer's file.
pub type Header = [u8; HEADER];

/// The beginning of the file of an answer, by the short name of the vault and the cache key of the
/// session.
///
/// # Panics
/// A name or key has an unexpected length.
#[must_use]
pub fn header(vault: &str, session: Option<&str>) -> Header {
    let mut header = [b' '; HEADER];
    header[..MAGIC.len()].copy_from_slice(MAGIC);
    header[MAGIC.len()..][..VAULT].copy_from_slice(vault.as_bytes());
    if let Some(session) = session {
        header[MAGIC.len() + VAULT..].copy_from_slice(session.as_bytes());
    }
    header
}

/// The whole file of an answer: its parts, which hold from one second to another, sealed by a session
/// identity. The header is among the conditions. `None` if the system provides no random numbers.
#[must_use]
pub fn seal(
    identity: &[u8],
    conditions: &Conditions,
    header: &Header,
    (from, until): (Timestamp, Timestamp),
    parts: &[Zeroizing<String>],
) -> Option<Vec<u8>> {
    let mut content = content::write(from, until, parts);
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).ok()?;
    let tag = cipher(identity)
        .encrypt_in_place_detached(
            Nonce::from_slice(&nonce),
            conditions.associated_data(),
            &mut content,
        )
        .ok()?;
    Some([header, &nonce[..], &content, &tag].concat())
}

/// The parts of the answer that holds under these conditions at `now`. `root` is keyward's folder. The
/// conditions are unchanged afterwards.
#[must_use]
pub fn open(
    root: &Path,
    tier: Tier,
    conditions: &mut Conditions,
    now: Timestamp,
) -> Option<Vec<Zeroizing<String>>> {
    let before = conditions.len();
    let parts = open_under(root, tier, conditions, now);
    conditions.back_to(before);
    parts
}

fn open_under(
    root: &Path,
    tier: Tier,
    conditions: &mut Conditions,
    now: Timestamp,
) -> Option<Vec<Zeroizing<String>>> {
    let mut path = root.join(vault_files::READY);
    path.push(conditions.name());
    let mut file = read_own(&path)?;
    if file.len() < HEADER + NONCE + TAG || !file.starts_with(MAGIC) {
        return None;
    }
    let (header, rest) = file.split_at_mut(HEADER);
    let (nonce, rest) = rest.split_at_mut(NONCE);
    let (sealed, tag) = rest.split_at_mut(rest.len() - TAG);
    let (vault, session) = header.get(MAGIC.len()..)?.split_at(VAULT);
    let (vault, session) = (hex(vault)?, session);
    conditions.header(header);
    if session != [b' '; SESSION] {
        let mut path = root.join(vault_files::SESSIONS);
        path.push([hex(session)?, vault_files::SESSION_END].concat());
        conditions.file(&path).ok()?;
    }
    // A failed attempt leaves the bytes as they were, for the next identity.
    let mut open_with = |identity: &[u8]| {
        let opened = cipher(identity).decrypt_in_place_detached(
            Nonce::from_slice(nonce),
            conditions.associated_data(),
            sealed,
            Tag::from_slice(tag),
        );
        opened.is_ok()
    };
    let mut is_open = false;
    if tier.choice.has_keyring() {
        let kept = kernel_keyring::read(&kernel_keyring::of_sessions(vault));
        is_open = kept.is_some_and(|identity| open_with(&identity));
    }
    if !is_open && tier.choice.has_memory_file() {
        let folders = memory_file::folders(tier.runtime_dir);
        let kept = memory_file::read(&folders, &memory_file::of_sessions(vault));
        is_open = kept.is_some_and(|identity| open_with(&identity));
    }
    is_open.then(|| content::read(sealed, now))?
}

impl TierChoice {
    /// Whether the session identity may be in the kernel keyring.
    #[must_use]
    pub fn has_keyring(self) -> bool {
        matches!(self, Self::Auto | Self::Keyring)
    }

    /// Whether the session identity may be in a file in memory.
    #[must_use]
    pub fn has_memory_file(self) -> bool {
        matches!(self, Self::Auto | Self::File)
    }
}

/// A name of hexadecimal digits. Anything else could name another file.
fn hex(name: &[u8]) -> Option<&str> {
    let digits = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let name = name.iter().all(digits).then_some(name)?;
    std::str::from_utf8(name).ok()
}

/// The cipher of the answers. The key is made from the text of the session identity, and has no
/// other use.
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
#[doc(hidden)]
pub fn read_bytes(bytes: &[u8], now: Timestamp) {
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
