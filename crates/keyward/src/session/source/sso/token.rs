//! Which access token is used: the one that lies there, a refreshed one, or one of a new
//! sign-in. One process at a time decides; the others wait for what it finds.

use std::path::Path;
use std::time::Duration;

use keyward_core::chain::CacheKey;
use keyward_core::secret::AccessToken;
use keyward_core::shell::argument;

use super::Center;
use super::cache::{self, Kept};
use super::sign_in::{self, SignIn, millis};
use crate::bounded;
use crate::error::CliError;
use crate::session::patience;
use crate::ui::Ui;
use crate::world::{World, now};

/// A token with less left than this is refreshed, as the AWS CLI does.
const MARGIN: Duration = Duration::from_secs(15 * 60);
/// A token that cannot be refreshed is used up to here.
const LAST_RESORT: Duration = Duration::from_secs(60);

/// A token that is good now, and is not the one that was `rejected`.
pub(super) fn usable(
    world: &World,
    ui: &Ui,
    center: &Center,
    way: SignIn,
    rejected: Option<&AccessToken>,
) -> Result<AccessToken, CliError> {
    let good_for = |kept: &Kept, margin: Duration| {
        kept.expires_at.remaining(now()) >= margin
            && rejected.is_none_or(|old| old.expose() != kept.access_token.expose())
    };
    let fresh = || cache::read(center).filter(|kept| good_for(kept, MARGIN));
    if let Some(kept) = fresh() {
        return Ok(kept.access_token);
    }
    let key = lock_key(center);
    let file = world.paths.session_lock(&key);
    let said = "waiting for another keyward that is signing in at the same Identity Center…";
    let _guard = patience::lock(ui, &file, said)?;
    if let Some(kept) = fresh() {
        return Ok(kept.access_token);
    }
    if let Some(kept) = refreshed(ui, center)? {
        return Ok(kept.access_token);
    }
    if let Some(kept) = cache::read(center).filter(|kept| good_for(kept, LAST_RESORT)) {
        return Ok(kept.access_token);
    }
    // Those who waited while somebody's sign-in failed must not each open a browser of their own.
    let mark = world.paths.locks().join(format!("{key}.failed"));
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
fn refreshed(ui: &Ui, center: &Center) -> Result<Option<Kept>, CliError> {
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
            let mut renewed = Kept::new(client.clone(), token, now());
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

/// What is left of a token that could not be refreshed may do.
fn left(ui: &Ui, kept: &Kept, error: CliError) -> Result<Option<Kept>, CliError> {
    match kept.expires_at.remaining(now()) >= LAST_RESORT {
        true => {
            ui.warn(format!("the sign-in could not be refreshed: {error}"));
            Ok(None)
        }
        false => Err(error),
    }
}

/// Forgets the sign-in.
pub(super) fn forget(world: &World, ui: &Ui, center: &Center) -> Result<bool, CliError> {
    let file = world.paths.session_lock(&lock_key(center));
    let _guard = patience::lock(ui, &file, "waiting for another keyward that is signing in…")?;
    let Some(kept) = cache::read(center) else {
        return Ok(false);
    };
    // The file goes whatever the Identity Center says: it may have ended the sign-in itself.
    cache::remove(center)?;
    match center.client().sso_logout(&kept.access_token) {
        Ok(()) => {}
        Err(error) if error.ends_sign_in() => {}
        Err(error) => ui.warn(format!(
            "forgotten here, but the Identity Center was not told: {error}"
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
    let text = bounded::text(mark, bounded::DOCUMENT).unwrap_or_default();
    let at = text.trim().parse::<u128>();
    at.is_ok_and(|at| at >= since && at <= millis())
}

#[cfg(test)]
mod tests;
