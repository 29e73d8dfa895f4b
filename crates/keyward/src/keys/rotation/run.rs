//! Executes the steps of a rotation until it is done, pauses or fails. Each finished step is in the
//! journal before the next one begins; no state is outside the journal.

mod create;
mod old;

use keyward_aws::{Aws, CallerIdentity};
use keyward_core::id::{AccessKeyId, ProfileName, UserName};
use keyward_vault::SessionStore;

use super::authority::{Authority, OwnKey};
use super::deliver::{self, Parcel, Reached};
use super::destination::{Destination, SecretNames};
use super::journal::Journal;
use super::prove::prove;
use super::state::{NextAction, State};
use crate::log::{self, How};
use crate::screen::error::CliError;
use crate::screen::ui::{GOOD, STRONG, Ui, listed};
use crate::session::{CodeSource, session_tier};
use crate::state::local_state::{LocalState, now};
use crate::system::crash_point as point;

/// The kind of the key's owner.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    /// One of this vault.
    Own {
        /// The profile to reach AWS by, and to name in advice.
        profile: ProfileName,
        /// The user, if AWS has confirmed it.
        user: Option<UserName>,
    },
    /// Another user's.
    MachineUser {
        /// The user.
        user: UserName,
        /// The profile that may do it.
        via: ProfileName,
    },
}

impl Subject {
    /// The user name for the calls to IAM.
    fn user(&self) -> Option<&UserName> {
        match self {
            Self::Own { user, .. } => user.as_ref(),
            Self::MachineUser { user, .. } => Some(user),
        }
    }

    /// The command that resumes the rotation.
    pub(crate) fn resume(&self) -> String {
        match self {
            Self::Own { profile, .. } => format!("keyward rotate {} --resume", quoted(profile)),
            Self::MachineUser { user, via } => format!(
                "keyward rotate --user {user} --via {} --resume",
                quoted(via)
            ),
        }
    }
}

/// A name as a shell reads it.
pub(crate) fn quoted(name: &ProfileName) -> String {
    keyward_core::shell::quoted(name.as_str())
}

/// The end of a run that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// One key is left: the new one.
    Done,
    /// The old key keeps its grace.
    Paused,
}

/// One run over one journal entry.
pub(crate) struct Run<'a> {
    pub(crate) local: &'a LocalState,
    pub(crate) ui: &'a Ui,
    pub(crate) journal: Journal<'a>,
    pub(crate) subject: Subject,
    pub(crate) codes: CodeSource,
    /// The client for proving keys, which needs no permission.
    pub(crate) aws: Aws,
    pub(crate) authority: Option<Authority>,
}

