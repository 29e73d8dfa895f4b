//! A walk that starts from a program. Only the answer shows whether the program prints a long-lived
//! key or a session. Refuses to run the program while sessions made from its last answer exist: it
//! may open a password store, which asks the person.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

use keyward_core::chain::{Answer, CacheKey, Chain};
use keyward_core::id::AccessKeyId;
use keyward_core::{Credentials, Timestamp};
use keyward_vault::{LockGuard, SessionEntry};

use super::{ChainExecution, Freshness, Start, Telling};
use crate::screen::error::CliError;
use crate::session::cache_entry::CacheEntry;
use crate::session::margin::LAST_RESORT;
use crate::session::source::fingerprint;
use crate::state::local_state::now;

impl ChainExecution<'_> {
    /// The credentials that the chain ends in once its program has answered.
    pub(super) fn by_answer(&self) -> Result<Credentials, CliError> {
        let flight = self.flight(&self.chain.source_cache_key());
        flight.get(
            self.ui,
            || Ok(self.at_the_end(None)),
            |guard| self.answer_and_go_on(guard),
        )
    }

    /// Runs the program if the last answer does not suffice, and carries out what follows from it.
    fn answer_and_go_on(&self, guard: LockGuard) -> Result<Credentials, CliError> {
        let answer = match self.try_last_answer() {
            Known::Credentials(done) => return done,
            Known::Answer(answer) => answer,
            Known::Nothing => match self.ask() {
                Ok(answer) => answer,
                Err(error) => return self.at_the_end(Some(&error)).ok_or(error),
            },
        };
        let kind = match answer.session_token {
            Some(_) => Answer::Temporary,
            None => Answer::LongLived(&answer.access_key_id),
        };
        let chain = self.chain.settle(kind)?;
        if kind == Answer::Temporary {
            // It is kept, and the roles after it have locks of their own.
            drop(guard);
        }
        self.go_on(chain, Start::Given(answer.clone()))
    }

    /// Runs the program, or returns the session from its earlier answer.
    fn ask(&self) -> Result<Credentials, CliError> {
        let Some(cache_entry) = CacheEntry::of_base(&self.local, self.chain) else {
            return self.source();
        };
        // Only the last hop of the chain is renewed.
        let last = self.chain.settle(Answer::Temporary);
        let is_last = last.is_ok_and(|chain| chain.hops.is_empty());
        let may_be_old = self.freshness == Freshness::CacheAllowed || !is_last;
        match self.cached(&cache_entry, may_be_old, cache_entry.margin) {
            Some(found) => Ok(found),
            None => self.make_or_last_resort(&cache_entry, may_be_old, || self.source()),
        }
    }

    /// Uses the sessions of the last answer. If they suffice, keyward does not run the program.
    fn try_last_answer(&self) -> Known {
        let Some(id) = self.last_answer() else {
            return Known::Nothing;
        };
        let Ok(chain) = self.chain.settle(Answer::LongLived(&id)) else {
            return Known::Nothing;
        };
        let execution = self.on(&chain, Start::Expected(id, OnceCell::new()));
        let done = execution.credentials_after(chain.hops.len());
        if let Start::Expected(_, other) = execution.start
            && let Some(other) = other.into_inner()
        {
            return Known::Answer(other);
        }
        self.note(chain);
        Known::Credentials(done)
    }

    /// Runs the program in the middle of a walk. The plan from its last answer is valid only if it
    /// prints the same key.
    pub(super) fn expected(
        &self,
        id: &AccessKeyId,
        other: &OnceCell<Credentials>,
    ) -> Result<Credentials, CliError> {
        let found = self.source()?;
        if found.session_token.is_none() && found.access_key_id == *id {
            return Ok(found);
        }
        // Only the first answer of a walk is put aside, and a walk asks once.
        let _ = other.set(found);
        Err(CliError::failed(
            "the program prints other credentials than before",
        ))
    }

    /// The cached result of the chain, after either kind of answer. After an error, credentials with hardly
    /// any life left count too: the error says why there is nothing better.
    fn at_the_end(&self, error: Option<&CliError>) -> Option<Credentials> {
        if self.freshness == Freshness::New {
            return None;
        }
        let answers = LastAnswers::of(&self.store.list(now()));
        for chain in after_answers(self.chain, &answers) {
            let cache_entry = match chain.hops.last() {
                Some(hop) => Some(CacheEntry::of_hop(&self.local, &chain, hop)),
                None if chain.base_cache_key() == chain.source_cache_key() => {
                    CacheEntry::of_base(&self.local, &chain)
                }
                // The key itself, which is kept nowhere.
                None => None,
            };
            let found = cache_entry.and_then(|cache_entry| {
                let margin = match error {
                    None => cache_entry.margin,
                    Some(_) => LAST_RESORT,
                };
                self.cached(&cache_entry, true, margin)
            });
            let Some(found) = found else {
                continue;
            };
            if let Some(error) = error {
                self.warn_of_rest(error);
            }
            self.note(chain.into_owned());
            return Some(found);
        }
        None
    }

    fn last_answer(&self) -> Option<AccessKeyId> {
        LastAnswers::of(&self.store.list(now())).of_chain(self.chain)
    }

    fn go_on(&self, chain: Chain, start: Start) -> Result<Credentials, CliError> {
        self.note(chain);
        let chain = self.carried_out();
        self.on(chain, start).credentials_after(chain.hops.len())
    }

    /// The execution of the chain after the answer.
    fn on<'b>(&'b self, chain: &'b Chain, start: Start) -> ChainExecution<'b> {
        ChainExecution {
            local: self.local.clone(),
            ui: self.ui,
            chain,
            codes: self.codes.clone(),
            freshness: self.freshness,
            sign_in: self.sign_in,
            telling: self.telling,
            start,
            store: Rc::clone(&self.store),
            aws: Rc::clone(&self.aws),
            settled: OnceCell::new(),
            from_cache: Rc::clone(&self.from_cache),
        }
    }

    /// Records the settled chain, and shows the person the additional warnings.
    fn note(&self, chain: Chain) {
        if self.telling == Telling::Warnings {
            for warning in &chain.warnings {
                self.ui.warn(warning);
            }
        }
        // A walk notes once.
        let _ = self.settled.set(chain);
    }
}

