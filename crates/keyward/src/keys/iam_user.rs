//! The user behind a profile, for what a person does to their own IAM user: with the key itself
//! where AWS lets a key do it, with a session made by a code where it must be one.

use std::time::Duration;

use keyward_aws::{Aws, CallError, MfaDevice};
use keyward_core::Credentials;
use keyward_core::chain::{Base, Call, Chain, Flags, HandOut, StaticKey, VaultKey};
use keyward_core::id::{AccountId, MfaSerial, ProfileName, UserName};

use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::{ChainExecution, CodeSource, Freshness, client, with_code};
use crate::state::local_state::LocalState;

/// The lifetime of a session that serves one run and is not cached.
const STARTED: Duration = Duration::from_secs(900);

/// A user and their long-lived key.
pub(crate) struct Owner {
    /// Connection settings.
    pub(crate) aws: Aws,
    /// The key itself.
    pub(crate) key: Credentials,
    /// The profile that holds the key.
    pub(crate) holder: ProfileName,
    /// The store of the key.
    pub(crate) store: KeyStore,
    /// The account.
    pub(crate) account: AccountId,
    /// Its partition, such as `aws`.
    pub(crate) partition: String,
    /// The user.
    pub(crate) user: UserName,
    /// The profile's own session, with whichever device it names.
    chain: Chain,
}

/// The store of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyStore {
    /// In the vault.
    Vault,
    /// In the AWS files.
    Files,
}

impl Owner {
    /// Whether a profile's chain starts from a user's key, without a prompt.
    pub(crate) fn check(local: &LocalState, profile: &ProfileName) -> Result<(), CliError> {
        start(local, profile).map(drop)
    }

    /// The user whose key a profile's chain starts from, as the vault holds it, whatever its index
    /// lists. Asks AWS who that is.
    pub(crate) fn of_current(
        local: &mut LocalState,
        ui: &Ui,
        profile: &ProfileName,
    ) -> Result<Self, CliError> {
        local.plan_and_act(ui, |local| Self::of(local, ui, profile))
    }

    /// As [`of_current`](Self::of_current), after a step that has planned by the open vault.
    pub(crate) fn of(local: &LocalState, ui: &Ui, profile: &ProfileName) -> Result<Self, CliError> {
        let (chain, holder, store) = start(local, profile)?;
        let aws = client(&chain);
        let mut bare = chain.clone();
        bare.hops.clear();
        let codes = CodeSource::default();
        let key =
            ChainExecution::new(local, ui, &bare, codes, Freshness::CacheAllowed).credentials()?;
        let who = aws
            .get_caller_identity(&key)
            .map_err(|error| CliError::from(error).about_chain(&chain))?;
        let user = who.arn.user_name().and_then(|name| name.parse().ok());
        let user = user.ok_or_else(|| {
            CliError::usage(format!(
                "the key of `{holder}` belongs to {}, which is not an IAM user",
                who.arn
            ))
            .hint("to change what belongs to the root user, sign in to the console as root")
        })?;
        Ok(Self {
            aws,
            key,
            holder,
            store,
            partition: who.arn.partition().to_owned(),
            account: who.account,
            user,
            chain,
        })
    }

    /// The device that the profile's sessions are made with.
    pub(crate) fn device(&self) -> Option<&MfaSerial> {
        self.chain
            .hops
            .iter()
            .find_map(|hop| hop.mfa_serial.as_ref())
    }

    /// The user's devices; `None` if the user may not list them.
    pub(crate) fn devices(&self, ui: &Ui) -> Result<Option<Vec<MfaDevice>>, CliError> {
        match self.aws.list_mfa_devices(&self.key, Some(&self.user)) {
            Ok(devices) => Ok(Some(devices)),
            Err(error @ (CallError::Denied { .. } | CallError::NotAuthorizedWithoutMfa { .. })) => {
                ui.explain(|| format!("the devices cannot be listed: {error}"));
                Ok(None)
            }
            Err(error) => Err(CliError::from(error).about_chain(&self.chain)),
        }
    }

    /// A session made with a code of this device. The profile's cached session serves if it belongs to
    /// the same device.
    pub(crate) fn session(
        &self,
        local: &LocalState,
        ui: &Ui,
        codes: &CodeSource,
        serial: &MfaSerial,
    ) -> Result<Credentials, CliError> {
        if self.device() == Some(serial) {
            let mut walk = ChainExecution::new(
                local,
                ui,
                &self.chain,
                codes.clone(),
                Freshness::CacheAllowed,
            );
            // IAM returns the same answer for a session that was ended early and one without a
            // code. STS therefore checks whether the session is still valid.
            let (session, _) = walk.credentials_for(Aws::get_caller_identity)?;
            return Ok(session);
        }
        with_code(local, ui, &self.chain, codes, serial, &self.aws, |code| {
            let mfa = Some((serial, code));
            self.aws.get_session_token(&self.key, STARTED, mfa)
        })
    }
}

/// The chain of a profile's own session, whose key it starts from, and where that is.
fn start(
    local: &LocalState,
    profile: &ProfileName,
) -> Result<(Chain, ProfileName, KeyStore), CliError> {
    let flags = Flags {
        hand_out: HandOut::Refreshing,
        ..Flags::default()
    };
    let mut chain = local.resolve(profile, flags)?;
    chain.hops.retain(|hop| hop.call == Call::GetSessionToken);
    let (holder, store) = match &chain.base {
        Base::VaultKey(VaultKey { profile, .. }) => (profile.clone(), KeyStore::Vault),
        Base::Static(StaticKey {
            profile,
            temporary: false,
            ..
        }) => (profile.clone(), KeyStore::Files),
        other => {
            return Err(CliError::usage(format!(
                "`{profile}` has no access key of a user: its credentials come from {}",
                other.kind()
            )));
        }
    };
    Ok((chain, holder, store))
}

/// The default among the devices whose codes STS accepts: the one the profile uses, else the first.
pub(crate) fn usual<'a>(
    devices: &'a [MfaDevice],
    named: Option<&MfaSerial>,
) -> Option<&'a MfaSerial> {
    let mut usable = devices
        .iter()
        .map(|device| &device.serial)
        .filter(|serial| !serial.is_security_key());
    let first = usable.clone().next();
    usable.find(|serial| Some(*serial) == named).or(first)
}
