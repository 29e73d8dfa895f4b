//! Carries out a revocation, for `account revoke` and `account remove`: call by call, all of them
//! even where one fails, and the last ones only if none did. The accounts beside the user's are
//! done side by side, and one that fails stops no other. A run that stops anywhere is continued
//! by the next.

mod again;
mod own;
mod words;

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use keyward_account::plan::Operation;
use keyward_account::revoke::{
    self, Console, Failures, Fate, Held, Measure, Measures, NotedIn, Skipped, Unreached as Rest,
    note_in_policy, note_in_tags,
};
use keyward_account::snapshot::LastUse;
use keyward_aws::{Aws, CallError, Earlier, KeyStatus};
use keyward_core::Timestamp;
use keyward_core::id::AccessKeyId;
use keyward_iam::model::User;
use keyward_vault::Paths;

pub(crate) use own::refuse_own;
pub(crate) use words::outline;

use words::{full, not_attached, what};

use super::settled::{answered, settled};
use super::targets::side_by_side;
use super::{Interrupt, Places, Reached, Sheet, Signer, Unreached};
use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::Ui;
use crate::state::local_state::now;
use crate::system::crash_point as point;

/// Returns the present credentials of the user.
pub(crate) fn held(signer: &Signer<'_>, user: &User) -> Result<Held, CliError> {
    let about = |error| signer.about(error);
    let (aws, signed, name) = (&signer.aws, &signer.credentials, &user.name);
    let keys = answered(signer.ui, || aws.list_access_keys(signed, Some(name))).map_err(about)?;
    let made: Vec<Option<Timestamp>> = keys.iter().map(|key| key.created_at).collect();
    let (active, inactive): (Vec<_>, Vec<_>) = keys
        .into_iter()
        .partition(|key| key.status == KeyStatus::Active);
    let credentials =
        answered(signer.ui, || aws.observe_credentials(signed, name)).map_err(about)?;
    let used = credentials.access_keys.values().map(|used| match used {
        LastUse::At(at) => Some(*at),
        LastUse::Never => None,
    });
    Ok(Held {
        active: active.into_iter().map(|key| key.id).collect(),
        inactive: inactive.into_iter().map(|key| key.id).collect(),
        console: match credentials.password {
            Some(_) => Console::Password,
            None => Console::None,
        },
        last_use: made.into_iter().chain(used).flatten().max(),
    })
}

/// One run over the calls of a revocation.
pub(crate) struct Revocation<'a> {
    user: &'a User,
    ui: &'a Ui,
    interrupt: Interrupt,
    /// The seconds by which AWS's clock is ahead of this machine's. AWS compares the end of a
    /// denial with the times at which it issued sessions.
    ahead: i64,
    /// The vault's files, near which tests make the program die.
    paths: &'a Paths,
    begun: AtomicUsize,
    failed: AtomicUsize,
    /// Whether a policy holds the keys to switch on again, because the tags were refused.
    noted_in_policy: AtomicBool,
    /// Whether an account waits for a person's code.
    person_needed: AtomicBool,
}

/// The reason why the calls of one account stopped before their end.
enum Stop {
    /// This call and those after it may need a code.
    NeedsCode(usize, CallError),
    /// Ctrl-C.
    Interrupted,
}

/// Whether a refusal may be due to a missing code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Code {
    /// A code may help.
    MayHelp,
    /// No code is available.
    None,
}

impl<'a> Revocation<'a> {
    /// Begins.
    pub(crate) fn new(user: &'a User, aws: &Aws, paths: &'a Paths, ui: &'a Ui) -> Self {
        Self {
            user,
            ui,
            interrupt: Interrupt::listen(),
            ahead: aws.aws_time().as_second().saturating_sub(now().as_second()),
            paths,
            begun: AtomicUsize::new(0),
            failed: AtomicUsize::new(0),
            noted_in_policy: AtomicBool::new(false),
            person_needed: AtomicBool::new(false),
        }
    }

    /// The time by AWS's clock.
    pub(crate) fn aws_time(&self) -> Timestamp {
        Timestamp::from_second(now().as_second().saturating_add(self.ahead))
    }

    /// The number of calls and accounts that failed so far.
    pub(crate) fn failed(&self) -> usize {
        self.failed.load(Ordering::Relaxed)
    }

