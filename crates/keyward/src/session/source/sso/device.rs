//! Sign-in by a code that the person compares in any browser, for machines that have none. It asks
//! no more often than the Identity Center allows, and shows only a plain address and a plain code
//! of its answer.
//!
//! Source: RFC 8628.

use std::time::Duration;

use keyward_aws::{CallError, DeviceAnswer, DeviceAuthorization, Flow, SsoToken};

use super::Center;
use super::cache::CachedToken;
use crate::screen::error::CliError;
use crate::screen::ui::{CODE, STRONG, Ui};
use crate::session::source::say::say;
use crate::state::local_state::now;
use keyward_core::shell::argument;

/// By how much the pace slows when it was too fast.
///
/// Source: RFC 8628, section 3.5.
const SLOWER: Duration = Duration::from_secs(5);

/// Longer than any code that a person compares.
const LONGEST_CODE: usize = 64;

pub(super) fn sign_in(ui: &Ui, center: &Center) -> Result<CachedToken, CliError> {
    let aws = center.client();
    let client = aws
        .register_client("keyward", &center.scopes, Flow::Device)
        .map_err(|error| center.refused(error))?;
    let device = aws
        .start_device_authorization(&client, &center.start_url)
        .map_err(|error| center.refused(error))?;
    let (page, code) = shown(&device).map_err(|error| {
        CliError::failed(format!("there is no way to sign in at `{}`", center.name)).because(error)
    })?;
    say(
        ui,
        &format!(
            "Open this in any browser:\n{CODE}{page}{CODE:#}\nand compare the code: {STRONG}{code}{STRONG:#}"
        ),
    );
    let ask = || aws.token_by_device(&client, &device.device_code);
    let token = match poll(device.interval, device.life, ask, std::thread::sleep)? {
        Outcome::Token(token) => token,
        Outcome::Over => {
            return Err(CliError::failed(format!(
                "there was no sign-in at `{}` in time",
                center.name
            ))
            .hint(format!("keyward sso login {}", argument(&center.name))));
        }
        Outcome::Declined => {
            return Err(CliError::failed(format!(
                "the sign-in at `{}` was declined in the browser",
                center.name
            ))
            .hint(format!("keyward sso login {}", argument(&center.name))));
        }
    };
    Ok(CachedToken::new(client, token, now()))
}

/// The result of waiting.
#[derive(Debug)]
enum Outcome {
    Token(SsoToken),
    /// The code has expired.
    Over,
    Declined,
}

/// The reasons why keyward shows the user no page and code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum ShownError {
    /// The message does not repeat the address.
    #[error("the Identity Center returned a page that is not an `https://` address")]
    Page,
    /// The message does not repeat the code.
    #[error("the Identity Center returned a malformed user code")]
    Code,
}

/// The page and the code to show to the user. Both come from a service, and anything but plain text could
/// control the terminal.
fn shown(device: &DeviceAuthorization) -> Result<(&str, &str), ShownError> {
    let complete = device.verification_uri_complete.as_deref();
    let page = complete.unwrap_or(&device.verification_uri);
    let code = device.user_code.as_str();
    if !is_page(page) {
        return Err(ShownError::Page);
    }
    let is_word = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_word || code.len() > LONGEST_CODE {
        return Err(ShownError::Code);
    }
    Ok((page, code))
}

/// Whether a text is the address of a page that a browser may open: one on an authenticated server, or
/// one on this machine, such as that of a practice account.
fn is_page(text: &str) -> bool {
    let rest = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => rest,
        (None, Some(rest)) if is_here(authority(rest)) => rest,
        _ => return false,
    };
    // A name before `@` looks like the server but is not.
    let server = authority(rest);
    !server.is_empty() && !server.contains('@') && text.bytes().all(|b| b.is_ascii_graphic())
}

/// The part between the scheme and the path.
fn authority(rest: &str) -> &str {
    rest.split(['/', '\\', '?', '#']).next().unwrap_or_default()
}

fn is_here(authority: &str) -> bool {
    let port = ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .find_map(|host| authority.strip_prefix(host));
    let is_port = |port: &str| port.parse::<u16>().is_ok();
    port.is_some_and(|port| port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

/// Asks at the service's interval until there is a token or the code has expired.
fn poll(
    mut interval: Duration,
    life: Duration,
    mut ask: impl FnMut() -> Result<DeviceAnswer, CallError>,
    mut pause: impl FnMut(Duration),
) -> Result<Outcome, CallError> {
    let mut waited = Duration::ZERO;
    while waited + interval <= life {
        pause(interval);
        waited += interval;
        match ask()? {
            DeviceAnswer::Token(token) => return Ok(Outcome::Token(token)),
            // The code may be over a little earlier than the pauses add up to.
            DeviceAnswer::Over => return Ok(Outcome::Over),
            DeviceAnswer::Declined => return Ok(Outcome::Declined),
            DeviceAnswer::Pending => {}
            DeviceAnswer::SlowDown => interval += SLOWER,
        }
    }
    Ok(Outcome::Over)
}

#[cfg(test)]
mod tests;
