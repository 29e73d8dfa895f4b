//! Walks a plan from its last hop backwards: what is cached is used, what is missing is made
//! under a lock, so that a hundred processes asking at once make one prompt and one call.

use std::cell::OnceCell;
use std::sync::mpsc;
use std::time::Duration;

use keyward_aws::{Aws, CallError};
use keyward_core::Credentials;
use keyward_core::id::RoleSessionName;
use keyward_core::plan::{Base, CacheKey, Call, Hop, Plan};
use keyward_core::secret::MfaCode;
use keyward_vault::{LockGuard, SessionCall, SessionMeta, SessionStore};

use crate::error::CliError;
use crate::session::base;
use crate::session::code::{self, CodeSource};
use crate::ui::Ui;
use crate::world::{World, now};

/// How much life credentials must have left to be handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Enough for SDKs not to ask again at once: botocore renews at fifteen minutes.
    Ample,
    /// Whatever is asked, make it anew.
    New,
}

/// A session that a person must type a code for is used up to its last minutes; what can be
/// renewed silently is renewed early.
const MARGIN_WITH_CODE: Duration = Duration::from_secs(5 * 60);
const MARGIN_SILENT: Duration = Duration::from_secs(15 * 60);
/// The floor under which credentials are no use even when renewing fails.
const MARGIN_LAST_RESORT: Duration = Duration::from_secs(60);
/// After this long, a wait for another process is mentioned.
const QUIET_WAIT: Duration = Duration::from_secs(1);

/// One walk over one plan.
pub(crate) struct Walk<'a> {
    world: &'a World,
    ui: &'a Ui,
    plan: &'a Plan,
    codes: CodeSource,
    freshness: Freshness,
    store: SessionStore,
    aws: OnceCell<Aws>,
}

impl<'a> Walk<'a> {
    /// Prepares a walk; nothing is opened yet.
    pub(crate) fn new(
        world: &'a World,
        ui: &'a Ui,
        plan: &'a Plan,
        codes: CodeSource,
        freshness: Freshness,
    ) -> Self {
        let store = SessionStore::open(&world.paths, crate::session::unlock::session_tier());
        Self {
            world,
            ui,
            plan,
            codes,
            freshness,
            store,
            aws: OnceCell::new(),
        }
    }

    /// The credentials that the plan ends in.
    pub(crate) fn credentials(&self) -> Result<Credentials, CliError> {
        let credentials = self.after(self.plan.hops.len())?;
        if let Some(skew) = self
            .aws
            .get()
            .and_then(Aws::skew)
            .filter(|s| s.unsigned_abs() > 60)
        {
            self.ui.warn(format!(
                "this machine's clock is {} s {}; corrected for these calls",
                skew.unsigned_abs(),
                if skew > 0 { "behind" } else { "ahead" }
            ));
        }
        Ok(credentials)
    }

    /// The credentials after the first `count` hops.
    fn after(&self, count: usize) -> Result<Credentials, CliError> {
        let Some(hop) = count
            .checked_sub(1)
            .and_then(|last| self.plan.hops.get(last))
        else {
            return base::credentials(self.world, self.ui, self.plan);
        };
        let last = count == self.plan.hops.len();
        if let Some(found) = self.cached(hop, margin(hop), last) {
            return Ok(found);
        }
        let _guard = self.lock(&hop.cache_key)?;
        if let Some(found) =
            self.cached(hop, margin(hop), last && self.freshness == Freshness::Ample)
        {
            return Ok(found);
        }
        match self.make(hop, count) {
            Ok(made) => {
                self.keep(hop, &made);
                Ok(made)
            }
            Err(error) => {
                match self.cached(hop, MARGIN_LAST_RESORT, true) {
                    Some(found) if self.freshness == Freshness::Ample => {
                        self.ui.warn(format!("could not renew the session ({error}); handing out the one that is left"));
                        Ok(found)
                    }
                    _ => Err(error),
                }
            }
        }
    }

