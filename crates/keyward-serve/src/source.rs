//! One profile's credentials while the server runs. It keeps them, renews them early, and fetches once
//! for all waiting requests. Refuses to hand out expired credentials.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::body::Bytes;
use keyward_core::id::ProfileName;
use keyward_core::{Credentials, Timestamp};
use tokio::sync::watch;

use crate::document;

/// SDKs ask for new credentials when theirs have fifteen minutes left, and then expect longer ones. One
/// more minute covers clock differences and the call.
const RENEW_BEFORE: Duration = Duration::from_secs(16 * 60);
/// The server asks a source again after at most an hour if its credentials have no expiry.
const ASSUMED_LIFE: Duration = Duration::from_secs(3600);
/// After a failure the next fetch waits this long: a program in a loop must not become calls in
/// a loop.
const REST: Duration = Duration::from_secs(5);
/// The wait after a fetch that returned no longer-lived credentials, which is less urgent.
const REST_WITH_OLD: Duration = Duration::from_secs(20);
/// The time that a request waits for new credentials while the old ones are valid; SDKs give up
/// after a second.
const SHORT_WAIT: Duration = Duration::from_millis(500);
/// The time that a request waits without valid credentials.
const LONG_WAIT: Duration = Duration::from_secs(30);

/// The source of one profile's credentials.
pub trait Provider: Send + Sync {
    /// Gets credentials. The call may block for any time. It has a thread of its own, and there is never
    /// more than one at a time.
    ///
    /// # Errors
    /// No credentials are available now.
    fn credentials(&self) -> Result<Credentials, Unavailable>;

    /// Drops everything from which it could make credentials. The server then asks for none again.
    fn forget(&self) {}
}

/// The reason why no credentials are available, in a text that an SDK shows to the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unavailable {
    /// The kind.
    pub reason: Reason,
    /// The message with the fix, in one line.
    pub message: String,
}

/// The kinds of [`Unavailable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Only the user can continue: 503.
    PersonNeeded,
    /// It takes longer than a request can wait: 503.
    NotYet,
    /// AWS or the machine refused: 500.
    Failed,
    /// The person locked everything: 403, from now on.
    Locked,
}

/// A profile to serve.
pub struct Source {
    /// The profile.
    pub profile: ProfileName,
    /// The provider of its credentials.
    pub provider: Arc<dyn Provider>,
    /// Credentials that were fetched already, while the person was there to be asked.
    pub first: Option<Credentials>,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

/// The time, as the server reads it.
pub(crate) type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A source at work.
pub(crate) struct RenewingCredentials {
    provider: Arc<dyn Provider>,
    now: Now,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    cached: Option<CachedAnswer>,
    /// Closes when the fetch under way has ended.
    under_way: Option<watch::Receiver<()>>,
    retry_after: Option<Timestamp>,
    failure: Option<Unavailable>,
    /// Set when no credentials may be handed out.
    closed: Option<Unavailable>,
}

#[derive(Clone)]
struct CachedAnswer {
    body: Bytes,
    end: Timestamp,
}

/// The result of a look at the state.
enum Lookup {
    Answer(Bytes),
    Wait(watch::Receiver<()>, Option<Bytes>),
    Refuse(Unavailable),
}

impl RenewingCredentials {
    pub(crate) fn new(source: Source, now: Now) -> Self {
        let desk = Self {
            provider: source.provider,
            now,
            state: Mutex::default(),
        };
        if let Some(first) = source.first {
            desk.settle(Ok(first));
            // Credentials that were fetched beforehand do not delay the next fetch.
            desk.state().retry_after = None;
        }
        desk
    }

    /// Forgets the credentials and their source permanently.
    pub(crate) fn close(&self, why: &Unavailable) {
        let mut state = self.state();
        *state = State {
            under_way: state.under_way.take(),
            closed: Some(why.clone()),
            ..State::default()
        };
        drop(state);
        self.provider.forget();
    }

