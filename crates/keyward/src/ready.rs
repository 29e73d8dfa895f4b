//! Keeps the answer of a run for the next one. Opening such an answer is the hit path, which is in
//! `keyward-ready`; this program uses it too if it is started without the front.

use std::ffi::OsString;

use keyward_core::chain::{Base, Chain};
use keyward_core::id::ProfileName;
use keyward_core::{Credentials, Timestamp};
use keyward_ready::{Answer, Failure, FrontRequest, Verb};
use keyward_vault::SessionStore;
use zeroize::Zeroizing;

use crate::log::{self, How};
use crate::process::cannot_run;
use crate::screen::error::CliError;
use crate::screen::output;
use crate::screen::ui::{shown, unwritable};
use crate::session::{self, session_tier};
use crate::state::local_state::{LocalState, now};

/// The command line of this run: answers it, and keeps an answer for the next run.
pub(crate) struct ThisRun {
    request: Option<FrontRequest>,
}

impl ThisRun {
    /// Notes the conditions of this run, before anything is read.
    pub(crate) fn begin() -> Self {
        Self {
            request: FrontRequest::begin(),
        }
    }

    /// Hands out the answer that holds, if there is one. Its hand-out is in the log then.
    pub(crate) fn answer(&mut self) -> Option<Result<(), CliError>> {
        let done = self.request.as_mut()?.answer()?;
        Some(done.map_err(|failure| match failure {
            Failure::Output(error) => unwritable(error),
            Failure::Command(program, error) => cannot_run(&program, error),
        }))
    }

    /// Leaves the answer of a `credential-process` for the next run.
    pub(crate) fn keep_document(&self, local: &LocalState, chain: &Chain) {
        self.keep(Verb::CredentialProcess, local, chain, |credentials| {
            Answer::Text {
                log: log::what(local, How::CredentialProcess, chain, credentials).into(),
                text: output::process_document(credentials),
            }
        });
    }

    /// Leaves the answer of an `env` for the next run.
    pub(crate) fn keep_text(
        &self,
        local: &LocalState,
        chain: &Chain,
        render: impl FnOnce(&Credentials) -> Zeroizing<String>,
    ) {
        self.keep(Verb::Env, local, chain, |credentials| Answer::Text {
            log: log::what(local, How::Env, chain, credentials).into(),
            text: render(credentials),
        });
    }

    /// Leaves the answer of an `exec` of that command for the next run.
    pub(crate) fn keep_variables(
        &self,
        local: &LocalState,
        chain: &Chain,
        profile: &ProfileName,
        command: &[OsString],
    ) {
        // The parser may have split the words into options and command at another place.
        if self
            .request
            .as_ref()
            .is_none_or(|request| request.command() != command)
        {
            return;
        }
        self.keep(Verb::Exec, local, chain, |credentials| Answer::Variables {
            log: log::what(local, How::Exec, chain, credentials).into(),
            profile: profile.to_string(),
            set: output::variables(credentials, chain.region.as_ref()).owned(),
        });
    }

    fn keep(
        &self,
        verb: Verb,
        local: &LocalState,
        chain: &Chain,
        make: impl FnOnce(&Credentials) -> Answer,
    ) {
        let Some(request) = self.request.as_ref().filter(|request| request.verb == verb) else {
            return;
        };
        // keyward cannot compare a program's answer like a file. An opened vault may differ from
        // its index. A warning must appear in every run.
        let by_program = matches!(chain.base, Base::Process(_));
        let opened = !matches!(local.identity_cache.get(), Ok(None));
        let warned = !chain.warnings.is_empty() || !local.settings.unknown.is_empty();
        if by_program || opened || local.index_error.is_some() || warned {
            return;
        }
        session::keep_ready(local, chain, &request.conditions, |credentials| {
            let answer = make(credentials);
            is_plain(&answer).then(|| answer.write())
        });
    }

    /// Keeps the shell prompt of a profile for the next run. The profile's session ends at `end`.
    pub(crate) fn keep_prompt(&self, local: &LocalState, profile: &ProfileName, end: Timestamp) {
        let prompt = self.request.as_ref();
        let Some(request) = prompt.filter(|request| request.verb == Verb::StatusPrompt) else {
            return;
        };
        let answer = Answer::Prompt {
            profile: profile.to_string(),
            end,
        };
        if local.index_error.is_some() || !is_plain(&answer) {
            return;
        }
        let until = end.before(std::time::Duration::from_secs(1));
        SessionStore::open(&local.paths, session_tier()).keep_ready_until(
            &request.conditions,
            now(),
            until,
            &answer.write(),
        );
    }
}

/// Whether the answer is safe to print on a terminal unchanged.
fn is_plain(answer: &Answer) -> bool {
    let text = match answer {
        Answer::Text { text, .. } => text,
        Answer::Prompt { profile, .. } => profile.as_str(),
        Answer::Variables { .. } => return true,
    };
    shown(text) == text
}
