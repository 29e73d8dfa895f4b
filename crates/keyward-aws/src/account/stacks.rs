//! Calls about stacks of CloudFormation: reading them, change sets, events, deletion. Each method is one
//! call and does not wait. The caller decides on the order.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html>

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudformation::types::{
    self as sdk, Capability, ChangeSetStatus, ChangeSetType, Replacement, StackDriftStatus,
    TemplateStage,
};
use keyward_account::plan::StackAction;
use keyward_account::stacks::{Drift, LiveStack, StackName, StackPlace, StackStatus, Template};
use keyward_core::Credentials;
use keyward_core::id::Region;
use keyward_iam::model::Tags;

use super::change_set::{
    ChangeSet, ChangeSetName, ChangeSetState, ExecutionToken, PlannedResource, StackEvent, StackId,
};
use super::observe::joined;
use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};
use crate::pages::Pages;
use crate::read::present;

fn tags_of(tags: Option<Vec<sdk::Tag>>) -> Tags {
    let tags = tags.unwrap_or_default().into_iter();
    tags.filter_map(|tag| Some((tag.key?, tag.value?)))
        .collect()
}

/// A signed call to CloudFormation in a region.
pub(super) fn call_in<'a>(
    action: &'static str,
    credentials: &'a Credentials,
    region: &'a Region,
) -> Call<'a> {
    Call::new(Action::cloudformation(action), credentials).in_region(region)
}

/// Whether CloudFormation answered that there is no such stack or change set.
fn is_absent(error: &CallError) -> bool {
    match error {
        CallError::Other { code, message, .. } => {
            code == "ChangeSetNotFound"
                || code == "ValidationError" && message.message().contains("does not exist")
        }
        _ => false,
    }
}

/// Whether a failed change set only says that nothing would change.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html#troubleshooting-errors-no-updates-to-perform>
fn says_nothing_changes(reason: &str) -> bool {
    reason.contains("didn't contain changes") || reason.contains("No updates are to be performed")
}

impl Aws {
    /// The stacks of keyward in these regions, read at the same time.
    ///
    /// # Errors
    /// See [`CallError`]; the first that fails decides.
    pub fn observe_stacks(
        &self,
        credentials: &Credentials,
        regions: &BTreeSet<Region>,
    ) -> Result<BTreeMap<StackPlace, LiveStack>, CallError> {
        let places = regions
            .iter()
            .flat_map(|region| StackName::ALL.map(|name| StackPlace::new(region, name)));
        let read = std::thread::scope(|scope| {
            let threads: Vec<_> = places
                .map(|place| {
                    scope.spawn(move || {
                        let found = self.observe_stack(credentials, &place);
                        found.map(|found| found.map(|stack| (place, stack)))
                    })
                })
                .collect();
            threads.into_iter().map(joined).collect::<Vec<_>>()
        });
        read.into_iter().filter_map(Result::transpose).collect()
    }