impl Run<'_> {
    /// The destination of another user's key; `None` for a key of one's own.
    pub(crate) fn destination(&self) -> Option<Destination> {
        let delivery = self.journal.entry().ok()?.delivery.as_ref()?;
        delivery.to.parse().ok()
    }

    /// Continues from the state in the journal.
    pub(crate) fn finish(&mut self) -> Result<Outcome, CliError> {
        self.take_turns()
            .map_err(|error| match self.journal.entry() {
                Ok(_) => error.hint(self.subject.resume()),
                // Nothing is left to resume.
                Err(_) => error,
            })
    }

    fn take_turns(&mut self) -> Result<Outcome, CliError> {
        loop {
            let state = self.journal.state()?;
            let grace = self.journal.entry()?.grace_until;
            match state.next_action(self.journal.kind()?, grace, now()) {
                NextAction::Create => self.create()?,
                NextAction::Prove => {
                    self.prove_new("prove")?;
                    self.journal.moved("journal placing", State::Placing)?;
                }
                NextAction::Place => self.place()?,
                NextAction::Deliver => self.deliver()?,
                NextAction::Check => self.check()?,
                NextAction::Wait(until) => {
                    self.ui.say(format!(
                        "{STRONG}{}{STRONG:#} stays active until {until}; then `{}` finishes (with `--grace 0` at once)",
                        self.journal.entry()?.old_access_key_id,
                        self.subject.resume()
                    ));
                    return Ok(Outcome::Paused);
                }
                NextAction::Deactivate => {
                    self.refuse_revoked_since()?;
                    self.deactivate()?;
                }
                NextAction::Delete => {
                    self.refuse_revoked_since()?;
                    self.delete()?;
                    return Ok(Outcome::Done);
                }
            }
        }
    }

    /// The credentials for IAM, made when they are first needed.
    pub(super) fn authority(&mut self) -> Result<&mut Authority, CliError> {
        if self.authority.is_none() {
            // The vault may have moved on since this run read its index.
            let local = reloaded(self.local)?;
            let authority = match &self.subject {
                Subject::Own { profile, .. } => {
                    let key = OwnKey::of(&local, profile)?;
                    Authority::own(&local, self.ui, profile, &key, &self.codes)?
                }
                Subject::MachineUser { via, .. } => {
                    Authority::via(&local, self.ui, via, &self.codes)?
                }
            };
            self.authority = Some(authority);
        }
        Ok(self
            .authority
            .as_mut()
            .expect("it was put there just now, or before"))
    }

    /// Names a step in the log of this machine.
    fn log(&self, id: &AccessKeyId, how: How) {
        if let Ok(entry) = self.journal.entry() {
            log::key_step(self.local, self.ui, &entry.profile, id, how);
        }
    }

    fn prove_new(&self, point: &str) -> Result<CallerIdentity, CliError> {
        let key = self.journal.new_key()?;
        let paths = self.journal.paths();
        let identity = prove(&self.aws, &key, self.ui, paths, point)?;
        let expected = self.subject.user();
        let found = identity.arn.user_name();
        if expected.is_some_and(|user| found != Some(user.as_str())) {
            return Err(CliError::failed(format!(
                "AWS says that the new key belongs to {}",
                identity.arn
            )));
        }
        self.ui
            .explain(|| format!("{} works: {}", key.access_key_id, identity.arn));
        Ok(identity)
    }

    fn place(&mut self) -> Result<(), CliError> {
        let identity = self.prove_new("prove")?;
        let old = self.journal.entry()?.old_access_key_id.clone();
        let new = self.journal.new_key()?.access_key_id;
        let store = SessionStore::open(&self.local.paths, session_tier());
        let ours = self.authority.as_ref().and_then(Authority::made_here);
        let last = store
            .list(now())
            .into_iter()
            .filter(|entry| entry.meta.origin.key.as_ref() == Some(&old))
            .filter(|entry| Some(&entry.access_key_id) != ours)
            .filter_map(|entry| entry.expires_at)
            .max();
        let holders = self.journal.promote(identity)?;
        self.log(&new, How::KeyPlaced);
        let removed = point::through("sessions", self.journal.paths(), || store.remove_for(&old));
        if let Err(error) = removed {
            self.ui.warn(format!(
                "sessions made with the old key are still in the cache: {error}"
            ));
        }
        self.ui.say(format!(
            "{GOOD}{new}{GOOD:#} is the key of {} now",
            listed(&holders)
        ));
        if let Some(end) = last {
            self.ui.say(format!(
                "programs that hold a session made with {old} keep it until {end} at most; \
                 AWS may refuse it as soon as that key is switched off"
            ));
        }
        Ok(())
    }

    fn deliver(&mut self) -> Result<(), CliError> {
        let entry = self.journal.entry()?;
        let Some(delivery) = entry.delivery.clone() else {
            return Err(CliError::failed("the journal has lost the destination"));
        };
        let to: Destination = delivery
            .to
            .parse()
            .map_err(|e| CliError::failed("the journal's destination cannot be read").because(e))?;
        let names = delivery
            .names
            .clone()
            .map_or_else(SecretNames::default, |(id, secret)| SecretNames {
                id,
                secret,
            });
        let key = self.journal.new_key()?;
        let parcel = Parcel {
            key: &key,
            user: &delivery.user,
            names: &names,
        };
        let delivered = point::through("deliver", self.journal.paths(), || {
            deliver::deliver(&self.aws, self.ui, &to, &parcel, self.local.deadline)
        });
        if let Err(failed) = delivered {
            if failed.reached == Reached::Nothing {
                // With this state in the journal, `--abort` has its way back.
                self.journal.moved("journal recalled", State::Created)?;
            }
            return Err(failed.error.hint(format!(
                "to send it elsewhere: `{} --to DESTINATION`",
                self.subject.resume()
            )));
        }
        self.journal.moved("journal placed", State::Placed)?;
        self.log(&key.access_key_id, How::KeyDelivered);
        self.ui.say(format!(
            "{GOOD}{}{GOOD:#} of {} is at {to}",
            key.access_key_id, delivery.user
        ));
        Ok(())
    }

    fn check(&mut self) -> Result<(), CliError> {
        let delivery = self.journal.entry()?.delivery.clone();
        let to: Option<Destination> = delivery
            .as_ref()
            .and_then(|delivery| delivery.to.parse().ok());
        let workflow = delivery.and_then(|delivery| delivery.dispatch);
        if let (Some(Destination::GitHub(repository)), Some(workflow)) = (to, workflow) {
            point::through("workflow", self.journal.paths(), || {
                deliver::github::workflow::must_succeed(&self.aws, self.ui, &repository, &workflow)
            })?;
            self.ui
                .say(format!("`{workflow}` succeeded with the new key"));
        }
        self.journal.moved("journal checked", State::Checked)
    }
}

/// The present state, with the vault still open if it was.
pub(crate) fn reloaded(local: &LocalState) -> Result<LocalState, CliError> {
    local.reload()
}
