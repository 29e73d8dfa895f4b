//! Deploys and deletes one stack: a change set, its execution, and the events until
//! CloudFormation is done. It decides nothing: a change set that would remove or replace more
//! than the plan says is not executed.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use keyward_account::ownership::blueprint_of_stack;
use keyward_account::plan::{Operation, StackAction};
use keyward_account::stacks::{StackPhase, StackPlace, StackStatus, Template};
use keyward_aws::{
    CallError, ChangeSet, ChangeSetName, ChangeSetState, ExecutionToken, PlannedResource,
    StackEvent, StackId,
};
use keyward_iam::model::Tags;
use keyward_vault::Paths;

use super::failure::Failure;
use super::settled::settled;
use super::{Interrupt, Signer};
use crate::screen::error::CliError;
use crate::screen::ui::{BAD, FAINT, GOOD, Ui};
use crate::system::crash_point::{self as point, pace};

/// The pause between two looks at a stack.
const PAUSE: Duration = Duration::from_secs(3);

/// The time that CloudFormation has. NAT gateways take two minutes; a rollback takes as long again.
const PATIENCE: Duration = Duration::from_secs(45 * 60);

/// One stack, and the way to it.
pub(super) struct Stacks<'a> {
    signer: &'a Signer<'a>,
    place: &'a StackPlace,
    ui: &'a Ui,
    interrupt: &'a Interrupt,
    /// The vault's files, near which tests make the program die.
    paths: &'a Paths,
}

/// The end of a stack operation.
enum End {
    Done,
    Failed {
        status: String,
        reasons: Vec<String>,
    },
}

impl<'a> Stacks<'a> {
    pub(super) fn new(
        signer: &'a Signer<'a>,
        place: &'a StackPlace,
        ui: &'a Ui,
        interrupt: &'a Interrupt,
        paths: &'a Paths,
    ) -> Self {
        Self {
            signer,
            place,
            ui,
            interrupt,
            paths,
        }
    }

    /// Carries out an operation on the stack. Any other operation does nothing.
    pub(super) fn carry_out(&self, operation: &Operation) -> Result<(), Failure> {
        match operation {
            Operation::DeployStack {
                place: _,
                action,
                template,
                gone,
                tags,
            } => self.deploy(*action, template, gone, tags),
            Operation::DeleteStack(_) => self.delete(),
            _ => Ok(()),
        }
    }

    fn deploy(
        &self,
        action: StackAction,
        template: &Template,
        gone: &BTreeSet<String>,
        tags: &Tags,
    ) -> Result<(), Failure> {
        let Signer {
            aws, credentials, ..
        } = self.signer;
        let name = ChangeSetName::of(template);
        point::through("stack change set", self.paths, || {
            aws.create_change_set(credentials, self.place, action, template, tags)
        })?;
        let set = self.computed(&name)?;
        match set.state {
            ChangeSetState::Empty => {
                aws.delete_change_set(credentials, self.place, &name)?;
                return Ok(());
            }
            ChangeSetState::Failed(reason) => {
                aws.delete_change_set(credentials, self.place, &name)?;
                return Err(self.refused(&reason).into());
            }
            ChangeSetState::Pending | ChangeSetState::Ready => {}
        }
        let lost = |it: &&PlannedResource| it.is_lost && !gone.contains(&it.id);
        if let Some(unplanned) = set.resources.iter().find(lost) {
            aws.delete_change_set(credentials, self.place, &name)?;
            return Err(self.surprised(&unplanned.id).into());
        }
        let id = self.id()?;
        let last = self.events(&id, None)?.into_iter().next();
        let token = ExecutionToken::of(&name, last.as_ref());
        let sent = point::through("stack execution", self.paths, || {
            aws.execute_change_set(credentials, self.place, &name, &token)
        });
        match sent {
            // The answer may be lost, and CloudFormation at work.
            Err(error) if error.may_be_done() => {
                let mut since = self.events(&id, last.as_ref())?.into_iter();
                if !since.any(|event| event.is_of(&token)) {
                    return Err(error.into());
                }
            }
            sent => sent.map_err(|error| self.replaced(error))?,
        }
        match self.follow(&id, last)? {
            End::Done => Ok(()),
            End::Failed { status, reasons } => Err(self.failed(&status, &reasons).into()),
        }
    }

