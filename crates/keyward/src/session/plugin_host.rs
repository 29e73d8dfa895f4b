//! Plugins run in a separate keyward process when this one's environment holds a passphrase or code,
//! because the age library passes the whole environment on. Without a terminal they do too, because the
//! library never times out and a process can be ended. If that process cannot start, plugins that would
//! see such a variable are disabled.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keyward_vault::{Access, CommandLine, Plugins, host_plugin};
use zeroize::Zeroizing;

use super::unlock::{UserPrompter, access};
use crate::environment as env;
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::state::settings::Settings;
use crate::system::locations::Locations;

/// The hidden command.
const NAME: &str = "plugin-host";
/// The terminal is lent to a child, so plugins may not ask on it.
const NO_TERMINAL: &str = "--no-terminal";
/// No request is longer: an identity and a slot's file.
const LARGEST: u64 = 256 * 1024;

/// What this process runs, as Linux has it even after an upgrade has put another in its place.
const ITSELF: &str = "/proc/self/exe";

/// The process that starts plugins.
pub(super) fn place() -> Plugins {
    let given = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let secrets = env::SECRETS.iter().any(given);
    place_for(secrets, Terminal::open().is_some(), std::env::current_exe())
}

/// From here only where there is nothing to withhold from them, and a person who sees what is
/// waited for, or no way to start keyward.
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

/// The file of this program. Linux names one that was replaced by what it was and a remark.
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

/// Reads a request, works with the plugin, and answers.
pub(crate) fn run(no_terminal: bool) -> Result<(), CliError> {
    let broken = |e: std::io::Error| CliError::failed("the request is broken off").because(e);
    if no_terminal {
        Terminal::lend_to_child();
    }
    let mut request = Zeroizing::new(Vec::with_capacity(16 * 1024));
    std::io::stdin()
        .lock()
        .take(LARGEST)
        .read_to_end(&mut request)
        .map_err(broken)?;
    let asked = UserPrompter::default();
    asked.allow_dialogs(Settings::load(&Locations::find()?.settings)?.dialogs);
    let access = Access {
        plugins: Plugins::Here,
        ..access(Arc::new(asked))?
    };
    let answer = host_plugin(&request, &access);
    // The answer is for the calling process, not for people.
    let mut out = std::io::stdout().lock();
    out.write_all(&answer)
        .and_then(|()| out.flush())
        .map_err(broken)
}

#[cfg(all(test, unix))]
mod tests;
