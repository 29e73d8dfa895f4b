//! Walks a chain from its last hop backwards. It uses cached sessions, and makes missing ones under
//! a lock. A hundred simultaneous processes thus make one prompt and one call.

mod answer;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use keyward_aws::{Aws, CallError};
use keyward_core::Credentials;
use keyward_core::chain::{CacheKey, Call, Chain, Hop};
use keyward_core::id::AccessKeyId;
use keyward_core::secret::MfaCode;
use keyward_vault::{SessionMeta, SessionStore};

use crate::prompt::deadline::Deadline;
use crate::prompt::terminal::Terminal;
use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::Ui;
use crate::session::cache_entry::{CacheEntry, describe};
use crate::session::client;
use crate::session::code::{self, CodeSource};
use crate::session::key_age;
use crate::session::margin::LAST_RESORT;
use crate::session::single_flight::SingleFlight;
use crate::session::source::{self, SignIn, SignInMethod, SourceContext};
use crate::state::local_state::{LocalState, now};
use crate::state::session_name::session_name;

pub(crate) use answer::{LastAnswers, after_answers};

/// The life that credentials must have left to be handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Enough for SDKs not to ask again at once: botocore renews at fifteen minutes.
    CacheAllowed,
    /// Ignore the cache for the last hop.
    New,
}

/// One walk over one plan.
pub(crate) struct ChainExecution<'a> {
    /// With the deadline of the present walk.
    local: LocalState,
    ui: &'a Ui,
    chain: &'a Chain,
    codes: CodeSource,
    freshness: Freshness,
    sign_in: SignIn,
    telling: Telling,
    start: Start,
    store: Rc<SessionStore>,
    aws: Rc<OnceCell<Aws>>,
    /// The chain that a program's answer led to.
    settled: OnceCell<Chain>,
    /// The sessions that were taken from the cache. AWS may have ended them since they were made.
    from_cache: Rc<RefCell<Vec<AccessKeyId>>>,
}

/// Whether to show the warnings that a program's answer adds to the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Telling {
    Warnings,
    Nothing,
}

/// The credentials that the chain starts from, if known.
enum Start {
    /// keyward does not have them yet.
    Unknown,
    /// A program printed a key of this id last time. The cell holds a different answer.
    Expected(AccessKeyId, OnceCell<Credentials>),
    /// keyward has them.
    Given(Credentials),
}

impl<'a> ChainExecution<'a> {
    /// Prepares an execution, without opening anything yet.
    pub(crate) fn new(
        local: &LocalState,
        ui: &'a Ui,
        chain: &'a Chain,
        codes: CodeSource,
        freshness: Freshness,
    ) -> Self {
        let store = SessionStore::open(&local.paths, crate::session::unlock::session_tier());
        Self {
            local: local.clone(),
            ui,
            chain,
            codes,
            freshness,
            sign_in: SignIn::offered(),
            telling: Telling::Warnings,
            start: Start::Unknown,
            store: Rc::new(store),
            aws: Rc::default(),
            settled: OnceCell::new(),
            from_cache: Rc::default(),
        }
    }

