//! The servers that hand out credentials of a vault, so that a person can see which of them were
//! locked. Each holds a lock file while it runs. The file's name says which lock mark the server
//! found at its start; the file itself is empty.

use std::io;

use crate::paths::{OF_SERVER, Paths};

use super::{LockGeneration, LockGuard, LockHolder, SeenGeneration};

/// A server that other processes can see. Dropping it removes the server from the list.
#[derive(Debug)]
#[must_use = "the server is taken off the list when this is dropped"]
pub struct AnnouncedServer(Option<LockGuard>);

/// A server that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningServer {
    /// Its port on the loopback address.
    pub port: u16,
    /// Its process, if the system reports it.
    pub holder: Option<LockHolder>,
    /// Whether `keyward lock` ran since it started, so that it hands out nothing more.
    pub locked: bool,
}

impl AnnouncedServer {
    /// Puts a server on the list. If the folder cannot be written, the server serves without being
    /// on the list.
    pub fn new(paths: &Paths, seen: &SeenGeneration, port: u16) -> Self {
        let lock = paths.server_lock(&seen.name(), port);
        Self(lock.try_lock().ok().flatten())
    }
}

impl Drop for AnnouncedServer {
    fn drop(&mut self) {
        if let Some(guard) = self.0.take() {
            guard.remove_file();
        }
    }
}

/// The servers that run, by port. It asks no server, and reads no content of a file but the mark.
///
/// # Errors
/// The folder of the lock files cannot be read.
pub fn running_servers(paths: &Paths) -> io::Result<Vec<RunningServer>> {
    let entries = match std::fs::read_dir(paths.locks()) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    // No server can have found a mark that is unreadable now.
    let now = LockGeneration::of(paths).see_or_never_current().name();
    let mut running: Vec<_> = entries
        .flatten()
        .filter_map(|entry| of_file(paths, entry.file_name().to_str()?, &now))
        .collect();
    running.sort_by_key(|server| server.port);
    Ok(running)
}

/// The server that holds a lock file, if it is a server's and held.
fn of_file(paths: &Paths, name: &str, now: &str) -> Option<RunningServer> {
    let parts = name.strip_prefix(OF_SERVER)?.strip_suffix(".lock")?;
    let (generation, port) = parts.split_once('-')?;
    let port = port.parse().ok()?;
    let lock = paths.server_lock(generation, port);
    match lock.try_lock() {
        Ok(None) => Some(RunningServer {
            port,
            holder: lock.holder(),
            locked: generation != now,
        }),
        // The server was killed, and left the file.
        Ok(Some(guard)) => {
            guard.remove_file();
            None
        }
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests;