    /// Whether a policy of the user lists the keys, because the tags were refused.
    pub(crate) fn is_noted_in_policy(&self) -> bool {
        self.noted_in_policy.load(Ordering::Relaxed)
    }

    /// The store of the keys to switch on again.
    pub(crate) fn noted_in(&self) -> NotedIn {
        match self.is_noted_in_policy() {
            true => NotedIn::Policy,
            false => NotedIn::Tags,
        }
    }

    /// Makes all calls.
    pub(crate) fn run(&self, places: &mut Places<'_>, measures: &Measures) -> Result<(), CliError> {
        self.in_account(&mut places.home, &measures.home)?;
        self.elsewhere(places, &measures.elsewhere)?;
        self.finish(places, &measures.last)
    }

    /// Makes these calls in one account.
    pub(crate) fn in_account(
        &self,
        reached: &mut Reached<'_>,
        measures: &[Measure],
    ) -> Result<(), CliError> {
        self.in_account_after(reached, measures, Failures::default())
    }

    /// Makes the rest of the calls in one account.
    fn in_account_after(
        &self,
        reached: &mut Reached<'_>,
        measures: &[Measure],
        mut failures: Failures,
    ) -> Result<(), CliError> {
        let stopped = || {
            CliError::failed("stopped by Ctrl-C")
                .hint("run the command again: it continues where it stopped")
        };
        let mut from = 0;
        loop {
            let refusal =
                match self.until_stop(reached, &measures[from..], Code::MayHelp, &mut failures) {
                    Ok(_) => return Ok(()),
                    Err(Stop::Interrupted) => return Err(stopped()),
                    Err(Stop::NeedsCode(at, error)) => {
                        from += at;
                        error
                    }
                };
            let Err(error) = reached.signer.take_code(refusal) else {
                continue;
            };
            // One right may be missing, and the other calls still matter.
            let rest = &measures[from..];
            let failed = self.until_stop(reached, rest, Code::None, &mut failures);
            let failed = failed.map_err(|_| stopped())?;
            if failed > 0 && failed == rest.len() {
                if error.kind() == ErrorKind::PersonNeeded {
                    self.person_needed.store(true, Ordering::Relaxed);
                }
                self.report(reached, error);
            }
            return Ok(());
        }
    }