/// The ids of the keys that programs printed last, according to the sessions made from them.
pub(crate) struct LastAnswers(HashMap<CacheKey, (Timestamp, AccessKeyId)>);

impl LastAnswers {
    /// The ids according to these sessions.
    pub(crate) fn of(sessions: &[SessionEntry]) -> Self {
        let mut last: HashMap<CacheKey, (Timestamp, AccessKeyId)> = HashMap::new();
        for entry in sessions {
            let origin = &entry.meta.origin;
            let (Some(source), Some(id)) = (&origin.source, &origin.key) else {
                continue;
            };
            let created = entry.meta.created;
            match last.get(source) {
                Some((latest, _)) if *latest > created => {}
                _ => drop(last.insert(*source, (created, id.clone()))),
            }
        }
        Self(last)
    }

    /// The key of a chain's program.
    fn of_chain(&self, chain: &Chain) -> Option<AccessKeyId> {
        let (_, id) = self.0.get(&fingerprint(chain)?)?;
        Some(id.clone())
    }
}

/// The possible chains after the known answers of a chain's program. A chain without a program
/// remains as it is.
pub(crate) fn after_answers<'c>(
    chain: &'c Chain,
    answers: &LastAnswers,
) -> impl Iterator<Item = Cow<'c, Chain>> {
    let (unchanged, settled) = match chain.by_answer {
        None => (Some(Cow::Borrowed(chain)), Vec::new()),
        Some(_) => {
            let key = answers.of_chain(chain);
            let answers = key.iter().map(Answer::LongLived).chain([Answer::Temporary]);
            let settled = answers.filter_map(|answer| chain.settle(answer).ok());
            (None, settled.map(Cow::Owned).collect())
        }
    };
    unchanged.into_iter().chain(settled)
}

/// The chain, as far as it is known without running the program.
enum Known {
    /// The end of the walk.
    Credentials(Result<Credentials, CliError>),
    /// The program was run after all, and printed something else.
    Answer(Credentials),
    /// Nothing.
    Nothing,
}
