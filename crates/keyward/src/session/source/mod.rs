//! The sources of credentials that keyward has to ask: another program, an identity provider,
//! the container, the machine, the Identity Center. Each file asks one. The execution caches for all
//! of them, except for sign-ins, which are shared between profiles and tools.

mod container;
mod document;
mod instance;
mod last_failure;
pub(crate) mod login;
mod process;
pub(crate) mod sso;
mod web_identity;

use keyward_core::Credentials;
use keyward_core::chain::{Base, CacheKey, Chain};
use keyward_vault::{SessionCall, SessionOrigin};

use crate::prompt::deadline::Deadline;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::state::local_state::LocalState;

pub(crate) use container::is_trusted as is_trusted_container;
pub(crate) use sso::{Center, SignIn, SignInWay};

/// What a source may use to get its credentials.
#[derive(Clone, Copy)]
pub(crate) struct SourceContext<'a> {
    /// What the run loaded.
    pub(crate) local: &'a LocalState,
    /// Where messages go.
    pub(crate) ui: &'a Ui,
    /// The chain that starts from the source.
    pub(crate) chain: &'a Chain,
    /// Whether the user may be asked to sign in.
    pub(crate) sign_in: SignIn,
    /// Until when the run waits.
    pub(crate) deadline: Deadline,
}

/// The credentials of a source that is neither a key nor a variable.
pub(crate) fn credentials(context: &SourceContext<'_>) -> Result<Credentials, CliError> {
    let SourceContext { local, chain, .. } = *context;
    if let Some(center) = Center::of_plan(local, chain)
        && let Base::Sso {
            account_id,
            role_name,
            ..
        } = &chain.base
    {
        return sso::credentials(context, &center, account_id, role_name);
    }
    match &chain.base {
        Base::Process {
            profile,
            command,
            account_id,
            ..
        } => process::credentials(profile, command).map(|mut found| {
            found.account_id = found.account_id.or_else(|| account_id.clone());
            found
        }),
        Base::WebIdentity {
            role_arn,
            token,
            role_session_name,
            duration,
            ..
        } => {
            let name =
                crate::state::session_name::session_name(local, chain, role_session_name.as_ref());
            web_identity::credentials(context, role_arn, token, &name, *duration)
        }
        Base::LoginSession { profile, session } => login::credentials(context, profile, session),
        Base::EcsContainer { endpoint } => container::credentials(chain, endpoint.as_ref()),
        Base::Ec2Metadata { service } => instance::credentials(chain, service),
        other => Err(CliError::failed(format!(
            "this version cannot take credentials from {}",
            other.kind()
        ))),
    }
}

/// The call whose result is worth keeping, for sources that cost a program, a person or a
/// remote service. The container and the machine answer at once and renew by themselves.
pub(crate) fn kept_as(base: &Base) -> Option<SessionCall> {
    match base {
        Base::Process { .. } => Some(SessionCall::CredentialProcess),
        Base::WebIdentity { .. } => Some(SessionCall::AssumeRoleWithWebIdentity),
        Base::Sso { .. } => Some(SessionCall::GetRoleCredentials),
        Base::VaultKey { .. }
        | Base::Static { .. }
        | Base::Environment { .. }
        | Base::LoginSession { .. }
        | Base::EcsContainer { .. }
        | Base::Ec2Metadata { .. } => None,
    }
}

/// Identifies a source that is not a key, so that every session made from it can be found.
pub(crate) fn fingerprint(chain: &Chain) -> Option<CacheKey> {
    match &chain.base {
        Base::VaultKey { .. } | Base::Static { .. } => None,
        Base::LoginSession { session, .. } => Some(login::fingerprint(session)),
        Base::Environment { .. }
        | Base::Process { .. }
        | Base::WebIdentity { .. }
        | Base::Sso { .. }
        | Base::EcsContainer { .. }
        | Base::Ec2Metadata { .. } => Some(chain.source_cache_key()),
    }
}

/// The origin that sessions are sealed with. A session serves a chain only if its origin is equal.
pub(crate) fn origin(local: &LocalState, chain: &Chain) -> SessionOrigin {
    let account = match &chain.base {
        Base::VaultKey { profile, .. } => {
            let key = local.stored.get(profile);
            key.and_then(|key| key.account_id.clone())
        }
        _ => None,
    };
    // A session serves only names that the vault gave its key: `refuse_outdated` compares all of them
    // when the vault is opened for a new session.
    let stored_as = match &chain.base {
        Base::VaultKey { access_key_id, .. } => local.stored.names_of(access_key_id),
        _ => Vec::new(),
    };
    let key = match &chain.base {
        Base::VaultKey { access_key_id, .. }
        | Base::Static { access_key_id, .. }
        | Base::Environment { access_key_id, .. }
        | Base::Process {
            key: Some(access_key_id),
            ..
        } => Some(access_key_id.clone()),
        _ => None,
    };
    SessionOrigin {
        key,
        account,
        source: fingerprint(chain),
        stored_as,
    }
}

/// The source in words, for people.
pub(crate) fn describe(base: &Base) -> String {
    match base {
        Base::Process { profile, .. } => format!("the program of profile `{profile}`"),
        Base::WebIdentity { role_arn, .. } => format!("role {role_arn} by web identity"),
        Base::Sso {
            account_id,
            role_name,
            ..
        } => format!("role `{role_name}` in account {account_id} at the Identity Center"),
        other => other.kind().to_owned(),
    }
}

/// Finds a program that asks, through keyward, for its own credentials. This runs before any lock is
/// taken, because the inner keyward would wait for the outer one without end.
pub(crate) fn refuse_cycles(chain: &Chain) -> Result<(), CliError> {
    match &chain.base {
        Base::Process { profile, .. } => process::refuse_circle(profile),
        _ => Ok(()),
    }
}
