//! The separate process: one request about a plugin, and its answer.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use keyward_vault::{Access, Plugins, host_plugin};
use zeroize::Zeroizing;

use crate::prompt::deadline::Deadline;
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::session::unlock::{UserPrompter, access};
use crate::state::settings::Settings;
use crate::system::locations::Locations;

/// No request is longer: an identity and a slot's file.
const LARGEST: u64 = 256 * 1024;

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
    let dialogs = Settings::load(&Locations::find()?.settings)?.dialogs;
    let asked = UserPrompter::new(Deadline::begin(), dialogs);
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
