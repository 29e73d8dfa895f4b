//! The credentials a chain starts from.

use keyward_aws::{Aws, Settings};
use keyward_core::chain::{
    Base, Call, Chain, Place, ResolveError, key_section, session_token, without_quotes,
};
use keyward_core::credentials::KeyKind;
use keyward_core::id::{AccessKeyId, KeyIdFault, ProfileName};
use keyward_core::shell::{argument, quoted};
use keyward_core::{Credentials, Timestamp};

use crate::environment as env;
use crate::log::{self, How};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::source::{self, SourceContext};
use crate::session::unlock;
use crate::state::local_state::{LocalState, now};

/// The base's credentials.
pub(crate) fn credentials(context: &SourceContext<'_>) -> Result<Credentials, CliError> {
    let local = context.local;
    match &context.chain.base {
        Base::VaultKey { profile, .. } => vault_key(local, context.ui, profile),
        Base::Static {
            profile,
            access_key_id,
            expires_at,
            ..
        } => {
            let mut found = static_keys(local, profile)?;
            found.expires_at = *expires_at;
            if expires_at.is_some_and(|end| end <= now()) {
                return Err(expired(local, profile, access_key_id));
            }
            Ok(found)
        }
        Base::Environment { .. } => {
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
        _ => source::credentials(context),
    }
}

/// The client for a chain's calls.
pub(crate) fn client(chain: &Chain) -> Aws {
    let partition = chain.hops.iter().find_map(|hop| match &hop.call {
        Call::AssumeRole(role) => Some(role.role_arn.partition().to_owned()),
        Call::GetSessionToken => hop
            .mfa_serial
            .as_ref()
            .and_then(|serial| serial.as_str().split(':').nth(1))
            .map(str::to_owned),
    });
    Aws::new(Settings {
        endpoints: chain.endpoints.clone(),
        region: chain.region.clone(),
        partition_hint: partition,
        now,
        proxy_from_env: true,
    })
}

fn vault_key(local: &LocalState, ui: &Ui, profile: &ProfileName) -> Result<Credentials, CliError> {
    let vault = unlock::open_vault(local, ui)?;
    local.refuse_outdated(vault.document(), profile)?;
    let key = vault.document().key(profile).ok_or_else(|| {
        CliError::failed(format!(
            "the index lists a key for `{profile}` that the vault does not hold"
        ))
        .hint("keyward vault status")
    })?;
    Ok(Credentials {
        access_key_id: key.access_key_id.clone(),
        secret_access_key: key.secret_access_key.clone(),
        session_token: None,
        expires_at: None,
        account_id: key.account_id.clone(),
    })
}

/// The end of credentials that stand in a file, and who writes new ones: keyward's own command,
/// where its log knows them, else the tool that wrote them.
fn expired(local: &LocalState, profile: &ProfileName, id: &AccessKeyId) -> CliError {
    let error = CliError::failed(format!(
        "the temporary credentials of profile `{profile}` have expired"
    ));
    let again = log::recent(&local.locations)
        .into_iter()
        .rev()
        .filter(|entry| entry.access_key_id == *id)
        .find_map(|entry| match entry.how {
            How::Refresh if entry.profile == *profile => {
                Some(format!("keyward refresh {}", profile.argument()))
            }
            How::Refresh => Some(format!(
                "keyward refresh {} --as {}",
                entry.profile.argument(),
                quoted(profile.as_str())
            )),
            How::Assume => {
                let role = entry.role?;
                let mut accounts = local.settings.accounts.iter();
                let (account, _) = accounts.find(|(_, id)| role.account().as_ref() == Some(id))?;
                Some(format!(
                    "keyward assume {} {}",
                    argument(account),
                    role.role_name()
                ))
            }
            _ => None,
        });
    error.hint(again.unwrap_or_else(|| "run the tool that writes them again".to_owned()))
}

fn static_keys(local: &LocalState, profile: &ProfileName) -> Result<Credentials, CliError> {
    let missing = |key: &str| CliError::usage(format!("profile `{profile}` has no `{key}`"));
    let section = key_section(&local.config, profile)
        .ok_or_else(|| CliError::usage(format!("there is no profile `{profile}`")))?;
    let value = |key: &'static str| section.value(key).ok_or_else(|| missing(key));
    let token = session_token(section)
        .map(|(_, token)| token.value.parse())
        .transpose();
    Ok(Credentials {
        access_key_id: value("aws_access_key_id")?
            .parse()
            .map_err(|e: keyward_core::id::InvalidId| missing("aws_access_key_id").because(e))?,
        secret_access_key: value("aws_secret_access_key")?.parse().map_err(
            |e: keyward_core::secret::InvalidSecret| missing("aws_secret_access_key").because(e),
        )?,
        session_token: token.map_err(|e| missing("aws_session_token").because(e))?,
        expires_at: None,
        account_id: section
            .value("aws_account_id")
            .and_then(|id| id.parse().ok()),
    })
}

/// The key that the environment holds.
pub(crate) fn environment() -> Result<Credentials, CliError> {
    let missing =
        |name: &str| CliError::usage(format!("{name} is not set, or is not what it should be"));
    let value = |name: &'static str| env::get(name).ok_or_else(|| missing(name));
    let id = value(env::AWS_ACCESS_KEY_ID)?;
    let secret = value(env::AWS_SECRET_ACCESS_KEY)?;
    if let Some(source) = KeyIdFault::of_pair(&id, &secret) {
        let place = Place::Variable(env::AWS_ACCESS_KEY_ID);
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
            without_quotes(name, value, || Place::Variable(name))?;
        }
    }
    match KeyKind::of(&access_key_id, token.as_deref()) {
        KeyKind::LongLived | KeyKind::Temporary => {}
        KeyKind::TokenMissing => return Err(missing(name)),
        KeyKind::TokenLeftBehind => {
            let error = ResolveError::TokenLeftBehind {
                token: name,
                place: Place::Variable(name),
                id: Place::Variable(env::AWS_ACCESS_KEY_ID),
            };
            return Err(error.into());
        }
    }
    let token = token.map(|text| text.parse()).transpose();
    Ok(Credentials {
        access_key_id,
        secret_access_key: secret
            .parse()
            .map_err(|_| missing(env::AWS_SECRET_ACCESS_KEY))?,
        session_token: token.map_err(|_| missing(name))?,
        expires_at: env::get(env::AWS_CREDENTIAL_EXPIRATION)
            .and_then(|text| Timestamp::read_loosely(&text)),
        account_id: None,
    })
}
