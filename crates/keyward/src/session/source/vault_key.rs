//! A key in the vault, which opens for it.

use keyward_core::Credentials;
use keyward_core::chain::{CacheKey, Chain, VaultKey};

use super::{Obtain, SourceContext};
use crate::screen::error::CliError;
use crate::session::unlock;

impl Obtain for VaultKey {
    fn obtain(&self, context: &SourceContext<'_>) -> Result<Credentials, CliError> {
        let profile = &self.profile;
        let vault = unlock::open_vault(context.local, context.ui)?;
        context.local.refuse_outdated(vault.document(), profile)?;
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

    /// Sessions name the key itself.
    fn fingerprint(&self, _: &Chain) -> Option<CacheKey> {
        None
    }
}
