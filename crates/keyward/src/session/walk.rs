//! Walks a plan from its last hop backwards: what is cached is used, what is missing is made
//! under a lock, so that a hundred processes asking at once make one prompt and one call.

mod answer;

use std::cell::OnceCell;
use std::rc::Rc;
use std::time::Duration;

use keyward_aws::{Aws, CallError};
use keyward_core::Credentials;
use keyward_core::id::AccessKeyId;
use keyward_core::plan::{Base, CacheKey, Call, Hop, Plan};
use keyward_core::secret::MfaCode;
use keyward_vault::{LockGuard, SessionMeta, SessionStore};

use crate::error::{CliError, ErrorKind};
use crate::session::base;
use crate::session::code::{self, CodeSource};
use crate::session::patience;
use crate::session::piece::{Piece, describe};
use crate::session::source::{self, SignIn, SignInWay};
use crate::terminal::Terminal;
use crate::ui::Ui;
use crate::world::{World, now};

pub(crate) use answer::after_answers;

/// How much life credentials must have left to be handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Enough for SDKs not to ask again at once: botocore renews at fifteen minutes.
    Ample,
    /// Whatever is asked, make it anew.
    New,
}

/// The floor under which credentials are no use even when renewing fails.
const MARGIN_LAST_RESORT: Duration = Duration::from_secs(60);

/// One walk over one plan.
pub(crate) struct Walk<'a> {
    world: &'a World,
    ui: &'a Ui,
    plan: &'a Plan,
    codes: CodeSource,
    freshness: Freshness,
    sign_in: SignIn,
    telling: Telling,
    start: Start,
    store: Rc<SessionStore>,
    aws: Rc<OnceCell<Aws>>,
    /// The plan that a program's answer led to.
    settled: OnceCell<Plan>,
}

/// Whether the warnings that a program's answer adds to the plan are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Telling {
    Warnings,
    Nothing,
}