    fn cached(&self, hop: &Hop, margin: Duration, wanted: bool) -> Option<Credentials> {
        if !wanted && self.freshness == Freshness::New {
            return None;
        }
        let found = self.store.get(&hop.cache_key, now(), margin)?;
        self.ui
            .explain(|| format!("{}: from the session cache", describe(hop)));
        Some(found)
    }

    fn make(&self, hop: &Hop, count: usize) -> Result<Credentials, CliError> {
        let source = self.after(count - 1)?;
        let Some(serial) = &hop.mfa_serial else {
            self.ui.explain(|| format!("{}: asking AWS", describe(hop)));
            return Ok(self.call(hop, &source, None)?);
        };
        code::with_code(
            self.world,
            self.ui,
            self.plan,
            &self.codes,
            serial,
            |code| {
                self.ui
                    .explain(|| format!("{}: asking AWS, with a code of {serial}", describe(hop)));
                self.call(hop, &source, Some(code))
            },
        )
    }

    fn call(
        &self,
        hop: &Hop,
        source: &Credentials,
        code: Option<&MfaCode>,
    ) -> Result<Credentials, CallError> {
        let aws = self.aws();
        let mfa = hop.mfa_serial.as_ref().zip(code);
        match &hop.call {
            Call::GetSessionToken => aws.get_session_token(source, hop.duration, mfa),
            Call::AssumeRole(role) => aws.assume_role(
                source,
                role,
                &self.session_name(role.role_session_name.as_ref()),
                hop.duration,
                mfa,
            ),
        }
    }

    fn aws(&self) -> &Aws {
        self.aws.get_or_init(|| base::client(self.plan))
    }

    /// The name CloudTrail shows: the profile's own, else the person's.
    fn session_name(&self, given: Option<&RoleSessionName>) -> RoleSessionName {
        if let Some(name) = given {
            return name.clone();
        }
        let stored = match &self.plan.base {
            Base::VaultKey { profile, .. } => self.world.user_name(profile),
            _ => None,
        };
        let person = stored
            .or_else(|| crate::environment::get("USER"))
            .or_else(|| crate::environment::get("USERNAME"));
        RoleSessionName::from_lossy(&person.unwrap_or_else(|| "keyward".to_owned()))
    }

    fn keep(&self, hop: &Hop, made: &Credentials) {
        let (call, role_arn) = match &hop.call {
            Call::AssumeRole(role) => (SessionCall::AssumeRole, Some(role.role_arn.clone())),
            Call::GetSessionToken => (SessionCall::GetSessionToken, None),
        };
        let source_key = match &self.plan.base {
            Base::VaultKey { access_key_id, .. } | Base::Static { access_key_id, .. } => {
                Some(access_key_id.clone())
            }
            _ => None,
        };
        let meta = SessionMeta {
            profile: hop.profile.clone(),
            call,
            role_arn,
            source_key,
            created: now(),
        };
        if let Err(error) = self.store.put(&hop.cache_key, &meta, made, now()) {
            self.ui.warn(format!(
                "the session could not be kept for next time: {error}"
            ));
        }
    }

    /// Takes the lock of one cache key, and says so when another process holds it for long.
    fn lock(&self, key: &CacheKey) -> Result<LockGuard, CliError> {
        let file = self.world.paths.session_lock(key);
        if let Some(guard) = file.try_lock()? {
            return Ok(guard);
        }
        let (done, waiting) = mpsc::channel::<()>();
        let ui = self.ui;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                if waiting.recv_timeout(QUIET_WAIT) == Err(mpsc::RecvTimeoutError::Timeout) {
                    ui.say("waiting for another keyward that is getting the same session…");
                }
            });
            let guard = file.lock();
            drop(done);
            Ok(guard?)
        })
    }
}

fn margin(hop: &Hop) -> Duration {
    let wanted = if hop.mfa_serial.is_some() {
        MARGIN_WITH_CODE
    } else {
        MARGIN_SILENT
    };
    // A session asked to be very short would otherwise never be fresh enough.
    wanted.min(hop.duration / 3)
}

fn describe(hop: &Hop) -> String {
    match &hop.call {
        Call::GetSessionToken => format!("session of profile `{}`", hop.profile),
        Call::AssumeRole(role) => format!("role {}", role.role_arn),
    }
}
