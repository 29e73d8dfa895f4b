//! The address on 127.0.0.1 that a browser returns to. It accepts one answer with the right state
//! and then closes. Only the browser and the page that it comes from know the state, so the owner
//! of the connection is not checked.

use std::io;
use std::time::{Duration, Instant};

use keyward_core::secret::GrantCode;
use keyward_core::text::is_unseen;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::listener::{BrowserRequest, LoopbackListener, PACE};

/// The address as it is registered; any port is valid.
pub(crate) const REGISTERED: &str = "http://127.0.0.1/oauth/callback";
const PATH: &str = "/oauth/callback";

/// An open address.
#[derive(Debug)]
pub(crate) struct Callback {
    listener: LoopbackListener,
}

/// The reasons why no code came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CallbackError {
    /// The person turned it down, or the service did.
    #[error("the sign-in page answered `{0}`")]
    Refused(String),
    /// No browser came in time.
    #[error("the browser did not return in time")]
    TimedOut,
}

/// The answer of the browser.
type Answer = Result<GrantCode, CallbackError>;

impl Callback {
    /// Opens one on a free port.
    pub(crate) fn open() -> io::Result<Self> {
        LoopbackListener::open().map(|listener| Self { listener })
    }

    /// The address with its port.
    pub(crate) fn redirect_uri(&self) -> String {
        format!("http://{}{PATH}", self.listener.address())
    }

    /// Waits for the browser.
    pub(crate) fn wait(mut self, state: &str, limit: Duration) -> Answer {
        let until = Instant::now() + limit;
        loop {
            match self.listener.next() {
                Some(caller) => {
                    if let Some(answer) = serve(caller, state) {
                        return answer;
                    }
                }
                None => std::thread::sleep(PACE),
            }
            if Instant::now() >= until {
                return Err(CallbackError::TimedOut);
            }
        }
    }
}

/// Shows a page; the answer, if the caller brought it.
fn serve(caller: BrowserRequest, state: &str) -> Option<Answer> {
    const HEADERS: &str = "content-type: text/html; charset=utf-8\r\n\
                           content-security-policy: default-src 'none'; frame-ancestors 'none'\r\n\
                           x-content-type-options: nosniff\r\n";
    let answer = caller.target().and_then(|target| judge(target, state));
    let (status, text) = match &answer {
        Some(Ok(_)) => (
            "200 OK",
            "You are signed in. You can close this page and go back to the terminal.",
        ),
        Some(Err(_)) => (
            "200 OK",
            "You are not signed in. The terminal says why; you can close this page.",
        ),
        None => ("400 Bad Request", "This page is not what it should be."),
    };
    let page =
        format!("<!doctype html><meta charset=\"utf-8\"><title>keyward</title><p>{text}</p>\n");
    // Send the page first, because the process may end once it has the answer. A browser that does
    // not wait for the page has still delivered its answer.
    let _ = caller.answer(status, HEADERS, &page);
    answer
}

/// The answer that a target carries; none where it is another page, or has a wrong state.
fn judge(target: &str, state: &str) -> Option<Answer> {
    let Some((PATH, query)) = target.split_once('?') else {
        return None;
    };
    // A parameter that occurs twice is ignored.
    //
    // Source: RFC 6749, section 3.1.
    let value = |name: &str| {
        let mut values = form_urlencoded::parse(query.as_bytes())
            .filter(|(key, _)| key == name)
            .map(|(_, value)| Zeroizing::new(value.into_owned()));
        values.next().filter(|_| values.next().is_none())
    };
    let given = value("state")?;
    if !bool::from(given.as_bytes().ct_eq(state.as_bytes())) {
        return None;
    }
    if let Some(error) = value("error") {
        let words = value("error_description").unwrap_or(error);
        let shown = words.chars().filter(|c| !is_unseen(*c));
        let shown = shown.take(200).collect();
        return Some(Err(CallbackError::Refused(shown)));
    }
    value("code")?.parse().ok().map(Ok)
}

#[cfg(test)]
mod tests;
