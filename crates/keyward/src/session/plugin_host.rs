//! age plugins run from a process of keyward's own when this one was given a passphrase or a code
//! by a variable: the age library starts a plugin with the whole environment, and a plugin is no
//! business of such a variable.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use keyward_vault::{Access, CommandLine, host_plugin};
use zeroize::Zeroizing;

use super::unlock::{Asked, access};
use crate::environment as env;
use crate::error::CliError;
use crate::places::Places;
use crate::settings::Settings;
use crate::terminal::Terminal;

/// The hidden command.
const NAME: &str = "plugin-host";
/// Nobody may be asked on the terminal: it is lent to a child.
const NO_TERMINAL: &str = "--no-terminal";
/// No request is longer: an identity and a slot's file.
const LARGEST: u64 = 256 * 1024;

/// What is to run plugins, where not this process itself.
pub(super) fn needed() -> Option<CommandLine> {
    let given = |name: &&&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    env::SECRETS.iter().find(given)?;
    let keyward = std::env::current_exe().ok()?.to_str()?.to_owned();
    let mut words = vec![keyward, NAME.to_owned()];
    if Terminal::open().is_none() {
        words.push(NO_TERMINAL.to_owned());
    }
    CommandLine::new(words).ok()
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
    let asked = Asked::default();
    asked.allow_dialogs(Settings::load(&Places::find()?.settings)?.dialogs);
    let access = Access {
        plugin_host: None,
        ..access(Arc::new(asked))?
    };
    let answer = host_plugin(&request, &access);
    // The answer goes to the process that asked, and is no text for people.
    let mut out = std::io::stdout().lock();
    out.write_all(&answer)
        .and_then(|()| out.flush())
        .map_err(broken)
}
