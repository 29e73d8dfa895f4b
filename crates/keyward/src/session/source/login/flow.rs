//! A new sign-in at the console: a browser on this machine that comes back to 127.0.0.1, or one
//! anywhere, from which the person carries the code here. Either way only the holder of the
//! verifier can use the code, and only the holder of the key can use the resulting session.
//!
//! Source: RFC 7636, RFC 8252, RFC 9449;
//! <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html>

use std::io::{BufRead as _, IsTerminal as _, Read as _};

use data_encoding::{BASE64, BASE64URL_NOPAD};
use form_urlencoded::Serializer;
use keyward_aws::{Aws, DpopKey, LoginGrant};
use keyward_core::Credentials;
use keyward_core::chain::Endpoints;
use keyward_core::id::Region;
use keyward_core::secret::{CodeVerifier, GrantCode, ProofKey};
use keyward_vault::ConsoleSignIn;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::service::{client, credentials_of};
use crate::browser::callback::Callback;
use crate::browser::launch::{self as browser, Browser};
use crate::prompt::terminal::{Echo, Terminal};
use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::{CODE, Ui};
use crate::session::source::say::say;
use crate::session::source::sso::{LIMIT, random, verifier};
use crate::state::local_state::now;

/// The public client whose browser is on this machine.
const SAME_DEVICE: &str = "arn:aws:signin:::devtools/same-device";
/// The one whose browser is anywhere.
const CROSS_DEVICE: &str = "arn:aws:signin:::devtools/cross-device";
/// The page that shows the code then.
const CONFIRMATION: &str = "/v1/sessions/confirmation";
/// The number of times that the user may paste an invalid code.
const ATTEMPTS: u8 = 3;
/// Longer than any code.
const LONGEST_PASTE: u64 = 16 * 1024;

/// The method by which the person signs in.
#[derive(Debug, Clone)]
pub(crate) enum BrowserMethod {
    /// This browser is started.
    Browser(Browser),
    /// The person opens the address in a browser of this machine.
    Shown,
    /// The person opens it anywhere, and pastes the code here.
    ByHand,
}

impl BrowserMethod {
    /// The method that needs least of the person who sits here.
    pub(crate) fn here(ui: &Ui) -> Self {
        browser::here().map_or_else(
            || {
                ui.explain(|| "no browser can be opened here".to_owned());
                Self::ByHand
            },
            Self::Browser,
        )
    }
}

/// A sign-in that was made.
pub(crate) struct Made {
    /// The part that the vault keeps.
    pub(crate) sign_in: ConsoleSignIn,
    /// The credentials that came with it.
    pub(crate) credentials: Credentials,
}

/// The sign-in service of one region.
pub(crate) struct Service {
    aws: Aws,
    region: Region,
}

/// The inputs of one sign-in.
struct Attempt<'a> {
    aws: &'a Aws,
    client_id: &'static str,
    address: &'a str,
    redirect_uri: String,
    state: Zeroizing<String>,
    verifier: CodeVerifier,
}

impl Service {
    /// The one that endpoints and region name.
    pub(crate) fn new(endpoints: Endpoints, region: Region) -> Self {
        Self {
            aws: client(endpoints, region.clone()),
            region,
        }
    }

    /// Signs in.
    pub(crate) fn sign_in(&self, ui: &Ui, method: BrowserMethod) -> Result<Made, CliError> {
        let (key, kept) = DpopKey::generate()
            .map_err(|e| CliError::failed("a key for the sign-in cannot be made").because(e))?;
        let address = self.aws.sign_in_address()?;
        let callback = match method {
            BrowserMethod::ByHand => None,
            // The loopback interface may be closed to us, as in some sandboxes.
            BrowserMethod::Browser(_) | BrowserMethod::Shown => Callback::open()
                .inspect_err(|error| {
                    ui.explain(|| format!("no port on 127.0.0.1 ({error}); the code is pasted"));
                })
                .ok(),
        };
        let attempt = Attempt {
            aws: &self.aws,
            client_id: match callback {
                Some(_) => SAME_DEVICE,
                None => CROSS_DEVICE,
            },
            redirect_uri: match &callback {
                Some(callback) => callback.redirect_uri(),
                None => format!("{address}{CONFIRMATION}"),
            },
            address: &address,
            state: random()?,
            verifier: verifier()?,
        };
        let code = match callback {
            Some(callback) => attempt.by_browser(ui, callback, &method)?,
            None => attempt.by_hand(ui)?,
        };
        self.made(&attempt, &code, &key, kept)
    }

