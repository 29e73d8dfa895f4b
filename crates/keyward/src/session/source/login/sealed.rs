//! A sign-in that keyward made. What renews it is in the vault, its credentials are among the
//! sessions. A renewal spends the refresh token, so one process at a time renews, and the new token
//! is in the vault before the credentials that came with it are handed out.

use std::time::Duration;

use keyward_aws::CallError;
use keyward_core::Credentials;
use keyward_core::chain::Chain;
use keyward_core::id::{AccessKeyId, PrincipalArn, ProfileName, Region};
use keyward_vault::{ConsoleSignIn, OpenVault, SessionCall, SessionMeta, SessionStore};

use super::flow::{BrowserMethod, Service};
use super::service::{client, credentials_of};
use super::{attended, flight, listed, lock_key};
use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::Ui;
use crate::session::margin::LAST_RESORT;
use crate::session::source::last_failure::LastFailure;
use crate::session::source::{SignIn, SourceContext, origin};
use crate::session::{FirstSlot, open_or_create, open_vault, session_tier};
use crate::state::local_state::{LocalState, now};
use crate::system::crash_point as point;

/// keyward renews credentials that have less than this left, as the AWS CLI does.
const MARGIN: Duration = Duration::from_secs(5 * 60);

/// A request for the credentials of a sign-in.
pub(super) struct SignInRequest<'a> {
    pub(super) context: SourceContext<'a>,
    /// The profile that has `login_session`.
    pub(super) profile: &'a ProfileName,
    pub(super) session: &'a PrincipalArn,
}

impl SignInRequest<'_> {
    fn kept(&self, margin: Duration) -> Option<Credentials> {
        let SourceContext {
            local,
            chain,
            from_cache,
            ..
        } = self.context;
        let store = SessionStore::open(&local.paths, session_tier());
        let origin = origin(local, chain);
        store
            .get(&chain.base_cache_key(), &origin, now(), margin)
            .inspect(|found| from_cache.borrow_mut().push(found.access_key_id.clone()))
    }

    /// The credentials from the session cache, or else those that `make` returns under the lock.
    fn kept_or(
        &self,
        make: impl FnOnce() -> Result<Credentials, CliError>,
    ) -> Result<Credentials, CliError> {
        let SourceContext { local, ui, .. } = self.context;
        let kept = || {
            Ok(self.kept(MARGIN).inspect(|_| {
                ui.explain(|| "console sign-in: from the session cache".to_owned());
            }))
        };
        flight(local, self.session).get(ui, kept, |_guard| make())
    }
}

/// The credentials of a sign-in that the vault holds.
pub(super) fn credentials(asked: &SignInRequest<'_>) -> Result<Credentials, CliError> {
    let SourceContext { local, ui, .. } = asked.context;
    asked.kept_or(|| match renewed(asked) {
        Err(error) => match asked.kept(LAST_RESORT) {
            Some(found) => {
                ui.warn(format!(
                    "could not renew the console sign-in ({error}); handing out what is left"
                ));
                Ok(found)
            }
            None if error.kind() == ErrorKind::PersonNeeded && is_over(local, asked.session) => {
                anew(asked).unwrap_or(Err(error))
            }
            None => Err(error),
        },
        renewed => renewed,
    })
}

/// Forgets credentials of a sign-in that AWS no longer accepts, and says whether others may be had: those
/// that were renewed in this run are not renewed again. Another process may have put new ones there.
pub(super) fn forget_ended(
    context: &SourceContext<'_>,
    session: &PrincipalArn,
    ended: &AccessKeyId,
) -> Result<bool, CliError> {
    let SourceContext {
        local,
        ui,
        chain,
        from_cache,
        ..
    } = *context;
    if !from_cache.borrow().contains(ended) {
        return Ok(false);
    }
    let _guard = flight(local, session).lock(ui)?;
    let store = SessionStore::open(&local.paths, session_tier());
    let key = chain.base_cache_key();
    let kept = store.get(&key, &origin(local, chain), now(), Duration::ZERO);
    if kept.is_some_and(|kept| kept.access_key_id == *ended) {
        store.remove(&key)?;
    }
    ui.say("AWS no longer accepts the credentials of the console sign-in; renewing it");
    Ok(true)
}

/// The credentials of a sign-in that does not exist yet. Another command may sign in at the same
/// time.
pub(super) fn first(asked: &SignInRequest<'_>) -> Result<Credentials, CliError> {
    asked.kept_or(|| anew(asked).unwrap_or_else(|| Err(over(asked.profile))))
}

/// A new sign-in for the user at the terminal, under the lock; `None` without a terminal.
fn anew(asked: &SignInRequest<'_>) -> Option<Result<Credentials, CliError>> {
    let SourceContext {
        local,
        ui,
        chain,
        sign_in,
        ..
    } = asked.context;
    let SignIn::Offered { since } = sign_in else {
        return None;
    };
    if !attended(sign_in) {
        return None;
    }
    // Processes that waited while a sign-in failed must not each open a browser.
    let failure = last_failure(local, asked.session);
    if failure.is_since(since) {
        return None;
    }
    let made = || {
        let mut vault = open_or_create(local, ui, FirstSlot::Passphrase)?;
        let region = region_of(&vault, asked)?;
        // Check before the browser opens, so that the user does not sign in for nothing.
        vault.update(|_| ())?;
        let service = Service::new(chain.endpoints.clone(), region);
        let made = service.sign_in(ui, BrowserMethod::here(ui))?;
        if made.sign_in.session != *asked.session {
            return Err(CliError::failed(format!(
                "profile `{}` is for {}, and the browser is signed in as {}",
                asked.profile, asked.session, made.sign_in.session
            ))
            .hint(format!(
                "sign out in the browser, or use the profile for this one: keyward signin {}",
                asked.profile.argument()
            )));
        }
        let credentials = made.credentials.clone();
        if let Err(error) = keep(local, &mut vault, made.sign_in) {
            tell_unkept(ui, asked.profile, &error);
        }
        cache(local, ui, chain, asked.profile, &credentials);
        Ok(credentials)
    };
    Some(made().inspect_err(|_| failure.note()))
}

