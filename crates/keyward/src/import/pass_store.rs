//! Items that aws-vault or granted keep in `pass`, one entry each. Entries are found by their
//! files and opened by the program itself, so that its own agent asks for what it needs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Harvest;
use super::item::{self, Kind};
use crate::environment as env;
use crate::process::program::run_for_user;
use crate::screen::error::CliError;
use crate::system::locations;

/// No profile name has more slashes than this; a deeper folder may be a cycle of links.
const DEEPEST: usize = 8;

/// The place and form of the entries.
#[derive(Debug, Clone)]
pub(crate) struct PassStore {
    /// The program.
    pub(crate) program: String,
    /// The password store's folder.
    pub(crate) folder: PathBuf,
    /// The folder within it; empty for the whole store.
    pub(crate) prefix: String,
}

impl PassStore {
    /// Everything below the prefix. Without a prefix the store is full of other secrets, so
    /// only the entries named as a `known` profile are opened.
    pub(crate) fn harvest(&self, known: &BTreeSet<String>) -> Result<Harvest, CliError> {
        let mut harvest = Harvest::default();
        let root = self.folder.join(&self.prefix);
        if !root.is_dir() {
            return Err(CliError::failed(format!(
                "there is no folder `{}`",
                locations::show(&root)
            ))
            .hint("name the password store with --from and the folder in it with --prefix"));
        }
        let mut names = Vec::new();
        walk(&root, String::new(), DEEPEST, &mut names);
        names.sort();
        let mut sessions = 0;
        let mut others = 0;
        for name in names {
            if item::kind(&name) == Kind::Session {
                sessions += 1;
            } else if self.prefix.is_empty() && !known.contains(&name) {
                others += 1;
            } else {
                self.take(&name, &mut harvest)?;
            }
        }
        harvest.ignore_sessions(sessions);
        if others > 0 {
            harvest.ignore(
                format!("{others} other entries of the password store"),
                "no profile has their name, so they were not opened; --prefix names a folder of keys",
            );
        }
        Ok(harvest)
    }

    fn take(&self, name: &str, harvest: &mut Harvest) -> Result<(), CliError> {
        let entry = if self.prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{}/{name}", self.prefix.trim_end_matches('/'))
        };
        let shown = format!("pass entry `{entry}`");
        let mut command = Command::new(&self.program);
        for variable in env::SCRUBBED {
            command.env_remove(variable);
        }
        command
            .arg("show")
            .arg("--")
            .arg(&entry)
            .env("PASSWORD_STORE_DIR", &self.folder)
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        let ran = run_for_user(command).map_err(|e| {
            CliError::failed(format!("`{}` cannot be run", self.program)).because(e)
        })?;
        if ran.status.is_some_and(|status| status.success()) {
            harvest.take_item(name, shown, &ran.output);
        } else {
            let message = String::from_utf8_lossy(&ran.stderr);
            let message = message
                .lines()
                .map(str::trim)
                .rfind(|line| !line.is_empty());
            harvest.miss(
                shown,
                format!(
                    "`{}` did not open it: {}",
                    self.program,
                    message.unwrap_or("it gave no reason")
                ),
            );
        }
        Ok(())
    }
}

/// The names of the entries below a folder, without what hides behind a dot.
fn walk(folder: &Path, above: String, depth: usize, names: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            if depth > 0 {
                walk(&path, format!("{above}{name}/"), depth - 1, names);
            }
        } else if let Some(name) = name.strip_suffix(".gpg") {
            names.push(format!("{above}{name}"));
        }
    }
}
