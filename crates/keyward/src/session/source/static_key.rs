//! Keys that are written in the AWS files.

use keyward_core::Credentials;
use keyward_core::chain::{CacheKey, Chain, StaticKey, key_section, session_token};
use keyward_core::id::{AccessKeyId, ProfileName};
use keyward_core::shell::{argument, quoted};

use super::{Obtain, SourceContext};
use crate::log::{self, How};
use crate::screen::error::CliError;
use crate::state::local_state::{LocalState, now};

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

/// Who writes new credentials into a file: keyward's own command, where its log knows them, else the tool
/// that wrote them.
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