    fn delete(&self) -> Result<(), Failure> {
        let Signer {
            aws, credentials, ..
        } = self.signer;
        let Some((id, tags)) = settled(self.ui, self.interrupt, || {
            aws.stack_with_tags(credentials, self.place)
        })?
        else {
            return Ok(());
        };
        // The plan judged the owner, and another stack may have taken the name since.
        if blueprint_of_stack(&tags).is_none() {
            return Err(self.foreign().into());
        }
        let mut last = self.events(&id, None)?.into_iter().next();
        point::through("stack deletion", self.paths, || {
            aws.delete_stack(credentials, self.place, &id)
        })?;
        let mut reasons = Vec::new();
        let begun = Instant::now();
        loop {
            let status = settled(self.ui, self.interrupt, || {
                aws.stack_status(credentials, self.place, &id)
            })?;
            for event in self.news(&id, &mut last)? {
                reasons.extend(self.tell(&event));
            }
            match status.phase() {
                StackPhase::Gone => return Ok(()),
                StackPhase::Busy => self.wait(begun)?,
                // The deletion has not begun yet.
                _ if status.as_str() != "DELETE_FAILED" && reasons.is_empty() => {
                    self.wait(begun)?
                }
                _ => return Err(self.failed(status.as_str(), &reasons).into()),
            }
        }
    }

    /// The change set, once CloudFormation has computed it.
    fn computed(&self, name: &ChangeSetName) -> Result<ChangeSet, Failure> {
        let Signer {
            aws, credentials, ..
        } = self.signer;
        let begun = Instant::now();
        loop {
            let set = settled(self.ui, self.interrupt, || {
                aws.describe_change_set(credentials, self.place, name)
            })
            .map_err(|error| self.replaced(error))?;
            if set.state != ChangeSetState::Pending {
                return Ok(set);
            }
            self.wait(begun)?;
        }
    }

    /// Shows the events of the resources until the stack itself has come to an end.
    fn follow(&self, id: &StackId, mut last: Option<StackEvent>) -> Result<End, Failure> {
        let mut reasons = Vec::new();
        let begun = Instant::now();
        loop {
            for event in self.news(id, &mut last)? {
                reasons.extend(self.tell(&event));
                if !event.is_of_stack() {
                    continue;
                }
                match event.status.as_str() {
                    "CREATE_COMPLETE" | "UPDATE_COMPLETE" => return Ok(End::Done),
                    status if StackStatus::new(status).phase() == StackPhase::Busy => {}
                    "REVIEW_IN_PROGRESS" => {}
                    status => {
                        return Ok(End::Failed {
                            status: status.to_owned(),
                            reasons,
                        });
                    }
                }
            }
            self.wait(begun)?;
        }
    }

    /// The events since the last look, the oldest first.
    fn news(
        &self,
        id: &StackId,
        last: &mut Option<StackEvent>,
    ) -> Result<Vec<StackEvent>, CallError> {
        let mut events = self.events(id, last.as_ref())?;
        if let Some(newest) = events.first() {
            *last = Some(newest.clone());
        }
        events.reverse();
        Ok(events)
    }

    fn events(
        &self,
        id: &StackId,
        last: Option<&StackEvent>,
    ) -> Result<Vec<StackEvent>, CallError> {
        let Signer {
            aws, credentials, ..
        } = self.signer;
        settled(self.ui, self.interrupt, || {
            aws.stack_events(credentials, self.place, id, last)
        })
    }

    fn id(&self) -> Result<StackId, Failure> {
        let Signer {
            aws, credentials, ..
        } = self.signer;
        let found = settled(self.ui, self.interrupt, || {
            aws.stack_id(credentials, self.place)
        })?;
        found.ok_or_else(|| {
            let StackPlace { name, region } = self.place;
            CliError::failed(format!("the stack `{name}` in {region} has disappeared")).into()
        })
    }

