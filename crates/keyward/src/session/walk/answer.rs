//! A walk that starts from a program, of which only the answer tells whether it prints a
//! long-lived key or a session. Refuses to run the program while sessions made from its last
//! answer are there: it may open a password store, which asks the person.

use std::cell::OnceCell;
use std::rc::Rc;

use keyward_core::Credentials;
use keyward_core::id::AccessKeyId;
use keyward_core::plan::{Answer, Plan};
use keyward_vault::SessionEntry;

use super::{Freshness, MARGIN_LAST_RESORT, Start, Telling, Walk};
use crate::error::CliError;
use crate::session::base;
use crate::session::piece::Piece;
use crate::session::source::fingerprint;
use crate::world::now;

impl Walk<'_> {
    /// The credentials that the plan ends in once its program has answered.
    pub(super) fn by_answer(&self) -> Result<Credentials, CliError> {
        if let Some(found) = self.at_the_end(None) {
            return Ok(found);
        }
        self.world.unlocked_since();
        let guard = self.lock(&self.plan.source_cache_key())?;
        // Another process may have got there while this one waited.
        if let Some(found) = self.at_the_end(None) {
            return Ok(found);
        }
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
        let plan = self.plan.settle(kind)?;
        if kind == Answer::Temporary {
            // It is kept, and the roles after it have locks of their own.
            drop(guard);
        }
        self.go_on(plan, Start::Given(answer.clone()))
    }

    /// Runs the program, or takes the session that it gave before.
    fn ask(&self) -> Result<Credentials, CliError> {
        let start = || base::credentials(self.world, self.ui, self.plan, self.sign_in);
        let Some(piece) = Piece::of_base(self.world, self.plan) else {
            return start();
        };
        // What is to be made anew is the last piece of the chain.
        let last = self.plan.settle(Answer::Temporary);
        let is_last = last.is_ok_and(|plan| plan.hops.is_empty());
        let may_be_old = self.freshness == Freshness::Ample || !is_last;
        match self.cached(&piece, may_be_old, piece.margin) {
            Some(found) => Ok(found),
            None => self.made(&piece, may_be_old, start),
        }
    }

    /// What the last answer's sessions give, without running the program where they do.
    fn try_last_answer(&self) -> Known {
        let Some(id) = self.last_answer() else {
            return Known::Nothing;
        };
        let Ok(plan) = self.plan.settle(Answer::LongLived(&id)) else {
            return Known::Nothing;
        };
        let walk = self.on(&plan, Start::Expected(id, OnceCell::new()));
        let done = walk.after(plan.hops.len());
        if let Start::Expected(_, other) = walk.start
            && let Some(other) = other.into_inner()
        {
            return Known::Answer(other);
        }
        self.note(plan);
        Known::Credentials(done)
    }

    /// Runs the program in the middle of a walk: what was planned from its last answer holds only
    /// if it prints the same key.
    pub(super) fn expected(
        &self,
        id: &AccessKeyId,
        other: &OnceCell<Credentials>,
    ) -> Result<Credentials, CliError> {
        let found = base::credentials(self.world, self.ui, self.plan, self.sign_in)?;
        if found.session_token.is_none() && found.access_key_id == *id {
            return Ok(found);
        }
        // Only the first answer of a walk is put aside, and a walk asks once.
        let _ = other.set(found);
        Err(CliError::failed(
            "the program prints other credentials than before",
        ))
    }

    /// The end of the chain as the cache has it, after either kind of answer. With an error, also
    /// what has hardly any life left: the error says why there is nothing better.
    fn at_the_end(&self, error: Option<&CliError>) -> Option<Credentials> {
        if self.freshness == Freshness::New {
            return None;
        }
        for plan in after_answers(self.plan.clone(), &self.store.list(now())) {
            let piece = match plan.hops.last() {
                Some(hop) => Some(Piece::of_hop(self.world, &plan, hop)),
                None if plan.base_cache_key() == plan.source_cache_key() => {
                    Piece::of_base(self.world, &plan)
                }
                // The key itself, which is kept nowhere.
                None => None,
            };
            let found = piece.and_then(|piece| {
                let margin = match error {
                    None => piece.margin,
                    Some(_) => MARGIN_LAST_RESORT,
                };
                self.cached(&piece, true, margin)
            });
            let Some(found) = found else {
                continue;
            };
            if let Some(error) = error {
                self.warn_of_rest(error);
            }
            self.note(plan);
            return Some(found);
        }
        None
    }

    fn last_answer(&self) -> Option<AccessKeyId> {
        last_answer(self.plan, &self.store.list(now()))
    }

    fn go_on(&self, plan: Plan, start: Start) -> Result<Credentials, CliError> {
        self.note(plan);
        let plan = self.carried_out();
        self.on(plan, start).after(plan.hops.len())
    }

    /// A walk over what became of the plan.
    fn on<'b>(&'b self, plan: &'b Plan, start: Start) -> Walk<'b> {
        Walk {
            world: self.world,
            ui: self.ui,
            plan,
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

    /// Notes what became of the plan, and tells the person what that adds.
    fn note(&self, plan: Plan) {
        if self.telling == Telling::Warnings {
            for warning in &plan.warnings {
                self.ui.warn(warning);
            }
        }
        // A walk notes once.
        let _ = self.settled.set(plan);
    }
}

/// The id of the key that a plan's program printed last, as the sessions made from it tell.
fn last_answer(plan: &Plan, sessions: &[SessionEntry]) -> Option<AccessKeyId> {
    let source = fingerprint(plan)?;
    sessions
        .iter()
        .filter(|entry| entry.meta.origin.source.as_ref() == Some(&source))
        .filter_map(|entry| Some((entry.meta.created, entry.meta.origin.key.clone()?)))
        .max_by_key(|(created, _)| *created)
        .map(|(_, id)| id)
}

/// What the answers of a plan's program may make of it, as far as these sessions tell; the plan
/// itself where it starts from no program.
pub(crate) fn after_answers(plan: Plan, sessions: &[SessionEntry]) -> Vec<Plan> {
    if plan.by_answer.is_none() {
        return vec![plan];
    }
    let key = last_answer(&plan, sessions);
    let answers = key.iter().map(Answer::LongLived).chain([Answer::Temporary]);
    answers
        .filter_map(|answer| plan.settle(answer).ok())
        .collect()
}

/// What is known without running the program.
enum Known {
    /// How the walk ended.
    Credentials(Result<Credentials, CliError>),
    /// The program was run after all, and printed something else.
    Answer(Credentials),
    /// Nothing.
    Nothing,
}
