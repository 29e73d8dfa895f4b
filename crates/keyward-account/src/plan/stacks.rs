//! Stacks of CloudFormation: deployed where the template differs, deleted where the blueprint no
//! longer describes them. A stack whose creation failed is deleted and created again.
//!
//! keyward looks for its stacks in the regions that the blueprint names, and in those that
//! [`marked_regions`](crate::stacks::marked_regions) finds.

use super::operation::{Operation, StackAction};
use super::planner::Planner;
use super::problem::PlanProblem;
use super::removal::Leaving;
use super::step::{Change, ChangeAction, Kind, Stage};
use super::work::Work;
use crate::ownership::{blueprint_of_stack, stack_tags};
use crate::stacks::{
    Effect, LiveStack, ResourceChange, Stack, StackPhase, StackPlace, changes, exceeded, removals,
};

impl Planner<'_> {
    /// Stacks that appear or change.
    pub(super) fn stacks(&mut self) {
        for stack in &self.desired.stacks {
            match self.now.stacks.get(&stack.place).cloned() {
                None => self.create_stack(stack, None),
                Some(live) if self.may_change_stack(&stack.place, &live) => {
                    match live.status.phase() {
                        StackPhase::Failed => self.create_stack(stack, Some(&live)),
                        StackPhase::Reviewed => self.create_stack(stack, None),
                        _ => self.update_stack(stack, &live),
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// Stacks that this blueprint made, and that go.
    pub(super) fn remove_stacks(&mut self, leaving: Leaving) {
        let described = |place: &StackPlace| {
            let mut stacks = self.desired.stacks.iter();
            stacks.any(|stack| stack.place == *place)
        };
        let leaves = |place: &StackPlace, live: &LiveStack| {
            blueprint_of_stack(&live.tags).as_ref() == Some(&self.desired.blueprint)
                && (leaving == Leaving::Everything || !described(place))
        };
        let stacks = self.now.stacks.iter();
        let gone: Vec<(StackPlace, LiveStack)> = stacks
            .filter(|(place, live)| leaves(place, live))
            .map(|(place, live)| (place.clone(), live.clone()))
            .collect();
        for (place, live) in gone {
            if self.may_change_stack(&place, &live) {
                self.delete_stack(&place, &live);
            }
        }
    }

    /// Whether the stack is this blueprint's and at rest; notes a problem if not.
    fn may_change_stack(&mut self, place: &StackPlace, live: &LiveStack) -> bool {
        let problem = match blueprint_of_stack(&live.tags) {
            Some(owner) if owner != self.desired.blueprint => {
                PlanProblem::StackOfAnotherBlueprint {
                    place: place.clone(),
                    owner,
                }
            }
            // An earlier run may have died before it executed its change set.
            None if live.status.phase() == StackPhase::Reviewed => return true,
            None => PlanProblem::UnmanagedStack(place.clone()),
            Some(_) => match live.status.phase() {
                StackPhase::Busy => PlanProblem::StackBusy {
                    place: place.clone(),
                    status: live.status.clone(),
                },
                StackPhase::Stuck => PlanProblem::StackStuck {
                    place: place.clone(),
                    status: live.status.clone(),
                },
                StackPhase::Deployed
                | StackPhase::Failed
                | StackPhase::Reviewed
                | StackPhase::Gone => return true,
            },
        };
        self.problems.push(problem);
        false
    }

    fn create_stack(&mut self, stack: &Stack, failed: Option<&LiveStack>) {
        self.check_region(stack, None);
        let mut work = Work::default();
        if let Some(failed) = failed {
            let text = format!("the stack that is in {}: deleted first", failed.status);
            work.push(
                Change::remove(text),
                Operation::DeleteStack(stack.place.clone()),
            );
        }
        let found = changes(None, &stack.template);
        work.changes.extend(found.iter().map(words));
        work.operations
            .push(self.deployment(stack, StackAction::Create, &found));
        let what = (ChangeAction::Create, Kind::Stack);
        self.step(Stage::Stacks, what, stack.place.name, work);
    }

    fn update_stack(&mut self, stack: &Stack, live: &LiveStack) {
        let found = changes(live.template.as_ref(), &stack.template);
        if live.template.as_ref() == Some(&stack.template) {
            return;
        }
        self.check_region(stack, Some(live));
        let mut work = Work {
            changes: found.iter().map(words).collect(),
            operations: vec![self.deployment(stack, StackAction::Update, &found)],
        };
        if work.changes.is_empty() {
            work.changes
                .push(Change::alter("description and outputs of the template"));
        }
        let what = (ChangeAction::Update, Kind::Stack);
        self.step(Stage::Stacks, what, stack.place.name, work);
    }

    fn delete_stack(&mut self, place: &StackPlace, live: &LiveStack) {
        let found = live.template.as_ref().map(removals).unwrap_or_default();
        let mut work = Work {
            changes: found.iter().map(words).collect(),
            operations: vec![Operation::DeleteStack(place.clone())],
        };
        let mut wanted = self.desired.stacks.iter();
        if !wanted.any(|stack| stack.place.region == place.region) {
            let text = format!(
                "the stack in {}, a region that the blueprint does not name",
                place.region
            );
            work.changes.insert(0, Change::remove(text));
        }
        let what = (ChangeAction::Delete, Kind::Stack);
        self.step(Stage::DeleteStacks, what, place.name, work);
    }

    fn deployment(
        &self,
        stack: &Stack,
        action: StackAction,
        found: &[ResourceChange],
    ) -> Operation {
        let stays =
            |change: &&ResourceChange| matches!(change.effect, Effect::Add | Effect::Modify);
        let gone = found.iter().filter(|change| !stays(change));
        Operation::DeployStack {
            place: stack.place.clone(),
            action,
            template: stack.template.clone(),
            gone: gone.map(|change| change.id.clone()).collect(),
            tags: stack_tags(&self.desired.blueprint),
        }
    }

    fn check_region(&mut self, stack: &Stack, live: Option<&LiveStack>) {
        let limits = self.snapshot.regions.get(&stack.place.region);
        let from = live.and_then(|live| live.template.as_ref());
        let limits = limits.copied().unwrap_or_default();
        if let Some(because) = exceeded(limits, from, &stack.template) {
            self.problems.push(PlanProblem::Region {
                place: stack.place.clone(),
                because,
            });
        }
    }
}

/// A change of a resource in words.
fn words(change: &ResourceChange) -> Change {
    let ResourceChange { id, kind, effect } = change;
    let resource = format!("`{id}` ({kind})");
    match effect {
        Effect::Add => Change::add(resource),
        Effect::Modify => Change::alter(resource),
        Effect::Replace => Change::alter(format!("{resource}: replaced by a new one")),
        Effect::Remove => Change::remove(resource),
        Effect::Retain => Change::remove(format!("{resource}: stays in the account")),
    }
}
