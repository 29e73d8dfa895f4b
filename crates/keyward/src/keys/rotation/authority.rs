//! The credentials for the IAM calls of a rotation: one session with a code, reused where one is
//! cached; and the ways out when AWS no longer accepts it because the key behind it was switched
//! off.

use std::time::Duration;

use keyward_aws::{Aws, CallError};
use keyward_core::Credentials;
use keyward_core::chain::{Base, Call, Chain, Flags, HandOut, Sessions, StaticKey, VaultKey};
use keyward_core::id::{AccessKeyId, ProfileName};
use keyward_vault::SessionStore;

use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::Ui;
use crate::session::{ChainExecution, CodeSource, Freshness, client, origin, session_tier};
use crate::state::local_state::{LocalState, now};
use crate::system::crash_point as point;

/// Credentials for IAM calls, and the way to AWS.
pub(crate) struct Authority {
    pub(crate) aws: Aws,
    pub(crate) credentials: Credentials,
    /// Whether the session may be hours old, so that a policy could want a newer code.
    age: Age,
    pub(super) chain: Chain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    FromCache,
    New,
}

/// A key of the vault at the bottom of a profile.
#[derive(Debug, Clone)]
pub(crate) struct OwnKey {
    /// The name it is stored under.
    pub(crate) holder: ProfileName,
    /// Its id.
    pub(crate) access_key_id: AccessKeyId,
}

impl OwnKey {
    /// The key that a profile's chain starts from, however long the chain is.
    pub(crate) fn of(local: &LocalState, profile: &ProfileName) -> Result<Self, CliError> {
        // A stored name without a profile in the files is a chain of its own.
        let chain = local.resolve(profile, refreshing())?;
        match chain.base {
            Base::VaultKey(VaultKey {
                profile: holder,
                access_key_id,
            }) => Ok(Self {
                holder,
                access_key_id,
            }),
            Base::Static(StaticKey { profile: place, .. }) => Err(CliError::usage(format!(
                "the key of `{profile}` is not in the vault: it is in the files, in the section of `{place}`"
            ))
            .hint("keyward import credentials   (it moves the key into the vault)")),
            other => Err(CliError::usage(format!(
                "`{profile}` has no key of its own to rotate: its credentials come from {}",
                other.kind()
            ))),
        }
    }
}

impl Authority {
    /// The owner of a stored key: with a code where any profile of the key names a device, else
    /// with the key itself.
    pub(crate) fn own(
        local: &LocalState,
        ui: &Ui,
        profile: &ProfileName,
        key: &OwnKey,
        codes: &CodeSource,
    ) -> Result<Self, CliError> {
        let chain = own_chain(local, profile, key)?;
        if chain.hops.is_empty() {
            ui.explain(|| {
                "no MFA device is known for the key; IAM is asked with the key itself".to_owned()
            });
        }
        Self::walk(local, ui, chain, codes, Freshness::CacheAllowed)
    }

    /// The user that a profile signs as.
    pub(crate) fn via(
        local: &LocalState,
        ui: &Ui,
        profile: &ProfileName,
        codes: &CodeSource,
    ) -> Result<Self, CliError> {
        let chain = local.resolve(profile, refreshing())?;
        for warning in &chain.warnings {
            ui.warn(warning);
        }
        Self::walk(local, ui, chain, codes, Freshness::CacheAllowed)
    }

    fn walk(
        local: &LocalState,
        ui: &Ui,
        chain: Chain,
        codes: &CodeSource,
        freshness: Freshness,
    ) -> Result<Self, CliError> {
        let age = match chain.hops.last() {
            Some(hop) if freshness == Freshness::CacheAllowed => {
                let store = SessionStore::open(&local.paths, session_tier());
                match store.get(
                    &hop.cache_key,
                    &origin(local, &chain),
                    now(),
                    Duration::ZERO,
                ) {
                    Some(_) => Age::FromCache,
                    None => Age::New,
                }
            }
            _ => Age::New,
        };
        let credentials = point::through("session", &local.paths, || {
            ChainExecution::new(local, ui, &chain, codes.clone(), freshness).credentials()
        })?;
        Ok(Self {
            aws: client(&chain),
            credentials,
            age,
            chain,
        })
    }

    /// The id of the session, when it was made for this run and no other program has it.
    pub(crate) fn made_here(&self) -> Option<&AccessKeyId> {
        (self.age == Age::New).then_some(&self.credentials.access_key_id)
    }