    /// The same for a person who asked for a browser, terminal or not.
    pub(crate) fn with_browser(mut self) -> Self {
        if Terminal::open().is_none() {
            self.sign_in = SignIn::Asked(SignInMethod::Browser);
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

    /// The executed chain. A program's answer may have changed it.
    pub(crate) fn carried_out(&self) -> &Chain {
        self.settled.get().unwrap_or(self.chain)
    }

    /// The credentials that the chain ends in. The walk is a run of its own: a server makes one
    /// after another, and a long command needs new credentials later.
    pub(crate) fn credentials(&mut self) -> Result<Credentials, CliError> {
        self.local.deadline = Deadline::begin();
        source::refuse_cycles(self.chain)?;
        let walked = match &self.chain.by_answer {
            Some(_) => self.by_answer(),
            None => self.credentials_after(self.chain.hops.len()),
        };
        let credentials = walked.map_err(|error| error.about_chain(self.chain))?;
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
    fn credentials_after(&self, count: usize) -> Result<Credentials, CliError> {
        if count == 0 {
            match &self.start {
                Start::Given(credentials) => return Ok(credentials.clone()),
                Start::Expected(id, other) => return self.expected(id, other),
                Start::Unknown => {}
            }
        }
        let hop = last_hop(self.chain, count);
        let Some(cache_entry) = self.cache_entry(self.chain, count) else {
            // A key stays where it is stored; a copy in the cache would gain nothing.
            return self.source();
        };
        let may_be_old = self.freshness == Freshness::CacheAllowed || count < self.chain.hops.len();
        self.cached_or_make(&cache_entry, may_be_old, || match hop {
            Some(hop) => self.perform(hop, count),
            None => self.source(),
        })
    }

    /// The credentials that the chain starts from.
    fn source(&self) -> Result<Credentials, CliError> {
        source::credentials(&self.context(self.chain))
    }

    fn context<'c>(&'c self, chain: &'c Chain) -> SourceContext<'c> {
        SourceContext {
            local: &self.local,
            ui: self.ui,
            chain,
            sign_in: self.sign_in,
            from_cache: &self.from_cache,
        }
    }

    /// Returns the cache entry after the first `count` hops, if the cache keeps one.
    fn cache_entry<'p>(&self, chain: &'p Chain, count: usize) -> Option<CacheEntry<'p>> {
        match last_hop(chain, count) {
            Some(hop) => Some(CacheEntry::of_hop(&self.local, chain, hop)),
            None => CacheEntry::of_base(&self.local, chain),
        }
    }

    /// A piece of the chain as the cache has it, if it is good for `margin`.
    fn cached(
        &self,
        cache_entry: &CacheEntry<'_>,
        may_be_old: bool,
        margin: Duration,
    ) -> Option<Credentials> {
        may_be_old
            .then(|| {
                self.store
                    .get(&cache_entry.key, &cache_entry.origin, now(), margin)
            })
            .flatten()
            .inspect(|found| {
                self.ui
                    .explain(|| format!("{}: from the session cache", cache_entry.what()));
                let mut from_cache = self.from_cache.borrow_mut();
                from_cache.push(found.access_key_id.clone());
            })
    }

    /// One piece of the chain: from the cache, else made under its lock.
    fn cached_or_make(
        &self,
        cache_entry: &CacheEntry<'_>,
        may_be_old: bool,
        make: impl FnOnce() -> Result<Credentials, CliError>,
    ) -> Result<Credentials, CliError> {
        let cached = || Ok(self.cached(cache_entry, may_be_old, cache_entry.margin));
        self.flight(&cache_entry.key)
            .get(self.ui, cached, |_guard| {
                self.make_or_last_resort(cache_entry, may_be_old, make)
            })
    }

    /// One part of the chain, made under its lock; if that fails, the old session while it is
    /// valid.
    fn make_or_last_resort(
        &self,
        cache_entry: &CacheEntry<'_>,
        may_be_old: bool,
        make: impl FnOnce() -> Result<Credentials, CliError>,
    ) -> Result<Credentials, CliError> {
        match make() {
            Ok(made) => {
                self.store(cache_entry, &made);
                Ok(made)
            }
            // The cached session was made with a key that the vault no longer holds.
            Err(error) if error.kind() == ErrorKind::PlanOutdated => Err(error),
            Err(error) => match self.cached(cache_entry, may_be_old, LAST_RESORT) {
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

    fn perform(&self, hop: &Hop, count: usize) -> Result<Credentials, CliError> {
        if let Some(serial) = &hop.mfa_serial {
            code::check_reachable(&self.local, self.chain, &self.codes, serial)?;
        }
        let source = self.credentials_after(count - 1)?;
        let refused = Cell::new(false);
        let made = self.ask_sts(hop, &source, &refused);
        if refused.get() && self.forget_ended(self.chain, count - 1, &source.access_key_id)? {
            let source = self.credentials_after(count - 1)?;
            refused.set(false);
            let made = self.ask_sts(hop, &source, &refused);
            return self.about_source(self.chain, count - 1, &refused, made);
        }
        if let Ok(session) = &made {
            key_age::learn(&self.local, self.ui, self.chain, hop, self.aws(), session);
        }
        self.about_source(self.chain, count - 1, &refused, made)
    }

    /// Adds a fix to the error if AWS refused the chain's first credentials and keyward does not
    /// keep them.
    fn about_source<T>(
        &self,
        chain: &Chain,
        count: usize,
        refused: &Cell<bool>,
        made: Result<T, CliError>,
    ) -> Result<T, CliError> {
        made.map_err(
            |error| match source::replaced_by(&self.local, &chain.base) {
                Some(step) if refused.get() && self.cache_entry(chain, count).is_none() => {
                    error.about_source(step)
                }
                _ => error,
            },
        )
    }

    /// Makes the call of a hop, and notes in `refused` whether AWS refused the source itself.
    fn ask_sts(
        &self,
        hop: &Hop,
        source: &Credentials,
        refused: &Cell<bool>,
    ) -> Result<Credentials, CliError> {
        let call = |code: Option<&MfaCode>| {
            self.call(hop, source, code)
                .inspect_err(|error| refused.set(error.refuses_credentials()))
        };
        let Some(serial) = &hop.mfa_serial else {
            self.ui.explain(|| format!("{}: asking AWS", describe(hop)));
            return Ok(call(None)?);
        };
        code::with_code(
            &self.local,
            self.ui,
            self.chain,
            &self.codes,
            serial,
            self.aws(),
            |code| {
                self.ui
                    .explain(|| format!("{}: asking AWS, with a code of {serial}", describe(hop)));
                call(Some(code))
            },
        )
    }

    /// Forgets the session after the first `count` hops of a chain, which AWS ended before its time,
    /// and says whether another may be made: it came from the cache, and was not made just now.
    fn forget_ended(
        &self,
        chain: &Chain,
        count: usize,
        ended: &AccessKeyId,
    ) -> Result<bool, CliError> {
        let Some(cache_entry) = self.cache_entry(chain, count) else {
            return source::forget_ended(&self.context(chain), ended);
        };
        if !self.from_cache.borrow().contains(ended) {
            return Ok(false);
        }
        let _guard = self.flight(&cache_entry.key).lock(self.ui)?;
        let kept = self
            .store
            .get(&cache_entry.key, &cache_entry.origin, now(), Duration::ZERO);
        // Another process may have put a new one there.
        if kept.is_some_and(|kept| kept.access_key_id == *ended) {
            self.store.remove(&cache_entry.key)?;
        }
        self.ui.say(format!(
            "AWS no longer accepts the credentials that were kept ({}); getting new ones",
            cache_entry.what()
        ));
        Ok(true)
    }

    /// Returns the credentials at the end of the chain, and the result of a call with them. A
    /// session from the cache that AWS no longer accepts is forgotten, and both are repeated.
    pub(crate) fn credentials_for<T>(
        &mut self,
        call: impl Fn(&Aws, &Credentials) -> Result<T, CallError>,
    ) -> Result<(Credentials, T), CliError> {
        let credentials = self.credentials()?;
        let refused = match call(&client(self.carried_out()), &credentials) {
            Ok(done) => return Ok((credentials, done)),
            Err(refused) => refused,
        };
        let chain = self.carried_out();
        let told = |of: &Self, error: CallError| {
            let chain = of.carried_out();
            let refused = Cell::new(error.refuses_credentials());
            let error = Err(CliError::from(error));
            of.about_source(chain, chain.hops.len(), &refused, error)
                .map_err(|error| error.about_chain(chain))
        };
        let id = &credentials.access_key_id;
        if !refused.refuses_credentials() || !self.forget_ended(chain, chain.hops.len(), id)? {
            return told(self, refused);
        }
        let credentials = self.credentials()?;
        match call(&client(self.carried_out()), &credentials) {
            Ok(done) => Ok((credentials, done)),
            Err(refused) => told(self, refused),
        }
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
                &session_name(&self.local, self.chain, role.role_session_name.as_ref()),
                hop.duration,
                mfa,
            ),
        }
    }

    fn aws(&self) -> &Aws {
        let aws = self.aws.get_or_init(|| client(self.chain));
        // After a wait for another keyward, little is left.
        aws.end_repetitions_at(self.local.deadline.of_calls());
        aws
    }

    fn store(&self, cache_entry: &CacheEntry<'_>, made: &Credentials) {
        // Credentials without an expiry may be revoked at any time, so they are not cached. A long-lived key
        // is not a session, whatever expiry its program prints.
        if made.expires_at.is_none() || made.session_token.is_none() {
            return;
        }
        let meta = SessionMeta {
            profile: cache_entry.profile().clone(),
            call: cache_entry.call,
            role_arn: cache_entry.role_arn().cloned(),
            origin: cache_entry.origin.clone(),
            created: now(),
        };
        if let Err(error) = self.store.put(
            &cache_entry.key,
            &meta,
            made,
            now(),
            self.local.lock_generation(),
        ) {
            self.ui.warn(format!(
                "the session could not be kept for next time: {error}"
            ));
        }
    }

    fn flight(&self, key: &CacheKey) -> SingleFlight<'_> {
        let waiting = "waiting for another keyward that is getting the same session…";
        SingleFlight::new(&self.local, *key, waiting)
    }
}

/// The last of the first `count` hops.
fn last_hop(chain: &Chain, count: usize) -> Option<&Hop> {
    chain.hops.get(count.checked_sub(1)?)
}