    fn made(
        &self,
        attempt: &Attempt<'_>,
        code: &GrantCode,
        key: &DpopKey,
        kept: ProofKey,
    ) -> Result<Made, CliError> {
        let grant = LoginGrant {
            client_id: attempt.client_id,
            code,
            verifier: &attempt.verifier,
            redirect_uri: &attempt.redirect_uri,
        };
        let (token, session) = attempt.aws.login_by_code(grant, key)?;
        let credentials = credentials_of(&token, &session);
        let sign_in = ConsoleSignIn::new(
            session,
            attempt.client_id.to_owned(),
            self.region.clone(),
            token.refresh_token,
            kept,
            now(),
        );
        Ok(Made {
            sign_in,
            credentials,
        })
    }
}

impl Attempt<'_> {
    /// The page where the person approves.
    fn page(&self) -> String {
        // Exposed to be digested; the digest is public.
        let digest = Sha256::digest(self.verifier.expose().as_bytes());
        let query = Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("state", &self.state)
            .append_pair("scope", "openid")
            .append_pair("code_challenge_method", "SHA-256")
            .append_pair("code_challenge", &BASE64URL_NOPAD.encode(&digest))
            .finish();
        format!("{}/v1/authorize?{query}", self.address)
    }

    fn by_browser(
        &self,
        ui: &Ui,
        callback: Callback,
        method: &BrowserMethod,
    ) -> Result<GrantCode, CliError> {
        let page = self.page();
        // The way there closes when this ends.
        let opened = match method {
            BrowserMethod::Browser(browser) => Some(browser.open(&page)),
            BrowserMethod::Shown | BrowserMethod::ByHand => None,
        };
        let lead = match &opened {
            Some(Ok(_)) => "Your browser opens to sign in; if it does not, open this:".to_owned(),
            Some(Err(error)) => format!("The browser cannot be started ({error}); open this:"),
            None => "Open this in a browser on this machine:".to_owned(),
        };
        say(ui, &format!("{lead}\n{CODE}{page}{CODE:#}"));
        callback.wait(&self.state, LIMIT).map_err(|error| {
            CliError::failed("there was no sign-in at the console")
                .because(error)
                .hint("if the browser is on another machine: keyward signin PROFILE --remote")
        })
    }

    fn by_hand(&self, ui: &Ui) -> Result<GrantCode, CliError> {
        let page = self.page();
        let nobody = || {
            CliError::new(
                ErrorKind::PersonNeeded,
                "the code that the browser shows is needed and there is no terminal to ask on",
            )
            .hint("run the command in a terminal")
        };
        let terminal = Terminal::open();
        if terminal.is_none() && std::io::stdin().is_terminal() {
            return Err(nobody());
        }
        say(
            ui,
            &format!("Open this in any browser, and sign in:\n{CODE}{page}{CODE:#}"),
        );
        let Some(mut terminal) = terminal else {
            let line = line_of_stdin().filter(|line| !line.trim().is_empty());
            return read(&line.ok_or_else(nobody)?, &self.state).map_err(Into::into);
        };
        for _ in 1..ATTEMPTS {
            let text = terminal.ask("Code from the browser", Echo::Shown)?;
            match read(&text, &self.state) {
                Err(PasteError::NoCode) => terminal.say("That is not the whole code."),
                other => return other.map_err(Into::into),
            }
        }
        let text = terminal.ask("Code from the browser", Echo::Shown)?;
        read(&text, &self.state).map_err(Into::into)
    }
}

/// A line of standard input, if a program replaces the terminal.
fn line_of_stdin() -> Option<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    let mut input = std::io::stdin().lock().take(LONGEST_PASTE);
    input.read_line(&mut line).ok()?;
    Some(line)
}

/// The reasons why a pasted text is not the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum PasteError {
    /// It is something else, or cut.
    #[error("that is not the code that the browser shows")]
    NoCode,
    /// The code belongs to another sign-in: an earlier attempt, or another person's.
    #[error("that code belongs to another sign-in")]
    OtherState,
}

impl From<PasteError> for CliError {
    fn from(error: PasteError) -> Self {
        Self::failed("there was no sign-in at the console")
            .because(error)
            .hint("begin again, and use the address that is shown then")
    }
}

/// Reads base64 of `state=…&code=…`.
fn read(pasted: &str, state: &str) -> Result<GrantCode, PasteError> {
    let mut text: Zeroizing<String> = Zeroizing::new(
        pasted
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '=')
            .collect(),
    );
    // Pasting loses the filling easily.
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    let query = BASE64
        .decode(text.as_bytes())
        .map(Zeroizing::new)
        .map_err(|_| PasteError::NoCode)?;
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(&query);
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| Zeroizing::new(value.into_owned()))
            .ok_or(PasteError::NoCode)
    };
    let (given, code) = (value("state")?, value("code")?);
    if *given != *state {
        return Err(PasteError::OtherState);
    }
    code.parse().map_err(|_| PasteError::NoCode)
}

#[cfg(test)]
mod tests;