    /// Makes the calls of the other accounts, and names those that were not read.
    pub(crate) fn elsewhere(
        &self,
        places: &mut Places<'_>,
        measures: &[Vec<Measure>],
    ) -> Result<(), CliError> {
        let work: Vec<(&Reached<'_>, &Vec<Measure>)> = places.others.iter().zip(measures).collect();
        let stops = side_by_side(&work, |(reached, measures)| {
            let mut failures = Failures::default();
            let stop = self.until_stop(reached, measures, Code::MayHelp, &mut failures);
            Some((stop.err()?, failures))
        });
        for Unreached { name, error } in &places.unreached {
            let name = name.as_deref().unwrap_or_default();
            self.failed.fetch_add(1, Ordering::Relaxed);
            self.ui
                .warn(format!("account `{name}` was not reached: {error}"));
        }
        // One account at a time asks for a code.
        let others = places.others.iter_mut().zip(measures).zip(stops);
        for ((reached, measures), stop) in others {
            let (from, failures) = match stop {
                None => continue,
                Some((Stop::NeedsCode(at, _), failures)) => (at, failures),
                Some((Stop::Interrupted, failures)) => (0, failures),
            };
            self.in_account_after(reached, &measures[from..], failures)?;
        }
        Ok(())
    }

    /// Makes the last calls, unless one before them failed.
    pub(crate) fn finish(
        &self,
        places: &mut Places<'_>,
        measures: &[Measure],
    ) -> Result<(), CliError> {
        match self.failed() {
            0 => self.in_account(&mut places.home, measures),
            _ => Ok(()),
        }
    }

    /// The outcome in one error, if anything failed.
    pub(crate) fn outcome(&self, failed: String) -> Result<(), CliError> {
        if self.failed() == 0 {
            return Ok(());
        }
        let kind = match self.person_needed.load(Ordering::Relaxed) {
            true => ErrorKind::PersonNeeded,
            false => ErrorKind::Failed,
        };
        Err(CliError::failed(failed)
            .of_kind(kind)
            .hint("run the command again: it continues where it stopped"))
    }

    /// Makes the calls, and continues after a failure. Returns the number of failures.
    fn until_stop(
        &self,
        reached: &Reached<'_>,
        measures: &[Measure],
        code: Code,
        failures: &mut Failures,
    ) -> Result<usize, Stop> {
        let account = &reached.snapshot.account;
        let mut failed = 0;
        for (at, measure) in measures.iter().enumerate() {
            if self.interrupt.came() {
                return Err(Stop::Interrupted);
            }
            if let Some(skipped) = failures.skip(measure) {
                failed += 1;
                // The call that would have replaced the older policy is already reported.
                if let Skipped::Useless(policy) = skipped {
                    failures.note(account, measure, Fate::Refused);
                    self.failed.fetch_add(1, Ordering::Relaxed);
                    self.report(reached, not_attached(measure, policy));
                }
                continue;
            }
            let number = self.begun.fetch_add(1, Ordering::Relaxed) + 1;
            let done = point::through(&format!("revoke {number}"), self.paths, || {
                self.make(reached, measure, code)
            });
            let Err(error) = done else {
                continue;
            };
            if needs_code(reached, &error, code) {
                return Err(Stop::NeedsCode(at, error));
            }
            // Nothing else is left to do, and the next run sees that.
            if matches!(measure, Measure::CloseNote | Measure::Unmark)
                && let CallError::Denied { .. } = error
            {
                self.ui.warn(format!(
                    "a mark of the revocation stays on the user, which is revoked all the same: {error}"
                ));
                continue;
            }
            failed += 1;
            self.failed.fetch_add(1, Ordering::Relaxed);
            let fate = match error.may_be_done() {
                true => Fate::Unknown,
                false => Fate::Refused,
            };
            failures.note(account, measure, fate);
            let hint = full(measure, &error);
            let refused = CliError::failed(format!("{}: the call failed", what(measure)));
            let error = reached.signer.about(error);
            let hints = error.hints().to_vec();
            let refused = refused.because(error);
            let refused = match hint {
                Some(hint) => refused.hint(hint),
                None => refused.hint_all(hints),
            };
            self.report(reached, refused);
        }
        Ok(failed)
    }

    fn report(&self, reached: &Reached<'_>, error: CliError) {
        let error = match &reached.name {
            Some(name) => {
                let hints = error.hints().to_vec();
                CliError::failed(format!("account `{name}` is not done"))
                    .because(error)
                    .hint_all(hints)
            }
            None => error,
        };
        self.ui.error(&error);
    }

    fn make(&self, reached: &Reached<'_>, measure: &Measure, code: Code) -> Result<(), CallError> {
        let keys = match measure {
            Measure::Note(keys) => keys,
            Measure::CloseNote => {
                let account = &reached.snapshot.account;
                let calls = revoke::close(account, self.user, self.noted_in());
                let mut calls = calls.into_iter().map(Measure::Call);
                return calls.try_for_each(|call| self.make_once(reached, call));
            }
            Measure::Unmark => {
                let unmark = Measure::Call(revoke::unmark(self.user));
                return self.make_once(reached, unmark);
            }
            _ => return self.make_once(reached, measure.at(self.user, self.aws_time())),
        };
        let in_tags = Measure::Call(note_in_tags(self.user, keys, self.aws_time()));
        let refused = match self.make_once(reached, in_tags) {
            Err(error) if !needs_code(reached, &error, code) => error,
            done => return done,
        };
        let account = &reached.snapshot.account;
        let in_policy = note_in_policy(account, self.user, keys, self.aws_time());
        // An undo reads an older record too, so the removal of one may fail.
        let (older, record): (Vec<_>, Vec<_>) = in_policy.into_iter().partition(|call| {
            use Operation as O;
            matches!(call, O::DeleteInlinePolicy { .. } | O::DetachPolicy { .. })
        });
        let mut record = record.into_iter().map(Measure::Call);
        if record.all(|call| self.make_once(reached, call).is_ok()) {
            for call in older {
                let _ = self.make_once(reached, Measure::Call(call));
            }
            self.noted_in_policy.store(true, Ordering::Relaxed);
            self.ui.warn(format!(
                "the tags were refused, so a policy lists the keys instead: {refused}"
            ));
            return Ok(());
        }
        if !keys.is_empty() {
            let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
            self.ui.warn(format!(
                "write these keys down, because `--undo` may not know them: {}",
                keys.join(", ")
            ));
        }
        Err(refused)
    }

    fn make_once(&self, reached: &Reached<'_>, measure: Measure) -> Result<(), CallError> {
        // A failure of AWS's own, or an answer that cannot be read, may come after the work is done.
        let earlier = Cell::new(Earlier::NoEffect);
        let call = || {
            settled(self.ui, &self.interrupt, || {
                let sent = self.send(reached, &measure, &earlier);
                if sent.as_ref().is_err_and(CallError::may_be_done) {
                    earlier.set(Earlier::Unknown);
                }
                sent
            })
        };
        let done = match call() {
            Err(CallError::Unreadable { .. }) => call(),
            done => done,
        };
        match done {
            Err(refusal @ CallError::AlreadyExists { .. }) => {
                self.rewrite(reached, &measure, refusal)?;
            }
            done => done?,
        }
        if let Measure::Call(operation) | Measure::Replaced(operation) = &measure {
            let id = &reached.snapshot.account.id;
            if let Err(error) = Sheet::forget(reached.signer.local(), id, operation) {
                self.ui.warn(error.to_string());
            }
        }
        Ok(())
    }

    /// Sends one call.
    fn send(
        &self,
        reached: &Reached<'_>,
        measure: &Measure,
        earlier: &Cell<Earlier>,
    ) -> Result<(), CallError> {
        let Signer {
            aws, credentials, ..
        } = &reached.signer;
        let switch = |key: &AccessKeyId, status| {
            aws.update_access_key(credentials, Some(&self.user.name), key, status)
        };
        match measure {
            Measure::SwitchOff(key) => switch(key, KeyStatus::Inactive),
            Measure::SwitchOn(key) => switch(key, KeyStatus::Active),
            Measure::Call(operation) | Measure::Replaced(operation) => aws
                .apply(credentials, &reached.snapshot.account, operation, earlier)
                .map(drop),
            Measure::Note(_) | Measure::CloseNote | Measure::Unmark => Ok(()),
        }
    }

    /// Replaces the document of a managed policy that another run made in the meantime. Whatever it says
    /// now, it must not be attached before that. A policy of that name in another place stays as it is:
    /// the refusal is returned.
    fn rewrite(
        &self,
        reached: &Reached<'_>,
        measure: &Measure,
        refusal: CallError,
    ) -> Result<(), CallError> {
        let Measure::Call(Operation::CreatePolicy { arn, document, .. }) = measure else {
            return Err(refusal);
        };
        let version = Measure::Call(Operation::CreatePolicyVersion {
            arn: arn.clone(),
            document: document.clone(),
        });
        let earlier = Cell::new(Earlier::NoEffect);
        answered(self.ui, || self.send(reached, &version, &earlier)).map_err(|_| refusal)
    }
}

fn needs_code(reached: &Reached<'_>, error: &CallError, code: Code) -> bool {
    code == Code::MayHelp && reached.signer.may_need_code(error)
}

/// The fate of the user after the revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Afterwards {
    /// It stays, with its devices and its other credentials.
    Stays,
    /// It is deleted at once.
    Deleted,
}

/// The devices of the user, and what the revocation did not reach, which is returned.
pub(crate) fn tell_rest(
    places: &Places<'_>,
    user: &User,
    afterwards: Afterwards,
    ui: &Ui,
) -> Vec<Rest> {
    if afterwards == Afterwards::Stays {
        tell_devices(&places.home.signer, user, ui);
    }
    let others = places.others();
    let rest = revoke::unreached(places.whom(user, &others));
    for rest in &rest {
        if afterwards == Afterwards::Stays || *rest != Rest::OtherCredentials {
            ui.say(format!("not reached: {rest}"));
        }
    }
    rest
}

fn tell_devices(signer: &Signer<'_>, user: &User, ui: &Ui) {
    let devices = signer
        .aws
        .list_mfa_devices(&signer.credentials, Some(&user.name));
    match devices {
        Ok(devices) => {
            for device in devices {
                ui.say(format!("device left in place: {}", device.serial));
            }
        }
        Err(error) => ui.warn(format!("the devices of the user are not known: {error}")),
    }
}