    /// One stack: `cloudformation:DescribeStacks` and `GetTemplate`. `None` if it does not
    /// exist.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn observe_stack(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
    ) -> Result<Option<LiveStack>, CallError> {
        let Some(stack) = self.describe_stack(credentials, place, place.name.as_str())? else {
            return Ok(None);
        };
        let action = Action::cloudformation("DescribeStacks");
        let status = present(action, "StackStatus", stack.stack_status)?;
        let drift = stack.drift_information.map(|it| it.stack_drift_status);
        let outputs = stack.outputs.unwrap_or_default().into_iter();
        let outputs = outputs.filter_map(|it| Some((it.output_key?, it.output_value?)));
        Ok(Some(LiveStack {
            status: StackStatus::new(status.as_str()),
            template: self.stack_template(credentials, place)?,
            tags: tags_of(stack.tags),
            outputs: outputs.collect(),
            drift: match drift.flatten() {
                Some(StackDriftStatus::Drifted) => Drift::Drifted,
                Some(StackDriftStatus::InSync) => Drift::InSync,
                _ => Drift::NotChecked,
            },
        }))
    }

    /// The id of a stack; `None` if it does not exist.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn stack_id(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
    ) -> Result<Option<StackId>, CallError> {
        let stack = self.describe_stack(credentials, place, place.name.as_str())?;
        Ok(stack.and_then(|stack| stack.stack_id).map(StackId))
    }

    /// The id and the tags of a stack; `None` if it does not exist.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn stack_with_tags(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
    ) -> Result<Option<(StackId, Tags)>, CallError> {
        let stack = self.describe_stack(credentials, place, place.name.as_str())?;
        Ok(stack.and_then(|stack| Some((StackId(stack.stack_id?), tags_of(stack.tags)))))
    }

    /// The status of a stack by its id, even after its deletion.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn stack_status(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
        id: &StackId,
    ) -> Result<StackStatus, CallError> {
        let stack = self.describe_stack(credentials, place, &id.0)?;
        let status = stack.and_then(|stack| stack.stack_status);
        let status = status.as_ref().map_or("DELETE_COMPLETE", |it| it.as_str());
        Ok(StackStatus::new(status))
    }

    fn describe_stack(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
        name: &str,
    ) -> Result<Option<sdk::Stack>, CallError> {
        let call = call_in("DescribeStacks", credentials, &place.region);
        let answer = self.cloudformation(&call, |cloudformation| {
            cloudformation.describe_stacks().stack_name(name).send()
        });
        match answer {
            Ok(answer) => Ok(answer.stacks.unwrap_or_default().into_iter().next()),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The template as it was submitted; `None` if the stack has none yet.
    fn stack_template(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
    ) -> Result<Option<Template>, CallError> {
        let call = call_in("GetTemplate", credentials, &place.region);
        let answer = self.cloudformation(&call, |cloudformation| {
            cloudformation
                .get_template()
                .stack_name(place.name.as_str())
                .template_stage(TemplateStage::Original)
                .send()
        });
        match answer {
            Ok(answer) => Ok(answer.template_body.as_deref().and_then(Template::read)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// `cloudformation:CreateChangeSet`. One of the same name that is left from an earlier run is
    /// replaced.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn create_change_set(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
        action: StackAction,
        template: &Template,
        tags: &Tags,
    ) -> Result<(), CallError> {
        let name = ChangeSetName::of(template);
        match self.send_change_set(credentials, place, action, template, tags, &name) {
            Err(CallError::AlreadyExists { .. }) => {
                self.delete_change_set(credentials, place, &name)?;
                self.send_change_set(credentials, place, action, template, tags, &name)
            }
            answer => answer,
        }
    }

    fn send_change_set(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
        action: StackAction,
        template: &Template,
        tags: &Tags,
        name: &ChangeSetName,
    ) -> Result<(), CallError> {
        let tags: Vec<sdk::Tag> = tags
            .iter()
            .map(|(key, value)| sdk::Tag::builder().key(key).value(value).build())
            .collect();
        let kind = match action {
            StackAction::Create => ChangeSetType::Create,
            StackAction::Update => ChangeSetType::Update,
        };
        let call = call_in("CreateChangeSet", credentials, &place.region);
        let sent = self.cloudformation(&call, |cloudformation| {
            cloudformation
                .create_change_set()
                .stack_name(place.name.as_str())
                .change_set_name(&name.0)
                .change_set_type(kind.clone())
                .template_body(template.to_json())
                .capabilities(Capability::CapabilityIam)
                .set_tags(Some(tags.clone()))
                .send()
        });
        sent.map(drop)
    }

    /// `cloudformation:DescribeChangeSet`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn describe_change_set(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
        name: &ChangeSetName,
    ) -> Result<ChangeSet, CallError> {
        let mut resources = Vec::new();
        let (mut pages, mut next) = (Pages::default(), None::<String>);
        loop {
            let action = Action::cloudformation("DescribeChangeSet");
            let call = Call::new(action, credentials).in_region(&place.region);
            let answer = self.cloudformation(&call, |cloudformation| {
                cloudformation
                    .describe_change_set()
                    .stack_name(place.name.as_str())
                    .change_set_name(&name.0)
                    .set_next_token(next.clone())
                    .send()
            })?;
            let changes = answer.changes.unwrap_or_default().into_iter();
            resources.extend(changes.filter_map(planned));
            next = pages.next(action, answer.next_token)?;
            if next.is_none() {
                let reason = answer.status_reason.unwrap_or_default();
                let status = present(action, "Status", answer.status)?;
                return Ok(ChangeSet {
                    state: state(&status, reason),
                    resources,
                });
            }
        }
    }

    /// `cloudformation:ExecuteChangeSet`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn execute_change_set(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
        name: &ChangeSetName,
        token: &ExecutionToken,
    ) -> Result<(), CallError> {
        let call = call_in("ExecuteChangeSet", credentials, &place.region);
        let sent = self.cloudformation(&call.once(), |cloudformation| {
            cloudformation
                .execute_change_set()
                .stack_name(place.name.as_str())
                .change_set_name(&name.0)
                .client_request_token(&token.0)
                .send()
        });
        sent.map(drop)
    }

    /// `cloudformation:DeleteChangeSet`; one that does not exist is no error.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn delete_change_set(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
        name: &ChangeSetName,
    ) -> Result<(), CallError> {
        let call = call_in("DeleteChangeSet", credentials, &place.region);
        let sent = self.cloudformation(&call, |cloudformation| {
            cloudformation
                .delete_change_set()
                .stack_name(place.name.as_str())
                .change_set_name(&name.0)
                .send()
        });
        match sent {
            Err(error) if is_absent(&error) => Ok(()),
            sent => sent.map(drop),
        }
    }

    /// `cloudformation:DeleteStack` by the stack's id, so that a later stack of the same name stays.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn delete_stack(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
        id: &StackId,
    ) -> Result<(), CallError> {
        let call = call_in("DeleteStack", credentials, &place.region);
        let sent = self.cloudformation(&call, |cloudformation| {
            cloudformation.delete_stack().stack_name(&id.0).send()
        });
        sent.map(drop)
    }

    /// `cloudformation:DescribeStackEvents` by the stack's id, the newest first; only the events
    /// after `last`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn stack_events(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
        id: &StackId,
        last: Option<&StackEvent>,
    ) -> Result<Vec<StackEvent>, CallError> {
        let mut events = Vec::new();
        let (mut pages, mut next) = (Pages::default(), None::<String>);
        loop {
            let action = Action::cloudformation("DescribeStackEvents");
            let call = Call::new(action, credentials).in_region(&place.region);
            let answer = self.cloudformation(&call, |cloudformation| {
                cloudformation
                    .describe_stack_events()
                    .stack_name(&id.0)
                    .set_next_token(next.clone())
                    .send()
            })?;
            for event in answer.stack_events.unwrap_or_default() {
                let event = read_event(event);
                if last.is_some_and(|last| last.id == event.id) {
                    return Ok(events);
                }
                events.push(event);
            }
            next = pages.next(action, answer.next_token)?;
            if next.is_none() {
                return Ok(events);
            }
        }
    }
}