    /// Makes a first call. If AWS refuses it to a cached session, repeats it with a new one, since
    /// policies can limit the age of the code.
    pub(crate) fn first<T>(
        &mut self,
        local: &LocalState,
        ui: &Ui,
        codes: &CodeSource,
        call: impl Fn(&Aws, &Credentials) -> Result<T, CallError>,
    ) -> Result<T, CliError> {
        match call(&self.aws, &self.credentials) {
            Err(error) if self.age == Age::FromCache && refuses_session(&error) => {
                ui.say("AWS does not take the session from the cache for this; making a new one");
                *self = Self::walk(local, ui, self.chain.clone(), codes, Freshness::New)?;
                call(&self.aws, &self.credentials)
                    .map_err(|error| CliError::from(error).about_chain(&self.chain))
            }
            Err(error) if self.chain.hops.is_empty() && refuses_session(&error) => {
                Err(CliError::from(error).about_chain(&self.chain).hint(format!(
                    "no MFA device is known for the key; where policies ask for one, name it: \
                     `mfa_serial` in the profile, or `keyward add {0} --mfa-serial ARN --force`; a user \
                     without one gets it by `keyward mfa enroll {0}`",
                    self.chain.profile.argument()
                )))
            }
            other => {
                other.map_err(|error| CliError::from(error).about_chain(&self.chain))
            }
        }
    }

    /// Replaces a session that died with the old key: by the new key itself where policies let it,
    /// else by a session of the new key, which needs a second code.
    pub(crate) fn renew(
        &mut self,
        local: &LocalState,
        ui: &Ui,
        profile: &ProfileName,
        new: &Credentials,
        try_with: impl Fn(&Aws, &Credentials) -> Result<(), CallError>,
    ) -> Result<(), CliError> {
        ui.say("the session ended with the old key; continuing with the new one");
        if try_with(&self.aws, new).is_ok() {
            self.credentials = new.clone();
            return Ok(());
        }
        let key = OwnKey::of(local, profile)?;
        let chain = own_chain(local, profile, &key)?;
        // The first session has used a code from the command line.
        let codes = CodeSource::default();
        let renewed =
            Self::walk(local, ui, chain, &codes, Freshness::New).map_err(|error| {
                if error.kind() == ErrorKind::PersonNeeded {
                    error.hint("the new key is in the vault and works; the old one is switched off and not deleted yet")
                } else {
                    error
                }
            })?;
        *self = renewed;
        try_with(&self.aws, &self.credentials)?;
        Ok(())
    }
}

/// Whether AWS refused the credentials themselves, or what they may do.
pub(crate) fn refuses_session(error: &CallError) -> bool {
    matches!(
        error,
        CallError::Denied { .. }
            | CallError::NotAuthorizedWithoutMfa { .. }
            | CallError::KeyUnknown { .. }
            | CallError::ExpiredToken { .. }
    )
}

/// Flags of a plan for a program that asks again by itself.
pub(crate) fn refreshing() -> Flags {
    Flags {
        hand_out: HandOut::Refreshing,
        ..Flags::default()
    }
}

/// The plan for the owner's own session: its first hop, a session with a code. The device may be
/// named by the profile, by the key's own profile, or by another that shares the key.
fn own_chain(local: &LocalState, profile: &ProfileName, key: &OwnKey) -> Result<Chain, CliError> {
    let sharing = local
        .stored
        .iter()
        .filter(|stored| stored.access_key_id == key.access_key_id)
        .map(|stored| &stored.profile);
    for name in [profile, &key.holder].into_iter().chain(sharing) {
        let Ok(mut chain) = local.resolve(name, refreshing()) else {
            continue;
        };
        let with_code = chain
            .hops
            .first()
            .is_some_and(|hop| hop.call == Call::GetSessionToken && hop.mfa_serial.is_some());
        let start = chain.base.vault_key();
        let same_key = start.is_some_and(|start| start.access_key_id == key.access_key_id);
        if with_code && same_key {
            chain.hops.truncate(1);
            return Ok(chain);
        }
    }
    let mut chain = local.resolve(
        &key.holder,
        Flags {
            sessions: Sessions::Skip,
            ..refreshing()
        },
    )?;
    chain.hops.clear();
    Ok(chain)
}
