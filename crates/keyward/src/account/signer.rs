//! The signer of account commands: a session with MFA where the user of the key has a device, else
//! the key itself, because IAM accepts no plain session.
//!
//! Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>

use std::time::Duration;

use keyward_account::plan::checks::RoleRequest;
use keyward_aws::{Aws, CallError};
use keyward_core::Credentials;
use keyward_core::chain::{Base, Call, Chain, Flags, HandOut, LoginSession, VaultKey};
use keyward_core::id::{MfaSerial, PrincipalArn, ProfileName};

use super::settled::answered;
use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::Ui;
use crate::session::{ChainExecution, CodeSource, Freshness, client, with_code};
use crate::state::local_state::LocalState;

/// The lifetime of one run's session.
const SESSION: Duration = Duration::from_secs(3600);

/// Credentials for IAM calls, and the way to AWS.
pub(crate) struct Signer<'a> {
    local: &'a LocalState,
    /// The output for messages.
    pub(super) ui: &'a Ui,
    codes: CodeSource,
    chain: Chain,
    /// Connection settings.
    pub(crate) aws: Aws,
    /// The credentials that sign.
    pub(crate) credentials: Credentials,
    /// Whether a code could make them better.
    with: With,
}

/// The kind of credentials that sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum With {
    /// A long-lived key.
    Key,
    /// A session, or credentials of another source.
    Session,
}

impl<'a> Signer<'a> {
    /// The credentials of a profile for IAM calls.
    pub(crate) fn of(
        local: &'a LocalState,
        ui: &'a Ui,
        profile: &ProfileName,
        codes: CodeSource,
    ) -> Result<Self, CliError> {
        let flags = Flags {
            hand_out: HandOut::Refreshing,
            ..Flags::default()
        };
        let mut chain = local.resolve(profile, flags)?;
        for warning in &chain.warnings {
            ui.explain(|| warning.clone());
        }
        // A session without a code may not call IAM; the key itself may.
        chain
            .hops
            .retain(|hop| hop.call != Call::GetSessionToken || hop.mfa_serial.is_some());
        let credentials =
            ChainExecution::new(local, ui, &chain, codes.clone(), Freshness::CacheAllowed)
                .credentials()?;
        let mut signer = Self {
            aws: client(&chain),
            local,
            ui,
            codes,
            chain,
            credentials,
            with: With::Session,
        };
        let is_key = signer.chain_is_key();
        if is_key {
            signer.with = With::Key;
        }
        if is_key && let Some(serial) = signer.device() {
            signer.use_device(&serial)?;
        }
        Ok(signer)
    }

    /// Returns the result of a first call. A session from the cache that AWS no longer accepts is
    /// replaced once.
    pub(crate) fn read<T>(
        &mut self,
        call: impl Fn(&Aws, &Credentials) -> Result<T, CallError>,
    ) -> Result<T, CliError> {
        match answered(self.ui, || call(&self.aws, &self.credentials)) {
            Ok(read) => Ok(read),
            Err(refusal) => {
                self.replace(refusal)?;
                answered(self.ui, || call(&self.aws, &self.credentials))
                    .map_err(|error| self.about(error))
            }
        }
    }

    /// Gets new credentials, because AWS no longer accepts the session.
    ///
    /// # Errors
    /// The refusal has another reason, or there are no new ones.
    pub(super) fn replace(&mut self, refusal: CallError) -> Result<(), CliError> {
        if !refusal.refuses_credentials() || self.chain_is_key() {
            return Err(self.about(refusal));
        }
        let (local, codes) = (self.local, self.codes.clone());
        let mut chain =
            ChainExecution::new(local, self.ui, &self.chain, codes, Freshness::CacheAllowed);
        (self.credentials, _) = chain.credentials_for(Aws::get_caller_identity)?;
        Ok(())
    }

    /// Whether the chain is a long-lived key and nothing else. A session that signs was then made from
    /// it for this run.
    fn chain_is_key(&self) -> bool {
        self.chain.hops.is_empty() && self.chain.base.is_long_lived_key()
    }