    /// Shows an event of a resource that is done, and returns the reason of one that failed. A
    /// resource that was cancelled because another failed is not a reason.
    fn tell(&self, event: &StackEvent) -> Option<String> {
        let resource = &event.resource;
        let failed = event.status.ends_with("_FAILED");
        let reason = event.reason.as_deref().unwrap_or_default();
        if failed && !reason.contains("cancelled") {
            self.ui
                .say(format!("    {BAD}!{BAD:#} {resource}: {reason}"));
            return Some(format!("{resource}: {reason}"));
        }
        if event.status == "DELETE_SKIPPED" {
            self.ui.say(format!(
                "    {FAINT}={FAINT:#} {resource} stays in the account"
            ));
            return None;
        }
        if !event.is_of_stack() && event.status.ends_with("_COMPLETE") {
            let (tint, sign) = match event.status.as_str() {
                "DELETE_COMPLETE" => (FAINT, "-"),
                _ => (GOOD, "+"),
            };
            self.ui.say(format!("    {tint}{sign}{tint:#} {resource}"));
        }
        None
    }

    /// Waits a little, unless Ctrl-C came or CloudFormation took too long.
    fn wait(&self, begun: Instant) -> Result<(), CliError> {
        let StackPlace { name, region } = self.place;
        if self.interrupt.came() {
            return Err(CliError::failed(format!(
                "stopped by Ctrl-C; CloudFormation continues with the stack `{name}` in {region}"
            )));
        }
        if begun.elapsed() > PATIENCE {
            return Err(CliError::failed(format!(
                "CloudFormation is still working on the stack `{name}` in {region}"
            ))
            .hint("keyward stopped waiting; CloudFormation continues"));
        }
        thread::sleep(pace(PAUSE));
        Ok(())
    }

    /// The change set is gone, or the stack is busy: another run was faster.
    fn replaced(&self, error: CallError) -> Failure {
        let replaced = match &error {
            CallError::Other { code, .. } => {
                ["ChangeSetNotFound", "InvalidChangeSetStatus"].contains(&code.as_str())
            }
            _ => false,
        };
        if !replaced {
            return error.into();
        }
        let StackPlace { name, region } = self.place;
        CliError::failed(format!(
            "another run is working on the stack `{name}` in {region}, and replaced this run's change set"
        ))
        .because(CliError::from(error))
        .into()
    }

    fn refused(&self, reason: &str) -> CliError {
        let StackPlace { name, region } = self.place;
        CliError::failed(format!(
            "CloudFormation refused the change set of the stack `{name}` in {region}: {reason}"
        ))
    }

    fn foreign(&self) -> CliError {
        let StackPlace { name, region } = self.place;
        CliError::failed(format!(
            "the stack `{name}` in {region} is not one that keyward made; it was not deleted"
        ))
    }

    fn surprised(&self, resource: &str) -> CliError {
        let StackPlace { name, region } = self.place;
        CliError::failed(format!(
            "the change set of the stack `{name}` in {region} would remove or replace `{resource}`, which the plan does not say"
        ))
        .hint("the change set was deleted and nothing was changed")
    }

    fn failed(&self, status: &str, reasons: &[String]) -> CliError {
        let StackPlace { name, region } = self.place;
        let why = match reasons {
            [] => String::new(),
            reasons => format!("\n  {}", reasons.join("\n  ")),
        };
        let error = CliError::failed(format!(
            "the stack `{name}` in {region} ended in {status}{why}"
        ));
        match status {
            "ROLLBACK_COMPLETE" => error.hint(
                "nothing of it is left; correct the cause, and the next apply creates it again",
            ),
            "ROLLBACK_FAILED" | "DELETE_FAILED" => {
                error.hint("remove what holds these resources; the next run deletes the rest")
            }
            "UPDATE_ROLLBACK_COMPLETE" => {
                error.hint("the stack is as before; correct the cause, and apply again")
            }
            "UPDATE_ROLLBACK_FAILED" => {
                error.hint("finish it in the CloudFormation console: `Continue update rollback`")
            }
            _ => error,
        }
    }
}
