//! Keys that are written in the AWS files.

use std::str::FromStr;

use keyward_core::Credentials;
use keyward_core::chain::{
    CacheKey, Chain, StaticKey, ValueOrigin, key_section, session_token, usable_secret,
};
use keyward_core::config::Property;
use keyward_core::id::{AccessKeyId, InvalidId, ProfileName};
use keyward_core::secret::InvalidSecret;
use keyward_core::shell::{argument, quoted};

use super::{Obtain, SourceContext};
use crate::log::{self, How};
use crate::screen::error::CliError;
use crate::state::local_state::{LocalState, now};

const ID: &str = "aws_access_key_id";
const SECRET: &str = "aws_secret_access_key";

impl Obtain for StaticKey {
    fn obtain(&self, context: &SourceContext<'_>) -> Result<Credentials, CliError> {
        let Self {
            profile,
            access_key_id,
            temporary: _,
            expires_at,
        } = self;
        let mut found = static_keys(context.local, profile)?;
        found.expires_at = *expires_at;
        match expires_at.is_some_and(|end| end <= now()) {
            true => Err(expired(context.local, profile, access_key_id)),
            false => Ok(found),
        }
    }

    /// Sessions name the key itself.
    fn fingerprint(&self, _: &Chain) -> Option<CacheKey> {
        None
    }

    fn replaced_by(&self, local: &LocalState) -> Option<String> {
        self.temporary
            .then(|| written_by(local, &self.profile, &self.access_key_id))
    }
}

fn expired(local: &LocalState, profile: &ProfileName, id: &AccessKeyId) -> CliError {
    CliError::failed(format!(
        "the temporary credentials of profile `{profile}` have expired"
    ))
    .hint(written_by(local, profile, id))
}

/// Returns the writer of new credentials in a file: keyward's own command, where its log knows
/// them, else the tool that wrote them.
fn written_by(local: &LocalState, profile: &ProfileName, id: &AccessKeyId) -> String {
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
    again.unwrap_or_else(|| {
        format!("run the tool again that writes the credentials of profile `{profile}`")
    })
}

/// The value of a key that holds a secret.
fn secret<T>(key: &'static str, property: &Property) -> Result<T, CliError>
where
    T: FromStr<Err = InvalidSecret>,
{
    usable_secret(key, &property.value, || {
        ValueOrigin::Line(property.origin.clone())
    })?;
    property.value.parse().map_err(|e: InvalidSecret| {
        CliError::usage(format!("{}: `{key}` cannot be used", property.origin)).because(e)
    })
}

fn static_keys(local: &LocalState, profile: &ProfileName) -> Result<Credentials, CliError> {
    let missing = |key: &str| CliError::usage(format!("profile `{profile}` has no `{key}`"));
    let section = key_section(&local.config, profile)
        .ok_or_else(|| CliError::usage(format!("there is no profile `{profile}`")))?;
    let property = |key: &'static str| {
        let property = section.get(key).filter(|found| !found.value.is_empty());
        property.ok_or_else(|| missing(key))
    };
    let id = property(ID)?;
    let token = session_token(section);
    Ok(Credentials {
        access_key_id: id.value.parse().map_err(|e: InvalidId| {
            let error = format!("{}: profile `{profile}` has no usable `{ID}`", id.origin);
            CliError::usage(error).because(e)
        })?,
        secret_access_key: secret(SECRET, property(SECRET)?)?,
        session_token: token.map(|(key, token)| secret(key, token)).transpose()?,
        expires_at: None,
        account_id: section
            .value("aws_account_id")
            .and_then(|id| id.parse().ok()),
    })
}
