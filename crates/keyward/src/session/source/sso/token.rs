//! Chooses the access token: the stored one, a refreshed one, or one from a new sign-in. One process at
//! a time decides; the others wait for its result.

use std::time::Duration;

use keyward_core::chain::CacheKey;
use keyward_core::secret::AccessToken;
use keyward_core::shell::argument;

use super::Center;
use super::cache::{self, CachedToken};
use super::sign_in::{self, SignIn};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::margin::LAST_RESORT;
use crate::session::single_flight::SingleFlight;
use crate::session::source::last_failure::LastFailure;
use crate::state::local_state::{LocalState, now};

/// A token with less left than this is refreshed, as the AWS CLI does.
const MARGIN: Duration = Duration::from_secs(15 * 60);

/// A token that is good now, and is not the one that was `rejected`.
pub(super) fn usable(
    local: &LocalState,
    ui: &Ui,
    center: &Center,
    way: SignIn,
    rejected: Option<&AccessToken>,
) -> Result<AccessToken, CliError> {
    let good_for = |kept: &CachedToken, margin: Duration| {
        kept.expires_at.remaining(now()) >= margin
            && rejected.is_none_or(|old| old.expose() != kept.access_token.expose())
    };
    let kept = |margin| cache::read(center).filter(|kept| good_for(kept, margin));
    let waiting = "waiting for another keyward that is signing in at the same Identity Center…";
    let flight = SingleFlight::new(local, lock_key(center), waiting);
    let token = flight.get(
        ui,
        || Ok(kept(MARGIN)),
        |_guard| {
            if let Some(renewed) = refreshed(local, ui, center)? {
                return Ok(renewed);
            }
            match kept(LAST_RESORT) {
                Some(kept) => Ok(kept),
                None => signed_in(local, ui, center, way),
            }
        },
    )?;
    Ok(token.access_token)
}

/// A new sign-in, which needs the user.
fn signed_in(
    local: &LocalState,
    ui: &Ui,
    center: &Center,
    way: SignIn,
) -> Result<CachedToken, CliError> {
    // Processes that waited while a sign-in failed must not each open a browser.
    let failure = LastFailure::of(&local.paths, &lock_key(center));
    if let SignIn::Offered { since } = way
        && failure.is_since(since)
    {
        return Err(CliError::failed(format!(
            "the sign-in at `{}` that this command waited for did not succeed",
            center.name
        ))
        .hint(format!("keyward sso login {}", argument(&center.name))));
    }
    // Before the user signs in for nothing.
    let room = cache::reserve(local, center)?;
    let made = sign_in::now(ui, center, way).inspect_err(|_| failure.note())?;
    room.keep(ui, center, &made);
    Ok(made)
}

/// The sign-in renewed without the person, if it can be. Another tool may have done it first:
/// then its result is taken.
fn refreshed(
    local: &LocalState,
    ui: &Ui,
    center: &Center,
) -> Result<Option<CachedToken>, CliError> {
    let Some(kept) = cache::read(center) else {
        return Ok(None);
    };
    let Some((client, refresh)) = &kept.renewal else {
        return Ok(None);
    };
    if client.expires_at <= now() {
        return Ok(None);
    }
    // A refresh token works once, so its successor must be saved.
    let room = match cache::reserve(local, center) {
        Ok(room) => room,
        Err(error) => return left(ui, &kept, error),
    };
    ui.explain(|| format!("refreshing the sign-in at `{}`", center.name));
    match center.client().token_by_refresh(client, refresh) {
        Ok(token) => {
            let mut renewed = CachedToken::new(client.clone(), token, now());
            // If the service returns no new refresh token, the old one stays valid.
            renewed.renewal = renewed
                .renewal
                .or_else(|| Some((client.clone(), refresh.clone())));
            room.keep(ui, center, &renewed);
            Ok(Some(renewed))
        }
        Err(error) if error.ends_sign_in() => {
            ui.explain(|| format!("the sign-in cannot be refreshed: {error}"));
            let again = cache::read(center).filter(|again| {
                again.access_token.expose() != kept.access_token.expose()
                    && again.expires_at.remaining(now()) >= LAST_RESORT
            });
            Ok(again)
        }
        // The network failed.
        Err(error) => left(ui, &kept, error.into()),
    }
}

/// A token that could not be refreshed but still lives.
fn left(ui: &Ui, kept: &CachedToken, error: CliError) -> Result<Option<CachedToken>, CliError> {
    match kept.expires_at.remaining(now()) >= LAST_RESORT {
        true => {
            ui.warn(format!("the sign-in could not be refreshed: {error}"));
            Ok(None)
        }
        false => Err(error),
    }
}

/// Forgets the sign-in.
pub(super) fn forget(local: &LocalState, ui: &Ui, center: &Center) -> Result<bool, CliError> {
    let waiting = "waiting for another keyward that is signing in…";
    let _guard = SingleFlight::new(local, lock_key(center), waiting).lock(ui)?;
    let Some(kept) = cache::read(center) else {
        return Ok(false);
    };
    // The file goes whatever the Identity Center says: it may have ended the sign-in itself.
    cache::remove(center)?;
    match center.client().sso_logout(&kept.access_token) {
        Ok(()) => {}
        Err(error) if error.ends_sign_in() => {}
        Err(error) => ui.warn(format!(
            "forgotten here, but the Identity Center was not informed: {error}"
        )),
    }
    Ok(true)
}

fn lock_key(center: &Center) -> CacheKey {
    CacheKey::of(&["identity center", &cache::file_name(center)])
}
