//! Chooses the access token: the stored one, a refreshed one, or one from a new sign-in. One process at
//! a time decides; the others wait for its result.

use std::path::Path;
use std::time::Duration;

use keyward_core::chain::CacheKey;
use keyward_core::secret::AccessToken;
use keyward_core::shell::argument;

use super::Center;
use super::cache::{self, CachedToken};
use super::sign_in::{self, SignIn, millis};
use crate::prompt::deadline;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::state::local_state::{LocalState, now};
use crate::system::read_limited;

/// A token with less left than this is refreshed, as the AWS CLI does.
const MARGIN: Duration = Duration::from_secs(15 * 60);
/// A token that cannot be refreshed is used up to here.
const LAST_RESORT: Duration = Duration::from_secs(60);

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
    let fresh = || cache::read(center).filter(|kept| good_for(kept, MARGIN));
    if let Some(kept) = fresh() {
        return Ok(kept.access_token);
    }
    let key = lock_key(center);
    let file = local.paths.session_lock(&key);
    let message = "waiting for another keyward that is signing in at the same Identity Center…";
    let _guard = deadline::lock(ui, &file, message)?;
    if let Some(kept) = fresh() {
        return Ok(kept.access_token);
    }
    if let Some(kept) = refreshed(ui, center)? {
        return Ok(kept.access_token);
    }
    if let Some(kept) = cache::read(center).filter(|kept| good_for(kept, LAST_RESORT)) {
        return Ok(kept.access_token);
    }
    // Processes that waited while a sign-in failed must not each open a browser.
    let mark = local.paths.locks().join(format!("{key}.failed"));
    if let SignIn::Offered { since } = way
        && failed_since(&mark, since)
    {
        return Err(CliError::failed(format!(
            "the sign-in at `{}` that this command waited for did not succeed",
            center.name
        ))
        .hint(format!("keyward sso login {}", argument(&center.name))));
    }
    // Before anybody signs in for nothing.
    let room = cache::reserve(center)?;
    let made = sign_in::now(ui, center, way).inspect_err(|_| {
        // Losing the mark costs the next one a question.
        let _ = std::fs::write(&mark, millis().to_string());
    })?;
    room.keep(ui, center, &made);
    Ok(made.access_token)
}

/// The sign-in renewed without the person, if it can be. Another tool may have done it first:
/// then its result is taken.
fn refreshed(ui: &Ui, center: &Center) -> Result<Option<CachedToken>, CliError> {
    let Some(kept) = cache::read(center) else {
        return Ok(None);
    };
    let Some((client, refresh)) = &kept.renewal else {
        return Ok(None);
    };
    if client.expires_at <= now() {
        return Ok(None);
    }
    // A refresh token is good once: what comes of it must find its place.
    let room = match cache::reserve(center) {
        Ok(room) => room,
        Err(error) => return left(ui, &kept, error),
    };
    ui.explain(|| format!("refreshing the sign-in at `{}`", center.name));
    match center.client().token_by_refresh(client, refresh) {
        Ok(token) => {
            let mut renewed = CachedToken::new(client.clone(), token, now());
            // A service that gives no new refresh token leaves the old one good.
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
    let file = local.paths.session_lock(&lock_key(center));
    let _guard = deadline::lock(ui, &file, "waiting for another keyward that is signing in…")?;
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

/// Whether a sign-in failed after a time. A mark of a time to come is of a clock that was set back
/// since, and says nothing.
fn failed_since(mark: &Path, since: u128) -> bool {
    let text = read_limited::text(mark, read_limited::DOCUMENT).unwrap_or_default();
    let at = text.trim().parse::<u128>();
    at.is_ok_and(|at| at >= since && at <= millis())
}

#[cfg(test)]
mod tests;
