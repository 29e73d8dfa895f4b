//! The age of a key that AWS did not date so far, asked for with a session of the key.

use keyward_core::chain::{Call, Chain, Flags, Hop, VaultKey};
use keyward_core::id::ProfileName;

use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::key_age::date;
use crate::session::{ChainExecution, CodeSource, Freshness, client};
use crate::state::local_state::LocalState;

/// Asks for the age of a profile's key, with a session from the cache or a new one.
///
/// # Errors
/// keyward gets no session, AWS does not answer, or keyward cannot write the vault.
pub(crate) fn ask(
    local: &LocalState,
    ui: &Ui,
    profile: &ProfileName,
    codes: CodeSource,
) -> Result<(), CliError> {
    let chain = local.resolve(profile, Flags::default())?;
    let Some(VaultKey { access_key_id, .. }) = chain.base.vault_key() else {
        return Err(CliError::failed("the profile does not use that key"));
    };
    // The session of the key itself: a role is asked for its own keys, and has none.
    let of_key = Chain {
        hops: chain.hops.iter().take(1).cloned().collect(),
        ..chain.clone()
    };
    let is_session = |hop: &Hop| matches!(hop.call, Call::GetSessionToken);
    if !of_key.hops.first().is_none_or(is_session) {
        return Err(CliError::failed(
            "the profile does not make a session from its key",
        ));
    }
    let mut execution = ChainExecution::new(local, ui, &of_key, codes, Freshness::CacheAllowed);
    let credentials = execution.credentials()?;
    let aws = client(&of_key);
    date(local, ui, access_key_id, || {
        aws.list_access_keys(&credentials, None)
    })
}