fn state(status: &ChangeSetStatus, reason: String) -> ChangeSetState {
    match status {
        ChangeSetStatus::CreateComplete => ChangeSetState::Ready,
        ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress => {
            ChangeSetState::Pending
        }
        ChangeSetStatus::Failed if says_nothing_changes(&reason) => ChangeSetState::Empty,
        _ if reason.is_empty() => ChangeSetState::Failed(status.as_str().to_owned()),
        _ => ChangeSetState::Failed(reason),
    }
}

/// `Conditional` replacements are decided while CloudFormation works; the plan decides those of
/// the properties that it knows.
fn planned(change: sdk::Change) -> Option<PlannedResource> {
    let change = change.resource_change?;
    let is_removed = change.action == Some(sdk::ChangeAction::Remove);
    let is_replaced = change.replacement == Some(Replacement::True);
    Some(PlannedResource {
        id: change.logical_resource_id?,
        is_lost: is_removed || is_replaced,
    })
}

fn read_event(event: sdk::StackEvent) -> StackEvent {
    let status = event.resource_status;
    StackEvent {
        id: event.event_id.unwrap_or_default(),
        resource: event.logical_resource_id.unwrap_or_default(),
        kind: event.resource_type.unwrap_or_default(),
        status: status.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        reason: event.resource_status_reason,
        token: event.client_request_token,
    }
}