    /// The body to answer with now. Must run inside the server's runtime.
    pub(crate) async fn answer(self: &Arc<Self>) -> Result<Bytes, Unavailable> {
        let (mut ended, old) = match self.look() {
            Lookup::Answer(body) => return Ok(body),
            Lookup::Refuse(why) => return Err(why),
            Lookup::Wait(ended, old) => (ended, old),
        };
        let patience = if old.is_some() { SHORT_WAIT } else { LONG_WAIT };
        // Nothing is ever sent: the channel closes when the fetch is over, and then an error is
        // the good news.
        let over = tokio::time::timeout(patience, ended.changed())
            .await
            .is_ok();
        if !over {
            if let Some(why) = &self.state().closed {
                return Err(why.clone());
            }
            return old.ok_or_else(|| Unavailable {
                reason: Reason::NotYet,
                message: "credentials are still being fetched; try again in a moment".to_owned(),
            });
        }
        let now = (self.now)();
        let state = self.state();
        if let Some(why) = &state.closed {
            return Err(why.clone());
        }
        match (state.usable(now), &state.failure) {
            (Some(cached), _) => Ok(cached.body.clone()),
            (None, Some(why)) => Err(why.clone()),
            (None, None) => Err(ended_already()),
        }
    }

    fn look(self: &Arc<Self>) -> Lookup {
        let now = (self.now)();
        let mut state = self.state();
        if let Some(why) = &state.closed {
            return Lookup::Refuse(why.clone());
        }
        let usable = state.usable(now).cloned();
        if let Some(cached) = usable
            .as_ref()
            .filter(|cached| cached.end.remaining(now) >= RENEW_BEFORE)
        {
            return Lookup::Answer(cached.body.clone());
        }
        let usable = usable.map(|cached| cached.body);
        if state.retry_after.is_some_and(|until| now < until) {
            return match (usable, &state.failure) {
                (Some(body), _) => Lookup::Answer(body),
                (None, Some(why)) => Lookup::Refuse(why.clone()),
                (None, None) => Lookup::Refuse(ended_already()),
            };
        }
        let ended = match &state.under_way {
            Some(ended) => ended.clone(),
            None => {
                let ended = self.fetch();
                state.under_way = Some(ended.clone());
                ended
            }
        };
        Lookup::Wait(ended, usable)
    }

    /// Starts a fetch that continues after its request is gone.
    fn fetch(self: &Arc<Self>) -> watch::Receiver<()> {
        let (under_way, ended) = watch::channel(());
        let desk = Arc::clone(self);
        tokio::spawn(async move {
            let provider = Arc::clone(&desk.provider);
            let fetched = tokio::task::spawn_blocking(move || provider.credentials()).await;
            desk.settle(fetched.unwrap_or_else(|_| {
                Err(Unavailable {
                    reason: Reason::Failed,
                    message: "getting the credentials ended in the middle".to_owned(),
                })
            }));
            drop(under_way);
        });
        ended
    }

    fn settle(&self, fetched: Result<Credentials, Unavailable>) {
        let now = (self.now)();
        let fetched = fetched.and_then(|credentials| {
            let end = credentials.expires_at.unwrap_or(now.after(ASSUMED_LIFE));
            let body = document::credentials(&credentials, end).ok_or_else(|| Unavailable {
                reason: Reason::Failed,
                message: "the credentials are a long-lived key, which is not served".to_owned(),
            })?;
            Ok(CachedAnswer { body, end })
        });
        let mut state = self.state();
        state.under_way = None;
        if state.closed.is_some() {
            return;
        }
        match fetched {
            Ok(cached) => {
                let fresh = cached.end.remaining(now) >= RENEW_BEFORE;
                state.retry_after = (!fresh).then(|| now.after(REST_WITH_OLD));
                state.failure = None;
                state.cached = Some(cached);
            }
            Err(why) => {
                state.retry_after = Some(now.after(REST));
                state.failure = Some(why);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock, and every state in between is a whole one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn usable(&self, now: Timestamp) -> Option<&CachedAnswer> {
        self.cached.as_ref().filter(|cached| cached.end > now)
    }
}

fn ended_already() -> Unavailable {
    Unavailable {
        reason: Reason::Failed,
        message: "the credentials that were fetched have ended already".to_owned(),
    }
}

#[cfg(test)]
mod tests;
