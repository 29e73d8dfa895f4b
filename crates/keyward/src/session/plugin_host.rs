//! Plugins run in a separate keyward process when this one's environment holds a passphrase or code,
//! because the age library passes the whole environment on. Without a terminal they do too, because the
//! library never times out and a process can be ended. If that process cannot start, plugins that would
//! see such a variable are disabled.

mod answer;

use std::io;
use std::path::{Path, PathBuf};

use keyward_vault::{CommandLine, Plugins};

use crate::environment as env;
use crate::prompt::terminal::Terminal;

pub(crate) use answer::run;

/// The hidden command.
const NAME: &str = "plugin-host";
/// The terminal is lent to a child, so plugins may not ask on it.
const NO_TERMINAL: &str = "--no-terminal";
/// The program of this process, as Linux has it even after an upgrade has put another in its place.
const ITSELF: &str = "/proc/self/exe";

/// The process that starts plugins.
pub(super) fn place() -> Plugins {
    let given = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let secrets = env::SECRETS.iter().any(given);
    place_for(secrets, Terminal::open().is_some(), std::env::current_exe())
}

/// From this process, if there is nothing to withhold from plugins and a person sees the wait, or
/// if keyward cannot be started.
fn place_for(secrets: bool, attended: bool, own: io::Result<PathBuf>) -> Plugins {
    if attended && !secrets {
        return Plugins::Here;
    }
    let host = match own {
        Ok(own) => host(&runnable(own), attended),
        Err(_) if !secrets => return Plugins::Here,
        Err(e) => Err(format!("keyward's own file is not known: {e}")),
    };
    host.map_or_else(Plugins::Nowhere, Plugins::Apart)
}

/// The file of this program. For a replaced program, Linux reports its old path and a remark.
fn runnable(own: PathBuf) -> PathBuf {
    match cfg!(target_os = "linux") && !own.exists() {
        true => PathBuf::from(ITSELF),
        false => own,
    }
}

fn host(keyward: &Path, attended: bool) -> Result<CommandLine, String> {
    let no_text = || "the path of keyward's own file is not UTF-8 text".to_owned();
    let keyward = keyward.to_str().ok_or_else(no_text)?.to_owned();
    let mut words = vec![keyward, NAME.to_owned()];
    if !attended {
        words.push(NO_TERMINAL.to_owned());
    }
    CommandLine::new(words).map_err(|e| e.to_string())
}

#[cfg(all(test, unix))]
mod tests;
