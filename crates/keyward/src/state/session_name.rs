//! The name of a role session, as CloudTrail shows it.

use keyward_core::chain::{Base, Chain, StaticKey, VaultKey};
use keyward_core::id::RoleSessionName;

use crate::environment as env;
use crate::state::local_state::LocalState;

/// The name CloudTrail shows: the profile's own, else the person's.
pub(crate) fn session_name(
    local: &LocalState,
    chain: &Chain,
    given: Option<&RoleSessionName>,
) -> RoleSessionName {
    if let Some(name) = given {
        return name.clone();
    }
    let stored = match &chain.base {
        // A session in the files, beside a key of the same name in the vault, is what `refresh`
        // wrote.
        Base::VaultKey(VaultKey { profile, .. })
        | Base::Static(StaticKey {
            profile,
            temporary: true,
            ..
        }) => local.user_name(profile),
        _ => None,
    };
    let person = stored
        .or_else(|| env::get("USER"))
        .or_else(|| env::get("USERNAME"));
    RoleSessionName::from_lossy(&person.unwrap_or_else(|| "keyward".to_owned()))
}
