//! The key of the environment variables.

use keyward_core::chain::{EnvironmentKey, ResolveError, ValueOrigin, usable_secret};
use keyward_core::credentials::KeyKind;
use keyward_core::id::{AccessKeyId, KeyIdFault};
use keyward_core::secret::InvalidSecret;
use keyward_core::{Credentials, Timestamp};

use super::{Obtain, SourceContext};
use crate::environment as env;
use crate::screen::error::{CliError, NEW_ENVIRONMENT};
use crate::state::local_state::{LocalState, now};

impl Obtain for EnvironmentKey {
    fn obtain(&self, _: &SourceContext<'_>) -> Result<Credentials, CliError> {
        let mut found = environment()?;
        found.account_id = env::get(env::AWS_ACCOUNT_ID).and_then(|id| id.parse().ok());
        match found.expires_at.is_some_and(|end| end <= now()) {
            true => Err(
                CliError::failed("the credentials in the environment have expired").hint(
                    "set new ones, or name a `source_profile` in place of `credential_source`",
                ),
            ),
            false => Ok(found),
        }
    }

    fn replaced_by(&self, _: &LocalState) -> Option<String> {
        Some(NEW_ENVIRONMENT.to_owned())
    }
}

/// The key that the environment holds.
pub(crate) fn environment() -> Result<Credentials, CliError> {
    let missing = |name: &str| {
        CliError::usage(format!("{name} is not set")).hint("set all variables of the key, or none")
    };
    let value = |name: &'static str| env::get(name).ok_or_else(|| missing(name));
    let id = value(env::AWS_ACCESS_KEY_ID)?;
    let secret = value(env::AWS_SECRET_ACCESS_KEY)?;
    if let Some(source) = KeyIdFault::of_pair(&id, &secret) {
        let place = ValueOrigin::Variable(env::AWS_ACCESS_KEY_ID);
        return Err(ResolveError::InvalidKeyId { place, source }.into());
    }
    let access_key_id: AccessKeyId = id.parse().expect("a text without a fault is an id");
    let (name, token) = env::session_token()
        .map_or((env::AWS_SESSION_TOKEN, None), |(name, token)| {
            (name, Some(token))
        });
    let secrets = [
        (env::AWS_SECRET_ACCESS_KEY, Some(&secret)),
        (name, token.as_ref()),
    ];
    for (name, value) in secrets {
        if let Some(value) = value {
            usable_secret(name, value, || ValueOrigin::Variable(name))?;
        }
    }
    match KeyKind::of(&access_key_id, token.as_deref()) {
        KeyKind::LongLived | KeyKind::Temporary => {}
        KeyKind::TokenMissing => return Err(missing(name)),
        KeyKind::TokenLeftBehind => {
            let error = ResolveError::TokenLeftBehind {
                token: name,
                place: ValueOrigin::Variable(name),
                id: ValueOrigin::Variable(env::AWS_ACCESS_KEY_ID),
            };
            return Err(error.into());
        }
    }
    // The checks above refuse what a secret cannot be.
    let unusable = |name: &'static str| {
        move |e: InvalidSecret| CliError::usage(format!("{name} cannot be used")).because(e)
    };
    let token = token.map(|text| text.parse()).transpose();
    Ok(Credentials {
        access_key_id,
        secret_access_key: secret
            .parse()
            .map_err(unusable(env::AWS_SECRET_ACCESS_KEY))?,
        session_token: token.map_err(unusable(name))?,
        expires_at: env::get(env::AWS_CREDENTIAL_EXPIRATION)
            .and_then(|text| Timestamp::read_loosely(&text)),
        account_id: None,
    })
}
