//! The path of each file of the vault below its root folder. A root that does not exist yet is
//! accepted.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use keyward_core::chain::CacheKey;
use keyward_ready::vault_files;
use sha2::{Digest as _, Sha256};

use crate::lock::{LockFile, LockPurpose};
use crate::slot::SlotName;

/// The beginning of the names of the locks of folders.
const OF_FOLDER: &str = "folder-";
/// The beginning of the names of the locks of running servers.
pub(crate) const OF_SERVER: &str = "server-";

/// The files of one vault. Cheap to make; it creates no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    root: PathBuf,
}

impl Paths {
    /// The files below `root`. Symbolic links on the way are resolved now, so that one vault
    /// has one name however it is reached.
    #[must_use]
    pub fn new(root: impl AsRef<Path>) -> Self {
        Self {
            root: resolve(root.as_ref()),
        }
    }

    /// The files below `root`, without resolving symbolic links. Readers may use it; a writer needs
    /// the one name that [`new`](Self::new) returns for a vault.
    #[must_use]
    pub fn as_named(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder that holds everything, mode 0700.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether the root folder may be closed to other users: it is for keyward alone.
    #[must_use]
    pub fn root_may_be_closed(&self) -> bool {
        crate::disk::may_be_closed(&self.root)
    }

    /// The encrypted document.
    #[must_use]
    pub fn vault(&self) -> PathBuf {
        self.root.join(vault_files::VAULT)
    }

    /// The document of a vault that is being made. It gets the vault's name when its slot is there.
    #[must_use]
    pub fn unfinished(&self) -> PathBuf {
        self.root.join("vault.age.new")
    }

    /// The last copy of the document that could be opened, before the present one.
    #[must_use]
    pub fn previous(&self) -> PathBuf {
        self.root.join("vault.age.previous")
    }

    /// A damaged document that was set aside for an older copy. Further ones have a number after
    /// this name.
    #[must_use]
    pub fn damaged(&self) -> PathBuf {
        self.root.join("vault.age.damaged")
    }

    /// A whole document that was set aside for an older copy. Further ones have a number after
    /// this name.
    #[must_use]
    pub fn replaced(&self) -> PathBuf {
        self.root.join("vault.age.replaced")
    }

    /// The list of keys without their secrets.
    #[must_use]
    pub fn index(&self) -> PathBuf {
        self.root.join(vault_files::INDEX)
    }

    /// The folder of the key slots.
    #[must_use]
    pub fn slots(&self) -> PathBuf {
        self.root.join("slots")
    }

    /// The folder of the session files.
    #[must_use]
    pub fn sessions(&self) -> PathBuf {
        self.root.join(vault_files::SESSIONS)
    }

    /// The folder of the ready answers.
    #[must_use]
    pub fn ready(&self) -> PathBuf {
        self.root.join(vault_files::READY)
    }

    /// The folder of the lock files.
    #[must_use]
    pub fn locks(&self) -> PathBuf {
        self.root.join("locks")
    }

    /// The mark that `keyward lock` changes.
    #[must_use]
    pub fn lock_mark(&self) -> PathBuf {
        self.root.join(vault_files::LOCK_MARK)
    }

    /// The lock of one session: its holder may ask AWS for that session.
    #[must_use]
    pub fn session_lock(&self, key: &CacheKey) -> LockFile {
        self.lock(&key.to_string(), LockPurpose::SingleFlight)
    }

    /// The lock of key rotations: its holder may make and delete keys at AWS.
    #[must_use]
    pub fn rotation_lock(&self) -> LockFile {
        self.lock("rotation", LockPurpose::Writes)
    }

    /// The lock of enrolments: its holder may make and delete MFA devices.
    #[must_use]
    pub fn enrolment_lock(&self) -> LockFile {
        self.lock("enrolment", LockPurpose::Writes)
    }

    /// The lock of a folder of foreign files: its holder may replace them. The lock file is in keyward's
    /// folder, because other users can lock a folder that they may open.
    #[must_use]
    pub fn folder_lock(&self, folder: &Path) -> LockFile {
        let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
        let name = format!("{OF_FOLDER}{}", HEXLOWER.encode(&digest));
        self.lock(&name, LockPurpose::Writes)
    }

    /// The lock that a running server holds. Its name says what the server would answer.
    pub(crate) fn server_lock(&self, generation: &str, port: u16) -> LockFile {
        let name = format!("{OF_SERVER}{generation}-{port}");
        self.lock(&name, LockPurpose::SingleFlight)
    }

    /// The lock of that name, if it is one of those that come and go: a session's, a folder's or a
    /// server's.
    pub(crate) fn passing_lock(&self, name: &str) -> Option<LockFile> {
        if let Ok(key) = name.parse() {
            return Some(self.session_lock(&key));
        }
        if name.starts_with(OF_SERVER) {
            return Some(self.lock(name, LockPurpose::SingleFlight));
        }
        let of_folder = name.starts_with(OF_FOLDER);
        of_folder.then(|| self.lock(name, LockPurpose::Writes))
    }

    pub(crate) fn vault_lock(&self) -> LockFile {
        self.lock("vault", LockPurpose::Writes)
    }

    pub(crate) fn session_identity_lock(&self) -> LockFile {
        self.lock("session-identity", LockPurpose::Writes)
    }

    fn lock(&self, name: &str, purpose: LockPurpose) -> LockFile {
        let path = self.locks().join(format!("{name}.lock"));
        LockFile::new(self.root.clone(), path, purpose)
    }

    pub(crate) fn slot_metadata(&self, name: &SlotName) -> PathBuf {
        self.slot_file(name, "json")
    }

    pub(crate) fn slot_file(&self, name: &SlotName, extension: &str) -> PathBuf {
        self.slots().join(format!("{name}.{extension}"))
    }

    pub(crate) fn session(&self, key: &CacheKey) -> PathBuf {
        self.sessions()
            .join(format!("{key}{}", vault_files::SESSION_END))
    }

    pub(crate) fn session_sidecar(&self, key: &CacheKey) -> PathBuf {
        self.sessions().join(format!("{key}.json"))
    }

    /// The name of the vault's lock mark in places shared by several.
    #[cfg(target_os = "linux")]
    pub(crate) fn shared_mark(&self) -> String {
        format!("locked-{}", self.short_hash())
    }

    /// A short name of this vault for places shared by several: 16 hex digits of the digest of
    /// its root folder.
    pub(crate) fn short_hash(&self) -> String {
        let digest = Sha256::digest(self.root.as_os_str().as_encoded_bytes());
        HEXLOWER.encode(&digest[..8])
    }
}

/// Resolves the part of the path that exists and keeps the rest.
fn resolve(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for existing in path.ancestors() {
        if let Ok(real) = existing.canonicalize() {
            // `ancestors` only ever cuts components off the end.
            let rest = path
                .strip_prefix(existing)
                .expect("an ancestor is a prefix");
            return if rest.as_os_str().is_empty() {
                real
            } else {
                real.join(rest)
            };
        }
    }
    path
}

#[cfg(test)]
mod tests;