/// What is known of the credentials that the chain starts from.
enum Start {
    /// Nothing: they are to be got.
    Unknown,
    /// A program printed a key of this id last time; another answer is put aside here.
    Expected(AccessKeyId, OnceCell<Credentials>),
    /// They are there.
    Given(Credentials),
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
            sign_in: SignIn::offered(),
            telling: Telling::Warnings,
            start: Start::Unknown,
            store: Rc::new(store),
            aws: Rc::default(),
            settled: OnceCell::new(),
        }
    }

    /// The same for a person who asked for a browser, terminal or not.
    pub(crate) fn asked_for(mut self) -> Self {
        if Terminal::open().is_none() {
            self.sign_in = SignIn::Asked(SignInWay::Browser);
        }
        self
    }

    /// The same without a browser, a code for the Identity Center or warnings: for a program that
    /// asks over and over.
    pub(crate) fn without_sign_in(mut self) -> Self {
        self.sign_in = SignIn::Never;
        self.telling = Telling::Nothing;
        self
    }

    /// The plan that was carried out: what a program's answer made of it, where there was one.
    pub(crate) fn carried_out(&self) -> &Plan {
        self.settled.get().unwrap_or(self.plan)
    }

    /// The credentials that the plan ends in.
    pub(crate) fn credentials(&self) -> Result<Credentials, CliError> {
        patience::begin();
        source::refuse_circles(self.plan)?;
        let walked = match &self.plan.by_answer {
            Some(_) => self.by_answer(),
            None => self.after(self.plan.hops.len()),
        };
        let credentials = walked.map_err(|error| error.about_plan(self.plan))?;
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
        if count == 0 {
            match &self.start {
                Start::Given(credentials) => return Ok(credentials.clone()),
                Start::Expected(id, other) => return self.expected(id, other),
                Start::Unknown => {}
            }
        }
        let hop = count
            .checked_sub(1)
            .and_then(|last| self.plan.hops.get(last));
        let start = || base::credentials(self.world, self.ui, self.plan, self.sign_in);
        let (piece, hop) = match hop {
            Some(hop) => (Piece::of_hop(hop), Some(hop)),
            None => match Piece::of_base(self.plan) {
                Some(piece) => (piece, None),
                // A key is where it lies; nothing is won by keeping it twice.
                None => return start(),
            },
        };
        let may_be_old = self.freshness == Freshness::Ample || count < self.plan.hops.len();
        self.kept(&piece, may_be_old, || match hop {
            Some(hop) => self.make(hop, count),
            None => start(),
        })
    }

    /// A piece of the chain as the cache has it, if it is good for `margin`.
    fn cached(&self, piece: &Piece<'_>, may_be_old: bool, margin: Duration) -> Option<Credentials> {
        may_be_old
            .then(|| self.store.get(&piece.key, now(), margin))
            .flatten()
            .inspect(|_| {
                self.ui
                    .explain(|| format!("{}: from the session cache", piece.what()));
            })
    }

    /// One piece of the chain: from the cache, else made under its lock.
    fn kept(
        &self,
        piece: &Piece<'_>,
        may_be_old: bool,
        make: impl FnOnce() -> Result<Credentials, CliError>,
    ) -> Result<Credentials, CliError> {
        let cached = |margin| self.cached(piece, may_be_old, margin);
        if let Some(found) = cached(piece.margin) {
            return Ok(found);
        }
        // Before anything is read that a new session is made from, and before anybody is asked.
        self.world.unlocked_since();
        let _guard = self.lock(&piece.key)?;
        if let Some(found) = cached(piece.margin) {
            return Ok(found);
        }
        self.made(piece, may_be_old, make)
    }

    /// One piece of the chain, made while its lock is held; when that fails, what is left of the
    /// old one.
    fn made(
        &self,
        piece: &Piece<'_>,
        may_be_old: bool,
        make: impl FnOnce() -> Result<Credentials, CliError>,
    ) -> Result<Credentials, CliError> {
        match make() {
            Ok(made) => {
                self.keep(piece, &made);
                Ok(made)
            }
            // What is left was made by a key that the vault no longer holds.
            Err(error) if error.kind() == ErrorKind::PlanOutdated => Err(error),
            Err(error) => match self.cached(piece, may_be_old, MARGIN_LAST_RESORT) {
                Some(found) => {
                    self.warn_of_rest(&error);
                    Ok(found)
                }
                None => Err(error),
            },
        }
    }

    fn warn_of_rest(&self, error: &CliError) {
        self.ui.warn(format!(
            "could not renew the session ({error}); handing out the one that is left"
        ));
    }

    fn make(&self, hop: &Hop, count: usize) -> Result<Credentials, CliError> {
        if let Some(serial) = &hop.mfa_serial {
            code::check_reachable(self.world, self.plan, &self.codes, serial)?;
        }
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
                &base::session_name(self.world, self.plan, role.role_session_name.as_ref()),
                hop.duration,
                mfa,
            ),
        }
    }

    fn aws(&self) -> &Aws {
        self.aws.get_or_init(|| base::client(self.plan))
    }

    fn keep(&self, piece: &Piece<'_>, made: &Credentials) {
        // What never ends by its own word may end any day by its owner's: it is asked for anew. And
        // a key is no session, whatever end its program gives it.
        if made.expires_at.is_none() || made.session_token.is_none() {
            return;
        }
        let source_key = match &self.plan.base {
            Base::VaultKey { access_key_id, .. }
            | Base::Static { access_key_id, .. }
            | Base::Process {
                key: Some(access_key_id),
                ..
            } => Some(access_key_id.clone()),
            _ => None,
        };
        let meta = SessionMeta {
            profile: piece.profile().clone(),
            call: piece.call,
            role_arn: piece.role_arn().cloned(),
            source_key,
            source: source::fingerprint(self.plan),
            created: now(),
        };
        if let Err(error) =
            self.store
                .put(&piece.key, &meta, made, now(), self.world.unlocked_since())
        {
            self.ui.warn(format!(
                "the session could not be kept for next time: {error}"
            ));
        }
    }

    /// Takes the lock of one cache key, and says so when another process holds it for long.
    fn lock(&self, key: &CacheKey) -> Result<LockGuard, CliError> {
        let file = self.world.paths.session_lock(key);
        let said = "waiting for another keyward that is getting the same session…";
        patience::lock(self.ui, &file, said)
    }
}
