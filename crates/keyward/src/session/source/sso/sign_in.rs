//! A new sign-in: by a browser on this machine, else by a code that is compared in any other,
//! else not at all.

use super::cache::CachedToken;
use super::{Center, device, pkce};
use crate::browser::launch::{self as browser, Browser};
use crate::prompt::terminal::Terminal;
use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::Ui;
use crate::session::source::last_failure::millis;
use keyward_core::shell::argument;

/// Whether a person may be asked to sign in, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignIn {
    /// Not at all: an SDK asks, over and over, and would open a browser each time.
    Never,
    /// Only with a user at a terminal: a window that a background program opens has no context, and the
    /// user cannot know its purpose.
    Offered {
        /// The time at which the command began, in milliseconds since 1970: commands that waited
        /// for a sign-in that failed since then do not try it again.
        since: u128,
    },
    /// A person asked for it.
    Asked(SignInMethod),
}

impl SignIn {
    /// Offered from now on.
    pub(crate) fn offered() -> Self {
        Self::Offered { since: millis() }
    }
}

/// The method by which the person wants to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignInMethod {
    /// By a browser here, if there is one.
    Browser,
    /// By a code, in a browser elsewhere.
    Code,
}

/// Signs in.
pub(super) fn now(ui: &Ui, center: &Center, way: SignIn) -> Result<CachedToken, CliError> {
    let here = match way {
        SignIn::Never => return Err(nobody(center)),
        SignIn::Offered { .. } if Terminal::open().is_none() => return Err(nobody(center)),
        SignIn::Asked(SignInMethod::Code) => None,
        SignIn::Offered { .. } | SignIn::Asked(SignInMethod::Browser) => browser::here(),
    };
    match here {
        Some(browser) => by_browser(ui, center, &browser),
        None => device::sign_in(ui, center),
    }
}

/// The loopback interface may be closed to us, as in some sandboxes: then the code serves.
fn by_browser(ui: &Ui, center: &Center, browser: &Browser) -> Result<CachedToken, CliError> {
    match crate::browser::callback::Callback::open() {
        Ok(callback) => pkce::sign_in(ui, center, callback, browser),
        Err(error) => {
            ui.explain(|| format!("no port on 127.0.0.1 ({error}); signing in by a code"));
            device::sign_in(ui, center)
        }
    }
}

fn nobody(center: &Center) -> CliError {
    CliError::new(
        ErrorKind::PersonNeeded,
        format!(
            "the sign-in at the Identity Center `{}` has ended or was never made",
            center.name
        ),
    )
    .hint(format!("keyward sso login {}", argument(&center.name)))
}
