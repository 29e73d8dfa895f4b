//! The machine's own roots: the files that `SSL_CERT_FILE` and `SSL_CERT_DIR` name, else the places where
//! the system keeps them. Reads regular files only, up to a size. Refuses a machine without a usable
//! root: the connector panics there, or trusts no server.
//!
//! Source: <https://docs.openssl.org/3.0/man3/SSL_CTX_load_verify_locations/#notes>

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use data_encoding::BASE64;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use super::{blocks, read, write_pem};
use crate::error::{Because, CallError, RootVariables};

/// The files of a system's folder take less than a tenth of it.
const LARGEST_TOGETHER: u64 = 64 * 1024 * 1024;
/// A system has some hundreds of roots, each under three names.
const MOST_ENTRIES: usize = 20_000;

/// Reading takes milliseconds, and every route has a connector of its own.
static ROOTS: OnceLock<Vec<u8>> = OnceLock::new();

/// The roots as PEM.
///
/// # Errors
/// The machine has no root, or none that can be read.
pub(super) fn roots() -> Result<Vec<u8>, CallError> {
    if let Some(roots) = ROOTS.get() {
        return Ok(roots.clone());
    }
    let roots = match Named::from(&|name| std::env::var_os(name)) {
        Some(named) => named.roots(),
        None => of_system(),
    }?;
    Ok(ROOTS.get_or_init(|| roots).clone())
}

/// The files that the variables name.
struct Named {
    file: Option<PathBuf>,
    folders: Vec<PathBuf>,
    by: RootVariables,
}

impl Named {
    /// None if neither variable has a value.
    fn from(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<Self> {
        let value = |name| variable(name).filter(|value| !value.is_empty());
        let file = value("SSL_CERT_FILE").map(PathBuf::from);
        let folders: Vec<PathBuf> = value("SSL_CERT_DIR")
            .iter()
            .flat_map(std::env::split_paths)
            .filter(|folder| !folder.as_os_str().is_empty())
            .collect();
        let by = match (&file, folders.is_empty()) {
            (None, true) => return None,
            (Some(_), true) => RootVariables::File,
            (None, false) => RootVariables::Folder,
            (Some(_), false) => RootVariables::Both,
        };
        Some(Self { file, folders, by })
    }

    fn roots(self) -> Result<Vec<u8>, CallError> {
        let mut found = LoadedRoots::new();
        found.load(self.file.as_deref(), &self.folders);
        found.pem(Some(self.by))
    }
}

/// The system's own roots.
#[cfg(all(unix, not(target_os = "macos")))]
fn of_system() -> Result<Vec<u8>, CallError> {
    let places = openssl_probe::probe();
    let mut found = LoadedRoots::new();
    found.load(places.cert_file.as_deref(), &places.cert_dir);
    found.pem(None)
}

/// The keychain's or the registry's roots.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn of_system() -> Result<Vec<u8>, CallError> {
    let mut found = LoadedRoots::new();
    let loaded = rustls_native_certs::load_native_certs();
    for certificate in loaded.certs {
        found.add(certificate.as_ref());
    }
    found.fault = loaded.errors.first().map(|error| Because::of(error));
    found.pem(None)
}

/// The roots of several files, each once.
struct LoadedRoots {
    checked: RootCertStore,
    seen: HashSet<Vec<u8>>,
    pem: Vec<u8>,
    /// The number of bytes read.
    bytes: u64,
    /// The first fault; it counts only if no root is found.
    fault: Option<Because>,
}

impl LoadedRoots {
    fn new() -> Self {
        Self {
            checked: RootCertStore::empty(),
            seen: HashSet::new(),
            pem: Vec::new(),
            bytes: 0,
            fault: None,
        }
    }

    fn load(&mut self, file: Option<&Path>, folders: &[PathBuf]) {
        if let Some(file) = file {
            self.file(file);
        }
        for folder in folders {
            let entries = match std::fs::read_dir(folder) {
                Ok(entries) => entries,
                Err(error) => {
                    self.fails(folder, &Because::of(&error));
                    continue;
                }
            };
            let mut empty = true;
            for entry in entries.flatten().take(MOST_ENTRIES) {
                let path = entry.path();
                // A file without a size is a kernel file, and may be endless.
                let usable = |found: std::fs::Metadata| found.is_file() && found.len() > 0;
                if std::fs::metadata(&path).is_ok_and(usable) {
                    empty = false;
                    self.file(&path);
                }
            }
            if empty {
                self.fails(folder, &Because::text("it holds no file"));
            }
        }
    }

    /// The certificates of one file. Anything else is skipped, as in the SDKs.
    fn file(&mut self, path: &Path) {
        if self.bytes > LARGEST_TOGETHER {
            return self.fails(path, &Because::text("more than 64 MiB were read before it"));
        }
        let text = match read(path) {
            Ok(text) => text,
            Err(because) => return self.fails(path, &because),
        };
        self.bytes += text.len() as u64;
        for (label, body) in blocks(&text) {
            if label == "CERTIFICATE"
                && let Ok(der) = BASE64.decode(body.as_bytes())
            {
                self.add(&der);
            }
        }
        if self.seen.is_empty() {
            self.fails(path, &Because::text("it holds no PEM certificate"));
        }
    }

    /// One certificate. The connector would panic on one that it cannot parse.
    fn add(&mut self, der: &[u8]) {
        if self.seen.contains(der) || self.checked.add(CertificateDer::from(der)).is_err() {
            return;
        }
        write_pem(der, &mut self.pem);
        self.seen.insert(der.to_vec());
    }

    fn fails(&mut self, path: &Path, because: &Because) {
        if self.fault.is_none() {
            let told = format!("`{}`: {because}", path.display());
            self.fault = Some(Because::text(&told));
        }
    }

    fn pem(self, by: Option<RootVariables>) -> Result<Vec<u8>, CallError> {
        if !self.checked.is_empty() {
            return Ok(self.pem);
        }
        let because = self
            .fault
            .unwrap_or_else(|| Because::text("no file of certificates is where systems keep it"));
        Err(match by {
            Some(variables) => CallError::NamedRoots { variables, because },
            None => CallError::NoRoots { because },
        })
    }
}

#[cfg(test)]
mod tests;
