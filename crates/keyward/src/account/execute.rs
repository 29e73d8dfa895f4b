//! Carries out a plan: stage by stage, the steps of one stage in parallel, each operation until AWS
//! has done it or refuses it for good. It chooses nothing; a run that stops anywhere is continued
//! by making a new plan.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use keyward_account::plan::{ChangeAction, Operation, Plan, Stage, Step};
use keyward_aws::{Applied, CallError, Earlier};
use keyward_core::text::count;
use keyward_iam::model::Account;
use keyward_vault::Paths;

use super::failure::Failure;
use super::settled::{MayBeRefusal, settled};
use super::stacks::Stacks;
use super::{Interrupt, Signer};
use crate::screen::error::CliError;
use crate::screen::ui::{BAD, GOOD, Ui, WARN};
use crate::system::crash_point as point;

/// The number of steps of one stage that run at the same time. IAM throttles beyond a few.
const WORKERS: usize = 6;

/// Makes, encrypts, records and forgets initial secrets: the operations that are not AWS's alone.
pub(crate) trait Secrets: Sync {
    /// Does it with these credentials.
    fn hand_out(&self, signer: &Signer<'_>, operation: &Operation) -> Result<(), Failure>;

    /// Forgets the secrets that a done operation ended.
    fn forget(&self, operation: &Operation) -> Result<(), CliError>;
}

/// The end of a run without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Operations that were done.
    pub(crate) done: usize,
}

/// One run over one plan.
pub(crate) struct Execution<'a> {
    /// The account, for ARNs.
    pub(crate) account: &'a Account,
    /// The maker of initial secrets.
    pub(crate) secrets: &'a dyn Secrets,
    /// Ctrl-C.
    pub(crate) interrupt: Interrupt,
    /// The output for progress.
    pub(crate) ui: &'a Ui,
    /// The vault's files, near which tests make the program die.
    pub(crate) paths: &'a Paths,
    /// The number of operations that have begun.
    pub(crate) begun: AtomicUsize,
}

/// A step and how far it is.
struct Progress<'p> {
    step: &'p Step,
    next: usize,
}

