//! Sign-in by a code that the person compares in any browser, for machines that have none. It
//! asks no more often than the Identity Center allows.
//!
//! Source: RFC 8628.

use std::time::Duration;

use keyward_aws::{CallError, DeviceAnswer, Flow, SsoToken};

use super::Center;
use super::browser::Browser;
use super::cache::Kept;
use super::sign_in::say;
use crate::error::CliError;
use crate::ui::{CODE, STRONG, Ui};
use crate::world::now;
use keyward_core::shell::argument;

/// By how much the pace slows when it was too fast.
///
/// Source: RFC 8628, section 3.5.
const SLOWER: Duration = Duration::from_secs(5);

pub(super) fn sign_in(
    ui: &Ui,
    center: &Center,
    browser: Option<&Browser>,
) -> Result<Kept, CliError> {
    let aws = center.client();
    let client = aws.register_client("keyward", &center.scopes, Flow::Device)?;
    let device = aws.start_device_authorization(&client, &center.start_url)?;
    say(
        ui,
        &format!(
            "Open this in any browser:\n{CODE}{}{CODE:#}\nand compare the code: {STRONG}{}{STRONG:#}",
            device
                .verification_uri_complete
                .as_deref()
                .unwrap_or(&device.verification_uri),
            device.user_code
        ),
    );
    if let (Some(browser), Some(url)) = (browser, &device.verification_uri_complete) {
        // The person has the address already.
        let _ = browser.open(url);
    }
    let ask = || aws.token_by_device(&client, &device.device_code);
    let token = poll(device.interval, device.life, ask, std::thread::sleep)?;
    let token = token.ok_or_else(|| {
        CliError::failed(format!("nobody signed in at `{}` in time", center.name))
            .hint(format!("keyward sso login {}", argument(&center.name)))
    })?;
    Ok(Kept::new(client, token, now()))
}

/// Asks at the pace that the service sets until there is a token or the code is over.
fn poll(
    mut interval: Duration,
    life: Duration,
    mut ask: impl FnMut() -> Result<DeviceAnswer, CallError>,
    mut pause: impl FnMut(Duration),
) -> Result<Option<SsoToken>, CallError> {
    let mut waited = Duration::ZERO;
    while waited + interval <= life {
        pause(interval);
        waited += interval;
        match ask()? {
            DeviceAnswer::Token(token) => return Ok(Some(token)),
            DeviceAnswer::Pending => {}
            DeviceAnswer::SlowDown => interval += SLOWER,
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