    /// An error whose hints name the profile that signs.
    pub(crate) fn about(&self, error: impl Into<CliError>) -> CliError {
        error.into().about_chain(&self.chain)
    }

    /// The data of this machine.
    pub(super) fn local(&self) -> &LocalState {
        self.local
    }

    /// The profile that signs.
    pub(crate) fn profile(&self) -> &ProfileName {
        &self.chain.profile
    }

    /// The roles that the profile assumes, in order, as for programs: sessions that only account commands
    /// use are never longer than an hour.
    pub(crate) fn roles(&self) -> Vec<RoleRequest> {
        let chain = self.local.try_resolve(self.profile(), Flags::default());
        let hops = chain.as_ref().unwrap_or(&self.chain).hops.iter();
        let roles = hops.filter_map(|hop| match &hop.call {
            Call::AssumeRole(call) => Some(RoleRequest {
                role: call.role_arn.clone(),
                profile: hop.profile.clone(),
                external_id: call.external_id.clone(),
                duration: hop.duration,
            }),
            Call::GetSessionToken => None,
        });
        roles.collect()
    }

    /// The start of the chain.
    pub(crate) fn base(&self) -> &Base {
        &self.chain.base
    }

    /// The identity that the chain starts from: as the vault lists it beside its key, as a console
    /// sign-in names it, or as AWS reports it. `None` if AWS does not answer.
    pub(crate) fn start(&self) -> Option<PrincipalArn> {
        let known = match &self.chain.base {
            Base::VaultKey(VaultKey { profile, .. }) => self.local.user_arn(profile).cloned(),
            Base::LoginSession(LoginSession { session, .. }) => session.parse().ok(),
            _ => None,
        };
        known.or_else(|| self.ask_start())
    }

    fn ask_start(&self) -> Option<PrincipalArn> {
        let mut bare = self.chain.clone();
        bare.hops.clear();
        bare.by_answer = None;
        let codes = CodeSource::default();
        let start = ChainExecution::new(self.local, self.ui, &bare, codes, Freshness::CacheAllowed)
            .without_sign_in()
            .credentials();
        let asked = start.and_then(|start| Ok(self.aws.get_caller_identity(&start)?));
        match asked {
            Ok(identity) => Some(identity.arn),
            Err(error) => {
                self.ui.explain(|| {
                    format!("the way into the role is not checked, because its start is not known: {error}")
                });
                None
            }
        }
    }

    /// The device of the key's user, if the user may list it and STS accepts its codes.
    fn device(&self) -> Option<MfaSerial> {
        let list = || self.aws.list_mfa_devices(&self.credentials, None);
        let devices = answered(self.ui, list).ok()?;
        devices
            .into_iter()
            .map(|device| device.serial)
            .find(|serial| !serial.is_security_key())
    }

    fn use_device(&mut self, serial: &MfaSerial) -> Result<(), CliError> {
        let session = with_code(
            self.local,
            self.ui,
            &self.chain,
            &self.codes,
            serial,
            &self.aws,
            |code| {
                self.aws
                    .get_session_token(&self.credentials, SESSION, Some((serial, code)))
            },
        )?;
        self.credentials = session;
        self.with = With::Session;
        Ok(())
    }

    /// Whether a long-lived key signs, without a code.
    pub(crate) fn signs_with_key(&self) -> bool {
        self.with == With::Key
    }

    /// Whether a refusal may be the MFA guard's: a key signed, and a policy denies the call.
    pub(crate) fn may_need_code(&self, error: &CallError) -> bool {
        self.with == With::Key && error.is_explicit_denial()
    }

    /// Continues with a session with MFA, because a policy denied a call to the key.
    pub(crate) fn take_code(&mut self, refusal: CallError) -> Result<(), CliError> {
        let Some(serial) = self.device() else {
            return Err(CliError::new(
                ErrorKind::PersonNeeded,
                "a policy denies the call to this key, and its user has no device for a session with MFA",
            )
            .because(refusal)
            .hint(format!(
                "if the policy asks for MFA: keyward mfa enroll {}",
                self.chain.profile.argument()
            )));
        };
        self.ui
            .say("a policy denies a call to the key: continuing with a session with MFA");
        self.use_device(&serial)
    }
}