/// The steps of a stage that were not done.
#[derive(Default)]
struct Undone<'p> {
    /// Steps that AWS refused to the key, which a session with MFA may do.
    guarded: Vec<Progress<'p>>,
    /// The first of these refusals.
    refusal: Option<(&'p Step, CallError)>,
    /// The first failure that counts.
    failure: Option<(&'p Step, Failure)>,
}

impl Execution<'_> {
    /// Carries the plan out.
    pub(crate) fn run(&self, signer: &mut Signer<'_>, plan: &Plan) -> Result<Outcome, CliError> {
        let done = AtomicUsize::new(0);
        let mut stages: Vec<Stage> = plan.steps.iter().map(|step| step.stage).collect();
        stages.dedup();
        for stage in stages {
            let steps = plan.steps.iter().filter(|step| step.stage == stage);
            let mut queue: VecDeque<Progress<'_>> =
                steps.map(|step| Progress { step, next: 0 }).collect();
            while !queue.is_empty() {
                let undone = self.run_side_by_side(signer, queue, &done);
                if let Some((step, failure)) = undone.failure {
                    return Err(signer.about(self.stopped(step, failure, plan, &done)));
                }
                if let Some((step, refusal)) = undone.refusal {
                    signer.take_code(refusal).map_err(|error| {
                        self.stopped(step, Failure::Machine(error), plan, &done)
                    })?;
                }
                queue = undone.guarded.into();
                if self.interrupt.came() {
                    return Err(self.interrupted(plan, &done));
                }
            }
        }
        Ok(Outcome {
            done: done.into_inner(),
        })
    }

    fn run_side_by_side<'p>(
        &self,
        signer: &Signer<'_>,
        queue: VecDeque<Progress<'p>>,
        done: &AtomicUsize,
    ) -> Undone<'p> {
        let workers = WORKERS.min(queue.len());
        let queue = Mutex::new(queue);
        let undone = Mutex::new(Undone::default());
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    while let Some(mut progress) = next(&queue) {
                        if self.interrupt.came() || locked(&undone).failure.is_some() {
                            return;
                        }
                        match self.run_step(signer, &mut progress, done) {
                            Ok(()) => self.show_done(progress.step),
                            Err(Failure::Call(error)) if signer.may_need_code(&error) => {
                                let mut undone = locked(&undone);
                                undone.refusal.get_or_insert((progress.step, error));
                                undone.guarded.push(progress);
                            }
                            Err(failure) => {
                                locked(&undone)
                                    .failure
                                    .get_or_insert((progress.step, failure));
                            }
                        }
                    }
                });
            }
        });
        undone.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The operations of one step, in their order.
    fn run_step(
        &self,
        signer: &Signer<'_>,
        progress: &mut Progress<'_>,
        done: &AtomicUsize,
    ) -> Result<(), Failure> {
        while let Some(operation) = progress.step.operations.get(progress.next) {
            if self.interrupt.came() {
                return Err(Failure::Machine(CliError::failed("stopped by Ctrl-C")));
            }
            let number = self.begun.fetch_add(1, Ordering::Relaxed) + 1;
            let place = format!("account {} {number}", self.account.id);
            point::through(&place, self.paths, || self.run_operation(signer, operation))?;
            progress.next += 1;
            done.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// One operation, until it is done or refused for good.
    fn run_operation(&self, signer: &Signer<'_>, operation: &Operation) -> Result<(), Failure> {
        // A failure of AWS's own may come after the work is done.
        let earlier = Cell::new(Earlier::NoEffect);
        settled(self.ui, &self.interrupt, || {
            if matches!(operation, Operation::HandOut { .. }) {
                return self.secrets.hand_out(signer, operation);
            }
            if let Some(place) = operation.stack() {
                let stacks = Stacks::new(signer, place, self.ui, &self.interrupt, self.paths);
                return stacks.carry_out(operation);
            }
            let Signer {
                aws, credentials, ..
            } = signer;
            let applied = aws.apply(credentials, self.account, operation, &earlier);
            if applied.as_ref().is_err_and(CallError::may_be_done) {
                earlier.set(Earlier::Unknown);
            }
            match applied? {
                Applied::Done => Ok(()),
                Applied::LeftToCaller => self.secrets.hand_out(signer, operation),
            }
        })?;
        if let Err(error) = self.secrets.forget(operation) {
            self.ui.warn(error.to_string());
        }
        Ok(())
    }

    fn show_done(&self, step: &Step) {
        let (sign, tint) = match step.action {
            ChangeAction::Create => ("+", GOOD),
            ChangeAction::Update => ("~", WARN),
            ChangeAction::Delete => ("-", BAD),
        };
        self.ui
            .say(format!("  {tint}{sign}{tint:#} {}", step.subject()));
    }

    fn stopped(&self, step: &Step, failure: Failure, plan: &Plan, done: &AtomicUsize) -> CliError {
        if self.interrupt.came() {
            return self.interrupted(plan, done);
        }
        let changed = failure.refusal().is_some_and(contradicts_the_plan);
        let error = match failure {
            Failure::Call(error) => CliError::from(error),
            Failure::Machine(error) => error,
        };
        let kind = error.kind();
        let hints = error.hints().to_vec();
        CliError::failed(format!(
            "stopped at {}, after {} of {}",
            step.subject(),
            done.load(Ordering::Relaxed),
            count(plan.calls(), "call")
        ))
        .of_kind(kind)
        .because(error)
        .hint_all(hints)
        .hint_all(changed.then(|| {
            "the account may have changed since the plan was made, as by another apply".to_owned()
        }))
        .hint("run the command again: it continues where it stopped")
    }

    fn interrupted(&self, plan: &Plan, done: &AtomicUsize) -> CliError {
        CliError::failed(format!(
            "stopped by Ctrl-C after {} of {}",
            done.load(Ordering::Relaxed),
            count(plan.calls(), "call")
        ))
        .hint("run the command again: it continues where it stopped")
    }
}

/// Whether a refusal says that the account is not as the plan found it: something has appeared or is gone.
fn contradicts_the_plan(refusal: &CallError) -> bool {
    match refusal {
        CallError::AlreadyExists { .. } | CallError::NoSuchEntity { .. } => true,
        CallError::Other { code, .. } => {
            code == "DeleteConflict" || code == "ConcurrentModification"
        }
        _ => false,
    }
}

fn next<'p>(queue: &Mutex<VecDeque<Progress<'p>>>) -> Option<Progress<'p>> {
    locked(queue).pop_front()
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