fn region_of(vault: &OpenVault, asked: &SignInRequest<'_>) -> Result<Region, CliError> {
    let earlier = vault.document().sign_in(asked.session);
    asked
        .context
        .chain
        .region
        .clone()
        .or_else(|| earlier.map(|earlier| earlier.region.clone()))
        .ok_or_else(|| {
            CliError::usage(format!("profile `{}` has no region", asked.profile)).hint(format!(
                "keyward signin --region REGION {}",
                asked.profile.argument()
            ))
        })
}

/// The credentials from a renewal under the lock.
fn renewed(asked: &SignInRequest<'_>) -> Result<Credentials, CliError> {
    let SourceContext {
        local, ui, chain, ..
    } = asked.context;
    if is_over(local, asked.session) {
        return Err(over(asked.profile));
    }
    let mut vault = open_vault(local, ui)?;
    let Some(old) = vault.document().sign_in(asked.session).cloned() else {
        return Err(over(asked.profile));
    };
    let key = old.proof_key.expose().parse().map_err(|e| {
        // Exposed for signing; the error repeats no part of it.
        let e: keyward_aws::InvalidDpopKey = e;
        CliError::failed("the key of the console sign-in cannot be used")
            .because(e)
            .hint(format!("keyward signin {}", asked.profile.argument()))
    })?;
    // A vault that cannot be written is found out before the refresh token is spent.
    vault.update(|_| ())?;
    ui.explain(|| format!("renewing the console sign-in of {}", asked.session));
    let aws = client(chain.endpoints.clone(), old.region.clone());
    let token = match aws.refresh_login(&old.client_id, &old.refresh_token, &key) {
        Ok(token) => token,
        // A refused refresh means that the user must sign in again.
        Err(error @ (CallError::Denied { .. } | CallError::ExpiredToken { .. })) => {
            last_failure(local, asked.session).note();
            return Err(over(asked.profile).because(error));
        }
        Err(error) => return Err(error.into()),
    };
    let credentials = credentials_of(&token, asked.session);
    let sealed = point::through("signin-seal", &local.paths, || {
        vault.update(|document| {
            if let Some(kept) = document.sign_in_mut(asked.session) {
                kept.refresh_token = token.refresh_token;
            }
        })
    });
    if let Err(error) = sealed {
        tell_unkept(ui, asked.profile, &error.into());
    }
    cache(local, ui, chain, asked.profile, &credentials);
    Ok(credentials)
}

/// Says that a sign-in could not be kept. The credentials that came with it are still valid.
fn tell_unkept(ui: &Ui, profile: &ProfileName, error: &CliError) {
    ui.warn(format!(
        "the console sign-in could not be kept ({error}), so the next renewal needs you"
    ));
    ui.hint(format!("keyward signin {}", profile.argument()));
}

/// Puts a sign-in that was just made into the vault.
pub(crate) fn keep(
    local: &LocalState,
    vault: &mut OpenVault,
    sign_in: ConsoleSignIn,
) -> Result<(), CliError> {
    let failure = last_failure(local, &sign_in.session);
    vault.update(|document| document.put_sign_in(sign_in))?;
    // AWS may have refused the previous sign-in.
    failure.forget();
    Ok(())
}

/// Keeps the credentials with the other sessions. That they cannot be kept costs a renewal.
pub(crate) fn cache(
    local: &LocalState,
    ui: &Ui,
    chain: &Chain,
    profile: &ProfileName,
    credentials: &Credentials,
) {
    let meta = SessionMeta {
        profile: profile.clone(),
        call: SessionCall::CreateOAuth2Token,
        role_arn: None,
        origin: origin(local, chain),
        created: now(),
    };
    let store = SessionStore::open(&local.paths, session_tier());
    let (key, since) = (chain.base_cache_key(), local.lock_generation());
    if let Err(error) = store.put(&key, &meta, credentials, now(), since) {
        ui.warn(format!(
            "the session could not be kept for next time: {error}"
        ));
    }
}

fn over(profile: &ProfileName) -> CliError {
    CliError::new(
        ErrorKind::PersonNeeded,
        format!("the console sign-in of profile `{profile}` is over"),
    )
    .hint(format!("keyward signin {}", profile.argument()))
}

/// Whether AWS has refused to renew the sign-in since it was made. Then the vault need not be
/// opened for the same refusal.
fn is_over(local: &LocalState, session: &PrincipalArn) -> bool {
    let Some(known) = listed(local, session) else {
        return true;
    };
    let signed_in = u128::try_from(known.signed_in.as_second()).unwrap_or(0) * 1000;
    last_failure(local, session).is_since(signed_in)
}

/// Returns the time at which AWS, or the user, last refused.
fn last_failure(local: &LocalState, session: &PrincipalArn) -> LastFailure {
    LastFailure::of(&local.paths, &lock_key(session))
}
