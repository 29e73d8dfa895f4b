//! Secrets planted to see where they turn up.

use std::path::Path;

use crate::Ran;

/// Texts that must not leak.
#[derive(Debug, Clone, Default)]
pub struct Canaries {
    planted: Vec<(String, Vec<u8>)>,
}

impl Canaries {
    /// No canary yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Plants one; its name is what a failure shows.
    pub fn plant(&mut self, name: &str, secret: &str) {
        self.planted
            .push((name.to_owned(), secret.as_bytes().to_vec()));
    }

    /// The names of the canaries found in `bytes`.
    #[must_use]
    pub fn found_in(&self, bytes: &[u8]) -> Vec<&str> {
        let holds = |secret: &[u8]| bytes.windows(secret.len()).any(|window| window == secret);
        self.planted
            .iter()
            .filter(|(_, secret)| holds(secret))
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// Asserts that a command printed none of them on either stream.
    ///
    /// # Panics
    /// One was found.
    #[track_caller]
    pub fn absent_from(&self, ran: &Ran) {
        for (stream, text) in [
            ("standard output", &ran.stdout),
            ("standard error", &ran.stderr),
        ] {
            let found = self.found_in(text.as_bytes());
            assert!(found.is_empty(), "{found:?} on {stream}");
        }
    }

    /// Asserts that no file below `folder` holds one, but for those `allowed` names.
    ///
    /// # Panics
    /// One was found, or a file cannot be read.
    #[track_caller]
    pub fn absent_below(&self, folder: &Path, allowed: &[&str]) {
        for entry in std::fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                self.absent_below(&path, allowed);
                continue;
            }
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            if allowed.contains(&name) || !path.is_file() {
                continue;
            }
            let found = self.found_in(&std::fs::read(&path).expect("the file can be read"));
            assert!(found.is_empty(), "{found:?} in {}", path.display());
        }
    }
}
