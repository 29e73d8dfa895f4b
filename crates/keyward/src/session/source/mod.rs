//! The sources of credentials. Each file asks one, whose data is in the file of the same name in
//! `keyward_core::chain`. The execution caches for all of them, except for sign-ins, which are shared
//! between profiles and tools.

mod container;
mod document;
mod environment_key;
mod instance;
mod last_failure;
pub(crate) mod login;
mod process;
mod say;
pub(crate) mod sso;
mod static_key;
mod vault_key;
mod web_identity;

use std::cell::RefCell;
use std::time::Duration;

use keyward_core::Credentials;
use keyward_core::chain::{Base, CacheKey, Chain};
use keyward_core::id::AccessKeyId;
use keyward_vault::{SessionCall, SessionOrigin};

use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::state::local_state::LocalState;

pub(crate) use container::is_trusted as is_trusted_container;
pub(crate) use environment_key::environment;
pub(crate) use process::{in_code, is_assignment, is_of_the_shell, is_quoted_whole, shell_sign};
pub(crate) use sso::{Center, SignIn, SignInMethod};

/// The means that a source may use to get its credentials.
#[derive(Clone, Copy)]
pub(crate) struct SourceContext<'a> {
    /// The files that the run loaded.
    pub(crate) local: &'a LocalState,
    /// The output for messages.
    pub(crate) ui: &'a Ui,
    /// The chain that starts from the source.
    pub(crate) chain: &'a Chain,
    /// Whether the user may be asked to sign in.
    pub(crate) sign_in: SignIn,
    /// The credentials that this run took from the session cache.
    pub(crate) from_cache: &'a RefCell<Vec<AccessKeyId>>,
}

/// The way in which a source obtains its credentials.
trait Obtain {
    /// Its credentials.
    fn obtain(&self, context: &SourceContext<'_>) -> Result<Credentials, CliError>;

    /// The cache entry of its answer. Only sources that cost a program, a person or a remote
    /// service are.
    fn cached_as(&self) -> Option<SourceEntry> {
        None
    }

    /// Identifies a source that is not a key, so that every session made from it can be found.
    fn fingerprint(&self, chain: &Chain) -> Option<CacheKey> {
        Some(chain.source_cache_key())
    }

    /// Forgets credentials that the source itself keeps and AWS no longer accepts, and says whether
    /// others may be had.
    fn forget_ended(&self, _: &SourceContext<'_>, _: &AccessKeyId) -> Result<bool, CliError> {
        Ok(false)
    }

    /// The fix if AWS no longer accepts credentials that keyward does not keep.
    fn replaced_by(&self, _: &LocalState) -> Option<String> {
        None
    }

    /// Finds a program that asks, through keyward, for its own credentials.
    fn refuse_cycles(&self) -> Result<(), CliError> {
        Ok(())
    }
}

/// The cache entry of a source's answer.
pub(crate) struct SourceEntry {
    /// The call that returns it.
    pub(crate) call: SessionCall,
    /// The life it must have left to be used.
    pub(crate) margin: Duration,
    /// The source in words, for people.
    pub(crate) what: String,
}

fn of(base: &Base) -> &dyn Obtain {
    match base {
        Base::VaultKey(source) => source,
        Base::Static(source) => source,
        Base::Environment(source) => source,
        Base::Process(source) => source,
        Base::WebIdentity(source) => source,
        Base::Sso(source) => source,
        Base::LoginSession(source) => source,
        Base::EcsContainer(source) => source,
        Base::Ec2Metadata(source) => source,
    }
}

/// The credentials that a chain starts from.
pub(crate) fn credentials(context: &SourceContext<'_>) -> Result<Credentials, CliError> {
    of(&context.chain.base).obtain(context)
}

/// Forgets credentials that the source itself keeps and AWS no longer accepts, and says whether others
/// may be had.
pub(crate) fn forget_ended(
    context: &SourceContext<'_>,
    ended: &AccessKeyId,
) -> Result<bool, CliError> {
    of(&context.chain.base).forget_ended(context, ended)
}

/// Returns the fix if AWS no longer accepts credentials that keyward does not keep.
pub(crate) fn replaced_by(local: &LocalState, base: &Base) -> Option<String> {
    of(base).replaced_by(local)
}

/// Returns the cache entry of a source's answer, if it is cached.
pub(crate) fn cached_as(base: &Base) -> Option<SourceEntry> {
    of(base).cached_as()
}

/// Identifies a source that is not a key, so that every session made from it can be found.
pub(crate) fn fingerprint(chain: &Chain) -> Option<CacheKey> {
    of(&chain.base).fingerprint(chain)
}

/// Finds a program that asks, through keyward, for its own credentials. This runs before any lock is
/// taken, because the inner keyward would wait for the outer one without end.
pub(crate) fn refuse_cycles(chain: &Chain) -> Result<(), CliError> {
    of(&chain.base).refuse_cycles()
}

/// The origin that sessions are sealed with. A session serves a chain only if its origin is equal.
pub(crate) fn origin(local: &LocalState, chain: &Chain) -> SessionOrigin {
    let in_vault = chain.base.vault_key();
    let stored = in_vault.and_then(|key| local.stored.get(&key.profile));
    SessionOrigin {
        key: chain.base.key_id().cloned(),
        account: stored.and_then(|key| key.account_id.clone()),
        source: fingerprint(chain),
        // A session serves only names of its key in the vault: `refuse_outdated` compares all of
        // them when the vault is opened for a new session.
        stored_as: in_vault
            .map(|key| local.stored.names_of(&key.access_key_id))
            .unwrap_or_default(),
    }
}
