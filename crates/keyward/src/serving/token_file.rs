//! The file that holds a server's token while the server runs. Refuses to replace a file that does not
//! hold a token.

use std::path::{Path, PathBuf};

use keyward_serve::BearerToken;

use crate::aws_files::rewrite;
use crate::environment as env;
use crate::screen::error::{CliError, Given, elsewhere};
use crate::system::locations::{self, Locations};
use crate::system::read_limited;

/// A token file, which goes when this does.
pub(crate) struct TokenFile {
    path: PathBuf,
    token: BearerToken,
}

impl TokenFile {
    /// Writes a token where only its owner can read it.
    pub(crate) fn write(path: &Path, token: &BearerToken) -> Result<Self, CliError> {
        let unwritable = |e: std::io::Error| {
            let next = elsewhere(path, Given::File, &e);
            CliError::failed(format!(
                "the token file `{}` cannot be written",
                locations::show(path)
            ))
            .because(e)
            .hint_all(next)
        };
        let path = std::path::absolute(path).map_err(unwritable)?;
        let something_else = || {
            CliError::usage(format!(
                "`{}` holds something other than a token and is left alone",
                locations::show(&path)
            ))
            .hint("give another path with --token-file")
        };
        match read_limited::read(&path, read_limited::DOCUMENT) {
            // Left by a server that was killed. Its mode may be anything, so it goes first.
            Ok(old) if BearerToken::has_shape(&old) => {
                std::fs::remove_file(&path).map_err(unwritable)?;
            }
            Ok(_) => return Err(something_else()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            // A pipe, or larger than any token.
            Err(e) if e.kind() == std::io::ErrorKind::InvalidInput => {
                return Err(something_else().because(e));
            }
            Err(e) => return Err(unwritable(e)),
        }
        // The file is how programs get the token; SDKs refuse one that ends in a line end.
        rewrite::create(&path, token.expose().as_bytes()).map_err(unwritable)?;
        Ok(Self {
            path,
            token: token.clone(),
        })
    }

    /// The default path of a server's token: in a folder made for it.
    pub(crate) fn usual(locations: &Locations, port: u16) -> Result<PathBuf, CliError> {
        let runtime = env::path("XDG_RUNTIME_DIR").filter(|_| env::path(env::HOME).is_none());
        let folder =
            runtime.map_or_else(|| locations.data.clone(), |folder| folder.join("keyward"));
        rewrite::make_folder(&folder).map_err(|e| {
            CliError::failed(format!("`{}` cannot be made", locations::show(&folder))).because(e)
        })?;
        Ok(folder.join(format!("serve-{port}.token")))
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        // Another server may have written its own in the meantime.
        let ours = read_limited::read(&self.path, read_limited::DOCUMENT)
            .is_ok_and(|held| held == self.token.expose().as_bytes());
        if ours {
            // A file that cannot be removed no longer opens anything.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
